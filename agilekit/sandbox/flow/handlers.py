"""One function per documented call, from an authenticated request to its response."""

from __future__ import annotations

from collections import Counter
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
    from agilekit.sandbox.flow.state import Change, Project, Task

T = TypeVar("T")

# GET /project_id/tasks: only the first 50 tasks in the Done column are returned.
SHOWN_IN_DONE: Final = 50
# POST /authentication: there is a limit of 10 keys.
MOST_KEYS: Final = 10
EDITABLE: Final = (
    "task_text",
    "task_type_id",
    "task_status",
    "user_ids",
    "col_id",
    "prev_task_order",
)


def members(call: Call) -> Response:
    board = call.service
    joined = sorted(board.members.values(), key=lambda one: one.joined)
    forms_by_id = {one.id: serializers.member(one, board.board_name) for one in joined}
    return call.answer("members", Keyed("member", forms_by_id))


def projects(call: Call) -> Response:
    ordered = sorted(call.service.projects.values(), key=lambda one: -one.order)
    return call.answer(
        "projects", Keyed("project", {p.id: serializers.project(p) for p in ordered})
    )


def cols(call: Call) -> Response:
    board, project = call.service, call.project()
    counts = Counter(task.col_id for task in board.tasks_of(project))
    columns = {one.id: serializers.column(one, counts[one.id]) for one in board.columns_of(project)}
    return call.answer("cols", Keyed("col", columns))


def task_types(call: Call) -> Response:
    kinds = [call.service.task_types[number] for number in call.project().task_types]
    kinds.sort(key=lambda one: -one.order)
    return call.answer(
        "task_types", Keyed("task_type", {one.id: serializers.task_type(one) for one in kinds})
    )


def tasks(call: Call) -> Response:
    shown = _shown(call.service, call.project())
    return call.answer(
        "tasks", Keyed("task", {one.id: serializers.listed_task(one) for one in shown})
    )


def recent_activity(call: Call) -> Response:
    changes = call.service.recent_activity(call.project())
    if not changes:
        raise Refusal(404, "There are no changes within the last 24 hours")
    return call.answer("recent_activity", _changes(changes))


def item_history(call: Call) -> Response:
    return call.answer("item_history", _changes(call.service.history(*call.item())))


def get_task(call: Call) -> Response:
    return call.answer("task", serializers.task(call.task()))


def add_task(call: Call) -> Response:
    board, user = call.service, call.user_id()
    project = call.required("project_id", board.projects)
    kind = call.required("task_type_id", _within(board.task_types, project.task_types))
    text = call.text()
    if text is None:
        raise Refusal(400, "task_text is missing")
    task = board.add_task(project, text, task_type=kind, user_id=user)
    return call.answer("task", {"task_id": task.id})


def add_key(call: Call) -> Response:
    keys = call.service.keys
    if call.key != keys[0]:
        raise Refusal(403, "Permission Denied")
    if len(keys) >= MOST_KEYS:
        raise Refusal(400, f"There are {MOST_KEYS} keys already")
    return call.answer("authentication", {"authentication_key": call.service.add_key()})


def edit_task(call: Call) -> Response:
    board, task, user = call.service, call.task(), call.user_id()
    project = board.projects[task.project_id]
    if not any(name in call.parameters for name in EDITABLE):
        raise Refusal(400, f"At least one of these is needed: {', '.join(EDITABLE)}")
    edit = Edit(
        text=call.text(),
        task_type=call.optional("task_type_id", _within(board.task_types, project.task_types)),
        status=call.status(),
        user_ids=call.user_ids(),
        column=call.optional("col_id", _within(board.columns, project.columns)),
        after=call.after(),
    )
    changed = board.edit_task(task, edit, user_id=user)
    return call.answer("task", {"task_id": task.id, "user_id": user, **changed})


def delete_task(call: Call) -> Response:
    task, user = call.task(), call.user_id()
    call.service.edit_task(task, Edit(status="D"), user_id=user)
    return call.answer("task", {"task_id": task.id, "user_id": user, "task_status": "D"})


def delete_key(call: Call) -> Response:
    key = call.ids["key"]
    if key not in call.service.keys:
        raise Refusal(404, "There is no such key")
    call.service.keys.remove(key)
    return call.answer("authentication", {"authentication_key": key})


def _shown(board: Board, project: Project) -> Iterator[Task]:
    """The first so many in Done; an older one is found by its own id and in the history."""
    done = board.column_of(project, "D").id
    for column, tasks in groupby(board.tasks_of(project), key=lambda one: one.col_id):
        yield from islice(tasks, SHOWN_IN_DONE if column == done else None)


def _changes(changes: Iterable[Change]) -> Keyed:
    return Keyed("change", {one.id: serializers.change(one) for one in changes})


def _within(entities: Mapping[int, T], ids: Iterable[int]) -> Mapping[int, T]:
    return {number: entities[number] for number in ids}
