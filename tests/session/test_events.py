"""The hook sees every attempt, every wait and every conflict, and may end a call."""

from __future__ import annotations

from itertools import pairwise

import anyio
import httpx
import pytest

from agilekit import (
    Attempt,
    AttemptStarted,
    CallEnded,
    CallStarted,
    Conflict,
    ConnectionLost,
    Event,
    FlyingDonut,
    Wait,
)
from agilekit.sandbox import Sandbox
from tests.flyingdonut.calls import BUCKET, CARD
from tests.payloads import flyingdonut as samples
from tests.session.scripted import PROJECT, Say, Scripted, donut_at
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.anyio

PATH = f"/api/projects/{PROJECT}"


def sandboxed(sandbox: Sandbox, told: list[Event]) -> FlyingDonut:
    return FlyingDonut(**sandbox.flyingdonut.arguments(), on_event=told.append)


def test_the_hook_gets_every_attempt_and_every_wait_in_order(anyio_backend: str) -> None:
    told: list[Event] = []
    server = Scripted(
        httpx.ConnectError("refused"),
        httpx.ReadError("reset"),
        Say(status=503),
        Say(samples.FETCH_PROJECT),
    )

    async def main() -> None:
        async with donut_at(server, on_event=told.append) as donut:
            await donut.project.get()

    in_virtual_time(anyio_backend, main)
    attempts = [event for event in told if isinstance(event, Attempt)]
    assert [(a.number, a.status, a.error, a.maybe_received) for a in attempts] == [
        (1, None, "ConnectError: refused", False),
        (2, None, "ReadError: reset", True),
        (3, 503, None, True),
        (4, 200, None, True),
    ]
    assert {(event.method, event.path) for event in attempts} == {("GET", PATH)}
    waits = [event for event in told if isinstance(event, Wait)]
    attempt = [AttemptStarted, Attempt]
    assert [type(event) for event in told] == [
        *(CallStarted, *[*attempt, Wait] * 3),
        *(*attempt, CallEnded),
    ]
    assert [wait.after for wait in waits] == attempts[:-1]
    assert [wait.seconds for wait in waits] == pytest.approx(
        [b - a for a, b in pairwise(server.times)]
    )
    assert {wait.reason for wait in waits} == {"retry"}


def test_an_attempt_lasts_from_its_connection_to_the_end_of_the_answer(anyio_backend: str) -> None:
    told: list[Event] = []
    server = Scripted(Say({}, after=3))

    async def main() -> None:
        async with donut_at(server, on_event=told.append) as donut:
            await donut.project.get()

    in_virtual_time(anyio_backend, main)
    [attempt] = [event for event in told if isinstance(event, Attempt)]
    assert attempt.seconds == pytest.approx(3)


async def test_an_error_carries_the_attempts_that_the_hook_saw() -> None:
    told: list[Event] = []
    server = Scripted(httpx.ReadError("reset"))
    async with donut_at(server, on_event=told.append, retries=1) as donut:
        with pytest.raises(ConnectionLost) as caught:
            await donut.project.get()
    assert list(caught.value.attempts) == [e for e in told if isinstance(e, Attempt)]
    assert "2 attempts" in str(caught.value)
    assert "2 x ReadError: reset" in str(caught.value)


async def test_the_hook_gets_a_conflict_with_both_versions() -> None:
    told: list[Event] = []
    sandbox = Sandbox("empty")
    async with sandboxed(sandbox, told) as donut:
        bucket = (await donut.buckets.all())[0]
        card = await donut.cards.create(bucket, title="T", estimate=1)
        await donut.cards.update(card.id, estimate=2)
        told.clear()
        async with sandboxed(sandbox, []) as other:
            await other.cards.update(card.id, estimate=3)
        await donut.cards.update(card, estimate=5)
    conflicts = [event for event in told if isinstance(event, Conflict)]
    version = card.estimate.version
    assert version is not None
    assert [(c.attribute, c.sent_version, c.current_version) for c in conflicts] == [
        ("estimate", version + 1, version + 2)
    ]
    assert conflicts[0].path.endswith(f"/items/{card.id}")
    assert [e.reason for e in told if isinstance(e, Wait)] == ["conflict"]


class Stop(Exception):
    """The caller's own."""


@pytest.mark.parametrize("kind", [Attempt, Wait])
async def test_what_the_hook_raises_ends_the_call_and_arrives_unchanged(kind: type[Event]) -> None:
    stop = Stop("enough")

    def hook(event: Event) -> None:
        if isinstance(event, kind):
            raise stop

    server = Scripted(httpx.ReadError("reset"))
    async with donut_at(server, on_event=hook, concurrency=1) as donut:
        for _ in range(3):
            with pytest.raises(Stop) as caught:
                await donut.project.get()
            assert caught.value is stop
    assert len(server.requests) == 3


async def test_what_the_hook_raises_while_a_call_waits_its_turn_arrives_unchanged() -> None:
    stop = Stop("enough")

    def hook(event: Event) -> None:
        if isinstance(event, Wait):
            raise stop

    server = Scripted(Say({}))
    async with donut_at(server, on_event=hook, rate=0.5, concurrency=1) as donut:
        await donut.project.get()
        for _ in range(2):
            with anyio.fail_after(1), pytest.raises(Stop) as caught:
                await donut.project.get()
            assert caught.value is stop


async def test_what_a_computing_function_raises_arrives_unchanged() -> None:
    stop = Stop("enough")

    def compute(_: object) -> float:
        raise stop

    server = Scripted(Say(samples.FETCH_CARD))
    async with donut_at(server) as donut:
        with pytest.raises(Stop) as caught:
            await donut.cards.update(CARD, estimate=compute)
        assert caught.value is stop
        assert (await donut.cards.get(CARD)).cid == 2


async def test_what_the_callers_transport_raises_of_its_own_arrives_unchanged() -> None:
    stop = Stop("enough")
    server = Scripted(stop)
    async with donut_at(server) as donut:
        for call in (donut.project.get, lambda: donut.cards.create(BUCKET, title="T")):
            with pytest.raises(Stop) as caught:
                await call()
            assert caught.value is stop


async def test_a_cancelled_call_makes_no_further_attempt_and_the_hook_gets_the_one_it_made() -> (
    None
):
    server = Scripted(Say({}, after=30))
    told: list[Event] = []
    async with donut_at(server, on_event=told.append) as donut:
        with anyio.move_on_after(0.01) as scope:
            await donut.project.get()
    assert scope.cancelled_caught
    assert len(server.requests) == 1
    [attempt] = [event for event in told if isinstance(event, Attempt)]
    assert (attempt.status, attempt.error, attempt.maybe_received) == (None, "cancelled", True)


async def test_a_call_that_is_cancelled_while_it_waits_reports_no_attempt() -> None:
    server = Scripted(Say({}, after=30))
    told: list[Event] = []
    async with (
        donut_at(server, on_event=told.append, concurrency=1) as donut,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(donut.project.get)
        await anyio.wait_all_tasks_blocked()
        with anyio.move_on_after(0.01):
            await donut.project.get()
        tasks.cancel_scope.cancel()
    assert [type(event) for event in told] == [
        *(CallStarted, AttemptStarted),
        *(CallStarted, CallEnded),  # the one that waits
        *(Attempt, CallEnded),
    ]
