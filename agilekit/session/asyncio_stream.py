"""A stream of asyncio that is read from while nobody receives.

anyio's stream lets the event loop watch its socket only while somebody receives: two changes of
what is watched for each answer, which is much of what a small one costs. This stream is watched for
as long as it is open. It keeps what comes until it is received, and reads no more once it keeps
`_MOST_KEPT` bytes.

anyio still opens the connection, to the address of a name that answers first. Its socket is then
taken over: of two numbers of one socket, that of anyio's stream is closed.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final, Self, cast

import anyio
from anyio.abc import ByteStream, SocketAttribute, SocketStream
from anyio.lowlevel import checkpoint
from sniffio import current_async_library

from agilekit.session.sockets import READ_AT_ONCE

__all__ = ["AsyncioStream"]

_MOST_KEPT: Final = 4 * READ_AT_ONCE


class AsyncioStream(asyncio.Protocol, ByteStream):
    """For one task that sends and receives at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport
        self._kept = deque[bytes]()
        self._kept_bytes = 0
        self._is_over = False  # nothing more comes
        self._is_closed = False  # by `aclose`
        self._error: Exception | None = None
        self._receiver: asyncio.Future[None] | None = None
        self._has_room = asyncio.Event()
        self._has_room.set()

    @staticmethod
    def fits() -> bool:
        """Whether it can be made here. On Windows the socket of a stream cannot be taken over."""
        return current_async_library() == "asyncio" and sys.platform != "win32"

    @classmethod
    async def of(cls, stream: SocketStream) -> Self:
        """Takes over the connection of a stream over which nothing was sent yet.

        Raises OSError if the process can open no more files.
        """
        number = stream.extra(SocketAttribute.raw_socket).fileno()
        taken: socket.socket | None = None
        try:
            async with stream:
                taken = socket.socket(fileno=os.dup(number))
            _, made = await asyncio.get_running_loop().create_connection(cls, sock=taken)
        except BaseException:
            if taken is not None:
                taken.close()
            raise
        return made

    @property
    def extra_attributes(self) -> Mapping[Any, Callable[[], Any]]:
        return {SocketAttribute.raw_socket: lambda: self._transport.get_extra_info("socket")}

    @property
    def has_received(self) -> bool:
        """Whether there are bytes here, or the end, that nobody has received yet."""
        return self._is_over or bool(self._kept)

    async def receive(self, max_bytes: int = READ_AT_ONCE) -> bytes:  # noqa: ARG002 - see READ_AT_ONCE
        """What has come, at most `READ_AT_ONCE` bytes, whatever is asked for."""
        if self.has_received:
            await checkpoint()
        else:
            self._receiver = asyncio.get_running_loop().create_future()
            try:
                await self._receiver
            finally:
                self._receiver = None
        if not self._kept:
            self._check()
            raise anyio.EndOfStream
        data = self._kept.popleft()
        was_full = self._kept_bytes >= _MOST_KEPT
        self._kept_bytes -= len(data)
        if was_full and self._kept_bytes < _MOST_KEPT:
            self._transport.resume_reading()
        return data

    async def send(self, item: bytes) -> None:
        """Waits only if the kernel does not take all of it at once."""
        self._check()
        self._transport.write(item)
        if not self._has_room.is_set():
            await self._has_room.wait()
            self._check()

    async def send_eof(self) -> None:
        self._transport.write_eof()

    async def aclose(self) -> None:
        self._is_closed = True
        self._transport.abort()
        await checkpoint()

    def _check(self) -> None:
        if self._is_closed:
            raise anyio.ClosedResourceError
        if self._error is not None:
            raise anyio.BrokenResourceError from self._error

    def _wake(self) -> None:
        if self._receiver is not None and not self._receiver.done():
            self._receiver.set_result(None)

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Of a socket it is one; that of uvloop is registered as none.
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(0)  # what it holds back, `send` waits for

    def data_received(self, data: bytes) -> None:
        self._kept.append(data)
        self._kept_bytes += len(data)
        if self._kept_bytes >= _MOST_KEPT:
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        self._is_over = True
        self._wake()
        return True  # it can still be written to

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_over, self._error = True, exc
        self._has_room.set()
        self._wake()

    def pause_writing(self) -> None:
        self._has_room.clear()

    def resume_writing(self) -> None:
        self._has_room.set()
