"""Numbers that nothing bears: of what was deleted, or of what the service does not show.

Cards and tasks of a project are numbered together, from 1 up.

| a number that is missing | is |
|---|---|
| and the readings of the lists agree | a note: most likely something was deleted |
| and the export before has it | a gap: it was deleted since, or it is not shown |
| and the readings of the lists differ | a gap: it may be of a card that was being moved |
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final, TypeAlias

__all__ = ["Range", "gaps_of", "missing", "notes_of", "within"]

Range: TypeAlias = tuple[int, int]
"""The first and the last number."""

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


def within(ranges: Iterable[Range], numbers: Iterable[int]) -> list[Range]:
    """Those of the numbers that are in the ranges."""
    wanted = sorted(set(numbers))
    return list(
        _joined(number for first, last in ranges for number in wanted if first <= number <= last)
    )


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
            f"the export before has the numbers {_text(were_there)}, and nothing that is shown "
            "bears them now: they were deleted, or are not shown"
        )
    return found


def _joined(numbers: Iterator[int]) -> Iterator[Range]:
    first = last = None
    for number in numbers:
        if first is not None and last is not None and number != last + 1:
            yield first, last
            first = number
        first, last = number if first is None else first, number
    if first is not None and last is not None:
        yield first, last


def _text(ranges: Collection[Range]) -> str:
    named = [
        f"{first}" if first == last else f"{first} to {last}" for first, last in [*ranges][:_SHOWN]
    ]
    more = len(ranges) - len(named)
    return ", ".join(named) + (f" and {more} more ranges" if more else "")
