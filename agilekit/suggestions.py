"""A word that was probably meant, for one that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["did_you_mean"]

_LONGEST = 100  # characters; what is longer is not a name, and slow to compare


def did_you_mean(given: object, known: Iterable[str]) -> str:
    """``"; did you mean 'kanbantool'?"``, or nothing if no known word is near what was given."""
    if not isinstance(given, str) or len(given) > _LONGEST:
        return ""
    by_lower = {word.lower(): word for word in known if word != given}
    near = get_close_matches(given.lower(), by_lower, n=1, cutoff=0.65)
    return f"; did you mean {by_lower[near[0]]!r}?" if near else ""
