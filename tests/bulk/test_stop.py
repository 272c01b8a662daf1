"""Jobs that stop early: for a reason that is no draft's, or because the caller wants it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final, cast

import anyio
import pytest
import trio

from agilekit import (
    AgilekitError,
    BadRequest,
    BulkInterrupted,
    BulkReport,
    CallError,
    ConnectionLost,
    DeadlineExceeded,
    Forbidden,
    InvalidInput,
    NotFound,
    NotSent,
    RateLimited,
    Redirected,
    ServerError,
    Unauthorized,
    UnknownAfterServerError,
    UnknownOutcome,
)
from agilekit.bulk import Draft, Refused, Unknown, create_many
from agilekit.bulk.journal import State, read
from agilekit.bulk.shutdown import StopEvent
from agilekit.flyingdonut.models import Card
from agilekit.flyingdonut.params import CardDraft
from agilekit.sandbox import Faults, Sandbox
from tests.bulk.donut import POST, bucket_of, card_drafts, connect, there
from tests.bulk.shelf import LOST, OK, Fate, Note, Shelf, notes
from tests.virtual_time import in_virtual_time

AT_ONCE: Final[list[CallError]] = [
    Unauthorized("no", status=401),
    Redirected("there", status=301),
    RateLimited("later", status=429),
]
AGAIN: Final[list[CallError]] = [
    Forbidden("no", status=403),
    NotFound("gone", status=404),
    NotSent("refused"),
    DeadlineExceeded("no turn"),
    UnknownAfterServerError("down", status=503),
    UnknownAfterServerError("down", status=502),
    UnknownOutcome("no answer"),
]


def create(
    backend: str,
    shelf: Shelf,
    drafts: list[Draft],
    *,
    concurrency: int = 1,
    journal: Path | None = None,
    stop: StopEvent | None = None,
) -> BulkReport[Note]:
    async def main() -> BulkReport[Note]:
        return await create_many(
            shelf.kind(), drafts, concurrency=concurrency, journal=journal, stop=stop
        )

    return in_virtual_time(backend, main)


@pytest.mark.parametrize("error", AT_ONCE, ids=lambda error: type(error).__name__)
def test_what_blames_the_job_stops_it_at_once(
    anyio_backend: str, tmp_path: Path, error: CallError
) -> None:
    shelf, journal = Shelf(OK, Fate(error, 0), OK), tmp_path / "job"
    report = create(anyio_backend, shelf, notes(1000), journal=journal)
    assert (report.stopped, report.reason) == (True, error)
    assert len(shelf.requests) == 2
    (refused,) = report.refused
    assert (refused.position, type(refused.error)) == (1, type(error))
    again = create(anyio_backend, shelf, notes(20), journal=journal)
    assert (again.stopped, again.reason) == (False, None)
    assert sorted(shelf.texts) == sorted(str(note["text"]) for note in notes(20))


@pytest.mark.quick(4)
@pytest.mark.parametrize("concurrency", [1, 16])
@pytest.mark.parametrize("error", AGAIN, ids=lambda error: type(error).__name__)
def test_what_fails_ten_times_in_a_row_stops_the_job(
    anyio_backend: str, tmp_path: Path, error: CallError, concurrency: int
) -> None:
    shelf, journal = Shelf(OK, Fate(error, 0), latency=0.1), tmp_path / "job"

    def watch() -> None:
        if isinstance(error, UnknownOutcome) and len(shelf.requests) > 1:
            shelf.unreadable = ServerError("down", status=503)

    shelf.watch = watch
    report = create(anyio_backend, shelf, notes(100_000), concurrency=concurrency, journal=journal)
    assert report.stopped
    assert isinstance(report.reason, AgilekitError)
    assert len(report.created) == 1 == len(shelf.notes)
    assert len(shelf.requests) <= 11 * concurrency
    mended, count = Shelf(notes=shelf.notes), max(20, len(report))
    again = create(anyio_backend, mended, notes(count), concurrency=16, journal=journal)
    assert len(again.created) == len(again) == len(mended.notes)


def test_ten_drafts_that_blame_themselves_stop_nothing(anyio_backend: str) -> None:
    errors = [BadRequest("no", status=400), UnknownAfterServerError("rule", status=500)]
    for error in errors:
        shelf = Shelf(lambda texts, error=error: Fate(error, 0) if "1" in texts[0] else OK)  # type: ignore[misc]
        report = create(anyio_backend, shelf, notes(40), concurrency=1)
        assert not report.stopped
        assert len(report.created) == 40 - 13


def test_a_service_that_is_away_for_a_while_stops_nothing(anyio_backend: str) -> None:
    def fate(_: list[str]) -> Fate:
        away = 5 < anyio.current_time() < 15
        return Fate(NotSent("refused"), 0) if away else OK

    shelf = Shelf(fate, latency=0.5)
    report = create(anyio_backend, shelf, notes(300), concurrency=4)
    assert not report.stopped
    assert len(report.created) == len(shelf.notes) > 200


def test_one_that_is_throttled_while_others_are_taken_stops_nothing(anyio_backend: str) -> None:
    def fate(texts: list[str]) -> Fate:
        return Fate(RateLimited("later", status=429), 0) if texts == ["Note 7"] else OK

    shelf = Shelf(fate, latency=0.1)

    async def main() -> BulkReport[Note]:
        kind = shelf.kind()
        create = kind.create

        async def slowly(bodies: list[object], on_send: object) -> list[Note]:
            if bodies == [{"text": "Note 7"}]:
                await anyio.sleep(1)
            return await create(bodies, on_send)  # type: ignore[arg-type]

        object.__setattr__(kind, "create", slowly)
        return await create_many(kind, notes(50), concurrency=4)

    report = in_virtual_time(anyio_backend, main)
    assert not report.stopped
    assert [refused.position for refused in report.refused] == [7]


def test_a_container_that_can_be_read_no_more_stops_the_job(anyio_backend: str) -> None:
    shelf = Shelf(Fate(LOST, 0), latency=40)
    shelf.watch = lambda: setattr(shelf, "unreadable", ConnectionLost("no answer"))
    report = create(anyio_backend, shelf, notes(10_000), concurrency=2)
    assert report.stopped
    assert len(report.unknown) < 20


# The caller's event.


def events() -> list[tuple[str, Callable[[], StopEvent]]]:
    return [("anyio", anyio.Event), ("threading", threading.Event)]


@pytest.mark.parametrize(("name", "make"), events())
def test_a_stop_lets_those_in_flight_end_and_takes_no_more(
    anyio_backend: str, name: str, make: Callable[[], anyio.Event]
) -> None:
    shelf = Shelf(latency=1)

    async def main() -> tuple[BulkReport[Note], float]:
        stop = make()
        shelf.watch = lambda: stop.set() if len(shelf.requests) == 6 else None
        report = await create_many(shelf.kind(), notes(100), concurrency=3, stop=stop)
        return report, anyio.current_time()

    report, ended = in_virtual_time(anyio_backend, main)
    assert (report.stopped, report.reason) == (True, None)
    assert str(report) == "6 created, 0 refused, 0 of unknown outcome"
    assert ended <= 2.2


@pytest.mark.parametrize(
    ("anyio_backend", "event"), [("asyncio", asyncio.Event), ("trio", trio.Event)]
)
@pytest.mark.anyio
async def test_the_events_of_a_backend_are_taken_too(event: Callable[[], StopEvent]) -> None:
    stop = event()
    shelf = Shelf()
    shelf.watch = stop.set  # type: ignore[attr-defined]
    report = await create_many(shelf.kind(), notes(10_000), concurrency=1, stop=stop)
    assert report.stopped
    assert len(report.created) < 1000


@pytest.mark.parametrize(("name", "make"), events())
def test_a_stop_is_noticed_while_what_was_lost_is_looked_for(
    anyio_backend: str, tmp_path: Path, name: str, make: Callable[[], anyio.Event]
) -> None:
    shelf, journal = Shelf(Fate(LOST, 0), OK), tmp_path / "job"

    async def main(stop: anyio.Event | None) -> tuple[BulkReport[Note], float]:
        async with anyio.create_task_group() as tasks:
            if stop:
                tasks.start_soon(later, stop)
            kind = shelf.kind()
            return await create_many(
                kind, notes(5), concurrency=1, journal=journal, stop=stop
            ), anyio.current_time()
        raise AssertionError

    async def later(stop: anyio.Event) -> None:
        await anyio.sleep(7)
        stop.set()

    report, ended = in_virtual_time(anyio_backend, lambda: main(make()))
    assert report.stopped
    assert [type(one) for one in report.unknown] == [Unknown]
    assert [row.state for row in read(str(journal), [State.SENT])] == [State.SENT]
    assert ended <= 7.2
    report, _ = in_virtual_time(anyio_backend, lambda: main(None))
    assert str(report) == "5 created, 0 refused, 0 of unknown outcome"
    assert len(shelf.notes) == 5


@pytest.mark.parametrize("batch_size", [1, 5])
@pytest.mark.parametrize("retry_after", [0, 100])
def test_a_server_that_takes_nothing_ends_a_job_with_the_first_calls_that_are_over(
    anyio_backend: str, batch_size: int, retry_after: int
) -> None:
    sandbox = Sandbox("empty")
    sandbox.faults = Faults(rate_limited=1, retry_after=retry_after, methods=POST)

    async def main() -> tuple[BulkReport[Card], float]:
        async with connect(sandbox, deadline=60, concurrency=8) as donut:
            report = await donut.cards.create_many(
                bucket_of(sandbox),
                cast("list[CardDraft]", card_drafts(400)),
                batch_size=batch_size,
            )
        return report, anyio.current_time()

    report, ended = in_virtual_time(anyio_backend, main)
    assert ended <= 61
    assert len(report.refused) == len(report) <= 8 * batch_size
    assert isinstance(report.reason, RateLimited | DeadlineExceeded)


def test_a_stop_is_noticed_in_the_pause_of_a_rate_limit(anyio_backend: str, tmp_path: Path) -> None:
    sandbox, journal = Sandbox("empty"), tmp_path / "job"
    sandbox.faults = Faults(rate_limited=1, retry_after=100, methods=POST)

    async def main(seconds: float) -> tuple[BulkReport[object], float]:
        stop = threading.Event()
        async with anyio.create_task_group() as tasks, connect(sandbox, deadline=500) as donut:
            tasks.start_soon(later, stop, seconds)
            report = await donut.cards.create_many(
                bucket_of(sandbox),
                card_drafts(100),  # type: ignore[arg-type]
                batch_size=5,
                journal=journal,
                stop=stop,
            )
            tasks.cancel_scope.cancel()
        return report, anyio.current_time()  # type: ignore[return-value]

    async def later(stop: threading.Event, seconds: float) -> None:
        await anyio.sleep(seconds)
        stop.set()

    report, ended = in_virtual_time(anyio_backend, lambda: main(3))
    assert ended <= 3.3
    assert report.stopped
    assert report.unknown == []
    assert all(isinstance(one, Refused) for one in report)
    states = {row.state for row in read(str(journal), [])}
    assert states == {State.UNSENT}
    sandbox.faults = Faults()
    report, _ = in_virtual_time(anyio_backend, lambda: main(300))
    assert str(report) == "100 created, 0 refused, 0 of unknown outcome"
    assert there(sandbox).total() == 100


def test_a_stop_is_noticed_while_the_input_is_waited_for(anyio_backend: str) -> None:
    async def source() -> AsyncIterator[Draft]:
        for note in notes(3):
            yield note
        await anyio.sleep_forever()

    async def main() -> tuple[BulkReport[Note], float]:
        stop = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(later, stop)
            kind = Shelf().kind(batch_size=2)
            return await create_many(kind, source(), concurrency=2, stop=stop), anyio.current_time()
        raise AssertionError

    async def later(stop: anyio.Event) -> None:
        await anyio.sleep(5)
        stop.set()

    report, ended = in_virtual_time(anyio_backend, main)
    assert ended <= 5.1
    # The third was taken, and waited for another to be sent with.
    assert str(report) == "2 created, 1 refused, 0 of unknown outcome"
    assert isinstance(report.refused[0].error, NotSent)


def test_a_stop_before_the_beginning_sends_nothing(anyio_backend: str) -> None:
    stop = threading.Event()
    stop.set()
    shelf = Shelf()
    report = create(anyio_backend, shelf, notes(9), stop=stop)
    assert (report.stopped, len(report), shelf.requests) == (True, 0, [])


def test_an_event_that_is_never_set_stops_nothing(anyio_backend: str) -> None:
    report = create(anyio_backend, Shelf(), notes(9), stop=threading.Event())
    assert (report.stopped, len(report.created)) == (False, 9)


@pytest.mark.anyio
async def test_what_is_not_an_event_is_refused() -> None:
    with pytest.raises(InvalidInput, match="stop"):
        await create_many(Shelf().kind(), notes(1), stop=True)  # type: ignore[arg-type]


@pytest.mark.anyio
async def test_an_event_that_raises_is_the_cause_of_the_interruption() -> None:
    class Broken:
        def is_set(self) -> bool:
            raise ZeroDivisionError

    with pytest.raises(BulkInterrupted) as caught:
        await create_many(Shelf().kind(), notes(9), concurrency=1, stop=Broken())
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
