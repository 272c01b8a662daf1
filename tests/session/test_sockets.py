"""Streams on sockets: every byte leaves once, and in its order, however little the kernel takes."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

import anyio
import pytest
from anyio.abc import SocketAttribute, SocketStream

from agilekit.session.sockets import DirectStream
from tests.session.socket_pair import HELD, LONG, connected, secured, sent_while_read

pytestmark = pytest.mark.anyio


async def direct(stream: SocketStream) -> DirectStream:
    return DirectStream(stream)


async def test_all_of_it_arrives_once_and_in_order() -> None:
    async with connected(direct) as (ours, theirs):
        found = await sent_while_read(ours, theirs, b"begin,", LONG, b"more,", b"end")
    assert found == b"begin," + LONG + b"more,end"


async def test_what_the_kernel_does_not_take_at_once_follows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write = os.write

    def take_three(number: int, item: bytes) -> int:
        return write(number, item[:3])

    monkeypatch.setattr(os, "write", take_three)
    async with connected(direct) as (ours, theirs):
        found = await sent_while_read(ours, theirs, b"begin,", b"more,", b"the end")
    assert found == b"begin,more,the end"


async def test_what_was_cut_off_is_not_overtaken() -> None:
    async with connected(direct) as (ours, theirs):
        with anyio.move_on_after(0.05) as scope:
            await ours.send(LONG)
        assert scope.cancelled_caught
        # The kernel has room again before anyio's stream has seen that.
        found = os.read(theirs.extra(SocketAttribute.raw_socket).fileno(), len(LONG))
        found += await sent_while_read(ours, theirs, b"more,", b"end")
    before = found.removesuffix(b"more,end")
    assert len(before) < len(found)
    assert LONG.startswith(before)


async def test_a_socket_that_takes_nothing_at_first_gets_all_later() -> None:
    async with connected(direct) as (ours, theirs):
        number = ours.extra(SocketAttribute.raw_socket).fileno()
        filled = 0
        with suppress(BlockingIOError):
            while True:
                filled += os.write(number, bytes(HELD))
        found = await sent_while_read(ours, theirs, b"the ", b"end")
    assert found == bytes(filled) + b"the end"


async def test_whoever_sends_to_a_peer_that_has_closed_is_told() -> None:
    async with connected(direct) as (ours, theirs):
        await anyio.aclose_forcefully(theirs)
        await anyio.sleep(0.01)  # that it has closed has arrived
        with suppress(anyio.BrokenResourceError):
            await ours.send(b"hello")  # which the closed socket answers
            await anyio.sleep(0.01)
        with pytest.raises(anyio.BrokenResourceError):
            await ours.send(b"hello")


async def test_nothing_is_sent_by_a_stream_that_was_closed() -> None:
    async with connected(direct) as (ours, _):
        await ours.aclose()
        with pytest.raises(anyio.ClosedResourceError):
            await ours.send(b"hello")


async def test_where_no_number_of_a_socket_can_be_written_to_all_goes_by_the_stream_of_anyio(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with connected(direct) as (ours, theirs):
        with monkeypatch.context() as patch:
            patch.setattr(sys, "platform", "win32")
            windows = DirectStream(ours._stream)  # pyright: ignore[reportPrivateUsage]
        monkeypatch.setattr(os, "write", None)
        assert await sent_while_read(windows, theirs, LONG, b"end") == LONG + b"end"


async def test_over_tls_too_all_of_it_arrives_once_and_in_order() -> None:
    async with connected(direct) as (ours, theirs):
        secret, their_secret = await secured(ours, theirs)
        found = await sent_while_read(secret, their_secret, b"begin,", LONG, b"end")
    assert found == b"begin," + LONG + b"end"
