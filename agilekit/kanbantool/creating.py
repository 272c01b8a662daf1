"""How each kind of thing is created many at a time, one in a request."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import Final, TypeVar

from attrs import frozen

from agilekit.bulk import Kind
from agilekit.kanbantool.models import MODELS, Comment, Subtask, Task, TimeTracker
from agilekit.kanbantool.writing import (
    COMMENT,
    ONLY_DRAFTS,
    SUBTASK,
    TASK_DRAFT,
    TIMER_DRAFT,
    CommentDraft,
    SubtaskDraft,
    TaskDraft,
    TimerDraft,
)
from agilekit.session.session import Session
from agilekit.wire.fields import Write, written
from agilekit.wire.json import JSON
from agilekit.wire.op import Op

__all__ = ["kind_of"]

E = TypeVar("E", Comment, Subtask, Task, TimeTracker)


@frozen
class _Rule:
    envelope: str
    """Under what name the fields are sent."""
    fields: Mapping[str, Write]
    required: Collection[str]
    label: Collection[str]
    """What an item is known by."""


_RULES: Final[Mapping[type[object], _Rule]] = {
    Task: _Rule("task", TASK_DRAFT, TaskDraft.__required_keys__, ("name",)),
    Subtask: _Rule("subtask", SUBTASK, SubtaskDraft.__required_keys__, ("name",)),
    Comment: _Rule("comment", COMMENT, CommentDraft.__required_keys__, ("content",)),
    TimeTracker: _Rule(
        "time_tracker", TIMER_DRAFT, TimerDraft.__required_keys__, ("task_id", "started_at")
    ),
}


def kind_of(
    session: Session,
    model: type[E],
    create: Op[E],
    listing: Op[list[E]],
    ids: Mapping[str, int],
) -> Kind[E]:
    """How things of a kind are created, and found again in the list of their container."""
    rule, read = _RULES[model], MODELS.one(model)

    # A place that is None is the same as one that is left out: where the server puts it.
    def check(draft: object) -> JSON:
        body = written(draft, rule.fields, required=rule.required)
        return {
            name: value
            for name, value in body.items()
            if value is not None or name not in ONLY_DRAFTS
        }

    async def send(bodies: list[JSON]) -> list[E]:
        return [await session.call(create, ids, {rule.envelope: body}) for body in bodies]

    def label(item: E) -> Hashable:
        return tuple(_value(item, name) for name in rule.label)

    # A model made of a body reads numbers, dates and ids as it does in an answer.
    def says(body: JSON) -> dict[str, Hashable]:
        named = body if isinstance(body, dict) else {}
        return {name: _value(read(body), name) for name in rule.fields if name in named}

    def shows(item: E) -> dict[str, Hashable]:
        return {name: _value(item, name) for name in rule.fields if name in item.raw}

    return Kind(
        place={"at": session.server.base_url, "into": listing.path.format(**ids)},
        check=check,
        create=send,
        listing=lambda: session.listing(listing, ids),
        identity=lambda item: str(item.id),
        mark=lambda item: item.id,
        label=label,
        label_of=lambda body: label(read(body)),
        says=says,
        shows=shows,
        dump=lambda item: dict(item.raw),
        load=read,
    )


def _value(item: object, name: str) -> Hashable:
    found: Hashable = getattr(item, name)
    return " ".join(found.split()) or None if isinstance(found, str) else found
