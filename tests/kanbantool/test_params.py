"""What is written goes out in the document's names, or not at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta, timezone
from math import inf, nan
from typing import Any, Final
from urllib.parse import parse_qsl

import pytest

from agilekit import InvalidInput
from agilekit.kanbantool import KanbanTool, Swimlane, Task, TimeTracker
from tests.each import each
from tests.ids import short
from tests.kanbantool import expected
from tests.kanbantool.calls import kanban_at
from tests.payloads import kanbantool as samples
from tests.session.scripted import Say, Scripted

pytestmark = pytest.mark.anyio

Use = Callable[[KanbanTool, Any], Awaitable[object]]
START: Final = "2013-03-04T10:30:00+01:00"


async def _awaited(make: Callable[[], Awaitable[object]]) -> object:
    return await make()


async def refuses(use: Use, value: object, match: str | None = None) -> None:
    server = Scripted(Say({}))
    async with kanban_at(server) as kanban:
        with pytest.raises(InvalidInput, match=match):
            await use(kanban, value)
    assert server.requests == []


async def fields_of(use: Use, value: object) -> dict[str, str]:
    server = Scripted(Say({}))
    async with kanban_at(server) as kanban:
        await use(kanban, value)
    [request] = server.requests
    return dict(parse_qsl(request.content.decode(), keep_blank_values=True))


def _create(kanban: KanbanTool, values: Any) -> Awaitable[object]:
    given: Any = {"name": "T", **values}
    return kanban.tasks.create(1, **given)


def _update(kanban: KanbanTool, values: Any) -> Awaitable[object]:
    return kanban.tasks.update(1, 1, **values)


BOARDS: Final[dict[str, Use]] = {
    "boards.get": lambda k, it: k.boards.get(it),
    "boards.users": lambda k, it: _awaited(lambda: k.boards.users(it)),
    "boards.changes": lambda k, it: _awaited(lambda: k.boards.changes(it)),
    "tasks.all": lambda k, it: _awaited(lambda: k.tasks.all(it)),
    "tasks.archived": lambda k, it: _awaited(lambda: k.tasks.archived(it)),
    "tasks.get": lambda k, it: k.tasks.get(it, 1),
    "tasks.create": lambda k, it: k.tasks.create(it, name="T"),
    "tasks.update": lambda k, it: k.tasks.update(it, 1, name="T"),
    "tasks.move": lambda k, it: k.tasks.move(it, 1, direction="up"),
    "tasks.delete": lambda k, it: k.tasks.delete(it, 1),
    "tasks.archive": lambda k, it: k.tasks.archive(it, 1),
    "tasks.unarchive": lambda k, it: k.tasks.unarchive(it, 1),
    "subtasks.all": lambda k, it: _awaited(lambda: k.subtasks.all(it, 1)),
    "subtasks.get": lambda k, it: k.subtasks.get(it, 1, 1),
    "subtasks.create": lambda k, it: k.subtasks.create(it, 1, name="S"),
    "subtasks.update": lambda k, it: k.subtasks.update(it, 1, 1, name="S"),
    "subtasks.delete": lambda k, it: k.subtasks.delete(it, 1, 1),
    "subtasks.reorder": lambda k, it: k.subtasks.reorder(it, 1, [1]),
    "comments.all": lambda k, it: _awaited(lambda: k.comments.all(it, 1)),
    "comments.get": lambda k, it: k.comments.get(it, 1, 1),
    "comments.create": lambda k, it: k.comments.create(it, 1, content="C"),
    "comments.delete": lambda k, it: k.comments.delete(it, 1, 1),
    "timers.create": lambda k, it: k.timers.create(board_id=it, task_id=1, started_at=START),
    "reports.time": lambda k, it: k.reports.time(report_type="summary", board_id=[it]),
}
TASKS: Final[dict[str, Use]] = {
    "tasks.get": lambda k, it: k.tasks.get(1, it),
    "tasks.update": lambda k, it: k.tasks.update(1, it, name="T"),
    "tasks.move": lambda k, it: k.tasks.move(1, it, direction="up"),
    "tasks.delete": lambda k, it: k.tasks.delete(1, it),
    "tasks.archive": lambda k, it: k.tasks.archive(1, it),
    "tasks.unarchive": lambda k, it: k.tasks.unarchive(1, it),
    "subtasks.all": lambda k, it: _awaited(lambda: k.subtasks.all(1, it)),
    "subtasks.get": lambda k, it: k.subtasks.get(1, it, 1),
    "subtasks.create": lambda k, it: k.subtasks.create(1, it, name="S"),
    "subtasks.update": lambda k, it: k.subtasks.update(1, it, 1, name="S"),
    "subtasks.delete": lambda k, it: k.subtasks.delete(1, it, 1),
    "subtasks.reorder": lambda k, it: k.subtasks.reorder(1, it, [1]),
    "comments.all": lambda k, it: _awaited(lambda: k.comments.all(1, it)),
    "comments.get": lambda k, it: k.comments.get(1, it, 1),
    "comments.create": lambda k, it: k.comments.create(1, it, content="C"),
    "comments.delete": lambda k, it: k.comments.delete(1, it, 1),
    "timers.create": lambda k, it: k.timers.create(board_id=1, task_id=it, started_at=START),
}
OTHERS: Final[dict[str, Use]] = {
    "subtasks.get": lambda k, it: k.subtasks.get(1, 1, it),
    "subtasks.update": lambda k, it: k.subtasks.update(1, 1, it, name="S"),
    "subtasks.delete": lambda k, it: k.subtasks.delete(1, 1, it),
    "subtasks.reorder": lambda k, it: k.subtasks.reorder(1, 1, [1, it]),
    "comments.get": lambda k, it: k.comments.get(1, 1, it),
    "comments.delete": lambda k, it: k.comments.delete(1, 1, it),
    "timers.update": lambda k, it: k.timers.update(it, started_at=START),
    "timers.delete": lambda k, it: k.timers.delete(it),
    "tasks.all, stage": lambda k, it: _awaited(lambda: k.tasks.all(1, stage=it)),
    "tasks.archived, swimlane": lambda k, it: _awaited(lambda: k.tasks.archived(1, swimlane=it)),
    "tasks.move, stage": lambda k, it: k.tasks.move(1, 1, stage=it),
    "tasks.move, swimlane": lambda k, it: k.tasks.move(1, 1, swimlane=it),
    "timers.all": lambda k, it: _awaited(lambda: k.timers.all(task=it)),
    "boards.changes, user": lambda k, it: _awaited(lambda: k.boards.changes(1, user=it)),
}
USES: Final = {
    **{f"the board of {name}": use for name, use in BOARDS.items()},
    **{f"the task of {name}": use for name, use in TASKS.items()},
    **OTHERS,
}
NO_IDS: Final = ["one", "", "../x", 0, -1, 1.0, True, b"1", ["1"], object()]


@each("use", USES.values(), ids=USES)
async def test_what_is_not_a_valid_id_is_refused_before_anything_is_sent(use: Use) -> None:
    for value in NO_IDS:
        await refuses(use, value)


@each("use", BOARDS.values(), ids=BOARDS)
async def test_only_a_board_stands_for_the_id_of_a_board(use: Use) -> None:
    for other in (expected.TASK, expected.SWIMLANE, expected.TIMER, None):
        await refuses(use, other, "must be a board or its id")


@each("use", TASKS.values(), ids=TASKS)
async def test_only_a_task_stands_for_the_id_of_a_task(use: Use) -> None:
    for other in (expected.BOARD, expected.SUBTASKS[0], expected.TIMER, None):
        await refuses(use, other, "must be a task or its id")


@each("use", OTHERS.values(), ids=OTHERS)
async def test_an_entity_of_another_kind_is_refused(use: Use) -> None:
    await refuses(use, expected.BOARD, "or its id")


@pytest.mark.parametrize(
    "entity", [Task(), Swimlane(), TimeTracker()], ids=lambda it: type(it).__name__
)
async def test_an_entity_that_came_without_an_id_is_refused(entity: Any) -> None:
    for use in (*TASKS.values(), *OTHERS.values()):
        await refuses(use, entity)


WRONG: Final[list[dict[str, object]]] = [
    {"name": ""},
    {"name": " \n"},
    {"name": None},
    {"name": 5},
    {"name": "\ud800"},
    {"description": 5},
    {"assigned_user_id": 0},
    {"assigned_user_id": "x"},
    {"assigned_user_id": True},
    {"card_type_id": None},
    {"card_type_id": -1},
    {"due_date": "1 March"},
    {"due_date": "2011-13-01"},
    {"due_date": datetime(2011, 3, 1, tzinfo=UTC)},
    {"due_date": 5},
    {"external_link": 5},
    {"priority": None},
    {"priority": 0.5},
    {"priority": "high"},
    {"size_estimate": nan},
    {"size_estimate": inf},
    {"size_estimate": "much"},
    {"size_estimate": None},
    {"tags": ["a", "b"]},
    {"custom_field_1": 5},
    {"custom_field_0": "x"},
    {"custom_field_16": "x"},
    {"position": 1},
    {"colour": "red"},
    {"id": 5},
]


@each("values", WRONG, ids=lambda values: repr(values)[:40])
async def test_a_value_that_cannot_be_right_is_refused_and_named(values: dict[str, object]) -> None:
    [name] = values
    await refuses(_create, values, name)
    await refuses(_update, values, name)


@pytest.mark.parametrize("name", ["swimlane_id", "workflow_stage_id"])
async def test_an_update_does_not_move_and_says_what_does(name: str) -> None:
    await refuses(_update, {name: 2}, f"{name} has no effect in an update: use tasks.move")
    assert await fields_of(_create, {name: 2}) == {"task[name]": "T", f"task[{name}]": "2"}
    assert await fields_of(_create, {name: None}) == {"task[name]": "T", f"task[{name}]": ""}


_TIMER: Final = ("board_id", "task_id", "started_at")
UPDATES: Final[dict[str, Use]] = {
    "task": lambda k, it: k.tasks.update(1, 1, **it),
    "subtask": lambda k, it: k.subtasks.update(1, 1, 1, **it),
    "time tracker": lambda k, it: k.timers.update(1, **it),
}
INCOMPLETE: Final[dict[str, tuple[Use, dict[str, object], str]]] = {
    "task": (lambda k, it: k.tasks.create(1, **it), {"tags": "a"}, "name"),
    "subtask": (lambda k, it: k.subtasks.create(1, 1, **it), {"is_completed": True}, "name"),
    "comment": (lambda k, it: k.comments.create(1, 1, **it), {}, "content"),
    **{
        f"time tracker without {name}": (
            lambda k, it: k.timers.create(**it),
            {one: 1 if one.endswith("id") else START for one in _TIMER if one != name},
            name,
        )
        for name in _TIMER
    },
}


@pytest.mark.parametrize("use", UPDATES.values(), ids=UPDATES)
async def test_an_update_needs_a_change(use: Use) -> None:
    await refuses(use, {}, "nothing to change")


@pytest.mark.parametrize(("use", "draft", "name"), INCOMPLETE.values(), ids=INCOMPLETE)
async def test_a_draft_needs_what_the_document_requires(
    use: Use, draft: dict[str, object], name: str
) -> None:
    await refuses(use, draft, f"{name} is missing")


@pytest.mark.parametrize(
    "name", ["description", "assigned_user_id", "due_date", "external_link", "tags"]
)
async def test_none_clears_and_what_is_left_out_is_not_sent(name: str) -> None:
    assert await fields_of(_update, {name: None}) == {f"task[{name}]": ""}


@each("number", range(1, 16))
async def test_each_of_15_custom_fields_can_be_set_and_cleared(number: int) -> None:
    name = f"custom_field_{number}"
    assert await fields_of(_update, {name: "x"}) == {f"task[{name}]": "x"}
    assert await fields_of(_update, {name: None}) == {f"task[{name}]": ""}


@pytest.mark.parametrize("day", [date(2011, 3, 1), "2011-03-01"])
async def test_a_due_date_is_a_date_or_one_as_text(day: object) -> None:
    assert await fields_of(_update, {"due_date": day}) == {"task[due_date]": "2011-03-01"}


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2013, 3, 4, 9, 30, tzinfo=UTC),
        datetime(2013, 3, 4, 10, 30, tzinfo=timezone(timedelta(hours=1))),
        START,
    ],
)
async def test_the_times_of_a_time_tracker_are_sent_in_utc(moment: object) -> None:
    sent = await fields_of(lambda k, it: k.timers.update(1, started_at=it), moment)
    assert sent == {"time_tracker[started_at]": "2013-03-04T09:30:00Z"}


async def test_a_time_tracker_that_ends_at_none_runs() -> None:
    sent = await fields_of(lambda k, it: k.timers.update(1, ended_at=it), None)
    assert sent == {"time_tracker[ended_at]": ""}


@pytest.mark.parametrize(
    "moment",
    ["2013-03-04T10:30:00", datetime(2013, 3, 4), "soon", 5, None],  # noqa: DTZ001
)
async def test_a_time_without_a_zone_is_refused(moment: object) -> None:
    await refuses(lambda k, it: k.timers.update(1, started_at=it), moment, "started_at")


@pytest.mark.parametrize("answer", ["yes", 1, None, "1"])
async def test_whether_a_subtask_is_completed_is_true_or_false(answer: object) -> None:
    await refuses(lambda k, it: k.subtasks.update(1, 1, 1, is_completed=it), answer, "is_completed")


@pytest.mark.parametrize("content", ["", "  ", None, 5])
async def test_a_comment_is_not_empty(content: object) -> None:
    await refuses(lambda k, it: k.comments.create(1, 1, content=it), content, "content")


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"override": "because"},
        {"direction": "up", "stage": 2},
        {"direction": "up", "swimlane": 2},
        {"direction": "left"},
        {"direction": ""},
        {"direction": 5},
        {"stage": 2, "override": ""},
        {"stage": 2, "override": 5},
    ],
    ids=short,
)
async def test_a_move_has_either_a_known_direction_or_a_target(how: object) -> None:
    await refuses(lambda k, it: k.tasks.move(1, 1, **it), how)


@pytest.mark.parametrize(
    "direction", ["up", "down", "prev_stage", "next_stage", "prev_swimlane", "next_swimlane"]
)
async def test_a_move_goes_in_each_documented_direction(direction: Any) -> None:
    sent = await fields_of(
        lambda k, it: k.tasks.move(1, 1, direction=it, override="because"), direction
    )
    assert sent == {"direction": direction, "override": "because"}


@pytest.mark.parametrize("order", [[], [1, 1], [1, expected.TASK], "1,2", 5])
async def test_a_new_order_names_each_subtask_once(order: object) -> None:
    await refuses(lambda k, it: k.subtasks.reorder(1, 1, it), order)


@each(
    "wrong",
    [
        {"report_type": "short"},
        {"report_type": None},
        {"board_id": []},
        {"board_id": None},
        {"board_id": 5},
        {"board_id": "1,2"},
        {"since": "yesterday"},
        {"until": datetime(2013, 3, 4)},  # noqa: DTZ001
        {"group_by": ["stage_id"]},
        {"group_by": []},
        {"group_by": "board_id"},
        {"expand": "yes"},
        {"include_filter_options": 1},
        {"user_id": [expected.TASK]},
        {"user_id": 3},
        {"task_id": ["x"]},
        {"card_type_id": [0]},
        {"tags": ["a,b"]},
        {"tags": [""]},
        {"tags": "api"},
    ],
    ids=short,
)
async def test_a_report_that_cannot_be_right_is_refused_and_names_what_is_wrong(
    wrong: dict[str, object],
) -> None:
    [name] = wrong
    given = {"report_type": "summary", "board_id": [1], **wrong}
    await refuses(lambda k, it: k.reports.time(**it), given, name)


@pytest.mark.parametrize("name", ["active", "listed", "expand"])
async def test_the_filters_of_time_trackers_are_true_or_false(name: str) -> None:
    await refuses(lambda k, it: _awaited(lambda: k.timers.all(**it)), {name: "yes"}, name)


@pytest.mark.parametrize(("wanted", "sent"), [(True, "1"), (False, "0")])
async def test_the_filters_of_time_trackers_are_sent_as_1_and_0(wanted: bool, sent: str) -> None:
    server = Scripted(Say([]))
    async with kanban_at(server) as kanban:
        await kanban.timers.all(active=wanted, listed=wanted)
    assert dict(server.requests[0].url.params) == {"active": sent, "listed": sent}


async def test_what_came_back_can_be_written_again() -> None:
    server = Scripted(Say(samples.VIEWING_TASK))
    async with kanban_at(server) as kanban:
        task = await kanban.tasks.create(expected.BOARD, name="Add API to KanbanTool")
        task = await kanban.tasks.update(1, task, priority=(task.priority or 0) + 1)
        await kanban.tasks.delete(1, task)
    assert [request.url.path for request in server.requests] == [
        "/api/v1/boards/1/tasks.json",
        "/api/v1/boards/1/tasks/1.json",
        "/api/v1/boards/1/tasks/1.json",
    ]
