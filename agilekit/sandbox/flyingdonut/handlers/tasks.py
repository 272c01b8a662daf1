"""Tasks: those of a card, and one by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agilekit.sandbox.flyingdonut import drafts, params, serializers
from agilekit.sandbox.flyingdonut.edits import (
    AnyEdit,
    Edit,
    answer_update,
    apply_edits,
    edit_of_draft,
)
from agilekit.sandbox.messages import Json, Response

if TYPE_CHECKING:
    from agilekit.sandbox.flyingdonut.call import Call
    from agilekit.sandbox.flyingdonut.state import Task, TaskState

ATTRIBUTES: Final = drafts.ATTRIBUTES | {"state"}


def fetch_card_tasks(call: Call) -> Response:
    project = call.project
    return Response.json(
        [serializers.card_task(project, it) for it in project.tasks_of(call.card())]
    )


def create_card_task(call: Call) -> Response:
    card, project = call.card(), call.project

    def add(draft: drafts.Draft) -> Json:
        task = project.add_task(card, draft.title, summary=draft.summary, estimate=draft.estimate)
        return serializers.created_task(project, task)

    return drafts.create(call, add)


def fetch_task(call: Call) -> Response:
    return Response.json(serializers.task(call.project, call.task()))


def update_task(call: Call) -> Response:
    task, project = call.task(), call.project
    attributes = params.attributes(project, params.decode(call.request.body), ATTRIBUTES)
    edits = [_edit(call, task, name, attribute) for name, attribute in attributes.items()]
    version = task.version
    conflict = apply_edits(edits, call.locking, storm=call.request.storm)
    if task.version != version:
        task.operations += 1
        project.count_tasks(project.cards[task.owner])
        project.activity += 1
    form = serializers.updated_task(project, task)
    return answer_update(call.locking, form, conflict=conflict)


def _edit(call: Call, task: Task, name: str, attribute: Json) -> AnyEdit:
    value, version = params.value_of(name, attribute), params.version_of(name, attribute)
    if name == "state":
        rival: TaskState = "done" if task.state.value != "done" else "in-progress"
        return Edit(name, task.state, params.task_state(value), version, rival)
    return edit_of_draft(call, task, name, value, version)
