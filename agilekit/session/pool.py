"""The pool of connections, which is the limit of requests in flight, too.

A slot carries one request at a time and owns one connection. Who waits, waits for a slot, never
inside of the HTTP library. A connection whose request did not end cleanly is thrown away, and the
slot gets a new one when it is used again; so no cancelled request can cost a connection or find
somebody else's answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

import anyio

from agilekit.session.connection import Connection

__all__ = ["Slots", "close_soon"]

_PATIENCE: Final = 1.0  # seconds that the closing of a connection may take


class Slots:
    """At most `limit` connections, made when they are first needed."""

    def __init__(self, limit: int, connect: Callable[[], Connection]) -> None:
        self._limit = limit
        self._free = anyio.Semaphore(limit, max_value=limit, fast_acquire=True)
        self._connect = connect
        self._idle: list[Connection] = []
        self._closed = False

    def __repr__(self) -> str:
        in_use = self._limit - self._free.value
        state = ", closed" if self._closed else ""
        return f"<Slots: {in_use} of {self._limit} in use, {len(self._idle)} idle{state}>"

    async def aclose(self) -> None:
        """Closes the idle connections now, and those in use when they are given back."""
        self._closed = True
        idle, self._idle = self._idle, []
        for connection in idle:
            await close_soon(connection)

    async def acquire(self) -> Connection:
        """A connection for one request, once one is free."""
        await self._free.acquire()
        return self._taken()

    def acquire_nowait(self) -> Connection | None:
        """A connection for one request; None if one has to wait for it."""
        try:
            self._free.acquire_nowait()
        except anyio.WouldBlock:
            return None
        return self._taken()

    async def release(self, connection: Connection) -> None:
        """Gives back one over which the next request may go."""
        if self._closed:
            await self.discard(connection)
            return
        self._idle.append(connection)
        self._free.release()

    async def discard(self, connection: Connection) -> None:
        """Closes one whose request did not end cleanly; its slot is free again."""
        try:
            await close_soon(connection)
        finally:
            self._free.release()

    def _taken(self) -> Connection:
        try:
            # The one used last is the one least likely to have been closed by the server.
            return self._idle.pop() if self._idle else self._connect()
        except BaseException:  # whatever ends it, the slot is free again
            self._free.release()
            raise


class Closable(Protocol):
    async def aclose(self) -> None: ...


async def close_soon(closable: Closable) -> None:
    """Closes, also in a task that is cancelled, and does not wait long."""
    with anyio.move_on_after(_PATIENCE, shield=True):
        await closable.aclose()
