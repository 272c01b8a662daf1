"""What a caller gives to an update -> the edits of its attributes, or a clear error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, TypeGuard

from agilekit.checks import check_choice, check_count
from agilekit.errors import InvalidInput
from agilekit.versioned.attribute import Attribute
from agilekit.versioned.edit import Edit
from agilekit.versioned.strategies import (
    Abort,
    Force,
    Merge,
    OnConflict,
    Reapply,
    Strategy,
    Versioned,
)

__all__ = ["Base", "edits_of"]

Base: TypeAlias = Versioned[object] | int
"""An attribute as the caller had read it, or only its version."""


def edits_of(
    attributes: Mapping[str, Attribute],
    changes: Mapping[str, object],
    base: Mapping[str, Base],
    on_conflict: OnConflict,
) -> list[Edit]:
    """Raises InvalidInput."""
    if not changes:
        raise InvalidInput("an update needs at least one attribute")
    strategies = (
        on_conflict if isinstance(on_conflict, Mapping) else dict.fromkeys(changes, on_conflict)
    )
    for name in (*changes, *strategies, *base):
        if name not in attributes:
            writable = ", ".join(attributes)
            raise InvalidInput(f"{name!r} cannot be set; what can: {writable}")
    return [
        _edit(
            name,
            attributes[name],
            change,
            strategies.get(name, Reapply()),
            base.get(name, Versioned()),
        )
        for name, change in changes.items()
    ]


def _edit(name: str, attribute: Attribute, change: object, strategy: object, base: Base) -> Edit:
    if not _is_strategy(strategy):
        raise InvalidInput("on_conflict must be Reapply(), Force(), Merge(…) or Abort()")
    _check_strategy(strategy)
    if not callable(change):
        attribute.write(change)
    given = base if isinstance(base, Versioned) else Versioned[object](None, base)
    if isinstance(strategy, Merge) and not isinstance(base, Versioned):
        raise InvalidInput(f"{name}: Merge needs the value that was read, not only its version")
    if isinstance(strategy, Abort) and given.version is None:
        raise InvalidInput(
            f"{name}: Abort needs the version that was read: pass the entity as it was read, or "
            f"base={{{name!r}: …}}"
        )
    return Edit(name, attribute, change, strategy, given, isinstance(base, Versioned))


def _check_strategy(strategy: Strategy) -> None:
    if isinstance(strategy, Reapply | Merge):
        check_count("attempts", strategy.attempts, least=1)
    if isinstance(strategy, Reapply):
        check_choice("identical", strategy.identical, ("unknown", "mine"))
    if isinstance(strategy, Merge) and not callable(strategy.choose):
        raise InvalidInput("Merge needs a function of base, mine and theirs")


def _is_strategy(value: object) -> TypeGuard[Strategy]:
    return isinstance(value, Reapply | Force | Merge | Abort)
