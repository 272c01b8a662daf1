"""Courses of events drawn from seeds: in none is a draft doubled without a word."""

from __future__ import annotations

from typing import Final

import pytest

from tests.bulk.unruly.scenario import Found, Scenario, draw, play, smallest
from tests.sizes import FULL

SEEDS: Final = range(2000 if FULL else 40)
AT_ONCE: Final = 20


def _fails(scenario: Scenario) -> bool:
    return bool(play(scenario).complaints)


@pytest.mark.slow
@pytest.mark.parametrize("first", SEEDS[::AT_ONCE])
def test_no_course_of_events_makes_a_double_that_the_report_does_not_name(first: int) -> None:
    for seed in range(first, first + AT_ONCE):
        scenario = draw(seed)
        if _fails(scenario):
            pytest.fail(_told(seed, smallest(scenario, _fails)))


def _told(seed: int, scenario: Scenario) -> str:
    found: Found = play(scenario)
    return "\n".join(
        (
            f"seed {seed}; the smallest that fails:",
            repr(scenario),
            *found.reports,
            *found.complaints,
        )
    )
