"""The retry budget: how many attempts may be repeated at one host with one credential.

Each call adds a fifth of a retry, and each second brings ten if fewer are left. So a server that is
down is sent at most 1.2 requests a call, and ten a second, however many tasks call it at once; and
who makes one call after another never notices. A retry that finds nothing waits for its turn, first
come first served, until the deadline of its call.

A retry after 429 takes nothing: that server is up, and the rate limiter decides when it is asked
again.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Final

import anyio

__all__ = ["RetryBudget"]

_A_CALL: Final = 0.2
_A_SECOND: Final = 10.0
_AT_FIRST: Final = 10.0
"""Retries at first, and the most that time brings by itself."""
_MOST: Final = 100.0
"""Retries that calls can save up: a short failure of many at once costs no waiting."""


class RetryBudget:
    """The retries that are left."""

    def __init__(self) -> None:
        self._left = _AT_FIRST
        self._counted_at = inf
        self._queue = anyio.Lock(fast_acquire=True)  # fair, on both backends

    def __repr__(self) -> str:
        return f"<RetryBudget: {self._left:.1f} retries left, {self._waiting()} waiting>"

    def add_call(self) -> None:
        """A call was made."""
        self._left = min(_MOST, self._left + _A_CALL)

    async def acquire(self, deadline: float, on_wait: Callable[[float], object]) -> bool:
        """Returns when an attempt may be repeated; False if that is not before `deadline`.

        `on_wait` is told the seconds before a wait. They are the most: every call shortens them.
        """
        missing = 1 - self._count()
        if self._queue.locked():
            missing += self._waiting() + 1
        if missing > 0:
            on_wait(missing / _A_SECOND)
        with anyio.CancelScope(deadline=deadline):
            async with self._queue:
                if (missing := 1 - self._count()) > 0:
                    await anyio.sleep(missing / _A_SECOND)
                    self._count()
                self._left -= 1
                return True
        return False

    def _waiting(self) -> int:
        return self._queue.statistics().tasks_waiting

    def _count(self) -> float:
        """What is left now, with what time has brought."""
        now = anyio.current_time()
        if self._left < _AT_FIRST:
            earned = max(0.0, now - self._counted_at) * _A_SECOND
            self._left = min(_AT_FIRST, self._left + earned)
        self._counted_at = now
        return self._left
