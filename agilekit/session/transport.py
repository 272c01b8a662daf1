"""The border to the HTTP library of session/http_library.py.

Its errors end here. What matters to a write is decided here and nowhere else: `Unsent`, the
request certainly did not reach the server, or `Lost`, it may have.

A connection of our own carries one request at a time, through the library's transport and without
its client: that is several times cheaper, and a cancelled request takes only its own connection
with it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import anyio
import anyio.lowlevel
import httpx
from attrs import evolve

from agilekit.errors import InvalidInput
from agilekit.session.connection import Connection, Lost, Sink, TooLarge, Unsent
from agilekit.session.http_library import (
    HttpLibrary,
    Library,
    RequestBody,
    TransportLike,
    library,
    library_of,
)
from agilekit.wire.credential import Credential, Pairs
from agilekit.wire.inflate import ENCODINGS, CorruptStream, Inflater
from agilekit.wire.redirects import Redirect
from agilekit.wire.request import Request, Server
from agilekit.wire.response import Response
from agilekit.wire.urls import is_loopback, origin_of

__all__ = ["Transport"]

_NO_TIMEOUTS: Final = dict.fromkeys(("connect", "read", "write", "pool"))
_DEFAULT: Final = "httpx"
_MOST_REDIRECTS: Final = 5
_KEPT_IDLE: Final = 5.0
"""Seconds: servers close idle connections soon, and a write must not meet one that is closed."""


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
        named = _DEFAULT if http is None else http
        found = library(named) if given is None else library_of(given)
        if isinstance(given, found.client) and credential.query:
            raise InvalidInput(
                "an httpx.AsyncClient logs every URL, and the token would be in it: send the token "
                "in a header, or pass a transport in place of the client"
            )
        self.library: Library = found
        self._given = given
        self._server = server
        self._credential = credential
        self._largest_body = largest_body

    def connection(self) -> Connection:
        return _Connection(
            self.library, self._given, self._server, self._credential, self._largest_body
        )

    async def aclose(self) -> None:
        """Closes a transport that was passed in; a borrowed client stays open."""
        if self._given is not None and not isinstance(self._given, self.library.client):
            await self._given.aclose()


class _Connection:
    """One connection of our own, or one view of a transport or a client that was passed in."""

    def __init__(
        self,
        library: Library,
        given: TransportLike | None,
        server: Server,
        credential: Credential,
        largest_body: int,
    ) -> None:
        self._own = given is None
        self._library = library
        carrier = _single_connection(library, server) if given is None else given
        self._client = carrier if isinstance(carrier, library.client) else None
        self._transport = carrier if isinstance(carrier, library.transport) else None
        self._server = server
        self._largest_body = largest_body
        self._credential = credential
        self._body: RequestBody | None = None  # of the last write over our own carrier

    def __repr__(self) -> str:
        whose = "own" if self._own else "passed-in"
        return f"<{whose} {self._library.name} connection to {self._server.origin}>"

    @property
    def maybe_received(self) -> bool:
        # A server acts on no request whose body it lacks. Only our own carrier is known to ask for
        # the body when it is due.
        return self._body is None or self._body.begun

    async def exchange(self, request: Request, *, sink: Sink | None = None) -> Response:
        """Follows the redirects of a read; returns the one that is not followed as it is."""
        body = self._library.body(request.content)
        self._body = body if self._own and request.content else None
        url = self._credential.signed(request.url, writes=request.writes)
        signing = self._credential.headers_of(writes=request.writes)
        own_headers = (*_host_header(self._server.origin), *signing)
        response = await self._once(request, url, own_headers, body, sink)
        followed = 0
        while 300 <= response.status < 400:
            if followed == _MOST_REDIRECTS:  # a loop, most likely
                return evolve(response, note="the redirects go in circles")
            followed += 1
            redirect = self._redirect(url, response)
            if request.writes or not redirect.url:
                return evolve(response, note=redirect.reason)
            if redirect.same_origin:
                url = self._credential.signed(redirect.url, writes=False)
                headers = own_headers
            else:  # the credential is for the origin of the base URL only
                url, headers = redirect.url, _host_header(redirect.url)
            body.begun = True  # the server has answered
            try:
                response = await self._once(request, url, headers, body, sink)
            except Unsent as error:
                raise Lost(f"{origin_of(url)}, where a redirect leads: {error}") from error
            if not redirect.same_origin:
                note = f"by redirect, from {origin_of(url)}"
                response = evolve(response, note=note, is_cross_origin=True)
        return response

    async def aclose(self) -> None:
        if self._own and self._transport is not None:
            with suppress(*self._library.maybe_sent):
                await self._transport.aclose()

    def _redirect(self, url: str, response: Response) -> Redirect:
        location = response.headers.get("location")
        redactor = self._credential.redactor
        redirect = Redirect.to(location, url=url, server=self._server, redactor=redactor)
        try:
            self._library.url(redirect.url)
        except (ValueError, self._library.invalid_url):
            return Redirect.to(None, url=url, server=self._server, redactor=redactor)
        return redirect

    async def _once(
        self,
        request: Request,
        url: str,
        headers: Pairs,
        body: RequestBody,
        sink: Sink | None,
    ) -> Response:
        """Sends one message and reads what it is answered with, redirects too.

        Raises Unsent or Lost in the place of the library's errors, and TooLarge.
        """
        if self._client is not None and request.secret is not None:
            raise InvalidInput(
                "an httpx.AsyncClient logs every URL, and a key is in that of this call: pass a "
                "transport in place of the client"
            )
        streams = self._own and bool(request.content)
        try:
            message = self._library.request(
                request.method,
                url,
                headers=[*headers, *request.headers],
                # Others than our own carrier may take any stream for a body without a length.
                content=None if streams else request.content,
                stream=body if streams else None,
                # A borrowed client would put in timeouts of its own.
                extensions={"timeout": _NO_TIMEOUTS} if self._client is not None else {},
            )
            if self._transport is not None:
                response = await self._transport.handle_async_request(message)
            else:
                assert self._client is not None  # noqa: S101 - a carrier is one of the two
                response = await self._client.send(
                    message, stream=True, auth=None, follow_redirects=False
                )
            try:
                content = await self._read(response, sink if response.is_success else None)
            finally:
                await response.aclose()
        except self._library.not_sent as error:
            raise Unsent(_described(error)) from error
        except self._library.maybe_sent as error:
            raise Lost(_described(error)) from error
        return Response(response.status_code, response.headers, content)

    async def _read(self, response: httpx.Response, sink: Sink | None) -> bytes:
        """The body; empty if `sink` takes it."""
        if sink is not None:
            await sink.begin()
        # An answer that a mock, or a hook of a borrowed client, has read already.
        if response.is_stream_consumed and not isinstance(response.stream, self._library.held):
            if sink is not None:
                await sink.write(response.content)
                return b""
            self._check_size(len(response.content))
            return response.content
        encoding = response.headers.get("content-encoding", "").strip().lower()
        inflater = None if encoding in ("", "identity", "none") else _inflater(encoding)
        parts: list[bytes] = []
        chunks = aiter(_chunks(response, self._library))
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
            await _abandon(chunks, self._library)
            raise
        except CorruptStream as error:
            await _abandon(chunks, self._library)
            raise Lost(f"the answer is not in {encoding} as it says: {error}") from None
        return b"".join(parts)

    def _check_size(self, size: int) -> None:
        if size > self._largest_body:
            raise TooLarge(f"the answer is larger than {self._largest_body:,} bytes")


def _single_connection(library: Library, server: Server) -> httpx.AsyncHTTPTransport:
    proxy = _proxy(server.origin)
    if proxy is None and library.name == "httpx":
        # It brings httpcore, which a program that sends nothing does not need.
        from agilekit.session.httpcore_network import connection_of

        return connection_of(library.ssl_context(), kept_idle=_KEPT_IDLE)
    try:
        return library.connection(
            verify=library.ssl_context(),
            proxy=proxy,
            limits=library.limits(
                max_connections=1, max_keepalive_connections=1, keepalive_expiry=_KEPT_IDLE
            ),
        )
    except (ValueError, ImportError, library.invalid_url):
        # The proxy's address may hold a password, so it is not shown.
        raise InvalidInput("the proxy that the environment names cannot be used") from None


def _proxy(origin: str) -> str | None:
    """The proxy that the environment names (``HTTPS_PROXY``, ``NO_PROXY``, …)."""
    parts = urlsplit(origin)
    host = parts.hostname or ""
    proxies = getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all")
    return None if not found or is_loopback(host) or proxy_bypass(host) else found


def _host_header(url: str) -> Pairs:
    return (("Host", urlsplit(url).netloc.rpartition("@")[2]),)


async def _abandon(chunks: AsyncIterator[bytes], library: Library) -> None:
    """Ends a stream that is not read to its end, with every iterator that it is made of."""
    with anyio.CancelScope() as scope, suppress(StopAsyncIteration, *library.maybe_sent):
        scope.cancel()
        await anext(chunks)
    if isinstance(chunks, AsyncGenerator):
        await chunks.aclose()


def _chunks(response: httpx.Response, library: Library) -> httpx.AsyncByteStream:
    """The body as it came over the wire."""
    stream = response.stream
    if isinstance(stream, library.stream):
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
