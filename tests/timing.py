"""Bounds on the time that code takes, for what would take minutes if it were written badly.

They are in seconds of this process on a processor, which other processes of a busy machine do not
add to. A slow machine must not fail either: only the full form takes them as they are, the short
form allows ten times as much.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from tests.sizes import FULL

SLACK: Final = 1 if FULL else 10


@contextmanager
def takes_at_most(seconds: float) -> Generator[None]:
    began = time.process_time()
    yield
    assert time.process_time() - began < SLACK * seconds
