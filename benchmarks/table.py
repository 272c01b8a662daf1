"""What a row of the table is: two costs that are measured in turn, and the goal for their ratio.

A cost is better the smaller it is. ``at_least(3.0)`` says how many times the other side's cost
must be ours; ``at_most(0.85)`` says how much of the other side's cost ours may be. A rate has a
cost as well: that of one item, beside the second in which so many have to be done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from statistics import median
from typing import Final, TypeAlias

from attrs import frozen

LENIENCY: Final = 0.15
"""By so much a ratio may be worse than its goal before the gate fails: machines are busy."""


class NotMeasured(Exception):
    """Why a row cannot be measured here."""


@frozen
class Size:
    """How much is measured."""

    rounds: int
    calls: int
    """Of one measurement: the more, the less it is shaken by what else the machine does."""
    calls_in_all: int
    """Of a client that is watched over a long time."""
    drafts: int
    seconds: float
    """Of the measurement of a pace: only that is measured by the clock on the wall."""

    @property
    def is_quick(self) -> bool:
        return self.rounds == 1


FULL: Final = Size(rounds=7, calls=1024, calls_in_all=200_000, drafts=1000, seconds=8)
QUICK: Final = Size(rounds=1, calls=16, calls_in_all=64, drafts=8, seconds=0.2)
"""Only shows that everything runs."""


@frozen
class Sample:
    """The costs of both sides in one round."""

    ours: float
    other: float
    by_the_wall: float | None = None
    """Items a second by the clock on the wall, if the row is of such a rate; only for readers."""


Round: TypeAlias = Callable[[], Sample]
Opening: TypeAlias = Callable[[Size], AbstractContextManager[Round]]
"""Starts what a row needs, once; gives what measures one round of both sides."""


@frozen
class Goal:
    """What a ratio is to reach."""

    ratio: float
    is_least: bool

    def ratio_of(self, sample: Sample) -> float:
        over, under = (sample.other, sample.ours) if self.is_least else (sample.ours, sample.other)
        return over / under

    def is_reached(self, ratio: float, leniency: float = 0.0) -> bool:
        if self.is_least:
            return ratio >= self.ratio * (1 - leniency)
        return ratio <= self.ratio * (1 + leniency)

    def __str__(self) -> str:
        return f"{'≥' if self.is_least else '≤'} {figure(self.ratio)}"


def at_least(ratio: float) -> Goal:
    return Goal(ratio, is_least=True)


def at_most(ratio: float) -> Goal:
    return Goal(ratio, is_least=False)


@frozen
class Row:
    """One line of the table."""

    name: str
    goal: Goal
    opening: Opening
    unit: str = "µs"
    """Of the costs of both sides."""


@frozen
class Result:
    """What a row came to, or why it was not measured."""

    row: Row
    samples: Sequence[Sample] = ()
    why_not: str = ""

    @property
    def ratios(self) -> list[float]:
        return [self.row.goal.ratio_of(sample) for sample in self.samples]

    @property
    def ratio(self) -> float:
        return median(self.ratios)

    @property
    def ours(self) -> float:
        return median(sample.ours for sample in self.samples)

    @property
    def other(self) -> float:
        return median(sample.other for sample in self.samples)

    @property
    def by_the_wall(self) -> float | None:
        rates = [sample.by_the_wall for sample in self.samples if sample.by_the_wall is not None]
        return median(rates) if rates else None

    def is_reached(self, leniency: float = 0.0) -> bool:
        """Whether the goal is reached; what was not measured has not reached it."""
        return bool(self.samples) and self.row.goal.is_reached(self.ratio, leniency)


def missed_by_far(results: Iterable[Result]) -> list[Result]:
    """Those that are worse than their goal by more than is lenient. A row that could not be
    measured is one: nothing tells what it would have been.
    """
    return [result for result in results if not result.is_reached(LENIENCY)]


def measure(row: Row, size: Size) -> Result:
    """The row's rounds, after one that is thrown away: it fills every cache."""
    try:
        with row.opening(size) as one_round:
            if not size.is_quick:
                one_round()
            return Result(row, [one_round() for _ in range(size.rounds)])
    except NotMeasured as reason:
        return Result(row, why_not=str(reason))


def figure(value: float) -> str:
    """Three digits, as far as there are so many."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
