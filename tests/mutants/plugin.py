"""A pytest plugin for the runs of mutmut: the fastest tests come first, and none lasts too long."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Generator
from pathlib import Path
from types import FrameType
from typing import Final

import pytest

_STATS: Final = Path("mutmut-stats.json")  # there is none yet while mutmut measures the tests
_TIMED_OUT: Final = 36  # what mutmut takes for "timeout"
_SECONDS: Final = pytest.StashKey[float]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not _STATS.exists():
        return
    measured: dict[str, float] = json.loads(_STATS.read_text())["duration_by_test"]
    for item in items:
        item.stash[_SECONDS] = measured.get(item.nodeid, 0.0)
    items.sort(key=lambda item: item.stash[_SECONDS])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Ends the run with a test that needs far longer than usual, which finds its mutant thereby.

    What counts is the CPU time of this process, so that it does not matter what else the machine
    does meanwhile.
    """
    if _SECONDS not in item.stash:
        return (yield)
    signal.signal(signal.SIGVTALRM, _end)
    signal.setitimer(signal.ITIMER_VIRTUAL, 5 + 5 * item.stash[_SECONDS])
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _end(number: int, frame: FrameType | None) -> None:
    os._exit(_TIMED_OUT)
