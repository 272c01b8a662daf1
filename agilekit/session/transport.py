"""What carries the requests of a session, and the carrier that is the border to an HTTP library.

The library's errors end here. What matters to a write is decided here: `Unsent`, the request
certainly did not reach the server, or `Lost`, it may have.

A connection of our own carries one request at a time, through the library's transport and without
its client: that is several times cheaper, and a cancelled request takes only its own connection
with it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import anyio
import httpx

from agilekit.errors import InvalidInput
from agilekit.first_use import FirstUse
from agilekit.session.carrier import KEPT_IDLE, Carrier, described
from agilekit.session.connection import Connection, Lost, Unsent
from agilekit.session.exchange import Exchanges
from agilekit.session.http_library import (
    HttpLibrary,
    Library,
    RequestBody,
    TransportLike,
    http_named,
    library,
    library_of,
)
from agilekit.wire.credential import Credential, Pairs
from agilekit.wire.json import Load, load
from agilekit.wire.request import Request, Server
from agilekit.wire.urls import is_loopback

if TYPE_CHECKING:  # what they need is an extra, or not needed by who sends nothing
    from agilekit.session import fast_carrier, httpcore_network
    from agilekit.wire import fast_json
else:
    fast_carrier = FirstUse("agilekit.session.fast_carrier")
    httpcore_network = FirstUse("agilekit.session.httpcore_network")
    fast_json = FirstUse("agilekit.wire.fast_json")

__all__ = ["Transport"]

_NO_TIMEOUTS: Final = dict.fromkeys(("connect", "read", "write", "pool"))
_DEFAULT: Final = "httpx"


class Transport:
    """Gives out connections: new ones of our own, or views of the one that the caller passed."""

    def __init__(
        self,
        server: Server,
        credential: Credential,
        given: TransportLike | None,
        *,
        largest_body: int,
        http: HttpLibrary | None = None,
    ) -> None:
        """Raises InvalidInput for what cannot send, or would show the credential."""
        if given is not None and http is not None:
            raise InvalidInput(
                "transport= sends with its own library: leave out either it or http="
            )
        named = http_named(_DEFAULT if http is None else http)
        found = library(named) if given is None else library_of(given)
        if isinstance(given, found.client) and credential.query:
            raise InvalidInput(
                "an httpx.AsyncClient logs every URL, and the token would be in it: send the token "
                "in a header, or pass a transport in place of the client"
            )
        self.http: HttpLibrary = named if given is None else found.name
        self._library = found
        self._given = given
        self._server = server
        self._credential = credential
        self._largest_body = largest_body

    @property
    def load_json(self) -> Load:
        """What decodes the bodies that it brings."""
        return fast_json.load if self.http == "fast" else load

    def connection(self) -> Connection:
        return Exchanges(self._carrier(), self._server, self._credential, self._largest_body)

    async def aclose(self) -> None:
        """Closes a transport that was passed in; a borrowed client stays open."""
        if self._given is not None and not isinstance(self._given, self._library.client):
            await self._given.aclose()

    def _carrier(self) -> Carrier:
        if self.http != "fast" or _proxy(self._server.origin) is not None:
            return _LibraryCarrier(self._library, self._given, self._server)
        return fast_carrier.FastCarrier(self._server, self._library)


class _LibraryCarrier:
    """One connection of our own, or one view of a transport or a client that was passed in."""

    def __init__(self, library: Library, given: TransportLike | None, server: Server) -> None:
        self._own = given is None
        self._library = library
        carrier = _single_connection(library, server) if given is None else given
        self._client = carrier if isinstance(carrier, library.client) else None
        self._transport = carrier if isinstance(carrier, library.transport) else None
        self._body: RequestBody | None = None  # of the last write over our own carrier
        self._no_body = library.held(b"") if self._own else None

    def __repr__(self) -> str:
        whose = "own" if self._own else "passed-in"
        return f"{whose} {self._library.name} connection"

    @property
    def maybe_received(self) -> bool:
        # A server acts on no request whose body it lacks. Only our own carrier is known to ask for
        # the body when it is due.
        return self._body is None or self._body.begun

    def takes(self, url: str) -> bool:
        return self._library.takes(url)

    async def send(self, request: Request, url: str, headers: Pairs) -> _LibraryAnswer:
        """Raises Unsent or Lost in the place of the library's errors."""
        if self._client is not None and request.secret is not None:
            raise InvalidInput(
                "an httpx.AsyncClient logs every URL, and a key is in that of this call: pass a "
                "transport in place of the client"
            )
        streams = self._own and bool(request.content)
        self._body = self._library.body(request.content) if streams else None
        try:
            message = self._library.request(
                request.method,
                url,
                headers=[*headers, *request.headers],
                # Others than our own carrier may take any stream for a body without a length.
                content=None if self._own else request.content,
                stream=self._body or self._no_body,
                # A borrowed client would put in timeouts of its own.
                extensions={"timeout": _NO_TIMEOUTS} if self._client is not None else {},
            )
            if self._transport is not None:
                if self._own and _has_left_over(self._transport):
                    await self._transport.aclose()  # it opens another connection
                response = await self._transport.handle_async_request(message)
            else:
                assert self._client is not None  # noqa: S101 - a carrier is one of the two
                response = await self._client.send(
                    message, stream=True, auth=None, follow_redirects=False
                )
        except self._library.not_sent as error:
            raise Unsent(described(error)) from error
        except self._library.maybe_sent as error:
            raise Lost(described(error)) from error
        answer = _LibraryAnswer(response, self._library)
        if not getattr(response.extensions.get("network_stream"), "has_read", True):
            await answer.aclose()
            raise Lost("an answer was there before the request was sent, and belongs to none")
        return answer

    async def aclose(self) -> None:
        if self._own and self._transport is not None:
            with suppress(*self._library.maybe_sent):
                await self._transport.aclose()


class _LibraryAnswer:
    """An answer of the library, whose body may have yet to come."""

    def __init__(self, response: httpx.Response, library: Library) -> None:
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self._response = response
        self._library = library
        self._chunks: AsyncIterator[bytes] | None = None
        self._is_over = False
        # A mock, or a hook of a borrowed client, may have read the answer already, and unpacked it.
        is_read = response.is_stream_consumed and not isinstance(response.stream, library.held)
        self.body: bytes | None = response.content if is_read else None
        encoding = "" if is_read else response.headers.get("content-encoding", "")
        self.encoding: str = encoding.strip().lower()

    def __aiter__(self) -> AsyncIterator[bytes]:
        self._chunks = _held(self.body) if self.body is not None else aiter(self._stream())
        return self

    async def __anext__(self) -> bytes:
        assert self._chunks is not None  # noqa: S101 - `__aiter__` comes first
        try:
            return await anext(self._chunks)
        except StopAsyncIteration:
            self._is_over = True
            raise
        except self._library.maybe_sent as error:
            self._is_over = True
            raise Lost(described(error)) from error

    async def aclose(self) -> None:
        try:
            if self._chunks is not None and not self._is_over:
                await _abandon(self._chunks, self._library)
            await self._response.aclose()
        except self._library.maybe_sent as error:
            raise Lost(described(error)) from error

    def _stream(self) -> httpx.AsyncByteStream:
        """The body as it came over the wire."""
        stream = self._response.stream
        if isinstance(stream, self._library.stream):
            return stream
        raise InvalidInput("the transport answers with a synchronous stream")


async def _held(body: bytes) -> AsyncGenerator[bytes]:
    yield body


def _single_connection(library: Library, server: Server) -> httpx.AsyncHTTPTransport:
    proxy, context = _proxy(server.origin), library.ssl_context()
    try:
        transport = library.connection(
            verify=context,
            proxy=proxy,
            limits=library.limits(
                max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEPT_IDLE
            ),
        )
    except (ValueError, ImportError, library.invalid_url):
        # The proxy's address may hold a password, so it is not shown.
        raise InvalidInput("the proxy that the environment names cannot be used") from None
    if proxy is None:
        httpcore_network.use_network(transport, library)
    return transport


def _proxy(origin: str) -> str | None:
    """The proxy that the environment names (``HTTPS_PROXY``, ``NO_PROXY``, …)."""
    parts = urlsplit(origin)
    host = parts.hostname or ""
    proxies = getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all")
    return None if not found or is_loopback(host) or proxy_bypass(host) else found


def _has_left_over(transport: httpx.AsyncBaseTransport) -> bool:
    """Whether something came behind the last answer, which h11 would take for the next one's
    beginning. httpcore does not tell, so that its connections are looked into: if
    they have changed, an answer that was there whole is still seen.
    """
    for connection in getattr(vars(transport).get("_pool"), "connections", ()):
        state = getattr(getattr(connection, "_connection", None), "_h11_state", None)
        if state is not None and state.trailing_data[0]:
            return True
    return False


async def _abandon(chunks: AsyncIterator[bytes], library: Library) -> None:
    """Ends a stream that is not read to its end, with every iterator that it is made of."""
    with anyio.CancelScope() as scope, suppress(StopAsyncIteration, *library.maybe_sent):
        scope.cancel()
        await anext(chunks)
    if isinstance(chunks, AsyncGenerator):
        await chunks.aclose()
