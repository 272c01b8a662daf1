"""What a rate estimate makes of the answers: of servers that are made of numbers only."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import inf
from typing import Final

import pytest

from agilekit.session.rate_estimate import RateEstimate

FREE_RATE: Final = 200.0
"""Requests a second of those who call, if nothing limits them."""


class Load:
    """Requests that leave one after another as fast as they may, each answered at once."""

    def __init__(self, refuses: Callable[[float, int], bool]) -> None:
        self.estimate = RateEstimate()
        self.now = 100.0
        self.number = 0
        self.served = 0
        self._refuses = refuses

    def run(self, seconds: float, *, asks: bool = False) -> list[float]:
        """The rate at which each request left."""
        end, rates = self.now + seconds, list[float]()
        while self.now < end:
            rate = min(FREE_RATE, self.estimate.rate)
            rates.append(rate)
            self.estimate.leaves(self.now, inf)
            self.number += 1
            if self._refuses(self.now, self.number):
                self.estimate.refused(self.now, asks=asks)
            else:
                self.served += 1
                self.estimate.served(self.now)
            self.now += 1 / min(FREE_RATE, self.estimate.rate)
        return rates


def over(limit: float) -> Callable[[float, int], bool]:
    """A server that takes so many a second, evenly, and saves up nothing."""
    allowed_at = -inf

    def refuses(now: float, _number: int) -> bool:
        nonlocal allowed_at
        if now < allowed_at - 1e-9:
            return True
        allowed_at = max(allowed_at, now - 2 / limit) + 1 / limit
        return False

    return refuses


@pytest.mark.parametrize("number", [1, 3])
def test_a_few_429_of_many_requests_limit_nothing(number: int) -> None:
    load = Load(lambda _, sent: 10 <= sent < 10 + number)
    assert set(load.run(10)) == {FREE_RATE}
    assert load.estimate.is_free


def test_a_single_429_that_asks_for_a_time_means_a_limit() -> None:
    load = Load(lambda _, sent: sent == 10)
    rates = load.run(1, asks=True)
    assert min(rates) == 9
    assert not load.estimate.is_free


def test_the_rate_is_found_again_within_seconds_after_a_single_429() -> None:
    load = Load(lambda _, sent: sent == 10)
    assert min(load.run(2, asks=True)) == 9
    load.run(3, asks=True)
    assert min(load.run(10, asks=True)) == FREE_RATE


def test_a_cut_that_does_not_lower_the_share_of_429_is_taken_back() -> None:
    load = Load(lambda _, sent: sent % 33 == 0)
    rates = load.run(5)
    assert min(rates) < FREE_RATE * 0.95
    assert min(load.run(30)) >= FREE_RATE
    assert load.served > 0.85 * 35 * FREE_RATE


def test_as_many_429_in_a_row_are_of_a_limit_and_no_cut_is_taken_back_for_them() -> None:
    load = Load(lambda _, sent: sent % 150 < 5)
    load.run(10)
    assert max(load.run(5)) < FREE_RATE * 0.95


def test_a_limit_is_found_although_some_429_have_another_reason() -> None:
    limit = over(100)
    load = Load(lambda now, sent: sent % 33 == 0 or limit(now, sent))
    load.run(60)
    begin, before, sent = load.now, load.served, load.number
    load.run(60)
    served = load.served - before
    assert served >= 0.85 * 100 * (load.now - begin)
    assert served >= 0.94 * (load.number - sent)


def test_a_limit_is_used_and_seldom_exceeded() -> None:
    load = Load(over(50))
    load.run(10)
    served, sent = load.served, load.number
    rates = load.run(120)
    assert min(rates) >= 45 * 0.9
    assert load.served - served >= 0.93 * 120 * 50
    assert load.number - sent - (load.served - served) <= 0.005 * (load.number - sent)


def test_a_limit_that_falls_is_found_again_at_once() -> None:
    before, after = over(100), over(20)
    load = Load(lambda now, sent: (before if now < 130 else after)(now, sent))
    load.run(30)
    assert load.estimate.rate > 75
    load.run(8)
    assert load.estimate.rate < 25


def test_a_limit_that_rises_is_found_again() -> None:
    before, after = over(20), over(100)
    load = Load(lambda now, sent: (before if now < 140 else after)(now, sent))
    load.run(40)
    assert load.estimate.rate < 25
    load.run(60)
    assert load.estimate.rate > 80


def test_after_a_cut_the_limit_is_approached_ever_more_slowly() -> None:
    load = Load(over(50))
    load.run(1.5)
    rates = [load.run(4)[-1] for _ in range(5)]
    steps = [after - before for before, after in pairwise(rates)]
    assert all(before > after > 0 for before, after in pairwise(steps))


def test_a_rate_that_is_not_used_does_not_rise() -> None:
    load = Load(over(50))
    load.run(10)
    rate = load.estimate.rate
    for _ in range(20):
        load.now += 60
        load.estimate.leaves(load.now, inf)
        load.estimate.served(load.now)
    assert load.estimate.rate < rate + 2


def test_a_server_that_takes_nothing_is_known_after_five_429_in_a_row() -> None:
    estimate = RateEstimate()
    for number in range(5):
        estimate.leaves(100, inf)
        assert not estimate.is_exhausted(100), number
        estimate.refused(100, asks=False)
    estimate.refused(100, asks=False)
    assert estimate.is_exhausted(100)
    estimate.served(100)
    assert not estimate.is_exhausted(100)


def test_seconds_in_which_nothing_is_taken_are_not_a_limit_of_nothing() -> None:
    load = Load(lambda now, _: 110 <= now < 113)
    load.run(10)
    load.run(3, asks=True)
    assert load.estimate.rate == 9


def test_no_limit_is_thought_lower_than_one_a_second() -> None:
    load = Load(lambda _now, sent: sent > 1)
    load.run(60)
    assert load.estimate.rate == 0.9
