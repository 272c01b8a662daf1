"""Numbers that no card and no task bears: of what was deleted, or is not shown.

Cards and tasks of a project are numbered together, from 1 up.

| if a number is missing | it is |
|---|---|
| and the readings of the lists agree | a note: most likely something was deleted |
| and the last export has it | a gap: it was deleted since, or it is not shown |
| and the readings of the lists differ | a gap: it may be of a card that was being moved |
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from agilekit.export.source.ranges import Range, ranges_of

__all__ = ["gaps_of", "missing", "notes_of", "within"]

_SHOWN: Final = 40


def missing(numbers: Collection[int]) -> list[Range]:
    """The numbers from 1 to the largest of these that are not among them."""
    found: list[Range] = []
    last = 0
    for number in sorted(numbers):
        if number > last + 1:
            found.append((last + 1, number - 1))
        last = max(last, number)
    return found


def within(ranges: Sequence[Range], numbers: Iterable[int]) -> list[Range]:
    """Those of the numbers that are in the ranges, which are in ascending order."""
    return ranges_of(number for number in numbers if _holds(ranges, number))


def notes_of(ranges: Collection[Range]) -> list[str]:
    """What the manifest says of missing numbers."""
    if not ranges:
        return []
    return [f"missing_numbers: {_text(ranges)}: no card and no task that is shown bears them"]


def gaps_of(
    ranges: Collection[Range], *, were_there: Collection[Range], settled: bool
) -> list[str]:
    """What may be missing of the project."""
    found: list[str] = []
    if not settled:
        moved = "cards were moved between any two readings of the lists, so some may be missing"
        numbers = f"; nothing that is shown bears the numbers {_text(ranges)}" if ranges else ""
        found.append(moved + numbers)
    if were_there:
        found.append(
            f"the last export has the numbers {_text(were_there)}, and nothing that is shown "
            "bears them now: they were deleted, or are not shown"
        )
    return found


def _holds(ranges: Sequence[Range], number: int) -> bool:
    index = bisect_left(ranges, number, key=_end)
    return index < len(ranges) and ranges[index][0] <= number


def _end(one: Range) -> int:
    _, last = one
    return last


def _text(ranges: Collection[Range]) -> str:
    named = [
        f"{first}" if first == last else f"{first} to {last}" for first, last in [*ranges][:_SHOWN]
    ]
    more = len(ranges) - len(named)
    return ", ".join(named) + (f" and {more} more ranges" if more else "")
