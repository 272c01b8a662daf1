"""Arguments that every part checks in the same words."""

from __future__ import annotations

from math import inf
from typing import Final

from agilekit.errors import InvalidInput

__all__ = ["check_count", "check_positive", "number_of"]

_LARGEST: Final = 1 << 31


def check_positive(name: str, value: object) -> None:
    """Raises InvalidInput for what is no finite number above 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < inf:
        raise InvalidInput(f"{name} must be a number above 0, not {value!r:.60}")


def check_count(name: str, value: object, *, least: int) -> None:
    """Raises InvalidInput for what is no whole number from `least`."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value < _LARGEST:
        raise InvalidInput(f"{name} must be a whole number from {least}, not {value!r:.60}")


def number_of(entity: object, kind: type[object], *, attribute: str = "id") -> int:
    """The id of a `kind`, or an id as it is. Raises InvalidInput for anything else."""
    found: object = getattr(entity, attribute) if isinstance(entity, kind) else entity
    if isinstance(found, int) and not isinstance(found, bool) and found > 0:
        return found
    shown = f"{found!r:.60}" if isinstance(found, str | int | float) else type(found).__name__
    raise InvalidInput(f"expected {_words(kind)} or its id, a number above 0, not {shown}")


def _words(kind: type[object]) -> str:
    """``AcceptanceCriterion`` -> ``an acceptance criterion``"""
    name = "".join(f" {one.lower()}" if one.isupper() else one for one in kind.__name__)
    return f"an{name}" if name[1] in "aeio" else f"a{name}"
