"""Modifying Task ToDo list (subtasks): the calls under this heading of the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agilekit.sandbox.kanbantool.params import parse_int
from agilekit.sandbox.messages import Refusal, Response

if TYPE_CHECKING:
    from agilekit.sandbox.kanbantool.call import Call
    from agilekit.sandbox.kanbantool.state import Subtask, Task

BLANK: Final = "can't be blank"


def list_subtasks(call: Call) -> Response:
    return _list(call, call.task("read"))


def view_subtask(call: Call) -> Response:
    return _one(call, call.subtask(call.task("read")))


def create_subtask(call: Call) -> Response:
    task, params = call.task("update"), call.params("subtask")
    name = params.required("name", BLANK)
    completed = params.flag("is_completed")
    assigned = params.integer("assigned_user_id", call.board().shares)
    params.check(422)
    subtask = call.account.add_subtask(
        task, name, is_completed=completed, assigned_user_id=assigned, by=call.user
    )
    return _one(call, subtask, status=call.options.created_status)


def update_subtask(call: Call) -> Response:
    task, params = call.task("update"), call.params("subtask")
    subtask = call.subtask(task)
    name, completed, assigned = subtask.name, subtask.is_completed, subtask.assigned_user_id
    if "name" in params:
        name = params.required("name", BLANK)
    if "is_completed" in params:
        completed = params.flag("is_completed")
    if "assigned_user_id" in params:
        assigned = params.integer("assigned_user_id", call.board().shares)
    params.check(422)
    subtask.name, subtask.is_completed, subtask.assigned_user_id = name, completed, assigned
    subtask.updated_at = call.account.clock()
    call.log(task, "subtask_updated", f"has updated subtask {name}")
    return _one(call, subtask)


def delete_subtask(call: Call) -> Response:
    task = call.task("update")
    subtask = call.subtask(task)
    task.subtasks.remove(subtask)
    _renumber(task)
    call.log(task, "subtask_deleted", f"has deleted subtask {subtask.name}")
    return _one(call, subtask)


def reorder_subtasks(call: Call) -> Response:
    task = call.task("update")
    by_id = {subtask.id: subtask for subtask in task.subtasks}
    order = [parse_int(part) or 0 for part in (call.parameter("order") or "").split(",")]
    if sorted(order) != sorted(by_id):
        raise Refusal(422, "Not all subtasks have been included in the list.")
    task.subtasks = [by_id[identifier] for identifier in order]
    _renumber(task)
    call.log(task, "subtasks_reordered", "has reordered subtasks")
    return _list(call, task)


def _renumber(task: Task) -> None:
    for position, subtask in enumerate(task.subtasks, 1):
        subtask.position = position


def _list(call: Call, task: Task) -> Response:
    return call.format.many("subtask", [call.serializer.subtask(one) for one in task.subtasks])


def _one(call: Call, subtask: Subtask, *, status: int = 200) -> Response:
    return call.format.one("subtask", call.serializer.subtask(subtask), status=status)
