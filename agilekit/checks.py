"""Arguments that every part checks in the same words."""

from __future__ import annotations

from math import inf
from typing import Final

from agilekit.errors import InvalidInput

__all__ = ["check_count", "check_positive"]

_LARGEST: Final = 1 << 31


def check_positive(name: str, value: object) -> None:
    """Raises InvalidInput for what is no finite number above 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < inf:
        raise InvalidInput(f"{name} must be a number above 0, not {value!r:.60}")


def check_count(name: str, value: object, *, least: int) -> None:
    """Raises InvalidInput for what is no whole number from `least`."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value < _LARGEST:
        raise InvalidInput(f"{name} must be a whole number from {least}, not {value!r:.60}")
