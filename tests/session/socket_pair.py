"""Both ends of a connection on this machine, and what goes from one to the other."""

from __future__ import annotations

import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import anyio
from anyio.abc import ByteStream, SocketAttribute, SocketStream

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
