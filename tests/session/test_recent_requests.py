"""What is known of the requests of the last seconds."""

from __future__ import annotations

import pytest

from agilekit.session.recent_requests import RecentRequests
from tests.each import each


def sent(*times: float, part: int = 0) -> RecentRequests:
    recent = RecentRequests()
    for time in times:
        recent.left(time, part)
    return recent


def test_nothing_is_known_of_requests_that_never_left() -> None:
    recent = RecentRequests()
    assert recent.refused(1) is None
    assert recent.counts() == (0, 0)
    assert recent.taken() == 0
    assert not recent.is_whole


def test_a_refusal_counts_for_the_part_in_which_its_request_left() -> None:
    recent = sent(0, 0.1, 0.2)
    recent.left(0.5, 1)
    assert [recent.refused(0.2), recent.refused(0.5), recent.refused(-1)] == [0, 1, None]
    assert [recent.counts(0), recent.counts(1), recent.counts()] == [(3, 1), (1, 1), (4, 2)]


def test_of_many_requests_only_those_of_the_last_four_seconds_are_told() -> None:
    recent = sent(*[0.0] * 200, *[1.0] * 200, 4.5)
    recent.refused(4.5)
    assert recent.counts() == recent.counts(0) == (201, 1)


def test_what_was_not_refused_within_two_seconds_is_taken_to_be_served() -> None:
    recent = sent(0, 1, 2, 3, 4)
    recent.refused(0)
    assert recent.counts() == (1, 1)
    recent.trust_silence()
    assert recent.counts() == (3, 1)


def test_of_few_requests_of_a_part_more_seconds_are_told() -> None:
    recent = sent(*map(float, range(50)))
    recent.refused(49)
    assert recent.counts() == (4, 1)
    assert recent.counts(0) == (50, 1)
    recent.left(100, 0)
    recent.refused(100)
    assert recent.counts(0) == (10, 2)  # those of the last minute


@pytest.mark.parametrize("seconds", [5, 12, 58])
def test_a_429_that_comes_late_tells_of_when_its_request_left(seconds: int) -> None:
    recent = sent(*[0.0] * 9, *[0.5] * 3)
    for number in range(seconds * 50):
        recent.left(1 + number / 50, 1)
    assert recent.refused(0.5) == 0
    assert recent.counts(0) == recent.counts() == (12, 1)


def test_a_429_that_comes_after_more_than_a_minute_tells_nothing() -> None:
    recent = sent(0, 60.1)
    assert recent.refused(0) is None


@each(
    "times, refused, taken",
    [
        ([0.0] * 6 + [0.5] * 5, [0.5], 10),
        ([0.0] * 9 + [0.9] * 9, [0.9] * 6, 12),
        ([0.5] * 12 + [1.6], [1.6], 12),  # the second before the last counts as well
        ([0.5] * 12 + [2.6], [2.6], 0),  # and one that is older does not
        ([0, 0.5, 1, 1.5, 2, 2.5, 3], [3.0], 2),
        ([0.0] * 6 + [1.8, 2.5], [2.5], 3.5),
    ],
)
def test_what_is_taken_is_the_most_that_was_served_within_a_second_or_two(
    times: list[float], refused: list[float], taken: float
) -> None:
    recent = sent(*times)
    for time in refused:
        recent.refused(time)
    assert recent.taken() == taken


@pytest.mark.parametrize(("last", "is_whole"), [(0.99, False), (1.0, True)])
def test_a_second_is_known_when_it_is_over(last: float, is_whole: bool) -> None:
    assert sent(0, last).is_whole is is_whole
