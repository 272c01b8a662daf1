"""A job tells that it begins and ends, its batches, its looks and what it sends again."""

from __future__ import annotations

from typing import TypeVar

import anyio
import httpx
import pytest

from agilekit import (
    AttemptStarted,
    BulkInterrupted,
    CallEnded,
    Event,
    FlyingDonut,
    Forbidden,
    JobEnded,
    JobLook,
    JobResend,
    JobRound,
    JobStarted,
    Unauthorized,
)
from agilekit.flyingdonut.params import CardDraft
from agilekit.sandbox import Sandbox
from tests.each import each
from tests.events.pairs import check_pairs
from tests.flyingdonut.calls import BUCKET
from tests.session.scripted import Say, Scripted, donut_at
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.anyio

E = TypeVar("E", bound=Event)

DRAFTS = [CardDraft(title=f"Number {number}") for number in range(7)]


class Stop(Exception):
    """The caller's own."""


def of(kind: type[E], told: list[Event]) -> list[E]:
    return [event for event in told if isinstance(event, kind)]


class Losing(httpx.AsyncBaseTransport):
    """A sandbox that does not get the first batch, and whose answer to the second is lost."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox.transport()
        self._posts = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._posts += request.method == "POST"
        if request.method == "POST" and self._posts == 1:
            raise httpx.ReadError("reset")
        response = await self._sandbox.handle_async_request(request)
        if request.method == "POST" and self._posts == 2:
            raise httpx.ReadError("reset")
        return response


def donut_of(
    sandbox: Sandbox, transport: httpx.AsyncBaseTransport, told: list[Event]
) -> FlyingDonut:
    """A client that makes one request at a time."""
    fake = sandbox.flyingdonut
    return FlyingDonut(
        fake.project_id,
        secret=fake.secret,
        username=fake.username,
        base_url=fake.base_url,
        transport=transport,
        on_event=told.append,
        concurrency=1,
    )


async def test_a_job_tells_its_batches_and_its_end_and_its_calls_bear_its_id() -> None:
    told: list[Event] = []
    sandbox = Sandbox("empty")
    async with FlyingDonut(**sandbox.flyingdonut.arguments(), on_event=told.append) as donut:
        [bucket] = await donut.buckets.all()
        told.clear()
        await donut.cards.create_many(bucket, DRAFTS, batch_size=3)
    check_pairs(told)
    [id] = {event.job_id for event in told}
    assert id is not None
    assert isinstance(told[0], JobStarted)
    [end] = of(JobEnded, told)
    assert told[-1] is end
    assert (end.kind, end.created, end.refused, end.unknown) == ("cards", 7, 0, 0)
    assert (end.error, end.error_type) == (None, None)
    assert sorted(event.drafts for event in of(JobRound, told)) == [1, 3, 3]
    assert [event.number for event in of(JobRound, told)] == [1, 2, 3]
    assert end.route == "/projects/{projectId}/backlog/buckets/{bucketId}/items"


def test_a_job_tells_what_it_looked_for_and_what_it_sends_again(anyio_backend: str) -> None:
    told: list[Event] = []
    sandbox = Sandbox("empty")

    async def main() -> None:
        async with donut_of(sandbox, Losing(sandbox), told) as donut:
            [bucket] = await donut.buckets.all()
            await donut.cards.create_many(bucket, DRAFTS, batch_size=2)

    in_virtual_time(anyio_backend, main)
    check_pairs([event for event in told if event.job_id])
    looks, resends = of(JobLook, told), of(JobResend, told)
    assert [look.number for look in looks] == list(range(1, len(looks) + 1))
    assert sum(look.created for look in looks) == 2
    assert sum(look.resent for look in looks) == sum(len(one.positions) for one in resends) == 2
    assert {one.reason for one in resends} == {"missing"}
    assert sum(event.resent for event in of(JobRound, told)) == 2
    [end] = of(JobEnded, told)
    assert (end.created, end.unknown) == (7, 0)


class Refusing(httpx.AsyncBaseTransport):
    """A sandbox that refuses every batch with a bad draft in it, and stores nothing of it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox.transport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if b"bad" in await request.aread():
            return httpx.Response(400, json={"error": "bad"}, request=request)
        return await self._sandbox.handle_async_request(request)


def test_halves_of_a_refused_batch_are_sent_again(anyio_backend: str) -> None:
    told: list[Event] = []
    sandbox = Sandbox("empty")
    titles = [f"bad {number}" if number % 4 == 3 else f"good {number}" for number in range(40)]

    async def main() -> None:
        async with donut_of(sandbox, Refusing(sandbox), told) as donut:
            [bucket] = await donut.buckets.all()
            drafts = [CardDraft(title=title) for title in titles]
            await donut.cards.create_many(bucket, drafts, batch_size=4)

    in_virtual_time(anyio_backend, main)
    check_pairs([event for event in told if event.job_id])
    # Looked for until it is seen that this server stores nothing of what it refuses.
    reasons = [event.reason for event in of(JobResend, told)]
    assert reasons[0] == "missing"
    assert reasons[-1] == "refused"
    assert (of(JobEnded, told)[0].created, of(JobEnded, told)[0].refused) == (30, 10)


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
def test_a_job_that_is_cancelled_ends(anyio_backend: str) -> None:
    told: list[Event] = []
    server = Scripted(Say([]), Say([], after=30))

    async def main() -> None:
        async with donut_at(server, on_event=told.append) as donut:
            with anyio.move_on_after(5):
                await donut.cards.create_many(BUCKET, DRAFTS, batch_size=1)

    in_virtual_time(anyio_backend, main)
    check_pairs(told)
    [end] = of(JobEnded, told)
    assert (end.error_type, end.unknown) == ("cancelled", 7)
    assert {event.error_type for event in of(CallEnded, told)} == {None, "cancelled"}


async def test_a_job_that_cannot_begin_says_why() -> None:
    told: list[Event] = []
    async with donut_at(Scripted(Say(status=403)), on_event=told.append) as donut:
        with pytest.raises(Forbidden):
            await donut.cards.create_many(BUCKET, DRAFTS)
    check_pairs(told)
    assert [event.error_type for event in of(JobEnded, told)] == ["Forbidden"]


async def test_a_job_that_stops_says_at_what() -> None:
    told: list[Event] = []
    server = Scripted(Say([]), Say(status=401))
    async with donut_at(server, on_event=told.append) as donut:
        report = await donut.cards.create_many(BUCKET, DRAFTS)
    assert isinstance(report.reason, Unauthorized)
    check_pairs(told)
    [end] = of(JobEnded, told)
    assert (end.error, end.error_type, end.refused) == (str(report.reason), "Unauthorized", 7)


@each("kind", [JobStarted, JobRound, CallEnded, JobEnded])
async def test_what_a_hook_raises_ends_the_job_with_its_report(kind: type[Event]) -> None:
    told: list[Event] = []
    stop = Stop("enough")

    def raises(event: Event) -> None:
        if event.job_id and isinstance(event, kind):
            raise stop

    sandbox = Sandbox("empty")
    arguments = sandbox.flyingdonut.arguments()
    async with FlyingDonut(**arguments, on_event=(raises, told.append)) as donut:
        [bucket] = await donut.buckets.all()
        with pytest.raises((BulkInterrupted, Stop)) as caught:
            await donut.cards.create_many(bucket, DRAFTS, batch_size=3)
    check_pairs(told)
    assert len(of(JobEnded, told)) == 1
    assert isinstance(caught.value, BulkInterrupted)
    assert caught.value.__cause__ is stop
    if kind is JobEnded:
        assert len(caught.value.report.created) == 7


@each(
    "kind",
    [JobLook, JobResend],
)
def test_what_a_hook_raises_of_a_look_ends_the_job_with_its_report(
    kind: type[Event], anyio_backend: str
) -> None:
    told: list[Event] = []
    stop = Stop("enough")

    def raises(event: Event) -> None:
        if isinstance(event, kind):
            raise stop

    async def main() -> None:
        server = Scripted(Say([]), httpx.ReadError("reset"), Say([]))
        async with donut_at(server, on_event=(raises, told.append)) as donut:
            with pytest.raises(BulkInterrupted) as caught:
                await donut.cards.create_many(BUCKET, DRAFTS, batch_size=7)
            assert caught.value.__cause__ is stop

    in_virtual_time(anyio_backend, main)
    check_pairs(told)


async def test_what_a_hook_ends_before_it_leaves_is_not_in_doubt() -> None:
    def raises(event: Event) -> None:
        if isinstance(event, AttemptStarted) and event.method == "POST":
            raise Stop

    sandbox = Sandbox("empty")
    async with FlyingDonut(**sandbox.flyingdonut.arguments(), on_event=raises) as donut:
        [bucket] = await donut.buckets.all()
        with pytest.raises(BulkInterrupted) as caught:
            await donut.cards.create_many(bucket, DRAFTS, batch_size=7)
    report = caught.value.report
    assert (len(report.refused), len(report.unknown)) == (7, 0)


@each(
    "status, unsettled, error_type",
    [(403, 0, "Forbidden"), (500, 1, "ServerError")],
)
def test_a_look_that_cannot_read_says_why_and_how_many_are_still_looked_for(
    status: int, unsettled: int, error_type: str, anyio_backend: str
) -> None:
    told: list[Event] = []
    item = {"_id": {"$oid": "a" * 24}, "cid": 9, "title": {"value": "Number 0", "version": 0}}
    found = Say([item], after=3)
    server = Scripted(Say([]), httpx.ReadError("reset"), Say(status=status, after=2), found)

    async def main() -> None:
        async with donut_at(server, on_event=told.append) as donut:
            await donut.cards.create_many(BUCKET, DRAFTS[:1])

    in_virtual_time(anyio_backend, main)
    check_pairs(told)
    first, *others = of(JobLook, told)
    assert (first.number, first.drafts, first.created, first.resent) == (1, 1, 0, 0)
    assert (first.unsettled, first.error_type) == (unsettled, error_type)
    assert first.seconds == pytest.approx(2)
    assert first.error is not None
    assert str(status) in first.error
    assert len(others) == unsettled
    for look in others:
        assert (look.created, look.unsettled, look.error, look.error_type) == (1, 0, None, None)
        assert look.seconds == pytest.approx(3)
