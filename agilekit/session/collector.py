"""Holds the garbage collector while a large answer is decoded.

Decoding makes thousands of objects and drops none of them, so that a collector that starts after
every few hundred goes over them again and again, and finds nothing. It is held for the whole
process, because there is one for all threads, and for as long as one answer takes. That is bounded:
also a thread that is left to itself ends soon.

| the program | the collector |
|---|---|
| had switched it off | stays off |
| switches it on meanwhile | is on from then |
| switches it off meanwhile | is on again afterwards: nothing tells that switch from ours |

Answers that are decoded at once, in threads, share one hold, which ends with the last of them. One
hold is for so many answers only: or sessions that take turns would keep the collector off for ever.

A process that is forked meanwhile has none of these threads, and so no hold.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock
from typing import Final

__all__ = ["held"]

_MOST_ANSWERS: Final = 16


class _Hold:
    """The hold of this process, of which each answer takes a share."""

    def __init__(self) -> None:
        self._was_on = False
        self._begin()

    def _begin(self) -> None:
        self._lock = Lock()
        self._shares = 0
        self._answers = 0

    def end_in_child(self) -> None:
        """Ends it in a forked process, where whoever had a share, or the lock, is no more."""
        if self._shares and self._was_on:
            gc.enable()
        self._begin()

    def take(self) -> bool:
        """Whether there was a share left."""
        with self._lock:
            if self._answers >= _MOST_ANSWERS:
                return False
            if not self._shares:
                self._was_on = gc.isenabled()
            # Counted while it is held, as another thread may fork at any moment.
            self._shares += 1
            self._answers += 1
            if self._shares == 1:
                gc.disable()
            return True

    def give_back(self) -> None:
        with self._lock:
            if self._shares == 1:
                self._answers = 0
                if self._was_on:
                    gc.enable()
            self._shares -= 1


_hold: Final = _Hold()
if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_hold.end_in_child)


@contextmanager
def held() -> Generator[None]:
    """The garbage collector does not run inside, unless it was held for too many already."""
    has_share = _hold.take()
    try:
        yield
    finally:
        if has_share:
            _hold.give_back()
