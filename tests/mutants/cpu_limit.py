"""A pytest plugin: a test that uses too much CPU time ends the run, and its mutant is found.

The time is that of the process, so that it does not matter what else the machine does meanwhile.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from types import FrameType
from typing import Final

import pytest

_SECONDS: Final = 12  # four times what the slowest test needs
_TIMED_OUT: Final = 36  # what mutmut takes for "timeout"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    signal.signal(signal.SIGVTALRM, _end)
    signal.setitimer(signal.ITIMER_VIRTUAL, _SECONDS)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _end(number: int, frame: FrameType | None) -> None:
    os._exit(_TIMED_OUT)
