"""A stream of asyncio that is read from while nobody receives."""

from __future__ import annotations

import errno
import os
from importlib.util import find_spec
from typing import Final

import anyio
import pytest
from anyio.abc import SocketAttribute, SocketStream

from agilekit.session import asyncio_stream
from agilekit.session.asyncio_stream import AsyncioStream
from agilekit.session.sockets import has_input
from tests.session.socket_pair import HELD, LONG, connected, secured, sent_while_read

_LOOPS: Final = [
    pytest.param(("asyncio", {"use_uvloop": False}), id="asyncio"),
    pytest.param(
        ("asyncio", {"use_uvloop": True}),
        id="uvloop",
        marks=pytest.mark.skipif(
            find_spec("uvloop") is None, reason="uvloop is not installed, as on Windows"
        ),
    ),
]
pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", _LOOPS)]

taken_over = AsyncioStream.of


async def settled() -> None:
    """What was sent has come, and the loop has seen it."""
    await anyio.sleep(0.01)


async def test_all_of_it_arrives_once_and_in_order() -> None:
    async with connected(taken_over) as (ours, theirs):
        found = await sent_while_read(ours, theirs, b"begin,", LONG, b"more,", b"end")
    assert found == b"begin," + LONG + b"more,end"


async def test_what_was_cut_off_is_not_overtaken() -> None:
    async with connected(taken_over) as (ours, theirs):
        with anyio.move_on_after(0.05) as scope:
            await ours.send(LONG)
        assert scope.cancelled_caught
        found = os.read(theirs.extra(SocketAttribute.raw_socket).fileno(), len(LONG))
        found += await sent_while_read(ours, theirs, b"more,", b"end")
    assert found == LONG + b"more,end"


async def test_what_comes_while_nobody_receives_is_kept_and_seen() -> None:
    async with connected(taken_over) as (ours, theirs):
        assert not ours.has_received
        await theirs.send(b"one")
        await settled()
        assert ours.has_received
        await theirs.send(b"two")
        await settled()
        assert [await ours.receive(), await ours.receive()] == [b"one", b"two"]
        assert not ours.has_received


async def test_only_so_much_is_kept_of_what_nobody_receives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asyncio_stream, "_MOST_KEPT", HELD)
    found = b""
    async with connected(taken_over) as (ours, theirs), anyio.create_task_group() as tasks:
        tasks.start_soon(theirs.send, LONG)
        await settled()
        # The rest is with the kernel, and whoever sends waits.
        assert has_input(ours.extra(SocketAttribute.raw_socket))
        while len(found) < len(LONG):
            found += await ours.receive()
    assert found == LONG


async def test_what_came_before_the_end_is_received_before_it() -> None:
    async with connected(taken_over) as (ours, theirs):
        await theirs.send(b"last words")
        await theirs.send_eof()
        await settled()
        assert ours.has_received
        assert await ours.receive() == b"last words"
        assert ours.has_received
        with pytest.raises(anyio.EndOfStream):
            await ours.receive()
        await ours.send(b"heard")
        assert await theirs.receive() == b"heard"
        await ours.send_eof()
        with pytest.raises(anyio.EndOfStream):
            await theirs.receive()


async def test_whoever_waits_hears_of_bytes_of_the_end_and_of_a_break() -> None:
    async with connected(taken_over) as (ours, theirs), anyio.create_task_group() as tasks:

        async def say() -> None:
            await settled()
            await theirs.send(b"hello")
            await settled()
            await anyio.aclose_forcefully(theirs)

        tasks.start_soon(say)
        assert await ours.receive() == b"hello"
        with pytest.raises(anyio.EndOfStream):
            await ours.receive()
        await ours.send(b"hello")  # which the closed socket answers
        await settled()
        await ours.send(b"hello")  # which asyncio finds out to be in vain
        with pytest.raises(anyio.BrokenResourceError):
            await ours.receive()
        with pytest.raises(anyio.BrokenResourceError):
            await ours.send(b"hello")


async def test_who_gives_up_receiving_loses_nothing() -> None:
    async with connected(taken_over) as (ours, theirs):
        with anyio.move_on_after(0.01) as scope:
            await ours.receive()
        assert scope.cancelled_caught
        await theirs.send(b"late")
        assert await ours.receive() == b"late"


async def test_who_waits_for_room_hears_that_the_stream_was_closed() -> None:
    async with connected(taken_over) as (ours, _), anyio.create_task_group() as tasks:

        async def send() -> None:
            with pytest.raises(anyio.ClosedResourceError):
                await ours.send(LONG)

        tasks.start_soon(send)
        await settled()
        await ours.aclose()
        with pytest.raises(anyio.ClosedResourceError):
            await ours.send(b"hello")
        await settled()
        with pytest.raises(anyio.ClosedResourceError):
            await ours.receive()


async def test_the_socket_has_one_number_once_it_is_taken_over() -> None:
    made: list[SocketStream] = []

    async def take(stream: SocketStream) -> AsyncioStream:
        made.append(stream)
        return await AsyncioStream.of(stream)

    async with connected(take) as (ours, theirs):
        await settled()
        assert made[0].extra(SocketAttribute.raw_socket).fileno() == -1
        number = ours.extra(SocketAttribute.raw_socket).fileno()
        assert os.get_blocking(number) is False
        await ours.aclose()
        with pytest.raises(anyio.EndOfStream):
            await theirs.receive()


async def test_who_gives_up_while_a_socket_is_taken_over_leaves_none_open() -> None:
    numbers: list[int] = []

    async def take(stream: SocketStream) -> AsyncioStream:
        numbers.append(stream.extra(SocketAttribute.raw_socket).fileno())
        with anyio.CancelScope() as scope:
            scope.cancel()
            await AsyncioStream.of(stream)
        await settled()
        return await AsyncioStream.of(stream)  # there is no socket any more

    with pytest.raises(ExceptionGroup) as raised:
        async with connected(take):
            pass
    assert raised.group_contains(OSError, match="Bad file descriptor")


async def test_where_no_more_files_can_be_opened_the_connection_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_: int) -> int:
        raise OSError(errno.EMFILE, "Too many open files")

    async with connected(taken_over) as (_, theirs):
        port = theirs.extra(SocketAttribute.remote_port)
        stream = await anyio.connect_tcp("127.0.0.1", port)
        with monkeypatch.context() as patch:
            patch.setattr(os, "dup", refuse)
            with pytest.raises(OSError, match="Too many"):
                await AsyncioStream.of(stream)
        await settled()
        assert stream.extra(SocketAttribute.raw_socket).fileno() == -1


async def test_over_tls_too_all_of_it_arrives_once_and_in_order() -> None:
    async with connected(taken_over) as (ours, theirs):
        secret, their_secret = await secured(ours, theirs)
        found = await sent_while_read(secret, their_secret, b"begin,", LONG, b"end")
    assert found == b"begin," + LONG + b"end"
