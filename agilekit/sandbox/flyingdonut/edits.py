"""Updates of versioned attributes: an update names the version that it has seen of each.

Update Card and Update Task: an attribute whose version is neither the current one nor -1 makes
the update fail, and the answer holds the current values. The document leaves open with which
status, whether the other attributes of the same update fail with it, and what the answers show:
all of these are options, see :class:`Locking`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeAlias, TypeVar

from attrs import define

from agilekit.sandbox.messages import Json, Response

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agilekit.sandbox.flyingdonut.call import Call
    from agilekit.sandbox.flyingdonut.locking import Locking
    from agilekit.sandbox.flyingdonut.serializers import Form
    from agilekit.sandbox.flyingdonut.state import Card, Number, Task, TaskState
    from agilekit.sandbox.flyingdonut.versioned import Versioned

T = TypeVar("T")

FORCE: Final = -1
RIVAL_MARK: Final = "*"
"""What the other editor of a conflict storm adds to a text."""

_CONFLICT: Final = "Version conflict"


@define
class Edit(Generic[T]):
    """One attribute of an update; ``rival`` is what another editor would make of it."""

    name: str
    attribute: Versioned[T]
    value: T
    version: int
    rival: T

    @property
    def is_stale(self) -> bool:
        return self.version not in (FORCE, self.attribute.version)

    def apply(self) -> None:
        self.attribute.accept(self.value, forced=self.version == FORCE)

    def apply_rival(self) -> None:
        self.attribute.place(self.rival, rival=True)


AnyEdit: TypeAlias = "Edit[str] | Edit[str | None] | Edit[Number | None] | Edit[TaskState]"


def edit_of_draft(call: Call, entity: Card | Task, name: str, value: Json, version: int) -> AnyEdit:
    """The edit of an attribute that cards and tasks have in common."""
    match name:
        case "title":
            rival = entity.title.value + RIVAL_MARK
            return Edit(name, entity.title, call.title(value), version, rival)
        case "summary":
            rival = entity.summary.value + RIVAL_MARK
            return Edit(name, entity.summary, call.summary(value), version, rival)
        case _:
            more = (entity.estimate.value or 0) + 1
            return Edit(name, entity.estimate, call.estimate(value), version, more)


def apply_edits(edits: Sequence[AnyEdit], locking: Locking, *, storm: bool) -> bool:
    """Apply what may be applied; True if there was a conflict."""
    if storm:
        for edit in edits:
            edit.apply_rival()
    effective = [edit for edit in edits if edit.name not in locking.ignore]
    conflict = any(edit.is_stale for edit in effective)
    if conflict and locking.scope == "whole":
        return True
    for edit in effective:
        if not edit.is_stale:
            edit.apply()
    return conflict


def answer_update(locking: Locking, form: Form, *, conflict: bool) -> Response:
    """The answer to an update; ``form`` is the entity as it is now, in the document's form."""
    return _conflict(locking, form) if conflict else _success(locking, form)


def _success(locking: Locking, form: Form) -> Response:
    match locking.answers_show:
        case "all":
            return Response.json(form)
        case "no id":
            return Response.json({name: value for name, value in form.items() if name != "_id"})
        case "no values":
            return Response.json({"_id": form["_id"], "version": form["version"]})
        case "nothing":
            return Response.json({})
        case "empty":
            return Response(204, b"", ())


def _conflict(locking: Locking, form: Form) -> Response:
    match locking.conflicts_show:
        case "all":
            return Response.json(form, locking.status)
        case "wrapped":
            return Response.json({"error": _CONFLICT, "current": form}, locking.status)
        case "nothing":
            return Response.json({"error": _CONFLICT}, locking.status)
