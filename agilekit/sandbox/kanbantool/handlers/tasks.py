"""Manipulating Tasks: the calls under this heading of the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

from agilekit.sandbox.kanbantool.params import Params, parse_int
from agilekit.sandbox.kanbantool.state import Task, TaskFields
from agilekit.sandbox.messages import Refusal, Response

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agilekit.sandbox.kanbantool.call import Call
    from agilekit.sandbox.kanbantool.state import Board, Stage, Swimlane

BLANK: Final = "cannot be blank"
PAGE_SIZE: Final = 50
MAX_PAGE_SIZE: Final = 175
ARCHIVED: Final = "Task is archived, please unarchive it first"


class Destination(TypedDict, total=False):
    """The stage and the swimlane that a request names for a task."""

    stage: Stage
    swimlane: Swimlane


def list_tasks(call: Call) -> Response:
    """All open tasks at once, or pages of archived ones or of those in a lane or column."""
    board = call.board("read")
    archived = call.parameter("archived") == "1"
    lane, stage = call.parameter("swimlane_id"), call.parameter("workflow_stage_id")
    paged = archived or lane is not None or stage is not None
    if paged and call.options.shift_pages:
        call.account.shift()
    found: Sequence[Task] = [
        task
        for task in board.tasks.values()
        if (task.archived_at is not None) == archived
        and (lane is None or task.swimlane_id == parse_int(lane))
        and (stage is None or task.workflow_stage_id == parse_int(stage))
    ]
    if archived:  # the last archived comes first
        found = sorted(found, key=lambda task: (task.archived_at, task.id), reverse=True)
    pagination = None
    if paged:
        found, pagination = _page(call, found)
    rows = [call.serializer.task(task, board) for task in found]
    bare = call.options.has_bare_lists
    return call.format.many("task", rows, bare=bare, pagination=pagination)


def view_task(call: Call) -> Response:
    return _details(call, call.task("read"))


def create_task(call: Call) -> Response:
    board, params = call.board("create"), call.params("task")
    name = params.required("name", BLANK)
    fields, destination = _fields(call, board, params), _destination(board, params)
    params.check(400)
    task = call.account.add_task(board, name, by=call.user, **destination, **fields)
    return _details(call, task, status=call.options.created_status)


def update_task(call: Call) -> Response:
    task, params = call.task("update"), call.params("task")
    name = params.required("name", BLANK) if "name" in params else task.name
    fields = _fields(call, call.board(), params)
    params.check(400)
    task.name = name
    task.custom_fields.update(fields.pop("custom_fields", {}))
    for attribute, value in fields.items():
        setattr(task, attribute, value)
    call.log(task, "updated", f"updated task {task.name}")
    return _details(call, task)


def move_task(call: Call) -> Response:
    task, board = call.task("move"), call.board()
    _must_be_open(task)
    direction = call.parameter("direction")
    if direction in ("up", "down"):
        _swap(board, task, 1 if direction == "down" else -1)
    else:
        stage, lane = _target_cell(call, board, task, direction)
        _enter(call, board, task, stage, lane)
    call.log(task, "moved", f"moved task {task.name}")
    return _details(call, task)


def delete_task(call: Call) -> Response:
    task, board = call.task("delete"), call.board()
    _must_be_open(task)
    call.log(task, "deleted", f"deleted task {task.name}")
    del board.tasks[task.id]
    return _details(call, task)


def archive_task(call: Call) -> Response:
    task, board = call.task("move"), call.board()
    if task.archived_at or task.workflow_stage_id != board.columns()[-1].id:
        raise Refusal(422, "Task is not ready to be archived")
    call.account.archive(task, by=call.user)
    return _details(call, task)


def unarchive_task(call: Call) -> Response:
    task = call.task("move")
    if task.archived_at is None:
        raise Refusal(422, "Task is not archived")
    call.account.unarchive(task, by=call.user)
    return _details(call, task)


def _must_be_open(task: Task) -> None:
    if task.archived_at:
        raise Refusal(400, ARCHIVED)


def _details(call: Call, task: Task, *, status: int = 200) -> Response:
    board = call.account.boards[task.board_id]
    return call.format.one("task", call.serializer.details(task, board), status=status)


def _page(call: Call, tasks: Sequence[Task]) -> tuple[Sequence[Task], Mapping[str, str]]:
    """Listing archived tasks from given board: page, per_page and the pagination."""
    size = min(_positive(call, "per_page", PAGE_SIZE), MAX_PAGE_SIZE)
    page = _positive(call, "page", 1)
    last = max(1, -(-len(tasks) // size))
    return tasks[(page - 1) * size : page * size], {
        "page": str(page),
        "total_pages": str(last),
        "total_entries": str(len(tasks)),
        "previous_page": str(page - 1) if page > 1 else "",
        "next_page": str(page + 1) if page < last else "",
    }


def _positive(call: Call, name: str, default: int) -> int:
    found = parse_int(call.parameter(name) or "")
    return found if found and found > 0 else default


def _fields(call: Call, board: Board, params: Params) -> TaskFields:
    """The attributes that were sent; the position, and what is unknown, have no effect."""
    fields = TaskFields()
    if "description" in params:
        fields["description"] = params.text("description")
    if "assigned_user_id" in params:
        fields["assigned_user_id"] = params.integer("assigned_user_id", board.shares)
    if "card_type_id" in params and (kind := params.integer("card_type_id", board.card_types)):
        fields["card_type_id"] = kind
    if "due_date" in params:
        fields["due_date"] = params.day("due_date")
    if "external_link" in params:
        fields["external_link"] = params.text("external_link")
    if "priority" in params:
        fields["priority"] = params.integer("priority") or 0
    if "size_estimate" in params:
        fields["size_estimate"] = params.decimal("size_estimate")
    if "tags" in params:
        fields["tags"] = params.text("tags") or ""
    for number in range(1, call.options.custom_fields + 1):
        if (name := f"custom_field_{number}") in params:
            fields.setdefault("custom_fields", {})[number] = params.text(name)
    return fields


def _destination(board: Board, params: Params) -> Destination:
    columns = {stage.id: stage for stage in board.columns()}
    destination = Destination()
    if stage_id := params.integer("workflow_stage_id", columns):
        destination["stage"] = columns.get(stage_id) or board.columns()[0]
    if lane_id := params.integer("swimlane_id", board.swimlanes):
        destination["swimlane"] = board.swimlanes.get(lane_id) or board.rows()[0]
    return destination


def _swap(board: Board, task: Task, step: int) -> None:
    """Swap positions with the task above or below, if there is one."""
    cell = [
        one
        for one in board.in_column(task.workflow_stage_id)
        if one.swimlane_id == task.swimlane_id
    ]
    index = cell.index(task) + step
    if 0 <= index < len(cell):
        other = cell[index]
        task.position, other.position = other.position, task.position


def _target_cell(
    call: Call, board: Board, task: Task, direction: str | None
) -> tuple[Stage, Swimlane]:
    """The cell to move to: named by its ids, or the next one in a direction, up to the edge."""
    columns, lanes = board.columns(), board.rows()
    column = [stage.id for stage in columns].index(task.workflow_stage_id)
    row = [lane.id for lane in lanes].index(task.swimlane_id)
    match direction:
        case None:
            params = Params(call.parameters)
            target = _destination(board, params)
            params.check(422)
            if not target:
                raise Refusal(422, "A direction, workflow_stage_id or swimlane_id is required")
            return target.get("stage", columns[column]), target.get("swimlane", lanes[row])
        case "prev_stage" | "next_stage":
            column += 1 if direction == "next_stage" else -1
        case "prev_swimlane" | "next_swimlane":
            row += 1 if direction == "next_swimlane" else -1
        case _:
            raise Refusal(422, "Direction is invalid")
    return (
        columns[min(max(column, 0), len(columns) - 1)],
        lanes[min(max(row, 0), len(lanes) - 1)],
    )


def _enter(call: Call, board: Board, task: Task, stage: Stage, lane: Swimlane) -> None:
    """Go to the bottom of a cell; the limit is that of the column, over all swimlanes."""
    if stage.id != task.workflow_stage_id and not call.parameter("override"):
        full = stage.limit is not None and len(board.in_column(stage.id)) >= stage.limit
        if full:
            reason = "WIP Limit exceeded for target column and override not specified"
            raise Refusal(409, reason)
    if (stage.id, lane.id) != (task.workflow_stage_id, task.swimlane_id):
        task.workflow_stage_id, task.swimlane_id = stage.id, lane.id
        task.position = board.bottom(lane.id, stage.id)
