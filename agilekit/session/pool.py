"""The pool of connections, which is the limit of requests in flight, too.

A slot carries one request at a time and owns one connection. Who waits, waits for a slot, never
inside of the HTTP library. A connection whose request did not end cleanly is thrown away, and the
slot gets a new one when it is used again; so no cancelled request can cost a connection or find
somebody else's answer.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Final, Protocol

import anyio

from agilekit.session.connection import Connection

__all__ = ["Slot", "Slots", "close_soon"]

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

    def take(self) -> Slot:
        """A slot, once entered: ``async with slots.take() as connection``."""
        return Slot(self)

    async def aclose(self) -> None:
        """Closes the idle connections now, and those in use when they are given back."""
        self._closed = True
        idle, self._idle = self._idle, []
        for connection in idle:
            await close_soon(connection)

    async def acquire(self) -> Connection:
        await self._free.acquire()
        try:
            # The one used last is the one least likely to have been closed by the server.
            return self._idle.pop() if self._idle else self._connect()
        except BaseException:  # whatever ends it, the slot is free again
            self._free.release()
            raise

    async def release(self, connection: Connection, *, clean: bool) -> None:
        try:
            if clean and not self._closed:
                self._idle.append(connection)
            else:
                await close_soon(connection)
        finally:
            self._free.release()


class Slot:
    """One use of a slot."""

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._connection: Connection | None = None

    def __repr__(self) -> str:
        return f"<Slot: {'waiting' if self._connection is None else self._connection}>"

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
