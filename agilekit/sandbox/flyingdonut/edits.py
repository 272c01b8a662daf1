"""Updates of versioned attributes: an update names the version that it has seen of each.

Update Card and Update Task: an attribute whose version is neither the current one nor -1 makes
the update fail, and the answer holds the current values. The document leaves open with which
status, and whether the other attributes of the same update fail with it: both are options.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar

from attrs import define, frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agilekit.sandbox.flyingdonut.state import Number, TaskState, Versioned

T = TypeVar("T")

FORCE = -1


@frozen(kw_only=True)
class Locking:
    """What the document leaves open about updates, see :class:`agilekit.sandbox.Sandbox`."""

    status: int = 409
    scope: Literal["whole", "attribute"] = "whole"
    normalise: bool = False
    ignore: frozenset[str] = frozenset()

    def __attrs_post_init__(self) -> None:
        if self.status != 200 and not 400 <= self.status <= 499:
            raise ValueError(f"conflict_status is 200 or from 400 to 499, not {self.status}")
        if self.scope not in ("whole", "attribute"):
            raise ValueError(f"conflict_scope is {self.scope!r}, not whole or attribute")


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
        self.attribute.change(self.value)

    def overtake(self) -> None:
        self.attribute.value = self.rival
        self.attribute.version += 1


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
