"""What is written goes out as the document says, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan
from typing import Any, cast
from urllib.parse import parse_qs

import httpx
import pytest

from agilekit import ConnectionLost, InvalidInput, UnknownAfterServerError, UnknownOutcome
from agilekit.flow import Column, EditedTask, Flow, Member, Project, Task, TaskType
from tests.each import each
from tests.flow.calls import BASE_PATH, KEY, OTHER_KEY, flow_at
from tests.ids import short
from tests.session.scripted import Say, Scripted

pytestmark = pytest.mark.anyio

Use = Callable[[Flow, dict[str, Any]], Any]


def create(flow: Flow, values: dict[str, Any]) -> Any:
    return flow.tasks.create(1, **cast("Any", {"task_text": "T", "task_type_id": 1, **values}))


def update(flow: Flow, values: dict[str, Any]) -> Any:
    return flow.tasks.update(2569, **cast("Any", values))


def delete(flow: Flow, _: dict[str, Any]) -> Any:
    return flow.tasks.delete(2572)


def create_key(flow: Flow, _: dict[str, Any]) -> Any:
    return flow.keys.create()


async def sent_by(use: Use, values: dict[str, Any]) -> dict[str, list[str]]:
    server = Scripted(Say({"task_id": 2569}))
    async with flow_at(server) as flow:
        await use(flow, values)
    return parse_qs(server.requests[0].content.decode(), keep_blank_values=True)


@each(
    ("values", "fields"),
    [
        ({"task_text": " T "}, {"task_text": " T "}),
        ({"task_text": "päth ✓\n&=%"}, {"task_text": "päth ✓\n&=%"}),
        ({"task_type_id": TaskType(6)}, {"task_type_id": "6"}),
        ({"task_status": ""}, {"task_status": ""}),
        ({"task_status": None}, {"task_status": ""}),
        ({"task_status": "U"}, {"task_status": "U"}),
        ({"user_ids": [1, 23]}, {"user_ids": "1,23"}),
        ({"user_ids": (Member(2),)}, {"user_ids": "2"}),
        ({"user_ids": "1, 23"}, {"user_ids": "1,23"}),
        ({"user_ids": "1"}, {"user_ids": "1"}),
        ({"user_ids": []}, {"user_ids": ""}),
        ({"user_ids": ""}, {"user_ids": ""}),
        ({"user_ids": None}, {"user_ids": ""}),
        ({"col_id": Column(39)}, {"col_id": "39"}),
        ({"col_id": 39}, {"col_id": "39"}),
        ({"prev_task_order": "none"}, {"prev_task_order": "none"}),
        ({"prev_task_order": 16}, {"prev_task_order": "16"}),
        ({"prev_task_order": -0.5}, {"prev_task_order": "-0.5"}),
        ({"prev_task_order": 0}, {"prev_task_order": "0"}),
    ],
    ids=short,
)
async def test_an_edit_sends_what_was_given_and_nothing_else(
    values: dict[str, Any], fields: dict[str, str]
) -> None:
    expected = {name: [value] for name, value in {"user_id": "1", **fields}.items()}
    assert await sent_by(update, values) == expected


WRONG: list[dict[str, Any]] = [
    {"task_text": ""},
    {"task_text": " \n"},
    {"task_text": None},
    {"task_text": 5},
    {"task_text": "\ud800"},
    {"task_type_id": None},
    {"task_type_id": 0},
    {"task_type_id": "one"},
    {"task_type_id": True},
    {"task_type_id": Column(1)},
    {"colour": "red"},
    {"user_id": 2},
    {"project_id": 2},
    {"task_order": 2},
]
WRONG_CHANGES: list[dict[str, Any]] = [
    {},
    {"task_status": "Ready"},
    {"task_status": "r"},
    {"task_status": 5},
    {"user_ids": 1},
    {"user_ids": "1;2"},
    {"user_ids": "Jim"},
    {"user_ids": "1,"},
    {"user_ids": [0]},
    {"user_ids": ["x1"]},
    {"user_ids": [Task(1)]},
    {"user_ids": b"1"},
    {"user_ids": {1: 2}},
    {"col_id": None},
    {"col_id": 0},
    {"col_id": "39.0"},
    {"col_id": Project(1)},
    {"prev_task_order": None},
    {"prev_task_order": "top"},
    {"prev_task_order": nan},
    {"prev_task_order": inf},
    {"prev_task_order": 10**400},
    {"prev_task_order": True},
    {"prev_task_order": [1]},
]


@each(
    ("use", "values"),
    [
        *((create, values) for values in WRONG),
        *((update, values) for values in WRONG + WRONG_CHANGES),
        (create, {"task_status": "R"}),
    ],
    ids=lambda value: getattr(value, "__name__", repr(value)[:40]),
)
async def test_a_value_that_cannot_be_right_is_refused_and_nothing_is_sent(
    use: Use, values: dict[str, Any]
) -> None:
    server = Scripted(Say({"task_id": 1}))
    async with flow_at(server) as flow:
        with pytest.raises(InvalidInput):
            await use(flow, values)
    assert server.requests == []


@pytest.mark.parametrize("missing", ["task_text", "task_type_id"])
async def test_a_task_needs_a_text_and_a_type(missing: str) -> None:
    draft: dict[str, Any] = {"task_text": "T", "task_type_id": 1}
    del draft[missing]
    server = Scripted(Say({"task_id": 1}))
    async with flow_at(server) as flow:
        with pytest.raises(InvalidInput, match=f"{missing} is missing"):
            await flow.tasks.create(1, **cast("Any", draft))
    assert server.requests == []


@pytest.mark.parametrize("use", [create, update, delete])
async def test_a_write_of_a_task_without_a_user_id_is_refused_and_nothing_is_sent(use: Use) -> None:
    server = Scripted(Say({"task_id": 1}))
    async with flow_at(server, user_id=None) as flow:
        with pytest.raises(InvalidInput, match="user_id="):
            await use(flow, {"task_text": "T"})
    assert server.requests == []


async def test_keys_and_reads_need_no_user_id() -> None:
    server = Scripted(Say({"authentication_key": OTHER_KEY}), Say({"task_id": 1}))
    async with flow_at(server, user_id=None) as flow:
        assert await flow.keys.create() == OTHER_KEY
        assert (await flow.tasks.get(1)).task_id == 1


@each("key", ["", " ", "..", "a/b", "../task/1", "a b", "ä", "a\n", None, 5, b"key", KEY + "?x=1"])
async def test_what_is_not_a_key_is_refused_without_being_shown(key: Any) -> None:
    server = Scripted(Say({}))
    async with flow_at(server) as flow:
        with pytest.raises(InvalidInput) as caught:
            await flow.keys.delete(key)
    assert server.requests == []
    assert KEY not in str(caught.value)


async def test_the_clients_own_key_can_be_deleted_and_is_given() -> None:
    server = Scripted(Say({"authentication_key": KEY}))
    async with flow_at(server) as flow:
        assert await flow.keys.delete(KEY) == KEY
    assert server.calls == [("DELETE", f"{BASE_PATH}/authentication/{KEY}.json")]


LOST = httpx.ReadError("connection reset")


async def test_an_edit_whose_answer_is_lost_is_sent_again() -> None:
    server = Scripted(LOST, Say({"task_id": 2569}))
    async with flow_at(server) as flow:
        assert await flow.tasks.update(2569, task_text="Evolved") == EditedTask(2569)
    assert len(server.requests) == 2
    assert server.requests[0].content == server.requests[1].content


@pytest.mark.parametrize("override", [False, True])
async def test_what_is_not_found_after_a_lost_answer_was_deleted(override: bool) -> None:
    server = Scripted(LOST, Say(status=404))
    async with flow_at(server, override=override) as flow:
        assert await flow.tasks.delete(2572) is None
    server = Scripted(LOST, Say(status=404))
    async with flow_at(server, override=override) as flow:
        assert await flow.keys.delete(OTHER_KEY) is None
    assert len(server.requests) == 2


@each("use", [create, create_key])
@each(
    "step",
    [
        LOST,
        Say(status=503),
        Say({}),
        Say([]),
        Say(b"<html>"),
        Say({"task_id": "many", "authentication_key": [OTHER_KEY]}),
    ],
)
async def test_what_may_have_been_added_is_never_added_twice(
    use: Use, step: Say | Exception
) -> None:
    server = Scripted(step)
    async with flow_at(server) as flow:
        with pytest.raises(UnknownOutcome):
            await use(flow, {})
    assert len(server.requests) == 1


async def test_a_failure_of_the_server_leaves_an_edit_unknown_and_is_not_sent_again() -> None:
    server = Scripted(Say(status=500))
    async with flow_at(server) as flow:
        with pytest.raises(UnknownAfterServerError):
            await flow.tasks.update(2569, task_text="Evolved")
    assert len(server.requests) == 1


async def test_a_read_is_sent_again_and_then_says_that_no_answer_came() -> None:
    server = Scripted(LOST)
    async with flow_at(server, retries=1) as flow:
        with pytest.raises(ConnectionLost):
            await flow.projects.all()
    assert len(server.requests) == 2
