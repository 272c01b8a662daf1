"""How tasks are created many at a time, one in a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from agilekit.bulk import Kind
from agilekit.flow.models import MODELS, Task
from agilekit.flow.scope import Scope
from agilekit.flow.writing import TASK_DRAFT
from agilekit.wire.fields import written
from agilekit.wire.json import JSON
from agilekit.wire.op import Op

__all__ = ["kind_of"]

_TASK: Final = MODELS.one(Task)


def kind_of(
    scope: Scope, create: Op[int], listing: Op[list[Task]], ids: Mapping[str, int]
) -> Kind[Task]:
    """How tasks are created, and found again in the list of their project."""
    session, beside = scope.session, {"user_id": scope.author(), **ids}

    # Source: flow API Reference, "POST /task.format": the answer is the id alone.
    async def send(bodies: list[JSON]) -> list[Task]:
        made: list[Task] = []
        for body in bodies:
            said = body if isinstance(body, dict) else {}
            task_id = await session.call(create, {}, body)
            made.append(_TASK({"task_id": task_id, **said}))
        return made

    # New tasks come to the Backlog column, of which the list leaves none out.
    return Kind(
        place={"at": session.server.base_url, "into": listing.path.format(**ids)},
        check=lambda draft: {**beside, **written(draft, TASK_DRAFT, required=TASK_DRAFT)},
        create=send,
        listing=lambda: session.listing(listing, ids),
        identity=lambda task: str(task.task_id),
        mark=lambda task: task.task_id,
        label=_label,
        label_of=lambda body: _label(_TASK(body)),
        says=lambda body: {"task_type_id": _TASK(body).task_type_id},
        shows=lambda task: {"task_type_id": task.task_type_id},
        dump=lambda task: dict(task.raw),
        load=_TASK,
    )


def _label(task: Task) -> str:
    return " ".join(task.task_text.split())
