"""A word that was probably meant, for one that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

__all__ = ["did_you_mean", "nearest"]

_LONGEST: Final = 100  # characters; what is longer is not a name, and slow to compare
_NEAR: Final = 0.65


def did_you_mean(given: object, known: Iterable[str]) -> str:
    """``"; did you mean 'kanbantool'?"``, or nothing if no known word is near what was given."""
    near = nearest(given, (word for word in known if word != given), most=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def nearest(given: object, known: Iterable[str], *, most: int) -> list[str]:
    """The known words that are near what was given, the nearest first."""
    if not isinstance(given, str) or len(given) > _LONGEST:
        return []
    by_lower = {word.lower(): word for word in known if len(word) <= _LONGEST}
    near = get_close_matches(given.lower(), by_lower, n=most, cutoff=_NEAR)
    return [by_lower[word] for word in near]
