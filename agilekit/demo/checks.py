"""What a program of the demo does instead of only claiming something."""

from __future__ import annotations

__all__ = ["CheckFailed", "check"]


class CheckFailed(AssertionError):
    """Something is not as it should be."""


def check(what: str, found: object, expected: object) -> None:
    """Raises CheckFailed if the two differ."""
    if found != expected:
        raise CheckFailed(f"{what}: {_shown(found)}, expected {_shown(expected)}")


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
