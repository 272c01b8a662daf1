"""The table of the benchmarks judges as it says."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import pytest

from benchmarks.table import (
    FULL,
    QUICK,
    Goal,
    NotMeasured,
    Result,
    Round,
    Row,
    Sample,
    Size,
    at_least,
    at_most,
    measure,
    missed_by_far,
)
from tests.each import each


@contextmanager
def opening(_: Size) -> Generator[Round]:
    yield lambda: Sample(ours=100, other=300)


def judged(goal: Goal, *samples: Sample) -> Result:
    return Result(Row("a row", goal, opening), list(samples))


def test_at_least_counts_how_many_times_ours_the_other_side_costs() -> None:
    assert judged(at_least(3), Sample(ours=100, other=300)).ratio == 3
    assert judged(at_least(3), Sample(ours=100, other=300)).is_reached()
    assert not judged(at_least(3), Sample(ours=100, other=299)).is_reached()


def test_at_most_counts_how_much_of_the_other_side_ours_costs() -> None:
    assert judged(at_most(0.5), Sample(ours=100, other=200)).ratio == 0.5
    assert judged(at_most(0.5), Sample(ours=100, other=200)).is_reached()
    assert not judged(at_most(0.5), Sample(ours=101, other=200)).is_reached()


def test_a_result_is_the_median_of_the_ratios_and_not_the_ratio_of_the_medians() -> None:
    samples = (Sample(1, 3), Sample(10, 20), Sample(100, 100))
    assert judged(at_least(1), *samples).ratio == 2
    assert judged(at_least(1), *samples, Sample(1, 100), Sample(1, 100)).ratio == 3


@each(
    "goal, ours, far",
    [
        (at_least(2), 114, False),
        (at_least(2), 118, True),
        (at_most(0.5), 114, False),
        (at_most(0.5), 116, True),
    ],
)
def test_the_gate_fails_for_what_is_worse_than_its_goal_by_more_than_15_percent(
    goal: Goal, ours: float, far: bool
) -> None:
    result = judged(goal, Sample(ours, 200))
    assert not result.is_reached()
    assert missed_by_far([result]) == ([result] if far else [])


def test_the_gate_fails_for_what_could_not_be_measured() -> None:
    result = Result(Row("a row", at_least(1), opening), why_not="nothing is installed")
    assert missed_by_far([result]) == [result]


def test_a_row_is_measured_in_at_least_seven_rounds_after_one_that_is_thrown_away() -> None:
    costs = iter(range(1, 100))

    @contextmanager
    def counting(_: Size) -> Generator[Round]:
        yield lambda: Sample(ours=next(costs), other=1)

    result = measure(Row("a row", at_most(1), counting), FULL)
    assert [sample.ours for sample in result.samples] == list(range(2, FULL.rounds + 2))
    assert FULL.rounds >= 7


def test_a_quick_run_makes_one_round() -> None:
    assert len(measure(Row("a row", at_most(1), opening), QUICK).samples) == 1


def test_a_row_that_cannot_be_measured_says_why() -> None:
    @contextmanager
    def impossible(_: Size) -> Generator[Round]:
        raise NotMeasured("aiohttp is not installed")
        yield

    assert measure(Row("a row", at_most(1), impossible), QUICK).why_not == (
        "aiohttp is not installed"
    )


def test_what_goes_wrong_in_a_row_is_no_reason_not_to_measure_it() -> None:
    @contextmanager
    def broken(_: Size) -> Generator[Round]:
        raise ValueError
        yield

    with pytest.raises(ValueError):
        measure(Row("a row", at_most(1), broken), QUICK)
