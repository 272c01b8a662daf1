"""What can be created in flow: tasks, one in a request."""

from __future__ import annotations

from typing import Final

from agilekit.bulk import Ids, Send, spec_of_named_fields
from agilekit.flow.decoders import DECODER
from agilekit.flow.models import Task
from agilekit.flow.params import TASK_DRAFT, TaskDraft
from agilekit.flow.routes import GET_TASKS, POST_TASK
from agilekit.session.call import OnSend
from agilekit.session.session import Session
from agilekit.wire.json import JSON

__all__ = ["TASKS"]

_TASK: Final = DECODER.one(Task)


# Source: flow API Reference, "POST /task.format": the answer is only the id.
# So the task of a report is what was sent, with that id.
async def _post(session: Session, _: Ids, bodies: list[JSON], on_send: OnSend) -> list[Task]:
    tasks: list[Task] = []
    for body in bodies:
        said = body if isinstance(body, dict) else {}
        task_id = await session.call(POST_TASK, {}, body, on_send=on_send)
        tasks.append(_TASK({"task_id": task_id, **said}))
    return tasks


# New tasks come to the Backlog column, of which the list leaves none out.
TASKS: Final = spec_of_named_fields(
    name="tasks",
    container=("project",),
    draft=TaskDraft,
    write=TASK_DRAFT,
    send=Send(POST_TASK, _post),
    listing=GET_TASKS,
    load=_TASK,
    key=lambda task: task.task_id,
    label=("task_text",),
    texts=("task_text",),
    answer_shows=False,
)
