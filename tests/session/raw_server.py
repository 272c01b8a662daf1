"""Servers over real sockets that say anything at all, and clients of them on each carrier."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import TypeAlias

import anyio
from anyio.abc import ByteStream, Listener, SocketAttribute, SocketStream, TaskGroup
from anyio.streams.tls import TLSStream

from agilekit import EventHook, FlyingDonut
from agilekit.session.http_library import HttpLibrary
from tests.session.scripted import SECRET

Talk: TypeAlias = Callable[[ByteStream], Awaitable[None]]


def donut(
    url: str,
    http: HttpLibrary,
    *,
    retries: int = 0,
    timeout: float = 30,
    on_event: EventHook | None = None,
) -> FlyingDonut:
    return FlyingDonut(
        "p",
        secret=SECRET,
        username="u",
        base_url=url,
        http=http,
        retries=retries,
        timeout=timeout,
        concurrency=1,
        on_event=on_event,
    )


class RawServer:
    """Says anything at all to each connection; gives its URL when it is entered."""

    def __init__(
        self, talk: Talk, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
    ) -> None:
        self._talk = talk
        self._tls = tls
        self._host = host
        self._tasks: TaskGroup
        self.connections: int = 0

    async def __aenter__(self) -> str:
        listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
        self._tasks = anyio.create_task_group()
        await self._tasks.__aenter__()
        self._tasks.start_soon(self._listen, listener)
        port = listener.listeners[0].extra(attribute=SocketAttribute.local_port)
        return f"http{'s' if self._tls else ''}://{self._host}:{port}/api"

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._tasks.cancel_scope.cancel()
        await self._tasks.__aexit__(None, None, None)

    async def _listen(self, listener: Listener[SocketStream]) -> None:
        async with listener:
            await listener.serve(self._attend, self._tasks)

    async def _attend(self, stream: SocketStream) -> None:
        self.connections += 1
        async with stream:
            with suppress(anyio.EndOfStream, anyio.BrokenResourceError, ssl.SSLError):
                await self._talk(await self._wrapped(stream))

    async def _wrapped(self, stream: SocketStream) -> ByteStream:
        if self._tls is None:
            return stream
        return await TLSStream.wrap(
            stream, server_side=True, ssl_context=self._tls, standard_compatible=False
        )


def answering(content: bytes) -> Talk:
    async def talk(stream: ByteStream) -> None:
        await stream.receive()
        await stream.send(content)

    return talk
