"""Large answers are decoded beside the event loop, within the deadline of the call."""

from __future__ import annotations

import threading
import time
from collections.abc import Awaitable, Callable
from typing import Final

import anyio
import anyio.to_thread
import pytest

from agilekit import CallError, DeadlineExceeded, DecodeError, UnknownOutcome
from agilekit.session.client import Client
from agilekit.session.session import Session
from agilekit.wire.credential import Credential
from agilekit.wire.dialect import Dialect
from agilekit.wire.json import JSON
from agilekit.wire.route import Route
from tests.session.scripted import SECRET, Say, Scripted

pytestmark = pytest.mark.anyio

SMALL: Final = [{"id": 1}]
LARGE: Final = [{"id": n, "text": "x" * 1000} for n in range(1200)]
XML: Final = b"<a type='array'>" + b"<b><id>1</id></b>" * 70_000 + b"</a>"


def session_at(body: object, *, deadline: float = 120, dialect: Dialect | None = None) -> Session:
    credential = Credential.in_header("Authorization", "secret", SECRET, what="secret")
    return Session(
        "https://host/api",
        credential,
        dialect or Dialect(),
        transport=Scripted(Say(body)),
        deadline=deadline,
    )


class Plain(Client):
    """A client without a service."""

    def __init__(self, session: Session) -> None:
        self._session = session


class Threads:
    """Decodes a list, and notes where."""

    def __init__(self) -> None:
        self.used: list[threading.Thread] = []

    def __call__(self, data: JSON) -> list[JSON]:
        self.used.append(threading.current_thread())
        assert isinstance(data, list)
        return data


@pytest.mark.parametrize(("body", "beside"), [(SMALL, False), (LARGE, True)])
async def test_a_large_answer_is_decoded_in_a_thread(body: list[JSON], beside: bool) -> None:
    decode = Threads()
    read = Route[list[JSON]]("Read", "GET", "/things", decode)
    write = Route[list[JSON]]("Write", "POST", "/things", decode)
    async with session_at(body) as session:
        assert await session.call(read, {}) == body
        assert await session.call(write, {}, {}) == body
        assert await session.listing(read, {}) == body
    here = threading.current_thread()
    assert [thread is not here for thread in decode.used] == [beside] * 3


async def test_a_large_answer_in_xml_is_decoded_in_a_thread() -> None:
    decode = Threads()
    read = Route[list[JSON]]("Read", "GET", "/things", decode)
    async with session_at(XML, dialect=Dialect(format="xml")) as session:
        assert len(await session.call(read, {})) == 70_000
    assert decode.used[0] is not threading.current_thread()


async def test_where_there_can_be_no_more_threads_a_large_answer_is_decoded_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(anyio.to_thread, "run_sync", refuse)
    decode = Threads()
    async with session_at(LARGE) as session:
        assert await session.call(Route("Write", "POST", "/things", decode), {}, {}) == LARGE
    assert decode.used == [threading.current_thread()]


async def test_what_fails_in_a_thread_is_not_done_again() -> None:
    count = 0

    def fail(_: JSON) -> None:
        nonlocal count
        count += 1
        raise RuntimeError("by the decoder")

    async with session_at(LARGE) as session:
        with pytest.raises(RuntimeError, match="by the decoder"):
            await session.call(Route("Read", "GET", "/things", fail), {})
    assert count == 1


async def test_a_large_answer_that_cannot_be_read_is_a_decode_error() -> None:
    def refuse(data: JSON) -> None:
        raise AssertionError(data)

    read = Route[None]("Read", "GET", "/things", refuse)
    async with session_at(b"[" + b"1," * (1 << 20) + b"]") as session:
        with pytest.raises(DecodeError, match="is not JSON"):
            await session.call(read, {})


def _sleepy(gate: threading.Event) -> Callable[[JSON], list[JSON]]:
    def decode(_: JSON) -> list[JSON]:
        assert gate.wait(60), "the call waited for the decoder"
        return []

    return decode


@pytest.mark.parametrize(
    ("op", "error"),
    [("GET", DeadlineExceeded), ("POST", UnknownOutcome), ("listing", DeadlineExceeded)],
)
async def test_the_deadline_bounds_the_decoding(op: str, error: type[CallError]) -> None:
    gate = threading.Event()
    read = Route[list[JSON]]("Read", "GET", "/things", _sleepy(gate))
    write = Route[list[JSON]]("Write", "POST", "/things", _sleepy(gate))
    began = time.monotonic()
    try:
        async with session_at(LARGE, deadline=0.6) as session:
            calls: dict[str, Callable[[], Awaitable[object]]] = {
                "GET": lambda: session.call(read, {}),
                "POST": lambda: session.call(write, {}, {}),
                "listing": lambda: _all(session, read),
            }
            with pytest.raises(error, match=r"the answer of 1,\d{3},\d{3} bytes was not decoded"):
                await calls[op]()
    finally:
        gate.set()
    assert time.monotonic() - began < 10


async def _all(session: Session, read: Route[list[JSON]]) -> list[JSON]:
    return [one async for one in session.listing(read, {})]


async def test_a_cancelled_call_does_not_wait_for_the_thread() -> None:
    gate = threading.Event()
    read = Route[list[JSON]]("Read", "GET", "/things", _sleepy(gate))
    try:
        async with session_at(LARGE) as session:
            with anyio.move_on_after(0.3) as scope:
                await session.call(read, {})
            assert scope.cancelled_caught
    finally:
        gate.set()


async def test_other_tasks_go_on_while_a_large_answer_is_decoded() -> None:
    gate = threading.Event()
    read = Route[list[JSON]]("Read", "GET", "/things", _sleepy(gate))
    async with session_at(LARGE) as session, anyio.create_task_group() as tasks:
        tasks.start_soon(_all, session, read)
        for _ in range(20):
            await anyio.sleep(0.001)
        gate.set()


async def test_large_answers_are_decoded_one_at_a_time_also_of_undocumented_calls() -> None:
    gate = threading.Event()
    read = Route[list[JSON]]("Read", "GET", "/things", _sleepy(gate))
    session = session_at(LARGE, deadline=0.6)
    try:
        async with Plain(session) as client:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_all, session.view(deadline=20), read)
                await anyio.sleep(0.05)
                with pytest.raises(DeadlineExceeded, match="not decoded"):
                    await client.request("GET", "/things")
                gate.set()
            assert await client.request("GET", "/things") == LARGE
    finally:
        gate.set()
