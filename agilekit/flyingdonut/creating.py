"""Creating cards and tasks: one by one, or many in one request."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

from agilekit.bulk import Draft, Kind
from agilekit.flyingdonut.models import MODELS, Card, Task
from agilekit.flyingdonut.scope import Scope
from agilekit.flyingdonut.writing import draft_body
from agilekit.wire.json import JSON
from agilekit.wire.op import Op

__all__ = ["create", "kind_of"]

E = TypeVar("E", Card, Task)


async def create(scope: Scope, kind: type[E], op: Op[E], ids: Mapping[str, str], draft: Draft) -> E:
    """Creates one entity."""
    body = draft_body(kind, draft, username=scope.author())
    return await scope.session.call(op, ids, body)


# Source: Flying Donut API, "Create Backlog Bucket Card": an array creates each of its elements, and
# the answer is the array of what was created; "Fetch Sprint Cards": `cid` counts up.
def kind_of(
    scope: Scope,
    model: type[E],
    create: Op[list[E]],
    listing: Op[list[E]],
    ids: Mapping[str, str],
    *,
    what: str,
) -> Kind[E]:
    """How many cards or tasks are created at a time.

    what: names them.
    """
    username = scope.author()

    def body(draft: object) -> JSON:
        return draft_body(model, draft, username=username)

    async def send(bodies: list[JSON]) -> list[E]:
        return await scope.session.call(create, ids, bodies)

    return Kind(
        place={"at": scope.session.server.base_url, "what": what, **ids},
        check=body,
        create=send,
        batch_size=50,
        listing=lambda: scope.session.listing(listing, ids),
        identity=lambda item: item.id,
        mark=lambda item: item.cid or 0,
        label=lambda item: " ".join(item.title.value.split()),
        label_of=lambda body: " ".join(str(_value(body, "title")).split()),
        says=_said,
        shows=_shown,
        dump=lambda item: dict(item.raw),
        load=MODELS.one(model),
    )


def _said(body: JSON) -> dict[str, Hashable]:
    """What a body says, as far as a server leaves it as it was."""
    estimate, summary = _value(body, "estimate"), _value(body, "summary")
    markdown = summary.get("markdown") if isinstance(summary, dict) else summary
    said: dict[str, Hashable] = {}
    if isinstance(estimate, int | float):
        said["estimate"] = estimate
    if markdown:
        said["summary"] = " ".join(str(markdown).split())
    return said


def _shown(item: Card | Task) -> dict[str, Hashable]:
    markdown = item.summary.value.markdown if item.summary.value else ""
    return {"estimate": item.estimate.value, "summary": " ".join(markdown.split())}


def _value(body: JSON, name: str) -> JSON:
    attribute = body.get(name) if isinstance(body, dict) else None
    return attribute.get("value") if isinstance(attribute, dict) else None
