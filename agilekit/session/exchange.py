"""One request and its answer over a `Carrier`: signed, redirected, and its body read."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import anyio.lowlevel
from attrs import evolve

from agilekit.session.carrier import Carrier, Incoming
from agilekit.session.connection import Lost, Sink, TooLarge, Unsent
from agilekit.wire.credential import Credential, Pairs
from agilekit.wire.inflate import ENCODINGS, CorruptStream, Inflater
from agilekit.wire.redirects import Redirect
from agilekit.wire.request import Request, Server
from agilekit.wire.response import Response
from agilekit.wire.urls import origin_of

__all__ = ["Exchanges"]

_MOST_REDIRECTS: Final = 5


class Exchanges:
    """A connection: what goes over its carrier, one exchange at a time."""

    def __init__(
        self, carrier: Carrier, server: Server, credential: Credential, largest_body: int
    ) -> None:
        self._carrier = carrier
        self._server = server
        self._credential = credential
        self._largest_body = largest_body
        self._host = _host_header(server.origin)
        self._answered = False

    def __repr__(self) -> str:
        return f"<{self._carrier!r} to {self._server.origin}>"

    @property
    def maybe_received(self) -> bool:
        return self._answered or self._carrier.maybe_received

    async def exchange(
        self, request: Request, *, added: Pairs = (), sink: Sink | None = None
    ) -> Response:
        """Follows the redirects of a read; returns the one that is not followed as it is."""
        self._answered = False
        url = self._credential.signed(request.url, writes=request.writes)
        headers = self._host + self._credential.headers_of(writes=request.writes) + added
        response = await self._once(request, url, headers, sink)
        if 300 <= response.status < 400:
            self._answered = True
            return await self._follow(request, url, response, added, sink)
        return response

    async def aclose(self) -> None:
        await self._carrier.aclose()

    async def _follow(
        self, request: Request, url: str, response: Response, added: Pairs, sink: Sink | None
    ) -> Response:
        """
        url: which the response is of, a redirect.
        """
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
                headers = self._host + self._credential.headers_of(writes=False) + added
            else:  # the credential is for the origin of the base URL only
                url, headers = redirect.url, _host_header(redirect.url)
            try:
                response = await self._once(request, url, headers, sink)
            except Unsent as error:
                raise Lost(f"{origin_of(url)}, where a redirect leads: {error}") from error
            if not redirect.same_origin:
                note = f"by redirect, from {origin_of(url)}"
                response = evolve(response, note=note, is_cross_origin=True)
        return response

    def _redirect(self, url: str, response: Response) -> Redirect:
        location = response.headers.get("location")
        redactor = self._credential.redactor
        redirect = Redirect.to(location, url=url, server=self._server, redactor=redactor)
        if self._carrier.takes(redirect.url):
            return redirect
        return Redirect.to(None, url=url, server=self._server, redactor=redactor)

    async def _once(
        self, request: Request, url: str, headers: Pairs, sink: Sink | None
    ) -> Response:
        """Sends one message and reads what it is answered with, redirects too."""
        incoming = await self._carrier.send(request, url, headers)
        succeeded = 200 <= incoming.status < 300
        try:
            body = await self._read(incoming, sink if succeeded else None)
        finally:
            await incoming.aclose()
        return Response(incoming.status, incoming.headers, body)

    async def _read(self, incoming: Incoming, sink: Sink | None) -> bytes:
        """The body; empty if `sink` takes it."""
        is_plain = incoming.encoding in ("", "identity", "none")
        if sink is None and is_plain and incoming.body is not None:  # as nearly all are
            self._check_size(len(incoming.body))
            return incoming.body
        if sink is not None:
            await sink.begin()
        inflater = None if is_plain else _inflater(incoming.encoding)
        parts: list[bytes] = []
        size = 0
        try:
            async for raw in incoming:
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
        except CorruptStream as error:
            why = f"the answer is not in {incoming.encoding} as it says: {error}"
            raise Lost(why) from None
        return b"".join(parts)

    def _check_size(self, size: int) -> None:
        if size > self._largest_body:
            raise TooLarge(f"the answer is larger than {self._largest_body:,} bytes")


def _host_header(url: str) -> Pairs:
    return (("Host", urlsplit(url).netloc.rpartition("@")[2]),)


def _inflater(encoding: str) -> Inflater:
    if encoding not in ENCODINGS:
        # A name that is cut could hold a part of a secret, which is not recognised.
        named = f"the encoding {encoding}" if len(encoding) <= 20 else "an encoding"
        raise Lost(f"the answer came in {named}, which was not asked for")
    return Inflater(encoding)
