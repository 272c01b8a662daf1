"""An attribute with its version, and what to do when somebody else has changed it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, Literal, TypeAlias, TypeVar, cast

from attrs import frozen

from agilekit.wire.serializable import Serializable

__all__ = ["Abort", "Force", "Merge", "OnConflict", "Reapply", "Strategy", "Versioned"]

T = TypeVar("T")


@frozen
class Versioned(Serializable, Generic[T]):
    """A value and the number of changes that it has seen."""

    value: T = cast("T", None)
    version: int | None = None
    """None if the answer did not hold the attribute."""


@frozen
class Reapply:
    """Make the change again from the current value; after `attempts` conflicts, `VersionConflict`.

    A plain value is sent again as it is, and so replaces what somebody else wrote meanwhile; a
    function is called with the current value.

    identical: what it means if, after a lost reply, exactly the value that a function has computed
    is found at the next version: this change, or the same one of somebody else. ``"unknown"``
    raises `UnknownOutcome`; ``"mine"`` takes it for this change.
    """

    attempts: int = 8
    identical: Literal["unknown", "mine"] = "unknown"


@frozen
class Force:
    """Send version -1: the value replaces whatever is there."""


@frozen
class Merge:
    """Send what ``choose(base, mine, theirs)`` returns, made from the three values.

    base: as the caller had read it; mine: as the caller wants it; theirs: as the server holds it.
    All three are as a read shows them: of a summary, `RichText`.
    """

    choose: Callable[[Any, Any, Any], object]
    attempts: int = 8


@frozen
class Abort:
    """Raise `VersionConflict` at the first conflict."""


Strategy: TypeAlias = Reapply | Force | Merge | Abort
OnConflict: TypeAlias = Strategy | Mapping[str, Strategy]
