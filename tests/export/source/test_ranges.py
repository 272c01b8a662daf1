"""Numbers as ranges: each number in one, as few ranges as can be, in little time."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from agilekit.export.source.flyingdonut.missing_numbers import missing, within
from agilekit.export.source.ranges import ranges_of
from tests.timing import takes_at_most

numbers = st.sets(st.integers(min_value=1, max_value=60))


@given(numbers)
def test_ranges_hold_the_numbers_and_no_others(given: set[int]) -> None:
    ranges = ranges_of(given)
    assert [n for first, last in ranges for n in range(first, last + 1)] == sorted(given)
    assert all(first > before + 1 for (_, before), (first, _) in pairwise(ranges))


@given(shown=numbers, before=numbers)
def test_what_was_there_before_and_is_not_shown_is_within_the_missing_numbers(
    shown: set[int], before: set[int]
) -> None:
    lost = {n for n in before - shown if n < max(shown, default=0)}
    assert within(missing(shown), before) == ranges_of(lost)


def test_many_missing_numbers_of_a_large_project_take_little_time() -> None:
    absent = missing(range(1, 60_000, 2))
    with takes_at_most(2):
        assert len(within(absent, range(1, 60_000))) == len(absent)
