"""Manipulating Tasks: the calls under this heading of the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

from agilekit.sandbox.kanbantool.params import Fields, number
from agilekit.sandbox.kanbantool.state import Task, TaskFields
from agilekit.sandbox.messages import Refusal, Response

if TYPE_CHECKING:
    from agilekit.sandbox.kanbantool.call import Call
    from agilekit.sandbox.kanbantool.state import Board, Stage, Swimlane

BLANK: Final = "cannot be blank"
ARCHIVED: Final = "Task is archived, please unarchive it first"


class Place(TypedDict, total=False):
    stage: Stage
    swimlane: Swimlane


def list_tasks(call: Call) -> Response:
    """All open tasks at once, or pages of archived ones or of those in a lane or column."""
    board = call.board("read")
    archived = call.parameter("archived") == "1"
    lane, stage = call.parameter("swimlane_id"), call.parameter("workflow_stage_id")
    paged = archived or lane is not None or stage is not None
    if paged and call.service.shift_pages:
        call.service.shift()
    found = [
        task
        for task in board.tasks.values()
        if (task.archived_at is not None) == archived
        and (lane is None or task.swimlane_id == number(lane))
        and (stage is None or task.workflow_stage_id == number(stage))
    ]
    if archived:
        found.sort(key=lambda task: (task.archived_at, task.id), reverse=True)
    return call.tasks(board, found, paged=paged)


def view_task(call: Call) -> Response:
    return call.details(call.task("read"))


def create_task(call: Call) -> Response:
    board, fields = call.board("create"), call.fields("task")
    name = fields.required("name", BLANK)
    given, place = _given(call, board, fields), _place(board, fields)
    fields.check(400)
    task = call.service.add_task(board, name, by=call.user, **place, **given)
    return call.details(task, status=call.service.created_status)


def update_task(call: Call) -> Response:
    task, fields = call.task("update"), call.fields("task")
    name = fields.required("name", BLANK) if "name" in fields else task.name
    given = _given(call, call.board(), fields)
    fields.check(400)
    task.name = name
    task.custom_fields.update(given.pop("custom_fields", {}))
    for attribute, value in given.items():
        setattr(task, attribute, value)
    _log(call, task, "updated")
    return call.details(task)


def move_task(call: Call) -> Response:
    task, board = call.task("move"), call.board()
    _must_be_open(task)
    direction = call.parameter("direction")
    if direction in ("up", "down"):
        _swap(board, task, 1 if direction == "down" else -1)
    else:
        stage, lane = _target(call, board, task, direction)
        _enter(call, board, task, stage, lane)
    _log(call, task, "moved")
    return call.details(task)


def delete_task(call: Call) -> Response:
    task, board = call.task("delete"), call.board()
    _must_be_open(task)
    _log(call, task, "deleted")
    del board.tasks[task.id]
    return call.details(task)


def archive_task(call: Call) -> Response:
    task, board = call.task("move"), call.board()
    if task.archived_at or task.workflow_stage_id != board.columns()[-1].id:
        raise Refusal(422, "Task is not ready to be archived")
    call.service.archive(task, by=call.user)
    return call.details(task)


def unarchive_task(call: Call) -> Response:
    task = call.task("move")
    if task.archived_at is None:
        raise Refusal(422, "Task is not archived")
    call.service.unarchive(task, by=call.user)
    return call.details(task)


def _must_be_open(task: Task) -> None:
    if task.archived_at:
        raise Refusal(400, ARCHIVED)


def _log(call: Call, task: Task, what: str) -> None:
    call.service.log(task, what, f"{call.user.initials} {what} task {task.name}", by=call.user)


def _given(call: Call, board: Board, fields: Fields) -> TaskFields:
    """The attributes that were sent; the position and what is unknown have no effect."""
    given = TaskFields()
    if "description" in fields:
        given["description"] = fields.text("description")
    if "assigned_user_id" in fields:
        given["assigned_user_id"] = fields.number("assigned_user_id", board.shares)
    if "card_type_id" in fields and (kind := fields.number("card_type_id", board.card_types)):
        given["card_type_id"] = kind
    if "due_date" in fields:
        given["due_date"] = fields.day("due_date")
    if "external_link" in fields:
        given["external_link"] = fields.text("external_link")
    if "priority" in fields:
        given["priority"] = fields.number("priority") or 0
    if "size_estimate" in fields:
        given["size_estimate"] = fields.decimal("size_estimate")
    if "tags" in fields:
        given["tags"] = fields.text("tags") or ""
    for number_ in range(1, call.service.custom_fields + 1):
        if (name := f"custom_field_{number_}") in fields:
            given.setdefault("custom_fields", {})[number_] = fields.text(name)
    return given


def _place(board: Board, fields: Fields) -> Place:
    columns = {stage.id: stage for stage in board.columns()}
    place = Place()
    if stage_id := fields.number("workflow_stage_id", columns):
        place["stage"] = columns.get(stage_id) or board.columns()[0]
    if lane_id := fields.number("swimlane_id", board.swimlanes):
        place["swimlane"] = board.swimlanes.get(lane_id) or board.rows()[0]
    return place


def _swap(board: Board, task: Task, step: int) -> None:
    """Change places with the task above or below, if there is one."""
    cell = [
        one
        for one in board.in_column(task.workflow_stage_id)
        if one.swimlane_id == task.swimlane_id
    ]
    there = cell.index(task) + step
    if 0 <= there < len(cell):
        task.position, cell[there].position = cell[there].position, task.position


def _target(call: Call, board: Board, task: Task, direction: str | None) -> tuple[Stage, Swimlane]:
    columns, lanes = board.columns(), board.rows()
    column = [stage.id for stage in columns].index(task.workflow_stage_id)
    row = [lane.id for lane in lanes].index(task.swimlane_id)
    match direction:
        case None:
            fields = Fields(call.parameters)
            place = _place(board, fields)
            fields.check(422)
            if not place:
                raise Refusal(422, "A direction, workflow_stage_id or swimlane_id is required")
            return place.get("stage", columns[column]), place.get("swimlane", lanes[row])
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
