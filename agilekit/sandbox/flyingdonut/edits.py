"""Updates of versioned attributes: an update names the version that it has seen of each.

Update Card and Update Task: an attribute whose version is neither the current one nor -1 makes
the update fail, and the answer holds the current values. The document leaves open with which
status, and whether the other attributes of the same update fail with it: both are options.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from attrs import define

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agilekit.sandbox.flyingdonut.locking import Locking
    from agilekit.sandbox.flyingdonut.state import Number, TaskState
    from agilekit.sandbox.flyingdonut.versioned import Versioned

T = TypeVar("T")

FORCE = -1


@define
class Edit(Generic[T]):
    """One attribute of an update; ``rival`` is what another editor would make of it."""

    name: str
    attribute: Versioned[T]
    value: T
    version: int
    rival: T

    @property
    def stale(self) -> bool:
        return self.version not in (FORCE, self.attribute.version)

    def apply(self) -> None:
        self.attribute.accept(self.value, forced=self.version == FORCE)

    def overtake(self) -> None:
        self.attribute.place(self.rival, rival=True)


AnyEdit: TypeAlias = "Edit[str] | Edit[str | None] | Edit[Number | None] | Edit[TaskState]"


def judge(edits: Sequence[AnyEdit], locking: Locking, *, storm: bool) -> bool:
    """Apply what may be applied; whether there was a conflict."""
    if storm:
        for edit in edits:
            edit.overtake()
    heard = [edit for edit in edits if edit.name not in locking.ignore]
    stale = [edit for edit in heard if edit.stale]
    if stale and locking.scope == "whole":
        return True
    for edit in heard:
        if not edit.stale:
            edit.apply()
    return bool(stale)
