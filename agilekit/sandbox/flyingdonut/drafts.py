"""What a create holds: one draft, or an array of them.

Create Backlog Bucket Card and Create Card Task take both. The document shows only an array that is
accepted; what becomes of one with a bad draft is said by :class:`Batches`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from agilekit.sandbox.flyingdonut import params
from agilekit.sandbox.messages import Json, Refusal, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agilekit.sandbox.flyingdonut.call import Call
    from agilekit.sandbox.flyingdonut.state import Number

ATTRIBUTES: Final = frozenset({"title", "summary", "estimate"})


@frozen
class Draft:
    """A card or a task to be created, with its values as they are stored."""

    title: str
    summary: str
    estimate: Number | None


def create(call: Call, add: Callable[[Draft], Json]) -> Response:
    """Create one, or all of an array: each draft is checked before any of them is created.

    ``add`` creates one and returns what the answer shows of it.
    """
    payload = params.decode(call.request.body)
    if not isinstance(payload, list):
        return Response.json(add(_draft(call, payload)))
    call.batches.admit(len(payload))
    drafts, refusal = _drafts(call, payload)
    if refusal and call.batches.stored == "whole":
        raise refusal
    created = [add(draft) for draft in drafts]
    if refusal:  # what came before the bad draft is stored all the same, and the answer hides it
        raise refusal
    return Response.json(created)


def _drafts(call: Call, elements: Sequence[Json]) -> tuple[list[Draft], Refusal | None]:
    """The drafts before the first bad one, and why that one is refused."""
    drafts: list[Draft] = []
    for position, element in enumerate(elements):
        try:
            drafts.append(_draft(call, element))
        except Refusal as error:
            return drafts, Refusal(error.status, f"Element {position}: {error.reason}")
    return drafts, None


def _draft(call: Call, element: Json) -> Draft:
    attributes = params.attributes(call.project, element, ATTRIBUTES)
    values = {name: params.value_of(name, attribute) for name, attribute in attributes.items()}
    return Draft(
        title=call.title(values.get("title")),
        summary=call.summary(values.get("summary")),
        estimate=call.estimate(values.get("estimate")),
    )
