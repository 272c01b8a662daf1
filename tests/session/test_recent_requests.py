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


def test_what_left_four_seconds_ago_is_forgotten() -> None:
    recent = sent(0, 1, 3.9)
    assert recent.counts() == (3, 0)
    recent.left(4.2, 0)
    assert recent.counts() == (3, 0)


@each(
    "times, refused, taken",
    [
        ([0, 0.3, 0.6, 0.9], [], 4),
        ([0, 0.3, 0.6, 0.9], [0.3, 0.6], 2),
        ([0, 0.6, 1.2, 1.8], [], 2),
        ([0.5] * 9 + [1.6], [], 9),  # the second before the last counts as well
        ([0.5] * 9 + [2.5], [], 1),  # and one that is older does not
    ],
)
def test_what_is_taken_is_the_most_that_was_served_within_a_second(
    times: list[float], refused: list[float], taken: int
) -> None:
    recent = sent(*times)
    for time in refused:
        recent.refused(time)
    assert recent.taken() == taken


@pytest.mark.parametrize(("last", "is_whole"), [(0.99, False), (1.0, True)])
def test_a_second_is_known_when_it_is_over(last: float, is_whole: bool) -> None:
    assert sent(0, last).is_whole is is_whole
