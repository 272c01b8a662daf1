"""Tasks: those of a project, and one by itself."""

from __future__ import annotations

from itertools import groupby, islice
from typing import TYPE_CHECKING, Final, TypeVar

from agilekit.sandbox.flow import serializers
from agilekit.sandbox.flow.renderer import Keyed
from agilekit.sandbox.flow.state import Edit
from agilekit.sandbox.messages import Refusal, Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agilekit.sandbox.flow.board import Board
    from agilekit.sandbox.flow.call import Call
    from agilekit.sandbox.flow.state import Project, Task

T = TypeVar("T")

# GET /project_id/tasks: only the first 50 tasks in the Done column are returned.
LISTED_OF_DONE: Final = 50
EDITABLE: Final = (
    "task_text",
    "task_type_id",
    "task_status",
    "user_ids",
    "col_id",
    "prev_task_order",
)


def list_tasks(call: Call) -> Response:
    tasks = {one.id: serializers.listed_task(one) for one in _listed(call.board, call.project())}
    return call.answer("tasks", Keyed("task", tasks))


def get_task(call: Call) -> Response:
    return call.answer("task", serializers.task(call.task()))


def add_task(call: Call) -> Response:
    board, user = call.board, call.user_id()
    project = call.params.required("project_id", board.projects)
    task_types = _only(board.task_types, project.task_types)
    task_type = call.params.required("task_type_id", task_types)
    text = call.params.task_text()
    if text is None:
        raise Refusal(400, "task_text is missing")
    task = board.add_task(project, text, task_type=task_type, user_id=user)
    return call.answer("task", {"task_id": task.id})


def edit_task(call: Call) -> Response:
    board, task, user, params = call.board, call.task(), call.user_id(), call.params
    project = board.projects[task.project_id]
    if not any(name in params for name in EDITABLE):
        raise Refusal(400, f"At least one of these is needed: {', '.join(EDITABLE)}")
    edit = Edit(
        text=params.task_text(),
        task_type=params.optional("task_type_id", _only(board.task_types, project.task_types)),
        status=params.task_status(),
        user_ids=params.user_ids(board.members),
        column=params.optional("col_id", _only(board.columns, project.columns)),
        after=params.prev_task_order(),
    )
    changed = board.edit_task(task, edit, user_id=user)
    return call.answer("task", {"task_id": task.id, "user_id": user, **changed})


def delete_task(call: Call) -> Response:
    """A deleted task keeps its id and its history: it has the status D."""
    task, user = call.task(), call.user_id()
    call.board.edit_task(task, Edit(status="D"), user_id=user)
    return call.answer("task", {"task_id": task.id, "user_id": user, "task_status": "D"})


def _listed(board: Board, project: Project) -> Iterator[Task]:
    """All tasks, but of Done only the first; the others are found by their ids and histories."""
    done = board.column_of(project, "D").id
    for column, tasks in groupby(board.tasks_of(project), key=lambda one: one.col_id):
        yield from islice(tasks, LISTED_OF_DONE if column == done else None)


def _only(entities: Mapping[int, T], ids: Iterable[int]) -> Mapping[int, T]:
    return {number: entities[number] for number in ids}
