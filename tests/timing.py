"""A bound on the time that code takes, for what would take minutes if it were written badly.

It is in seconds of this process on a processor, which other processes of a busy machine do not add
to, and far above what the code needs.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def takes_at_most(seconds: float) -> Generator[None]:
    began = time.process_time()
    yield
    assert time.process_time() - began < seconds
