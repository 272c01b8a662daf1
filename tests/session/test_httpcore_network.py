"""The sockets below httpx: what becomes of errors, and that they are used at all."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import httpcore
import httpx
import pytest
from anyio.abc import SocketAttribute, SocketStream

from agilekit.session.http_library import library
from agilekit.session.httpcore_network import Network, use_network
from agilekit.session.sockets import has_input

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def connected() -> AsyncGenerator[tuple[httpcore.AsyncNetworkStream, SocketStream]]:
    """Both ends of a connection."""
    opened, accepted = anyio.create_memory_object_stream[SocketStream](1)

    async def accept(stream: SocketStream) -> None:
        async with stream:
            await opened.send(stream)
            await anyio.sleep_forever()

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.listeners[0].extra(SocketAttribute.local_port)
    async with listener, opened, accepted, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, accept)
        ours = await Network().connect_tcp("127.0.0.1", port)
        theirs = await accepted.receive()
        yield ours, theirs
        await ours.aclose()
        await theirs.aclose()
        tasks.cancel_scope.cancel()


async def test_what_is_written_arrives_and_what_arrives_is_read() -> None:
    async with connected() as (ours, theirs):
        await ours.write(b"")
        await ours.write(b"hello")
        assert await theirs.receive() == b"hello"
        assert not ours.get_extra_info("is_readable")
        await theirs.send(b"bytes")
        assert await ours.read(3) == b"bytes"  # or the rest would be where no socket shows it
        assert isinstance(ours.get_extra_info("socket").fileno(), int)
        assert ours.get_extra_info("ssl_object") is None
        assert ours.get_extra_info("anything else") is None


async def test_the_end_of_a_connection_can_be_read() -> None:
    async with connected() as (ours, theirs):
        await theirs.aclose()
        assert await ours.read(10) == b""
        assert ours.get_extra_info("is_readable")


async def test_a_connection_that_breaks_is_an_error_of_httpcore() -> None:
    async with connected() as (ours, theirs):
        # Closed with a reset, at which reading and writing fail.
        raw = theirs.extra(SocketAttribute.raw_socket)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        await anyio.aclose_forcefully(theirs)
        with pytest.raises(httpcore.ReadError):
            await ours.read(10)
        with pytest.raises(httpcore.WriteError):
            await ours.write(b"x" * 10_000_000)


async def test_a_closed_connection_is_an_error_of_httpcore_and_has_input() -> None:
    async with connected() as (ours, _):
        await ours.aclose()
        assert ours.get_extra_info("is_readable")
        with pytest.raises(httpcore.ReadError):
            await ours.read(10)
        with pytest.raises(httpcore.WriteError):
            await ours.write(b"x")


async def test_a_server_that_is_not_there_is_an_error_of_httpcore(free_tcp_port: int) -> None:
    with pytest.raises(httpcore.ConnectError):
        await Network().connect_tcp("127.0.0.1", free_tcp_port)


async def test_tls_that_fails_closes_the_socket() -> None:
    async with connected() as (ours, theirs), anyio.create_task_group() as tasks:
        tasks.start_soon(theirs.send, b"this is not TLS, and long enough to be read as a record")
        with pytest.raises(httpcore.ConnectError):
            await ours.start_tls(ssl.create_default_context(), "localhost")
        assert has_input(ours.get_extra_info("socket"))


async def test_tls_that_is_cancelled_closes_the_socket() -> None:
    async with connected() as (ours, _):
        with anyio.move_on_after(0.01):
            await ours.start_tls(ssl.create_default_context(), "localhost")
        assert has_input(ours.get_extra_info("socket"))


async def test_httpx_sends_over_them() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    async def serve(stream: SocketStream) -> None:
        async with stream:
            await stream.receive()
            await stream.send(answer)
            await anyio.sleep_forever()

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.listeners[0].extra(SocketAttribute.local_port)
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, serve)
        transport = httpx.AsyncHTTPTransport()
        use_network(transport, library("httpx"))
        async with transport:
            request = httpx.Request("GET", f"http://127.0.0.1:{port}/")
            response = await transport.handle_async_request(request)
            assert await response.aread() == b"ok"
            # It tells of its socket, as no stream of httpcore's own does under this name.
            stream = response.extensions["network_stream"]
            assert stream.__class__.__module__ == "agilekit.session.httpcore_network"
            await response.aclose()
        tasks.cancel_scope.cancel()
