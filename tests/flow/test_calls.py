"""Each documented call goes out as the document says, and gives the same in each format."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Mapping
from typing import Literal, cast

import pytest

from agilekit.flow import Change, EditedTask, Flow, Member, Task
from tests.calls import Call, Sent
from tests.each import each
from tests.flow.calls import (
    BASE_PATH,
    CALLS,
    CHANGES,
    HABITS,
    KEY,
    MEMBERS,
    PROJECTS,
    TASK,
    answer,
    flow_at,
)
from tests.payloads import flow as samples
from tests.session.scripted import Say, Scripted

pytestmark = pytest.mark.anyio

Format = Literal["json", "xml"]

every_call = each("call", CALLS, ids=lambda call: f"{call.heading} {call.path}")
every_format = each("format", ["json", "xml"])


async def made(call: Call[Flow], format: Format, body: object = None) -> object:
    server = Scripted(Say(answer(call, format) if body is None else body, call.status))
    async with flow_at(server, format) as flow:
        return await call.make(flow)


@every_call
@every_format
@each("override", [False, True], ids=["plain", "override"])
async def test_a_call_goes_out_as_documented_and_gives_the_documented_result(
    call: Call[Flow], format: Format, override: bool
) -> None:
    server = Scripted(Say(answer(call, format), call.status))
    async with flow_at(server, format, override=override) as flow:
        assert await call.make(flow) == call.result
    [request] = server.requests
    assert Sent.of(request, BASE_PATH) == HABITS.sent(call, format, override=override)
    assert request.url.host == "midori.flow.io"
    assert request.url.scheme == "http"
    assert request.headers["x-flow-authentication"] == KEY
    assert request.headers["accept"] == f"application/{format}"


@every_call
@every_format
async def test_what_is_written_is_a_form(call: Call[Flow], format: Format) -> None:
    server = Scripted(Say(answer(call, format), call.status))
    async with flow_at(server, format, override=True) as flow:
        await call.make(flow)
    [request] = server.requests
    if request.content:
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    if request.method == "POST":
        assert request.headers["content-length"] == str(len(request.content))
    else:
        assert not request.content


def as_text(data: object) -> object:
    """The same, with each number as text, as PHP writes what it has from a database."""
    if isinstance(data, dict):
        fields = cast("Mapping[str, object]", data)
        return {name: as_text(value) for name, value in fields.items()}
    if isinstance(data, list):
        return [as_text(value) for value in cast("list[object]", data)]
    return str(data)


@each("call", [call for call in CALLS if call.json is not None], ids=lambda call: call.path)
async def test_numbers_may_come_as_text(call: Call[Flow]) -> None:
    assert await made(call, "json", as_text(call.json)) == call.result


LISTINGS = [call for call in CALLS if call.json and type(call.result) is list]


@pytest.mark.parametrize("call", LISTINGS, ids=lambda call: call.path)
async def test_a_listing_may_come_as_an_array(call: Call[Flow]) -> None:
    entries = list(cast("dict[str, object]", call.json).values())
    assert await made(call, "json", entries) == call.result


@pytest.mark.parametrize("call", LISTINGS, ids=lambda call: call.path)
async def test_an_entry_that_does_not_hold_its_id_takes_it_from_its_key(call: Call[Flow]) -> None:
    names = {
        "/members": "user_id",
        "/projects": "project_id",
        "/1/cols": "col_id",
        "/1/task_types": "task_type_id",
        "/16/tasks": "task_id",
    }
    own = names.get(call.path, "change_id")
    entries = cast("dict[str, dict[str, object]]", call.json)
    without = {
        key: {name: value for name, value in entry.items() if name != own}
        for key, entry in entries.items()
    }
    assert await made(call, "json", without) == call.result


@each("call", LISTINGS, ids=lambda call: call.path)
@each("body", [b"[]", b"{}", b"null"])
async def test_an_empty_listing_is_empty_in_json(call: Call[Flow], body: bytes) -> None:
    assert await made(call, "json", body) == []


@each("call", LISTINGS, ids=lambda call: call.path)
@each("body", [b"<a/>", b"<a></a>", b"<a>\n </a>", b'<a type="array"/>', b'<a nil="true"/>'])
async def test_an_empty_listing_is_empty_in_xml(call: Call[Flow], body: bytes) -> None:
    assert await made(call, "xml", body) == []


FIELDS = "<user_name>Jim Hale</user_name><board_name>midori</board_name>"
ID = "<user_id>23</user_id>"


@pytest.mark.parametrize(
    "body",
    [
        f"<a><member>{ID}{FIELDS}</member></a>",
        f"<a><item>{ID}{FIELDS}</item></a>",
        f'<a><item id="23">{FIELDS}</item></a>',
        f'<a><item id="23">{ID}{FIELDS}</item></a>',
        f"<a><_23>{FIELDS}</_23></a>",
        f"<a><_23>{ID}{FIELDS}</_23></a>",
        f"<a><item23>{FIELDS}</item23></a>",
        f"<a><item-23>{FIELDS}</item-23></a>",
        f'<a board="midori"><_23>{FIELDS}</_23></a>',
        f'<a type="array"><member>{ID}{FIELDS}</member></a>',
        f'<a type="array"><item id="23">{FIELDS}</item></a>',
    ],
)
async def test_one_entry_in_xml_is_a_listing_of_one(body: str) -> None:
    expected = [Member(user_id=23, user_name="Jim Hale", board_name="midori")]
    assert await made(CALLS[0], "xml", body.encode()) == expected


@pytest.mark.parametrize(
    "entries",
    [
        '<item id="16"><forum_id>9</forum_id></item><item id="2"><forum_id>8</forum_id></item>',
        "<_16><forum_id>9</forum_id></_16><_2><forum_id>8</forum_id></_2>",
        "<item16><forum_id>9</forum_id></item16><item2><forum_id>8</forum_id></item2>",
    ],
)
async def test_entries_in_xml_keep_their_order(entries: str) -> None:
    server = Scripted(Say(f"<projects>{entries}</projects>".encode()))
    async with flow_at(server, "xml") as flow:
        found = await flow.projects.all()
    assert [(one.project_id, one.forum_id) for one in found] == [(16, 9), (2, 8)]


async def task_of(body: object, format: Format = "json", *, task_id: int = 1) -> Task:
    server = Scripted(Say(body))
    async with flow_at(server, format) as flow:
        return await flow.tasks.get(task_id)


@pytest.mark.parametrize(
    "assignments",
    [
        {"0": 1, "1": 23},
        [1, 23],
        ["1", "23"],
        {"0": "1", "1": "23"},
        "1,23",
        "1, 23",
        [1, None, 23],
    ],
)
async def test_assignments_in_json_may_be_a_map_or_an_array_or_text(assignments: object) -> None:
    assert (await task_of({"assignments": assignments})).assignments == (1, 23)


@pytest.mark.parametrize(
    "inside",
    [
        "<item>1</item><item>23</item>",
        "<_0>1</_0><_1>23</_1>",
        "<item0>1</item0><item1>23</item1>",
        '<item id="0">1</item><item id="1">23</item>',
        '<user id="1"/><user id="23"/>',
        "<user><user_id>1</user_id></user><user><user_id>23</user_id></user>",
        "1,23",
    ],
)
async def test_assignments_in_xml_may_be_any_children(inside: str) -> None:
    body = f"<task><task_id>1</task_id><assignments>{inside}</assignments></task>".encode()
    assert (await task_of(body, "xml")).assignments == (1, 23)


@pytest.mark.parametrize("nobody", [{}, [], None, ""])
async def test_a_task_of_nobody_has_no_assignments(nobody: object) -> None:
    assert (await task_of({"assignments": nobody})).assignments == ()
    assert (await task_of({})).assignments == ()


@pytest.mark.parametrize(
    "inside",
    [
        "<_1>5</_1><_2>7</_2>",
        '<item id="1">5</item><item id="2">7</item>',
        "<item1>5</item1><item2>7</item2>",
        "<col-1>5</col-1><col-2>7</col-2>",
    ],
)
async def test_phase_times_in_xml_are_by_column_id(inside: str) -> None:
    times = f"<task_metrics><phase_times>{inside}</phase_times></task_metrics>"
    body = f"<task><task_id>1</task_id>{times}</task>"
    metrics = (await task_of(body.encode(), "xml")).task_metrics
    assert metrics is not None
    assert metrics.phase_times == {1: 5, 2: 7}
    assert metrics.idle_times is None


@pytest.mark.parametrize("empty", [[], {}, None, ""])
async def test_empty_metrics_are_none_in_both_formats(empty: object) -> None:
    assert (await task_of({"task_metrics": empty})).task_metrics is None
    assert (
        await task_of(b"<task><task_id>1</task_id><task_metrics/></task>", "xml")
    ).task_metrics is None
    metrics = (
        await task_of({"task_metrics": {"phase_times": empty, "idle_times": empty}})
    ).task_metrics
    times = b"<task_metrics><phase_times/><idle_times>\n</idle_times></task_metrics>"
    body = b"<t><task_id>1</task_id>" + times + b"</t>"
    assert metrics == (await task_of(body, "xml")).task_metrics
    assert metrics is not None
    assert (metrics.phase_times, metrics.idle_times) == ({}, None)


@pytest.mark.parametrize("call", LISTINGS, ids=lambda call: call.path)
async def test_nulls_in_a_listing_never_fail_a_read(call: Call[Flow]) -> None:
    entries = cast("dict[str, dict[str, object]]", call.json)
    nulls = {key: dict.fromkeys(entry) for key, entry in entries.items()}  # which bears the id
    found = cast("list[object]", await made(call, "json", nulls))
    assert len(found) == len(entries)
    assert await made(call, "json", dict.fromkeys(entries)) == []


ENTITIES = [call for call in CALLS if isinstance(call.result, Task | EditedTask)]


@pytest.mark.parametrize("call", ENTITIES, ids=lambda call: call.heading)
async def test_nulls_and_missing_keys_never_fail_a_read(call: Call[Flow]) -> None:
    fields = cast("dict[str, object]", call.json)
    task_id = cast("int", fields["task_id"])
    empty = cast("type[Task]", type(call.result))(task_id=task_id)
    nulls = {**dict.fromkeys(fields), "task_id": task_id}
    assert await made(call, "json", nulls) == empty
    assert await made(call, "json", json.dumps({"task_id": task_id}).encode()) == empty


async def test_a_null_text_is_the_empty_text_that_xml_has() -> None:
    in_json = await task_of({"task_text": None, "task_status": None, "task_order": None})
    in_xml = (
        b"<task><task_id>1</task_id><task_text/><task_status/><task_order/><task_completed/></task>"
    )
    assert in_json == await task_of(in_xml, "xml") == Task(task_id=1)


async def test_a_completion_that_has_not_come_may_be_a_time_of_zeros() -> None:
    assert (await task_of({"task_completed": "0000-00-00 00:00:00"})).task_completed is None


async def test_unknown_keys_never_fail_and_stay_in_raw() -> None:
    sample = {**samples.GET_TASK, "colour": "red"}
    task = await task_of(sample, task_id=2444)
    assert task == TASK
    assert task.raw == sample


async def test_an_entry_of_a_listing_keeps_its_answer_as_raw() -> None:
    found = cast("list[Member]", await made(CALLS[0], "json"))
    assert [member.raw for member in found] == list(samples.GET_MEMBERS.values())


async def change_of(content: object) -> Change:
    server = Scripted(Say({"7": {"change_content": content}}))
    async with flow_at(server) as flow:
        [change] = await flow.history.of("task", 1)
    return change


async def change_in_xml(inside: str) -> Change:
    body = f"<changes><_7><change_content>{inside}</change_content></_7></changes>"
    server = Scripted(Say(body.encode()))
    async with flow_at(server, "xml") as flow:
        [change] = await flow.history.of("task", 1)
    return change


@each(
    ("in_json", "in_xml", "content"),
    [
        ({"col_id": 2}, "<col_id>2</col_id>", {"col_id": 2}),
        ({"col_id": "2"}, "<col_id> 2 </col_id>", {"col_id": 2}),
        ({"old_col_limit": "5"}, "<old_col_limit>5</old_col_limit>", {"old_col_limit": 5}),
        ({"task_order": "21.50"}, "<task_order>21.5</task_order>", {"task_order": 21.5}),
        ({"task_text": "2010"}, "<task_text>2010</task_text>", {"task_text": "2010"}),
        ({"task_text": 2010}, "<task_text>2010</task_text>", {"task_text": "2010"}),
        ({"task_status": None}, "<task_status/>", {"task_status": ""}),
        ({"col_id": None}, "<col_id/>", {"col_id": None}),
        ({"col_id": "none"}, "<col_id>none</col_id>", {"col_id": "none"}),
        ({"assignments": {"0": 1}}, "<assignments><_0>1</_0></assignments>", {"assignments": [1]}),
        ({"assignments": []}, "<assignments/>", {"assignments": []}),
        ({"user_ids": "1,23"}, "<user_ids>1,23</user_ids>", {"user_ids": [1, 23]}),
        ({"user_ids": "Jim"}, "<user_ids>Jim</user_ids>", {"user_ids": "Jim"}),
        ({"more": []}, "<more/>", {"more": ""}),
        ({"more": {"a_id": "1"}}, "<more><a_id>1</a_id></more>", {"more": {"a_id": 1}}),
        (
            {"task_metrics": {"phase_times": [], "cycle_time": "5"}},
            "<task_metrics><phase_times/><cycle_time>5</cycle_time></task_metrics>",
            {"task_metrics": {"phase_times": {}, "cycle_time": 5}},
        ),
        ({"task_metrics": "gone"}, "<task_metrics>gone</task_metrics>", {"task_metrics": "gone"}),
        ([], "", {}),
        (None, "\n", {}),
    ],
)
async def test_what_a_change_changed_is_the_same_from_both_formats(
    in_json: object, in_xml: str, content: object
) -> None:
    found = [(await change_of(in_json)), (await change_in_xml(in_xml))]
    assert [(one.change_id, one.change_content) for one in found] == [(7, content)] * 2
    assert found[0].raw["change_content"] == in_json


async def test_an_edit_that_changed_nothing_says_so() -> None:
    server = Scripted(Say({"task_id": 2569}))
    async with flow_at(server) as flow:
        assert await flow.tasks.update(2569, task_text="Same") == EditedTask(task_id=2569)


@pytest.mark.parametrize(
    ("format", "body"),
    [
        ("json", b"[]"),
        ("json", b"{}"),
        ("xml", b"<task/>"),
        ("xml", b'<task type="array"/>'),
        ("xml", b"<task>\n</task>"),
    ],
)
async def test_an_edit_that_changed_nothing_may_be_an_empty_map(
    format: Format, body: bytes
) -> None:
    server = Scripted(Say(body))
    async with flow_at(server, format) as flow:
        assert await flow.tasks.update(2569, task_text="Same") == EditedTask()
        assert await flow.tasks.delete(2569) == EditedTask()


def test_the_archived_project_is_the_one_in_column_2() -> None:
    assert [project.archived for project in PROJECTS] == [True, False, False, False]


@pytest.mark.parametrize(
    "entity", [TASK, CHANGES[-1], MEMBERS[0], PROJECTS[0]], ids=lambda one: type(one).__name__
)
def test_entities_can_be_hashed_copied_and_pickled(entity: object) -> None:
    copies = [copy.deepcopy(entity), pickle.loads(pickle.dumps(entity))]  # noqa: S301 - our own
    assert {entity, *copies} == {entity}


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("2010-02-05 07:36:25", "2010-02-05T12:36:25+00:00"),
        ("2010-07-05 07:36:25", "2010-07-05T11:36:25+00:00"),
        ("2010-11-07 01:30:00", "2010-11-07T05:30:00+00:00"),  # there is a second one, at 06:30
        ("2010-03-14 02:30:00", "2010-03-14T07:30:00+00:00"),  # there is none
    ],
)
async def test_times_are_us_eastern(written: str, hour: str) -> None:
    created = (await task_of({"task_created": written})).task_created
    assert created is not None
    assert created.isoformat() == hour
