"""Sockets below the carriers: streams on them, and whether something came that nobody asked for.

No answer is due on an idle connection. What is there all the same (its end, or bytes behind the
last answer) must not be taken for the answer to the next request, so that it has to be seen: a
carrier reads `READ_AT_ONCE` bytes, since of fewer, anyio would keep the rest where no socket shows
it.

To send by anyio's stream takes a pass of the event loop, also if the kernel takes all at once, as
it does of nearly every request. So a `DirectStream` hands the bytes to the kernel itself, and only
those that it does not take go by anyio's stream, which is empty then.
"""

from __future__ import annotations

import os
import select
import ssl
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

import anyio
from anyio.abc import ByteStream, SocketAttribute, SocketStream
from anyio.streams.tls import TLSStream

__all__ = ["NO_CONNECTION", "READ_AT_ONCE", "DirectStream", "has_input", "start_tls", "was_cut_off"]

READ_AT_ONCE: Final = 1 << 18
"""Bytes: as many as asyncio reads."""
NO_CONNECTION: Final = (OSError, ValueError, RuntimeError)
"""What opening a connection raises, for a host that no name can be and without threads, too."""


class HasFileNumber(Protocol):
    def fileno(self) -> int: ...


def has_input(socket: HasFileNumber, tls: ssl.SSLObject | None = None) -> bool:
    """Whether something is there to be read: bytes, the end, or that the connection is closed.

    It must not be used any more then: of TLS, a byte may have been taken.
    """
    number = socket.fileno()
    if number < 0 or _is_readable(number):
        return True
    if tls is None:
        return False
    try:
        tls.read(1)
    except ssl.SSLWantReadError:
        return False
    except ssl.SSLError:
        return True
    return True


def was_cut_off(tls: ssl.SSLObject | None) -> bool:
    """Whether a stream of which the end was read ended without TLS saying so, as it does when
    somebody on the way ends it. Source: RFC 9112, 9.8, TLS Connection Closure.
    """
    if tls is None:
        return False
    try:
        tls.read(1)
    except ssl.SSLError:
        return True
    return False


def _is_readable(number: int) -> bool:
    if sys.platform == "win32":  # pragma: no cover - it has no poll
        return bool(select.select([number], [], [], 0)[0])
    poll = select.poll()
    poll.register(number, select.POLLIN)
    return bool(poll.poll(0))


async def start_tls(stream: ByteStream, host: str | None, context: ssl.SSLContext) -> TLSStream:
    """Raises what ssl and anyio do, and has closed the stream then."""
    try:
        return await TLSStream.wrap(
            stream,
            server_side=False,
            hostname=host,
            ssl_context=context,
            standard_compatible=False,  # Source: RFC 9112, 9.8: lengths say what is whole
        )
    except BaseException:
        await anyio.aclose_forcefully(stream)
        raise


class DirectStream(ByteStream):
    """A stream of which `READ_AT_ONCE` bytes are read, whatever is asked for, and which sends past
    anyio's stream while that holds nothing back.
    """

    def __init__(self, stream: SocketStream) -> None:
        self._stream = stream
        self._socket: HasFileNumber = stream.extra(SocketAttribute.raw_socket)
        # Windows has no call that writes to a socket by its number.
        self._is_direct = sys.platform != "win32"

    @property
    def extra_attributes(self) -> Mapping[Any, Callable[[], Any]]:
        return self._stream.extra_attributes

    @property
    def has_received(self) -> bool:
        """Whether there are bytes here that nobody has received: they stay with the socket."""
        return False

    async def receive(self, max_bytes: int = READ_AT_ONCE) -> bytes:
        return await self._stream.receive(max(max_bytes, READ_AT_ONCE))

    async def send(self, item: bytes) -> None:
        taken = self._write(item) if self._is_direct else 0
        if taken == len(item):
            return
        was_direct, self._is_direct = self._is_direct, False
        await self._stream.send(item[taken:])
        self._is_direct = was_direct  # but for one that was cut off, which may hold bytes back

    async def send_eof(self) -> None:
        await self._stream.send_eof()

    async def aclose(self) -> None:
        self._is_direct = False
        await self._stream.aclose()

    def _write(self, item: bytes) -> int:
        """How many bytes the kernel took."""
        try:
            return os.write(self._socket.fileno(), item)
        except BlockingIOError:  # it has no room
            return 0
        except OSError as error:
            raise anyio.BrokenResourceError from error
