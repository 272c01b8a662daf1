"""A slot limits the requests in flight and owns a connection, whatever happens to its request."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from types import TracebackType

import anyio
import pytest

from agilekit import AgilekitError, FlyingDonut
from agilekit.sandbox import Faults, Sandbox
from agilekit.session.connection import Connection, Lost, Sink
from agilekit.session.http_library import http_named
from agilekit.session.pool import Slots
from agilekit.wire.credential import Pairs
from agilekit.wire.request import Request
from agilekit.wire.response import Response
from tests.session.scripted import Say, Scripted, donut_at

pytestmark = pytest.mark.anyio


class Reached:
    """A client of a sandbox, in process or over loopback sockets by one of the carriers."""

    def __init__(self, sandbox: Sandbox, concurrency: int, way: str) -> None:
        self._sandbox = sandbox
        self._concurrency = concurrency
        self._way = way
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> FlyingDonut:
        url, http = None, None
        if self._way != "process":
            url = (await self._stack.enter_async_context(self._sandbox.serve())).url
            http = http_named(self._way)
        arguments = self._sandbox.flyingdonut.arguments(url)
        client = FlyingDonut(**arguments, concurrency=self._concurrency, http=http)
        return await self._stack.enter_async_context(client)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)


@pytest.mark.parametrize("concurrency", [1, 3, 16])
async def test_at_most_so_many_requests_are_in_flight(concurrency: int) -> None:
    server = Scripted(Say({}, after=0.001))
    async with donut_at(server, concurrency=concurrency) as donut:
        await all_at_once(donut, 50)
    assert server.most_in_flight == concurrency
    assert len(server.requests) == 50


async def all_at_once(donut: FlyingDonut, count: int) -> None:
    async with anyio.create_task_group() as tasks:
        for _ in range(count):
            tasks.start_soon(donut.project.get)


@pytest.mark.quick(2)
@pytest.mark.parametrize("way", ["process", "httpx", "fast"])
async def test_no_cancellation_costs_a_slot(way: str) -> None:
    sandbox = Sandbox("empty", faults=Faults(latency=0.002))
    chance = random.Random(7)

    async def cancelled(call: Callable[[], Awaitable[object]]) -> None:
        with anyio.move_on_after(chance.choice([0, 0.0005, 0.001, 0.002, 0.003, 0.006])):
            await call()

    async with Reached(sandbox, 4, way) as donut:
        bucket = (await donut.buckets.all())[0]
        async with anyio.create_task_group() as tasks:
            for _ in range(300):
                write = chance.random() < 0.3
                tasks.start_soon(
                    cancelled,
                    (lambda: donut.cards.create(bucket, title="T")) if write else donut.project.get,
                )
                if chance.random() < 0.5:
                    await anyio.sleep(0.001)
        sandbox.faults = Faults(latency=0.05)
        handled = sandbox.count()
        with anyio.fail_after(10):
            await all_at_once(donut, 8)
        assert sandbox.count() >= handled + 8
        # Nobody has met an answer that was meant for a request before.
        sandbox.faults = Faults()
        for _ in range(8):
            assert (await donut.buckets.get(bucket)).id == bucket.id
            assert (await donut.project.get()).id == donut.project_id


@pytest.mark.parametrize("way", ["process", "httpx", "fast"])
async def test_every_slot_still_works_after_each_fault(way: str) -> None:
    sandbox = Sandbox("empty")
    async with Reached(sandbox, 2, way) as donut:
        await donut.project.get()
        for faults in (
            Faults(drop_before=1),
            Faults(drop_after=1),
            Faults(cut_body=1),
            Faults(garbage=1),
            Faults(error_before=1),
        ):
            sandbox.faults = faults
            for _ in range(3):
                with pytest.raises(AgilekitError):
                    await donut.cards.create(next(iter(buckets(sandbox))), title="T")
        sandbox.faults = Faults()
        await all_at_once(donut, 6)
        assert (await donut.project.get()).id == donut.project_id


def buckets(sandbox: Sandbox) -> list[str]:
    donut = sandbox.flyingdonut
    return [*donut.projects[donut.project_id].buckets]


class Recorded:
    """A connection that notes what becomes of it."""

    def __init__(self, made: list[Recorded]) -> None:
        made.append(self)
        self.closed = False

    @property
    def maybe_received(self) -> bool:
        raise NotImplementedError

    async def exchange(
        self, request: Request, *, added: Pairs = (), sink: Sink | None = None
    ) -> Response:
        raise NotImplementedError

    async def aclose(self) -> None:
        await anyio.lowlevel.checkpoint()
        self.closed = True


@asynccontextmanager
async def taken(slots: Slots) -> AsyncGenerator[Connection]:
    """A connection as an attempt takes it, and gives it back."""
    connection = await slots.acquire()
    try:
        yield connection
    except BaseException:
        await slots.discard(connection)
        raise
    await slots.release(connection)


async def test_a_clean_connection_is_used_again_the_latest_first() -> None:
    made: list[Recorded] = []
    slots = Slots(2, lambda: Recorded(made))
    async with taken(slots) as first, taken(slots) as second:
        assert first is not second
    async with taken(slots) as again:
        assert again is first
    assert len(made) == 2
    await slots.aclose()
    assert all(connection.closed for connection in made)


async def test_a_connection_whose_request_did_not_end_cleanly_is_replaced() -> None:
    made: list[Recorded] = []
    slots = Slots(1, lambda: Recorded(made))
    with pytest.raises(Lost):
        async with taken(slots):
            raise Lost
    with anyio.CancelScope() as scope:
        async with taken(slots):
            scope.cancel()
            await anyio.sleep_forever()
    async with taken(slots):
        assert [connection.closed for connection in made] == [True, True, False]


async def test_a_connection_that_comes_back_after_the_end_is_closed() -> None:
    made: list[Recorded] = []
    slots = Slots(1, lambda: Recorded(made))
    async with taken(slots):
        await slots.aclose()
    assert [connection.closed for connection in made] == [True]


async def test_a_connection_that_cannot_be_made_does_not_cost_its_slot() -> None:
    made: list[Recorded] = []

    def connect() -> Recorded:
        if not made:
            made.append(Recorded([]))
            raise KeyError
        return Recorded(made)

    slots = Slots(1, connect)
    with pytest.raises(KeyError):
        async with taken(slots):
            raise AssertionError("there is no connection")
    with anyio.fail_after(1):
        async with taken(slots):
            pass


async def test_who_waits_for_a_slot_and_is_cancelled_takes_none() -> None:
    made: list[Recorded] = []
    slots = Slots(1, lambda: Recorded(made))
    async with taken(slots):
        for _ in range(5):
            with anyio.move_on_after(0.001):
                async with taken(slots):
                    raise AssertionError("two at once")
    with anyio.fail_after(1):
        async with taken(slots):
            assert len(made) == 1


async def test_the_pool_shows_how_many_slots_are_in_use() -> None:
    slots = Slots(3, lambda: Recorded([]))
    async with taken(slots):
        assert repr(slots) == "<Slots: 1 of 3 in use, 0 idle>"
    assert repr(slots) == "<Slots: 0 of 3 in use, 1 idle>"
    await slots.aclose()
    assert repr(slots) == "<Slots: 0 of 3 in use, 0 idle, closed>"


async def test_who_does_not_want_to_wait_is_told_that_no_slot_is_free() -> None:
    slots = Slots(1, lambda: Recorded([]))
    first = slots.acquire_nowait()
    assert first is not None
    assert slots.acquire_nowait() is None
    await slots.release(first)
    assert slots.acquire_nowait() is first
