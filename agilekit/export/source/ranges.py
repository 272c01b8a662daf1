"""Whole numbers as ranges of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

__all__ = ["Range", "ranges_of"]

Range: TypeAlias = tuple[int, int]
"""The first and the last number."""


def ranges_of(numbers: Iterable[int]) -> list[Range]:
    """The ranges that hold these numbers and no others, from the lowest up."""
    found: list[Range] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return found
