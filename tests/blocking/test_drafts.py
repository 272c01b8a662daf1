"""Drafts are taken in the thread of the caller, one when the job wants it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from threading import get_ident

import pytest

from agilekit import BulkInterrupted, InvalidInput
from agilekit.blocking import FlyingDonut
from agilekit.bulk import Outcome
from agilekit.flyingdonut import CardDraft
from agilekit.sandbox import Sandbox
from tests.blocking.clients import donut_of


@pytest.fixture
def donut() -> Iterator[FlyingDonut]:
    with donut_of(Sandbox()) as donut:
        yield donut


def bucket_of(donut: FlyingDonut) -> str:
    return next(iter(donut.buckets.all())).id


def test_a_generator_of_drafts_may_make_blocking_calls(donut: FlyingDonut) -> None:
    bucket, threads = bucket_of(donut), set[int]()

    def copies() -> Iterator[CardDraft]:
        for card in donut.cards.in_bucket(bucket):
            threads.add(get_ident())
            yield {"title": f"{donut.cards.get(card).title.value} (copy)"}

    before = len(list(donut.cards.in_bucket(bucket)))
    report = donut.cards.create_many(bucket, copies(), batch_size=2)
    assert len(report.created) == before
    assert threads == {get_ident()}


def test_drafts_may_come_from_a_cursor_that_belongs_to_the_thread(donut: FlyingDonut) -> None:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE card (title TEXT)")
    database.executemany("INSERT INTO card VALUES (?)", [(f"Row {i}",) for i in range(9)])
    rows = database.execute("SELECT title FROM card")
    drafts = map(lambda row: CardDraft(title=row[0]), rows)  # noqa: C417 - not a generator
    report = donut.cards.create_many(bucket_of(donut), drafts)
    assert [card.title.value for card in report.items] == [f"Row {i}" for i in range(9)]
    database.close()


@pytest.mark.parametrize(
    ("error", "cause"), [(ValueError, ValueError), (StopAsyncIteration, RuntimeError)]
)
def test_what_a_draft_raises_ends_the_job_with_a_report_and_closes_the_generator(
    donut: FlyingDonut, error: type[Exception], cause: type[Exception]
) -> None:
    closed: list[int] = []

    def broken() -> Iterator[CardDraft]:
        try:
            yield {"title": "The only one"}
            raise error("no more")
        finally:
            closed.append(get_ident())

    with pytest.raises(BulkInterrupted, match="no more") as raised:
        donut.cards.create_many(bucket_of(donut), broken(), batch_size=1)
    assert isinstance(raised.value.__cause__, cause)
    assert len(raised.value.report.created) == 1
    assert closed == [get_ident()]


def test_a_threading_event_stops_a_job(donut: FlyingDonut) -> None:
    stop, taken = threading.Event(), 0

    def endless() -> Iterator[CardDraft]:
        nonlocal taken
        while True:
            taken += 1
            yield {"title": f"Card {taken}"}

    def on_outcome(_: Outcome[object]) -> None:
        stop.set()

    report = donut.cards.create_many(
        bucket_of(donut), endless(), batch_size=1, stop=stop, on_outcome=on_outcome
    )
    assert report.stopped
    assert report.created


def test_drafts_are_read_no_further_ahead_than_the_requests_in_flight() -> None:
    sandbox, ahead = Sandbox(), 0

    def counted() -> Iterator[CardDraft]:
        nonlocal ahead
        for number in range(60):
            ahead = max(ahead, number - len(created))
            yield {"title": f"Card {number}"}

    created: list[object] = []
    with donut_of(sandbox, concurrency=2) as donut:
        report = donut.cards.create_many(
            bucket_of(donut), counted(), batch_size=3, on_outcome=created.append
        )
    assert len(report.created) == 60
    assert ahead <= 2 * 3 + 3


def test_an_async_iterable_of_drafts_is_read_in_the_loop(donut: FlyingDonut) -> None:
    async def drafts() -> AsyncIterator[CardDraft]:
        yield {"title": "The only one"}

    assert len(donut.cards.create_many(bucket_of(donut), drafts()).created) == 1


def test_what_is_not_an_iterable_of_drafts_is_refused_as_by_the_async_client(
    donut: FlyingDonut,
) -> None:
    for wrong in ({"title": "one"}, "titles", 7, None):
        with pytest.raises(InvalidInput, match="an iterable of mappings"):
            donut.cards.create_many(bucket_of(donut), wrong)  # type: ignore[arg-type]
