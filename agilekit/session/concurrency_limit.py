"""How many requests of several clients may be in flight at once, while they work together.

A request takes its place when its pace lets it leave, and gives it back when its answer is there.
So what waits for its pace, or for its next attempt, takes no place from other clients; and since
of each pace one request at a time asks for a place, all paces that are limited get theirs in turn.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Final, Self

import anyio

__all__ = ["Flight", "Places"]

_NOW: Final = ContextVar["anyio.Semaphore | None"]("agilekit.in_flight", default=None)


class Places:
    """So many requests at most."""

    def __init__(self, limit: int) -> None:
        self._free: Final = anyio.Semaphore(limit, max_value=limit, fast_acquire=True)

    @contextmanager
    def shared(self) -> Generator[None]:
        """Bounds the requests of all calls that are made inside, and in tasks started inside."""
        token = _NOW.set(self._free)
        try:
            yield
        finally:
            _NOW.reset(token)


class Flight:
    """One request, to be entered: leaving gives its place back."""

    def __init__(self) -> None:
        self._taken: anyio.Semaphore | None = None

    async def begin(self) -> None:
        """Returns when there is a place, at once where nothing bounds them."""
        free = _NOW.get()
        if free is not None:
            await free.acquire()
            self._taken = free

    def end(self) -> None:
        """Gives the place back, if it has one."""
        taken, self._taken = self._taken, None
        if taken is not None:
            taken.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()
