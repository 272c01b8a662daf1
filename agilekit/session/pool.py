"""Slots: the limit of requests in flight and the pool of connections, in one.

A slot is a place for one request and owns one connection. Who waits, waits here, never inside a
pool. A connection whose request did not end cleanly is thrown away, and the slot gets a new one
when it is used again; so no cancelled request can cost a connection or find somebody else's
answer.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Final, Protocol

import anyio

from agilekit.session.transport import Connection

__all__ = ["Slot", "Slots", "close_soon"]

_PATIENCE: Final = 1.0  # seconds that the closing of a connection may take


class Slots:
    """At most `limit` connections, made when they are first needed."""

    def __init__(self, limit: int, connect: Callable[[], Connection]) -> None:
        self._places = anyio.Semaphore(limit, max_value=limit, fast_acquire=True)
        self._connect = connect
        self._idle: list[Connection] = []
        self._closed = False

    def take(self) -> Slot:
        """A place, once entered: ``async with slots.take() as connection``."""
        return Slot(self)

    async def aclose(self) -> None:
        """Closes the idle connections now, and those in use when they are given back."""
        self._closed = True
        idle, self._idle = self._idle, []
        for connection in idle:
            await close_soon(connection)

    async def acquire(self) -> Connection:
        await self._places.acquire()
        try:
            # The one used last is the one least likely to have been closed by the server.
            return self._idle.pop() if self._idle else self._connect()
        except BaseException:  # whatever ends it, the place is free again
            self._places.release()
            raise

    async def release(self, connection: Connection, *, clean: bool) -> None:
        try:
            if clean and not self._closed:
                self._idle.append(connection)
            else:
                await close_soon(connection)
        finally:
            self._places.release()


class Slot:
    """One use of a place."""

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._connection: Connection | None = None

    async def __aenter__(self) -> Connection:
        self._connection = await self._slots.acquire()
        return self._connection

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._connection is not None:
            await self._slots.release(self._connection, clean=error is None)


class Closable(Protocol):
    async def aclose(self) -> None: ...


async def close_soon(closable: Closable) -> None:
    """Closes, also in a task that is cancelled, and does not wait long."""
    with anyio.move_on_after(_PATIENCE, shield=True):
        await closable.aclose()
