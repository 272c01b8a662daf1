"""Two kinds of equal.

*Exact* decides whether what is found at a conflict is ours. *Tolerant* only means that a server may
have made what is found of ours: by itself it proves nothing.
"""

from __future__ import annotations

from html import unescape
from unicodedata import normalize

__all__ = ["exact", "tolerant"]


def exact(mine: object, found: object) -> bool:
    """Whether two values are the same; no text is the same as an empty one."""
    if mine in (None, "") and found in (None, ""):
        return True
    if isinstance(mine, bool) or isinstance(found, bool):
        return mine is found
    return mine == found


def tolerant(mine: object, found: object) -> bool:
    """Whether `found` may be what a server made of `mine`: rounded, trimmed, cut, recased."""
    if exact(mine, found):
        return True
    numbers = _number(mine), _number(found)
    if numbers[0] is not None and numbers[1] is not None:
        return abs(numbers[0] - numbers[1]) < 1
    if isinstance(mine, str) and isinstance(found, str):
        wanted = _letters(mine)
        for kept in (_letters(found), _letters(unescape(found))):
            if wanted[: len(kept)] == kept and (kept or not wanted):
                return True
    return False


def _letters(text: str) -> list[str]:
    return list(filter(str.isalnum, normalize("NFKD", text).casefold()))


def _number(value: object) -> float | None:
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            return float(value)
        except (ValueError, OverflowError):
            return None
    return None
