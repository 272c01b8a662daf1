"""Both ends of a connection on this machine, and what goes from one to the other."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import anyio
import trustme
from anyio.abc import ByteStream, SocketAttribute, SocketStream
from anyio.streams.tls import TLSAttribute, TLSStream

from agilekit.session.sockets import start_tls

S = TypeVar("S", bound=ByteStream)

HELD = 32_768  # bytes that each of the two sockets holds, or twice as many
# Far more than both hold, and no part of it is like another.
LONG = b"".join(b"%d," % number for number in range(200_000))


@asynccontextmanager
async def connected(
    make: Callable[[SocketStream], Awaitable[S]],
) -> AsyncGenerator[tuple[S, SocketStream]]:
    """Both ends of a connection, of which the first is made of anyio's stream."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.listeners[0].extra(SocketAttribute.local_port)
    accepted, accepting = anyio.create_memory_object_stream[SocketStream](1)

    async def accept(stream: SocketStream) -> None:
        async with stream:
            await accepted.send(stream)
            await anyio.sleep_forever()

    async with listener, accepted, accepting, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, accept)
        # Of the two, this one reads nothing before it is asked to.
        async with (
            await anyio.connect_tcp("127.0.0.1", port) as theirs,
            await make(await accepting.receive()) as ours,
        ):
            for stream, buffer in ((ours, socket.SO_SNDBUF), (theirs, socket.SO_RCVBUF)):
                raw = stream.extra(SocketAttribute.raw_socket)
                raw.setsockopt(socket.SOL_SOCKET, buffer, HELD)
            yield ours, theirs
        tasks.cancel_scope.cancel()


async def all_from(stream: ByteStream) -> bytes:
    found: list[bytes] = []
    while not found or not found[-1].endswith(b"end"):
        found.append(await stream.receive())
    return b"".join(found)


async def sent_while_read(ours: ByteStream, theirs: ByteStream, *items: bytes) -> bytes:
    """What arrives of them, of which the last one is the end."""
    found = b""

    async def read() -> None:
        nonlocal found
        found = await all_from(theirs)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(read)
        for item in items:
            await ours.send(item)
    return found


async def secured(ours: ByteStream, theirs: ByteStream) -> tuple[TLSStream, TLSStream]:
    """TLS between both ends, of which the second is the server."""
    authority = trustme.CA()
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate = authority.issue_cert("localhost")
    certificate.configure_cert(serving)  # pyright: ignore[reportUnknownMemberType]
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)  # pyright: ignore[reportUnknownMemberType]
    streams: list[TLSStream] = []

    async def serve() -> None:
        streams.append(await TLSStream.wrap(theirs, server_side=True, ssl_context=serving))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(serve)
        streams.append(await start_tls(ours, "localhost", trusting))
    ours_first = sorted(streams, key=lambda stream: stream.extra(TLSAttribute.server_side))
    return ours_first[0], ours_first[1]
