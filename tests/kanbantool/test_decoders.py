"""Answers are read whatever generation of the service they are from, and whatever they lack."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, Final, cast

import attrs
import pytest

from agilekit import InvalidInput
from agilekit.kanbantool import (
    Board,
    Comment,
    KanbanTool,
    Subtask,
    Swimlane,
    Task,
    TimeTracker,
    board_id_from_url,
)
from tests.calls import Call
from tests.each import each
from tests.kanbantool import expected
from tests.kanbantool.answers import FORMATS, say
from tests.kanbantool.calls import CALLS, kanban_at
from tests.payloads import kanbantool as samples
from tests.session.scripted import Say, Scripted

pytestmark = pytest.mark.anyio

ENVELOPES: Final = {
    "board",
    "shared_item_user",
    "changelog",
    "task",
    "subtask",
    "comment",
    "time_tracker",
}


async def made(call: Call[KanbanTool], data: object, xml: bytes | None = None) -> object:
    server = Scripted(Say(data if xml is None else xml))
    async with kanban_at(server, "json" if xml is None else "xml") as kanban:
        return await call.make(kanban)


async def read_task(data: object) -> Task:
    async with kanban_at(Scripted(Say(data))) as kanban:
        return await kanban.tasks.get(1, 1)


def bare(data: object) -> object:
    """The data without the envelopes around its entities."""
    if isinstance(data, list):
        return [bare(part) for part in cast("list[object]", data)]
    if isinstance(data, dict):
        found = cast("dict[str, object]", data)
        return (
            next(iter(found.values())) if len(found) == 1 and found.keys() <= ENVELOPES else found
        )
    return data


def wrapped(data: object, envelope: str) -> object:
    """The data with an envelope around each entity."""
    if isinstance(data, list):
        return [wrapped(part, envelope) for part in cast("list[object]", data)]
    return {envelope: bare(data)}


def envelope_of(call: Call[KanbanTool]) -> str:
    names = {
        "boards": "board",
        "users": "shared_item_user",
        "changelog": "changelog",
        "tasks": "task",
        "subtasks": "subtask",
        "comments": "comment",
        "time_trackers": "time_tracker",
    }
    return next(names[part] for part in reversed(call.path.split("/")) if part in names)


ENTITIES: Final = [call for call in CALLS if call.heading != "Generating time report"]
by_heading = each("call", ENTITIES, ids=lambda call: call.heading)


@by_heading
async def test_an_entity_is_read_with_and_without_its_envelope(call: Call[KanbanTool]) -> None:
    assert await made(call, bare(call.json)) == call.result
    assert await made(call, wrapped(call.json, envelope_of(call))) == call.result


async def test_each_element_of_a_list_is_unwrapped_by_itself() -> None:
    answer = [{"task": {"id": 1}}, {"id": 2}, None, {"task": {"id": 3}}]
    async with kanban_at(Scripted(Say(answer))) as kanban:
        assert [task.id for task in await kanban.tasks.all(1)] == [1, 2, 3]


async def test_the_parts_of_a_task_are_read_with_and_without_envelopes() -> None:
    sample = cast("dict[str, dict[str, Any]]", samples.VIEWING_TASK)["task"]
    parts = {"comments": "comment", "changelogs": "changelog", "subtasks": "subtask"}
    enveloped = {name: wrapped(sample[name], envelope) for name, envelope in parts.items()}
    assert await read_task({**sample, **enveloped}) == expected.TASK


def poorer(data: object, *, identified: bool = True) -> Iterator[object]:
    """The data with each of its values null, and with each of its keys missing.

    identified: whether it has to keep its id.
    """
    if isinstance(data, list):
        elements = cast("list[object]", data)
        for index, part in enumerate(elements):
            for one in poorer(part, identified=identified):
                yield [*elements[:index], one, *elements[index + 1 :]]
    if isinstance(data, dict):
        members = cast("dict[str, object]", data)
        for name, value in members.items():
            if name not in ENVELOPES and not (identified and name == "id"):
                yield {**members, name: None}
                yield {key: other for key, other in members.items() if key != name}
            for one in poorer(value, identified=identified and name in ENVELOPES):
                yield {**members, name: one}


@by_heading
async def test_a_null_or_absent_key_never_fails(call: Call[KanbanTool]) -> None:
    answers = list(poorer(call.json))
    assert answers
    server = Scripted(*map(Say, answers))
    async with kanban_at(server) as kanban:
        for _ in answers:
            await call.make(kanban)


@by_heading
async def test_raw_keeps_the_answer_with_its_unknown_keys(call: Call[KanbanTool]) -> None:
    data = bare(call.json)
    several = isinstance(data, list)
    entities = cast("list[dict[str, object]]", data if several else [data])
    odd = [{**entity, "block_reason": "?", "owner_id": [7]} for entity in entities]
    result = await made(call, odd if several else odd[0])
    results = cast("list[Task]", result if several else [result])
    assert [entity.raw for entity in results] == odd


@each("call", [call for call in CALLS if call.xml], ids=lambda it: it.heading)
async def test_json_and_xml_give_equal_entities_with_equal_hashes(call: Call[KanbanTool]) -> None:
    from_json = await made(call, call.json)
    from_xml = await made(call, None, cast("str", call.xml).encode())
    assert from_json == from_xml
    if not isinstance(from_json, list):
        assert hash(from_json) == hash(from_xml)


async def test_numbers_may_be_text() -> None:
    task = await read_task({"id": "1", "position": "12", "size_estimate": "1.0", "priority": "-1"})
    assert (task.id, task.position, task.size_estimate, task.priority) == (1, 12, 1.0, -1)
    assert (await read_task({"size_estimate": 1})).size_estimate == 1.0


async def test_an_assigned_user_and_a_folder_that_are_absent_are_none() -> None:
    assert (await read_task({"task": {"id": 1}})).assigned_user is None
    async with kanban_at(Scripted(Say([{"board": {"id": 1}}]))) as kanban:
        [board] = await kanban.boards.all()
    assert board == Board(id=1)
    assert (board.folder, board.swimlanes, board.workflow_stages) == (None, None, None)


async def test_the_root_stage_has_no_name() -> None:
    answer = {"board": {"id": 1, "workflow_stages": [{"id": 1}, {"id": 2, "name": "Doing"}]}}
    async with kanban_at(Scripted(Say(answer))) as kanban:
        board = await kanban.boards.get(1)
    assert [stage.name for stage in board.workflow_stages or ()] == [None, "Doing"]


@pytest.mark.parametrize("count", [5, 10, 15])
async def test_custom_fields_run_to_5_10_or_15(count: int) -> None:
    answer = {f"custom_field_{number}": f"value {number}" for number in range(1, count + 1)}
    task = await read_task({**answer, "custom_field_2": None, "custom_field_3": ""})
    assert task.custom_field_5 == "value 5"
    given = {number: f"value {number}" for number in range(1, count + 1) if number not in (2, 3)}
    assert task.custom_fields == given


async def test_a_due_date_is_a_date() -> None:
    assert (await read_task({"due_date": "2011-03-01"})).due_date == date(2011, 3, 1)


async def test_an_empty_list_has_any_root_in_xml() -> None:
    for body in (b'<tasks type="array"/>', b'<nil-classes type="array"></nil-classes>'):
        async with kanban_at(Scripted(Say(body)), "xml") as kanban:
            assert await kanban.tasks.all(1) == []


async def test_parts_that_were_sent_and_are_none_differ_from_parts_that_were_not_sent() -> None:
    task = await read_task({"comments": []})
    assert (task.comments, task.subtasks) == ((), None)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("answer", [None, {}, {"time_tracker": None}])
async def test_deleting_a_time_tracker_gives_the_previous_one_of_which_there_may_be_none(
    answer: object, format: Any
) -> None:
    async with kanban_at(Scripted(say(format, answer, None)), format) as kanban:
        assert await kanban.timers.delete(7001) is None


async def test_what_a_deletion_answers_may_be_nothing() -> None:
    async with kanban_at(Scripted(Say(b""))) as kanban:
        assert await kanban.tasks.delete(1, 1) is None
        assert await kanban.timers.delete(1) is None


async def test_a_jsonp_answer_may_bear_a_comment_and_a_semicolon() -> None:
    body = b"/**/agilekit(" + json.dumps(samples.VIEWING_TASK).encode() + b");\n"
    async with kanban_at(Scripted(Say(body)), "jsonp") as kanban:
        assert await kanban.tasks.get(1, 1) == expected.TASK


@pytest.mark.parametrize(
    ("url", "id"),
    [
        ("http://test.kanbantool.com/boards/123-some-board", 103),
        ("https://mycompany.kanbantool.com/boards/123", 103),
        ("https://mycompany.kanbantool.com/boards/123/", 103),
        ("https://mycompany.kanbantool.com/boards/11639-a-test-board?x=1#t=2", 11619),
        ("https://kanban.example.org/boards/123-some-board/settings", 103),
        ("/boards/123-some-board", 103),
        ("https://mycompany.kanbantool.com/b/123", 123),
        ("https://mycompany.kanbantool.com/b/123-some-board#?t=45", 123),
    ],
)
def test_the_id_of_a_board_is_20_less_than_the_number_in_its_web_address(url: str, id: int) -> None:
    assert board_id_from_url(url) == id


@each(
    "url",
    [
        "",
        "123",
        "https://mycompany.kanbantool.com/",
        "https://mycompany.kanbantool.com/boards",
        "https://mycompany.kanbantool.com/boards/some-board",
        "https://mycompany.kanbantool.com/boards/123x",
        "https://mycompany.kanbantool.com/boards/20-first",
        "https://mycompany.kanbantool.com/boards/-5",
        "https://mycompany.kanbantool.com/b/0",
        "https://mycompany.kanbantool.com/api/v1/boards/103.xml",
        "https://mycompany.kanbantool.com/boards/103.xml",
        "https://mycompany.kanbantool.com/boards/١٢٣",
        "https://[mycompany/boards/123",
        None,
        123,
        b"https://mycompany.kanbantool.com/boards/123",
    ],
)
def test_what_is_not_the_web_address_of_a_board_is_refused(url: Any) -> None:
    with pytest.raises(InvalidInput, match="web address of a board"):
        board_id_from_url(url)


def test_every_model_has_defaults_and_is_frozen() -> None:
    for model in (Board, Comment, Subtask, Swimlane, Task, TimeTracker):
        made: Any = model()
        assert made.raw == {}
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            made.id = 5


async def test_a_custom_field_of_any_kind_never_fails_a_read_and_stays_in_raw() -> None:
    sample = {"id": 1, "custom_field_1": ["a", "b"], "custom_field_2": "c"}
    task = await read_task(sample)
    assert (task.custom_field_1, task.custom_fields, task.raw) == (None, {2: "c"}, sample)


@pytest.mark.parametrize("name", ["meta", "version", "errors"])
async def test_an_envelope_may_have_other_keys_beside_it(name: str) -> None:
    task = await read_task({"task": {"id": 1, "name": "T"}, name: 1})
    assert (task.id, task.name, task.raw) == (1, "T", {"id": 1, "name": "T"})
    async with kanban_at(Scripted(Say({"time_tracker": None, name: 1}))) as kanban:
        assert await kanban.timers.delete(7001) is None


async def test_what_an_envelope_is_called_may_be_an_attribute_too() -> None:
    task = await read_task({"id": 1, "task": {"id": 2}})
    assert (task.id, task.raw) == (1, {"id": 1, "task": {"id": 2}})
