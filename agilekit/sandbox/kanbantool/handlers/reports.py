"""Working with Time Reporting: the call under this heading of the document, JSON only.

The document does not show the report. Here it is an object with the seconds (``summary``) or the
timers (``detailed``) in a hash by the first attribute of ``group_by``, then by the next.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, cast, get_args

from attrs import frozen

from agilekit.sandbox.kanbantool.handlers.timers import require_json, serialized
from agilekit.sandbox.kanbantool.params import parse_time
from agilekit.sandbox.messages import Refusal, Response
from agilekit.sandbox.renderer import Items

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from agilekit.sandbox.kanbantool.call import Call
    from agilekit.sandbox.kanbantool.serializers import Form
    from agilekit.sandbox.kanbantool.state import Board, Task, TimeTracker
    from agilekit.sandbox.renderer import Value

Group: TypeAlias = Literal["board_id", "task_id", "user_id", "sprint_id"]

GROUPS: Final[tuple[Group, ...]] = get_args(Group)


@frozen
class Row:
    tracker: TimeTracker
    board: Board
    task: Task | None


def report_time(call: Call) -> Response:
    require_json(call)
    kind = call.parameter("report_type") or "summary"
    if kind not in ("summary", "detailed"):
        raise Refusal(422, "Report type is invalid")
    groups = _groups(call.parameter("group_by"))
    within = _in_timeframe(call)
    rows = [row for row in within if _wanted(call, row)]
    options: Form = {}
    if call.parameter("include_filter_options") == "1":
        options["filter_options"] = _options(within)
    report = _grouped(call, rows, groups, detailed=kind == "detailed")
    return call.format.one("report", {"report_type": kind, "report": report, **options}, bare=True)


def _groups(text: str | None) -> list[Group]:
    given = text.split(",") if text else ["board_id"]
    if not set(given) <= set(GROUPS):
        raise Refusal(422, f"Group by is not of {', '.join(GROUPS)}")
    return cast("list[Group]", given)


def _in_timeframe(call: Call) -> list[Row]:
    """The timers of the boards that started in the timeframe."""
    asked = call.numbers("board_id")
    if not asked:
        raise Refusal(422, "Board can't be blank")
    for identifier in sorted(asked):
        if identifier not in call.account.boards:
            raise Refusal(404, "Board not found")
        call.permitted(call.account.boards[identifier], "read")
    first, last = _time(call, "from"), _time(call, "to")
    boards = call.account.boards
    return [
        Row(one, boards[one.board_id], call.account.task_of(one))
        for one in call.account.time_trackers.values()
        if one.board_id in asked
        and (first is None or one.started_at >= first)
        and (last is None or one.started_at <= last)
    ]


def _time(call: Call, name: str) -> datetime | None:
    text = call.parameter(name)
    found = parse_time(text, call.options.timezone) if text else None
    if text and found is None:
        raise Refusal(422, f"{name.capitalize()} is invalid")
    return found


def _wanted(call: Call, row: Row) -> bool:
    users, tasks = call.numbers("user_id"), call.numbers("task_id")
    kinds, tags = call.numbers("tasks.card_type_id"), call.parameter("tasks.tags")
    return (
        (users is None or row.tracker.user_id in users)
        and (tasks is None or row.tracker.task_id in tasks)
        and (kinds is None or (row.task is not None and row.task.card_type_id in kinds))
        and (tags is None or bool(set(_tags(row.task)) & set(_split(tags))))
    )


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _tags(task: Task | None) -> list[str]:
    return _split(task.tags) if task else []


def _options(rows: Sequence[Row]) -> Value:
    tasks = [row.task for row in rows if row.task]
    options: dict[str, Sequence[Value]] = {
        "user_id": sorted({row.tracker.user_id for row in rows}),
        "task_id": sorted({row.tracker.task_id for row in rows}),
        "tasks.card_type_id": sorted({task.card_type_id for task in tasks}),
        "tasks.tags": sorted({tag for task in tasks for tag in _tags(task)}),
    }
    return {name: Items("option", values) for name, values in options.items()}


def _grouped(call: Call, rows: Sequence[Row], groups: Sequence[Group], *, detailed: bool) -> Value:
    if not groups:
        if detailed:
            return Items("time_tracker", [serialized(call, row.tracker) for row in rows])
        return sum(row.tracker.seconds(call.account.clock()) for row in rows)
    by_key: dict[str, list[Row]] = {}
    for row in rows:
        by_key.setdefault(_key(call, row, groups[0]), []).append(row)
    return {
        key: _grouped(call, inside, groups[1:], detailed=detailed) for key, inside in by_key.items()
    }


def _key(call: Call, row: Row, group: Group) -> str:
    tracker = row.tracker
    name: str | None
    match group:
        case "board_id":
            identifier, name = tracker.board_id, row.board.name
        case "task_id":
            identifier, name = tracker.task_id, row.task.name if row.task else None
        case "user_id":
            user = call.account.users.get(tracker.user_id)
            identifier, name = tracker.user_id, user.name if user else None
        case "sprint_id":
            identifier, name = tracker.id, None
    if call.parameter("expand") == "1":
        return json.dumps({"id": identifier, "name": name}, separators=(",", ":"))
    return str(identifier)
