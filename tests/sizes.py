"""How large the tests are that simulate: a short form, and the full one of ``nox -s chaos``."""

from __future__ import annotations

import os
from typing import Final

from hypothesis import settings

FULL: Final = "AGILEKIT_CHAOS" in os.environ
KILLS: Final = 50 if FULL else 5
DRAFTS: Final = 2000 if FULL else 300
LARGE: Final = 1_000_000 if FULL else 50_000
SEEDS: Final = range(10 if FULL else 2)


def examples(times: int = 1) -> int:
    """How many values Hypothesis gives, as a multiple of what the profile of this run says."""
    return times * settings().max_examples


def spread(chosen: int, count: int) -> set[int]:
    """So many of the numbers below `count`, odd and even if there is room: loops take turns."""
    odd = int(count >= 2 * chosen)
    return {number * count // chosen + number % 2 * odd for number in range(chosen)}
