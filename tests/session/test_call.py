"""One call under way, over real connections: what is known of it whenever it is given up."""

from __future__ import annotations

import anyio
import pytest
from anyio.abc import ByteStream
from anyio.lowlevel import checkpoint

from agilekit.events import Attempt, Event
from agilekit.session.http_library import HttpLibrary
from tests.session.raw_server import RawServer, donut
from tests.session.test_fast_carrier import card

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


@pytest.mark.parametrize("is_warm", [False, True])
async def test_who_gives_up_at_any_moment_is_told_whether_the_server_may_have_the_write(
    http: HttpLibrary, is_warm: bool
) -> None:
    received: list[bytes] = []

    async def talk(stream: ByteStream) -> None:
        while True:
            asked = await stream.receive()
            if asked.startswith((b"GET", b"POST")):  # httpx sends a body by itself
                received.append(asked)
                await stream.send(card(len(received)))

    async def give_up_after(passes: int) -> bool:
        """Whether the write was made before."""
        events: list[Event] = []
        async with donut(url, http, on_event=events.append) as client:
            if is_warm:
                await client.cards.get("c")
            before, made = len(received), False
            events.clear()

            async def write() -> None:
                nonlocal made
                await client.cards.create("b", title="T")
                made = True

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(write)
                for _ in range(passes):
                    await checkpoint()
                tasks.cancel_scope.cancel()
            await anyio.sleep(0.005)  # what was sent has come
            attempts = [event for event in events if isinstance(event, Attempt)]
            told = bool(attempts) and attempts[-1].maybe_received
            assert told or len(received) == before
            (certain if not told else uncertain).append(passes)
            assert (await client.cards.get("c")).cid == len(received)
        return made

    certain: list[int] = []
    uncertain: list[int] = []
    async with RawServer(talk) as url:
        passes = 0
        while not await give_up_after(passes):
            passes += 1
    assert certain
    assert len(uncertain) > 1
