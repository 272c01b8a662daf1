"""An HTTP/1.1 connection of our own, opened by anyio: the carrier of ``http="fast"``.

It knows what a library above it cannot tell: until the first byte of a request is handed to the
socket, the server certainly has nothing of it. So what fails before that (the name, the address,
the handshake of TLS) is `Unsent`, and all that fails later is `Lost`.

Between two requests nothing may come. What does (the end of the connection, or bytes that belong to
no answer) is looked for before the next request is sent, which then goes over a new connection.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from time import monotonic
from typing import Final, TypeAlias

import anyio
from anyio.abc import ByteStream, SocketAttribute
from anyio.streams.tls import TLSAttribute, TLSStream

from agilekit.session.asyncio_stream import AsyncioStream
from agilekit.session.carrier import KEPT_IDLE, described
from agilekit.session.connection import Lost, Unsent
from agilekit.session.http_library import Library
from agilekit.session.pool import close_soon
from agilekit.session.sockets import (
    NO_CONNECTION,
    READ_AT_ONCE,
    DirectStream,
    has_input,
    start_tls,
    was_cut_off,
)
from agilekit.wire.credential import Pairs
from agilekit.wire.http1 import AnswerParser, MalformedAnswer, message
from agilekit.wire.request import Request, Server

__all__ = ["FastCarrier"]

_Plain: TypeAlias = AsyncioStream | DirectStream

_WRITTEN_OUT: Final = re.compile(r"[\w.~!$&()*+,;=:@/?%\[\]-]*", re.ASCII)
_BROKEN: Final = (
    OSError,
    anyio.BrokenResourceError,
    anyio.ClosedResourceError,
    anyio.EndOfStream,
)


class FastCarrier:
    """A connection to one server at a time: the session's, or where a redirect leads."""

    def __init__(self, server: Server, library: Library) -> None:
        """library: what reads URLs, and says which certificates are trusted."""
        self.maybe_received: bool = False
        self._prefix = f"{server.origin}/"
        self._library = library
        self._wire: _Wire | None = None

    def __repr__(self) -> str:
        return "own fast connection"

    def takes(self, url: str) -> bool:
        return self._library.takes(url)

    async def send(self, request: Request, url: str, headers: Pairs) -> _FastAnswer:
        self.maybe_received = False
        prefix, target = self._address(url)
        wire = self._wire
        if wire is None or wire.prefix != prefix or not wire.is_idle():
            wire = await self._connect(prefix)
        content = message(request.method, target, headers + request.headers, request.content)
        self.maybe_received = True
        return await wire.send(content)

    async def aclose(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.aclose()

    def _address(self, url: str) -> tuple[str, str]:
        """The origin of a URL, with a slash, and what stands behind it."""
        if url.startswith(self._prefix) and _is_written_out(url):
            return self._prefix, url[len(self._prefix) - 1 :]
        parsed = self._library.url(url)
        return f"{parsed.scheme}://{parsed.netloc.decode()}/", parsed.raw_path.decode()

    async def _connect(self, prefix: str) -> _Wire:
        await self.aclose()
        context = self._library.ssl_context() if prefix.startswith("https:") else None
        try:
            self._wire = await _Wire.open(prefix, self._library, context)
        except (*_BROKEN, *NO_CONNECTION, self._library.invalid_url) as error:
            # Of one address, the reason is beneath what anyio says of all.
            reason = error.__cause__ if isinstance(error.__cause__, OSError) else error
            raise Unsent(described(reason)) from error
        return self._wire


def _is_written_out(url: str) -> bool:
    """Whether a URL can be sent as it is: nothing in it has to be quoted, resolved or left out."""
    return _WRITTEN_OUT.fullmatch(url) is not None and "/." not in url


class _Wire:
    """One stream to a server, and the state of what has come over it."""

    def __init__(self, prefix: str, plain: _Plain, tls: TLSStream | None) -> None:
        """tls: the stream on the plain one, if it is not sent plainly."""
        self.prefix = prefix
        self._plain = plain
        self._stream: ByteStream = plain if tls is None else tls
        self._socket = plain.extra(SocketAttribute.raw_socket)
        self._tls = self._stream.extra(TLSAttribute.ssl_object, None)
        self._parser = AnswerParser()
        self._is_sent = False  # the request, to its last byte
        self._idle_since: float | None = None

    @classmethod
    async def open(cls, prefix: str, library: Library, context: ssl.SSLContext | None) -> _Wire:
        """Raises what anyio and ssl do. context: of TLS."""
        url = library.url(prefix)
        # As it goes over the wire: a name in other letters is encoded in it already.
        host, port = url.raw_host.decode(), url.port or (80 if context is None else 443)
        plain = await _connected(host, port)
        tls = None if context is None else await start_tls(plain, host, context)
        return cls(prefix, plain, tls)

    def is_idle(self) -> bool:
        """Whether it may carry another request, and nothing has come since the last answer."""
        since = self._idle_since
        if since is None or monotonic() - since > KEPT_IDLE:
            return False
        return not self._plain.has_received and not has_input(self._socket, self._tls)

    async def send(self, content: bytes) -> _FastAnswer:
        """Raises Lost."""
        self._is_sent, self._idle_since = False, None
        parser = self._parser
        parser.begin()
        # A server may answer before it has read all, and then read no more.
        try:
            await self._stream.send(content)
            self._is_sent = True
        except _BROKEN:
            pass
        while not parser.has_head:
            await self.receive()
        answer = _FastAnswer(self, parser)
        if parser.is_whole:
            await self.over()
        return answer

    async def receive(self) -> None:
        """Some more of the answer. Raises Lost."""
        parser = self._parser
        try:
            parser.feed(await self._stream.receive(READ_AT_ONCE))
        except anyio.EndOfStream:
            try:
                parser.end()
            except MalformedAnswer as error:
                raise Lost(str(error)) from None
            if was_cut_off(self._tls):  # or behind it: nothing tells
                raise Lost("the connection was cut, and its end is that of the answer") from None
        except MalformedAnswer as error:
            raise Lost(str(error)) from None
        except _BROKEN as error:
            raise Lost(described(error.__cause__ or error)) from error

    async def over(self) -> None:
        """The answer is whole."""
        if self._parser.may_follow and self._is_sent:
            self._idle_since = monotonic()
        else:
            await close_soon(self)

    async def aclose(self) -> None:
        with suppress(*_BROKEN):
            await self._stream.aclose()


async def _connected(host: str, port: int) -> _Plain:
    stream = await anyio.connect_tcp(host, port)
    return await AsyncioStream.of(stream) if AsyncioStream.fits() else DirectStream(stream)


class _FastAnswer:
    """An answer whose head is here, and often its body, too."""

    def __init__(self, wire: _Wire, parser: AnswerParser) -> None:
        self.status: int = parser.status
        self.headers: Mapping[str, str] = parser.headers
        self.encoding: str = parser.headers.get("content-encoding", "").strip().lower()
        self._wire = wire
        self._parser = parser
        self._here = parser.take()
        self.body: bytes | None = self._here if parser.is_whole else None

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        piece, self._here = self._here, b""
        while not piece:
            if self._parser.is_whole:
                raise StopAsyncIteration
            await self._wire.receive()
            piece = self._parser.take()
            if self._parser.is_whole:
                await self._wire.over()
        return piece

    async def aclose(self) -> None:
        """The wire is not idle before its answer is whole, so that nothing more goes over it."""
