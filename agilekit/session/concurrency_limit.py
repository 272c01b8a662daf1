"""How many requests of several clients may be in flight at once, while they work together.

A request takes its permit when its rate limiter lets it leave, and gives it back when its answer is
there. So what waits for its rate, or for its next attempt, takes no permit from other clients; and
since of each rate limiter one request at a time asks for a permit, all that are limited get theirs
in turn.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

import anyio

__all__ = ["ConcurrencyLimit", "Permit"]

_CURRENT: Final = ContextVar["anyio.Semaphore | None"]("agilekit.concurrency_limit", default=None)


class ConcurrencyLimit:
    """So many requests at most."""

    def __init__(self, limit: int) -> None:
        self._limit: Final = limit
        self._free: Final = anyio.Semaphore(limit, max_value=limit, fast_acquire=True)

    def __repr__(self) -> str:
        in_flight = self._limit - self._free.value
        return f"<ConcurrencyLimit: {in_flight} of {self._limit} in flight>"

    @contextmanager
    def shared(self) -> Generator[None]:
        """Bounds the requests of all calls that are made inside, and in tasks started inside."""
        token = _CURRENT.set(self._free)
        try:
            yield
        finally:
            _CURRENT.reset(token)


class Permit:
    """For one request; `release` gives it back."""

    def __init__(self) -> None:
        self._taken_from: anyio.Semaphore | None = None

    async def acquire(self) -> None:
        """Returns when the request may be in flight, at once if nothing bounds it."""
        free = _CURRENT.get()
        if free is not None:
            await free.acquire()
            self._taken_from = free

    def acquire_nowait(self) -> bool:
        """Whether the request may be in flight at once."""
        free = _CURRENT.get()
        if free is None:
            return True
        try:
            free.acquire_nowait()
        except anyio.WouldBlock:
            return False
        self._taken_from = free
        return True

    def release(self) -> None:
        """Gives the permit back, if it was taken."""
        taken_from, self._taken_from = self._taken_from, None
        if taken_from is not None:
            taken_from.release()
