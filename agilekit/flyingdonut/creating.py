"""Creating cards and tasks: one by one, or many in one request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from agilekit.bulk import BulkReport, Draft, Drafts, Kind, create_many
from agilekit.flyingdonut.models import Card, Task
from agilekit.flyingdonut.scope import Scope
from agilekit.flyingdonut.writing import draft_body
from agilekit.wire.json import JSON
from agilekit.wire.op import Op

__all__ = ["create", "create_in_batches"]

E = TypeVar("E", Card, Task)
D = TypeVar("D", bound=Draft)


async def create(scope: Scope, op: Op[E], ids: Mapping[str, str], draft: Draft) -> E:
    """Creates one entity."""
    body = draft_body(draft, username=scope.author())
    return await scope.session.call(op, ids, body)


# Source: Flying Donut API, "Create Backlog Bucket Card": an array creates each of its elements, and
# the answer is the array of what was created.
async def create_in_batches(
    scope: Scope, op: Op[list[E]], ids: Mapping[str, str], drafts: Drafts[D], batch_size: int
) -> BulkReport[E]:
    """Creates every draft, with one request a batch."""
    username = scope.author()

    def body(draft: object) -> JSON:
        return draft_body(draft, username=username)

    async def send(bodies: list[JSON]) -> list[E]:
        return await scope.session.call(op, ids, bodies)

    return await create_many(
        Kind(body, send, _is_made_of),
        drafts,
        batch_size=batch_size,
        concurrency=scope.session.concurrency,
    )


def _is_made_of(item: Card | Task, draft: Draft) -> bool:
    title = draft.get("title")
    return isinstance(title, str) and (item.title.value or "").split() == title.split()
