"""The border to the HTTP library, and the only module of the client that knows it.

Its errors end here. What matters to a write is told apart here and nowhere else: `Unsent`, the
request certainly did not reach the server, or `Lost`, it may have.

A connection of our own carries one request at a time, through the library's transport and without
its client: that is several times cheaper, and a cancelled request takes only its own connection
with it. Where httpx2, the continuation of httpx, is installed, it carries the requests.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import anyio
import anyio.lowlevel
import httpx

from agilekit.errors import InvalidInput
from agilekit.wire.inflate import ENCODINGS, Inflater, NotWhole
from agilekit.wire.request import Credential, Request, Server, is_loopback, origin_of
from agilekit.wire.response import Response

if TYPE_CHECKING:
    import httpx as httpx2
else:
    try:
        import httpx2
    except ModuleNotFoundError:
        httpx2 = httpx

__all__ = ["Connection", "Lost", "Sink", "TooLarge", "Transport", "TransportLike", "Unsent"]

TransportLike: TypeAlias = httpx.AsyncBaseTransport | httpx.AsyncClient

_Headers: TypeAlias = tuple[tuple[str, str], ...]

_PHASES: Final = ("connect", "read", "write", "pool")
_MOST_REDIRECTS: Final = 5
_KEPT_IDLE: Final = (
    5.0  # seconds: servers close idle connections soon, and a write must not meet one
)


class Unsent(Exception):
    """The request certainly did not reach the server."""


class Lost(Exception):
    """The request may have reached the server, and no complete answer came."""


class TooLarge(Exception):
    """The answer is larger than allowed."""


class Sink(Protocol):
    """Takes the body of a successful answer piece by piece, however large it is."""

    async def begin(self) -> None:
        """Forgets what an attempt before this one brought."""
        ...

    async def write(self, piece: bytes) -> None: ...


class Connection(Protocol):
    """What carries requests, one at a time."""

    async def exchange(
        self, request: Request, *, timeout: float, sink: Sink | None = None
    ) -> Response:
        """Sends one request and reads its answer, or gives it to `sink` where it is a success.

        Raises Unsent, Lost or TooLarge.
        """
        ...

    async def aclose(self) -> None:
        """Ends the connection, where it is our own."""
        ...


class Transport:
    """Gives out connections: new ones of our own, or views of the one that the caller passed."""

    def __init__(
        self,
        server: Server,
        credential: Credential,
        given: TransportLike | None,
        *,
        largest_body: int,
    ) -> None:
        self._given = _checked(given)
        self._server = server
        self._credential = credential
        self._largest_body = largest_body

    def connection(self) -> Connection:
        return _Connection(self._given, self._server, self._credential, self._largest_body)

    async def aclose(self) -> None:
        """Closes a transport that was passed in; a borrowed client stays open."""
        if self._given is not None and not isinstance(self._given, _CLIENTS):
            await self._given.aclose()


class _Connection:
    def __init__(
        self,
        given: TransportLike | None,
        server: Server,
        credential: Credential,
        largest_body: int,
    ) -> None:
        self._own = given is None
        self._carrier = _single_connection(server) if given is None else given
        self._make = _request_class(self._carrier)
        self._borrows = isinstance(self._carrier, _CLIENTS)
        self._server = server
        self._largest_body = largest_body
        self._credential = credential

    async def exchange(
        self, request: Request, *, timeout: float, sink: Sink | None = None
    ) -> Response:
        body = _Body(request.content)
        with anyio.move_on_after(timeout):
            return await self._follow(request, body, timeout, sink)
        # A server acts on no request whose body it lacks. Only our own carrier is known to ask for
        # the body when it is due.
        if self._own and request.content and not body.begun:
            raise Unsent(f"no connection within {timeout:.4g} s")
        raise Lost(f"no answer within {timeout:.4g} s")

    async def aclose(self) -> None:
        if self._own:
            with suppress(*_MAYBE_SENT):
                await self._carrier.aclose()

    async def _follow(
        self, request: Request, body: _Body, timeout: float, sink: Sink | None
    ) -> Response:
        """Follows the redirects of a read; gives the one that cannot be followed as it is."""
        url = self._credential.signed(request.url, request)
        at_home = (*_abroad(self._server.origin), *self._credential.headers_of(request))
        headers = at_home
        response = await self._once(request, url, headers, body, timeout, sink)
        for _ in range(_MOST_REDIRECTS):
            target = None if request.writes else _target(url, response)
            # Another host must not see the credential; nor anybody on the way, over plain HTTP.
            at_origin = target is not None and origin_of(target) == self._server.origin
            if target is None or (not at_origin and self._credential.redactor.finds(target)):
                break
            url = self._credential.signed(target, request) if at_origin else target
            headers = at_home if at_origin else _abroad(url)
            response = await self._once(request, url, headers, body, timeout, sink)
        return response

    async def _once(
        self,
        request: Request,
        url: str,
        headers: _Headers,
        body: _Body,
        timeout: float,
        sink: Sink | None,
    ) -> Response:
        try:
            message = self._make(
                request.method,
                url,
                headers=[*headers, *request.headers],
                stream=body,
                # A borrowed client would put in timeouts of its own.
                extensions={"timeout": dict.fromkeys(_PHASES, timeout)} if self._borrows else {},
            )
            if isinstance(self._carrier, _CLIENTS):
                response = await self._carrier.send(
                    message, stream=True, auth=None, follow_redirects=False
                )
            else:
                response = await self._carrier.handle_async_request(message)
            try:
                content = await self._read(response, sink if response.is_success else None)
            finally:
                await response.aclose()
        except _NOT_SENT as error:
            raise Unsent(_described(error)) from error
        except _MAYBE_SENT as error:
            raise Lost(_described(error)) from error
        return Response(response.status_code, response.headers, content)

    async def _read(self, response: httpx.Response, sink: Sink | None) -> bytes:
        """The body; none where `sink` takes it."""
        if sink is not None:
            await sink.begin()
        if response.is_stream_consumed and not isinstance(response.stream, _HELD):
            if sink is not None:
                await sink.write(response.content)
                return b""
            self._check_size(len(response.content))
            return response.content
        encoding = response.headers.get("content-encoding", "").strip().lower()
        inflater = None if encoding in ("", "identity", "none") else _inflater(encoding)
        parts: list[bytes] = []
        chunks = aiter(_chunks(response))
        size = 0
        try:
            async for raw in chunks:
                for number, part in enumerate(inflater.inflate(raw) if inflater else (raw,)):
                    if number:
                        await anyio.lowlevel.checkpoint()  # a few bytes may become very many
                    if sink is not None:
                        await sink.write(part)
                        continue
                    size += len(part)
                    self._check_size(size)
                    parts.append(part)
            if inflater is not None:
                inflater.end()
        except (TooLarge, InvalidInput, anyio.get_cancelled_exc_class()):
            await _abandon(chunks)
            raise
        except NotWhole as error:
            await _abandon(chunks)
            raise Lost(f"the answer is not in {encoding} as it says: {error}") from None
        return b"".join(parts)

    def _check_size(self, size: int) -> None:
        if size > self._largest_body:
            raise TooLarge(f"the answer is larger than {self._largest_body:,} bytes")


class _Content(httpx.AsyncByteStream):
    """The content of a request, which notes that it was asked for."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._left = content
        self.begun = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        self._left = self._content
        return self

    async def __anext__(self) -> bytes:
        self.begun = True
        part, self._left = self._left, b""
        if not part:
            raise StopAsyncIteration
        return part


class _Body(_Content, httpx2.AsyncByteStream):
    """Content for either library."""


def _checked(given: object) -> TransportLike | None:
    if given is None or isinstance(given, _CARRIERS):
        return given
    raise InvalidInput("transport must be an httpx.AsyncBaseTransport or an httpx.AsyncClient")


def _single_connection(server: Server) -> httpx.AsyncHTTPTransport:
    try:
        return httpx2.AsyncHTTPTransport(
            verify=_ssl_context(),
            proxy=_proxy(server.origin),
            limits=httpx2.Limits(
                max_connections=1, max_keepalive_connections=1, keepalive_expiry=_KEPT_IDLE
            ),
        )
    except (ValueError, ImportError, httpx.InvalidURL, httpx2.InvalidURL):
        # The proxy's address may hold a password, so it is not shown.
        raise InvalidInput("the proxy that the environment names cannot be used") from None


def _request_class(carrier: object) -> type[httpx.Request]:
    """Each library wants requests of its own."""
    return httpx.Request if isinstance(carrier, _OF_HTTPX) else httpx2.Request


@cache
def _ssl_context() -> ssl.SSLContext:
    return httpx2.create_ssl_context()  # shared: building one costs more than a request


def _proxy(origin: str) -> str | None:
    """The proxy that the environment names (``HTTPS_PROXY``, ``NO_PROXY``, …)."""
    parts = urlsplit(origin)
    host = parts.hostname or ""
    proxies = getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all")
    return None if not found or is_loopback(host) or proxy_bypass(host) else found


def _abroad(url: str) -> _Headers:
    """The headers of a request to another host."""
    return (("Host", urlsplit(url).netloc.rpartition("@")[2]),)


def _target(url: str, response: Response) -> str | None:
    """Where a redirect leads; None for what is none, or leads nowhere."""
    location = response.headers.get("location")
    if not location or not 300 <= response.status < 400:
        return None
    try:
        target = urljoin(url, location)
        httpx2.URL(target)
    except (ValueError, httpx2.InvalidURL):
        return None
    parts = urlsplit(target)
    sound = target.isascii() and parts.scheme in ("http", "https") and parts.hostname
    return target if sound else None


async def _abandon(chunks: AsyncIterator[bytes]) -> None:
    """Ends a stream that is not read to its end, with every iterator that it is made of."""
    with anyio.CancelScope() as scope, suppress(StopAsyncIteration, *_MAYBE_SENT):
        scope.cancel()
        await anext(chunks)
    if isinstance(chunks, AsyncGenerator):
        await chunks.aclose()


def _chunks(response: httpx.Response) -> httpx.AsyncByteStream:
    """The body as it came over the wire."""
    stream = response.stream
    if isinstance(stream, httpx.AsyncByteStream | httpx2.AsyncByteStream):
        return stream
    raise InvalidInput("the transport answers with a synchronous stream")


def _inflater(encoding: str) -> Inflater:
    if encoding not in ENCODINGS:
        # A name that is cut could hold a part of a secret, which is not recognised.
        named = f"the encoding {encoding}" if len(encoding) <= 20 else "an encoding"
        raise Lost(f"the answer came in {named}, which was not asked for")
    return Inflater(encoding)


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")


_OF_HTTPX: Final = (httpx.AsyncBaseTransport, httpx.AsyncClient)
_CLIENTS: Final = (httpx.AsyncClient, httpx2.AsyncClient)
_HELD: Final = (httpx.ByteStream, httpx2.ByteStream)  # can be read again
_CARRIERS: Final = (*_OF_HTTPX, httpx2.AsyncBaseTransport, httpx2.AsyncClient)

_NOT_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.InvalidURL,
    httpx.LocalProtocolError,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.InvalidURL,
    httpx2.LocalProtocolError,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    ConnectionRefusedError,
)
_MAYBE_SENT: Final = (
    httpx.RequestError,
    httpx.StreamError,
    httpx2.RequestError,
    httpx2.StreamError,
    OSError,
    anyio.BrokenResourceError,
    anyio.ClosedResourceError,
    anyio.EndOfStream,
)
