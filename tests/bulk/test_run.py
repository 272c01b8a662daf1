"""One run of a job, from its beginning to its end, at a container without a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

import anyio
import pytest
from attrs import evolve

from agilekit import (
    BadRequest,
    BulkInterrupted,
    BulkReport,
    ConnectionLost,
    Forbidden,
    InvalidInput,
    JournalError,
    NotSent,
)
from agilekit.bulk import (
    BulkProgress,
    Draft,
    Mark,
    Outcome,
    PossibleDuplicate,
    Survey,
    Unknown,
    create_many,
)
from agilekit.session.call import OnSend
from agilekit.wire.json import JSON
from tests.bulk.shelf import LOST, OK, Fate, Note, Shelf, in_turn, notes
from tests.virtual_time import in_virtual_time

BAD: Final = Fate(BadRequest("not valid", status=400), 0)


def create(
    backend: str, shelf: Shelf, drafts: object, *, batch_size: int = 1, **options: Any
) -> BulkReport[Note]:
    options.setdefault("concurrency", 1)

    async def main() -> BulkReport[Note]:
        kind = shelf.kind(batch_size=batch_size)
        return await create_many(kind, cast("Sequence[Draft]", drafts), **options)

    return in_virtual_time(backend, main)


def test_what_was_read_before_the_input_raised_is_settled(
    anyio_backend: str, tmp_path: Path
) -> None:
    def drafts() -> Iterator[Draft]:
        yield from notes(1)
        raise ValueError("no more")

    shelf = Shelf(Fate(LOST), latency=1)
    with pytest.raises(BulkInterrupted, match="no more") as caught:
        create(anyio_backend, shelf, drafts(), batch_size=2, journal=tmp_path / "job")
    assert str(caught.value.report) == "1 created, 0 refused, 0 of unknown outcome"


def test_drafts_end_only_at_their_end(anyio_backend: str) -> None:
    def drafts() -> Iterator[Draft]:
        yield from notes(1)
        raise StopAsyncIteration

    with pytest.raises(BulkInterrupted, match="the drafts raised StopAsyncIteration") as caught:
        create(anyio_backend, Shelf(), drafts())
    assert len(caught.value.report.created) == 1


def test_the_drafts_of_refusals_are_the_callers(anyio_backend: str) -> None:
    bad: Sequence[object] = [{"size": 1}, 17, "x" * 300]
    report = create(anyio_backend, Shelf(), [*notes(1), *bad])
    assert all(isinstance(one.error, InvalidInput) for one in report.refused)
    assert [(one.position, one.draft) for one in report.refused] == [
        (1, {"size": 1}),
        (2, {"draft": "17"}),
        (3, {"draft": "'" + "x" * 199}),
    ]


def test_progress_tells_how_many_are_lost_or_wait_to_be_sent_again(anyio_backend: str) -> None:
    told: list[BulkProgress] = []
    lost = Fate(LOST, 0)
    create(anyio_backend, Shelf(lost, lost, OK), notes(3), on_progress=told.append)
    assert [one for place, one in enumerate(told) if one not in told[:place]] == [
        BulkProgress(created=1, unsettled=2),
        BulkProgress(created=2, unsettled=1),
        BulkProgress(created=3),
    ]


def test_the_items_bear_the_marks_of_their_positions(anyio_backend: str) -> None:
    def fields(note: Note) -> Mapping[str, Hashable]:
        return {"text": note.text, "size": note.size}

    shelf = Shelf()

    async def main() -> BulkReport[Note]:
        kind = shelf.kind()
        spec = evolve(kind.spec, texts=("text",), item_fields=fields)
        return await create_many(evolve(kind, spec=spec), notes(3), concurrency=2, mark="text")

    report = in_virtual_time(anyio_backend, main)
    ends = [f"-{created.position}] {created.draft['text']}" for created in report.created]
    assert [note.text[-len(end) :] for note, end in zip(report.items, ends, strict=True)] == ends
    assert len({note.text.split("-")[1] for note in report.items}) == 1


def test_the_pauses_after_failures_of_a_service_grow(anyio_backend: str) -> None:
    shelf, times = Shelf(Fate(NotSent("refused"), 0)), list[float]()
    shelf.watch = lambda: times.append(anyio.current_time())
    report = create(anyio_backend, shelf, notes(100))
    assert times == pytest.approx([0, 0, 0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5])
    assert report.stopped


def test_a_container_that_cannot_be_read_counts_as_a_service_that_fails(
    anyio_backend: str,
) -> None:
    shelf, down = Shelf(Fate(LOST, 0), OK), ConnectionLost("gone")
    shelf.watch = lambda: setattr(shelf, "unreadable", down)
    ended: list[float] = []

    async def drafts() -> AsyncIterator[Draft]:
        yield notes(1)[0]
        try:
            await anyio.sleep(3600)
        finally:
            ended.append(anyio.current_time())

    report = create(anyio_backend, shelf, drafts(), settle_after=100)
    assert (report.stopped, report.reason) == (True, down)
    assert ended == pytest.approx([55.5])  # the tenth failure: the request's, and nine looks
    assert len(report.unknown) == 1


def test_and_not_one_that_may_not_be_read(anyio_backend: str) -> None:
    shelf, closed = Shelf(Fate(LOST, 0)), Forbidden("no", status=403)
    shelf.watch = lambda: setattr(shelf, "unreadable", closed)

    async def drafts() -> AsyncIterator[Draft]:
        for draft in notes(6):
            yield draft
            await anyio.sleep(10)

    report = create(anyio_backend, shelf, drafts())
    assert not report.stopped
    assert [one.error for one in report.unknown] == [closed] * 6


# The last look.


def with_doubles(request: int) -> Shelf:
    """The first request is lost; at another one somebody writes what the first two drafts say."""
    shelf = Shelf(Fate(LOST, 0), OK, settle_after=0.1)

    def put() -> None:
        if len(shelf.requests) == request:
            shelf.put({"text": "NOTE 0"})
            shelf.put({"text": "NOTE 1"})

    shelf.watch = put
    return shelf


def test_only_what_was_sent_again_is_named(anyio_backend: str) -> None:
    report = create(anyio_backend, with_doubles(3), notes(2))
    assert report.possible_duplicates == (PossibleDuplicate(0, "2"),)


def test_after_an_earlier_run_that_has_sent_again_it_may_be_any(
    anyio_backend: str, tmp_path: Path
) -> None:
    journal, shelf = tmp_path / "job", with_doubles(4)
    report = create(anyio_backend, shelf, notes(2), journal=journal)
    assert report.possible_duplicates == ()
    report = create(anyio_backend, shelf, notes(3), journal=journal)
    assert report.possible_duplicates == (PossibleDuplicate(0, "3"), PossibleDuplicate(1, "4"))


@pytest.mark.parametrize("stops", [False, True])
def test_a_last_look_that_fails_is_the_reason_unless_the_job_stopped_before(
    anyio_backend: str, stops: bool
) -> None:
    shelf = Shelf(Fate(LOST, 0), OK, BAD if stops else OK, settle_after=0.1)
    closed = Forbidden("no", status=403)

    async def drafts() -> AsyncIterator[Draft]:
        yield notes(1)[0]
        await anyio.sleep(5)  # it is sent again
        shelf.unreadable = closed
        yield notes(2)[1]

    report = create(
        anyio_backend, shelf, drafts(), concurrency=2, on_error="stop" if stops else "collect"
    )
    assert shelf.requests == [["Note 0"], ["Note 0"], ["Note 1"]]
    assert report.stopped == stops
    assert report.reason is (BAD.error if stops else closed)


def test_if_nothing_was_sent_twice_the_container_is_read_once(anyio_backend: str) -> None:
    shelf = Shelf()
    create(anyio_backend, shelf, notes(3))
    assert shelf.listings == 1


# Runs that go on.


def killed(backend: str, shelf: Shelf, journal: Path, *, applied: bool) -> None:
    """A run that ends while the request of its only draft is under way."""

    async def main() -> None:
        with anyio.CancelScope() as scope:
            shelf.watch, shelf.latency = scope.cancel, 1
            await create_many(shelf.kind(), notes(1), concurrency=1, journal=journal)
        shelf.watch, shelf.latency = (lambda: None), 0
        if applied:
            shelf.put({"text": "Note 0"})

    in_virtual_time(backend, main)


@pytest.mark.parametrize("applied", [False, True])
def test_what_was_in_flight_is_looked_for_and_created_once(
    anyio_backend: str, tmp_path: Path, applied: bool
) -> None:
    shelf, journal = Shelf(), tmp_path / "job"
    killed(anyio_backend, shelf, journal, applied=applied)
    report = create(anyio_backend, shelf, notes(2), journal=journal)
    assert [one.item.text for one in report.created] == ["Note 0", "Note 1"]
    assert sorted(shelf.texts) == ["Note 0", "Note 1"]
    assert len(shelf.requests) == (2 if applied else 3)


def left_unsent(backend: str, shelf: Shelf, journal: Path) -> None:
    """A run that stops before it sends again what became nothing."""
    report = create(backend, shelf, notes(2), journal=journal, on_error="stop")
    assert str(report) == "0 created, 2 refused, 0 of unknown outcome"
    assert len(shelf.requests) == 2


def test_what_is_sent_again_by_another_run_is_looked_for_at_its_end(
    anyio_backend: str, tmp_path: Path
) -> None:
    shelf, journal = Shelf(Fate(LOST, 0), BAD, OK), tmp_path / "job"
    left_unsent(anyio_backend, shelf, journal)
    shelf.watch = lambda: shelf.put({"text": "NOTE 0"})
    report = create(anyio_backend, shelf, notes(1), journal=journal)
    assert [note.text for note in report.items] == ["Note 0"]
    assert report.possible_duplicates == (PossibleDuplicate(0, "1"),)


def test_a_refusal_of_what_another_run_has_sent_does_not_tell_that_it_is_not_there(
    anyio_backend: str, tmp_path: Path
) -> None:
    shelf, journal = Shelf(Fate(LOST, 0), BAD), tmp_path / "job"
    left_unsent(anyio_backend, shelf, journal)
    shelf.watch = lambda: shelf.put({"text": "of somebody"})
    report = create(anyio_backend, shelf, notes(1), journal=journal)
    assert [one.position for one in report.unknown] == [0]


def test_where_the_order_matters_nothing_overtakes_what_is_lost(anyio_backend: str) -> None:
    shelf = Shelf(Fate(LOST, 0), OK)

    async def main() -> BulkReport[Note]:
        kind = shelf.kind()
        kind = evolve(kind, spec=in_turn(kind.spec))
        return await create_many(kind, notes(3), concurrency=4)

    assert len(in_virtual_time(anyio_backend, main).created) == 3
    assert shelf.requests == [["Note 0"], ["Note 0"], ["Note 1"], ["Note 2"]]


def test_items_that_bear_the_marks_of_the_job_are_those_of_its_drafts(anyio_backend: str) -> None:
    def fields(note: Note) -> Mapping[str, Hashable]:
        return {"text": note.text}

    shelf = Shelf(notes=[Note(7, "[ak-k3f9x2ab-1] Note 1"), Note(8, "[ak-k3f9x2ab-9] of no draft")])

    async def main() -> BulkReport[Note]:
        kind = shelf.kind()
        spec = evolve(kind.spec, texts=("text",), item_fields=fields)
        return await create_many(
            evolve(kind, spec=spec), notes(3), concurrency=1, mark=Mark("text", job="k3f9x2ab")
        )

    report = in_virtual_time(anyio_backend, main)
    assert [(one.position, one.item.id) for one in report.created] == [(0, 9), (1, 7), (2, 10)]
    assert len(shelf.requests) == 2


def test_nothing_is_in_flight_while_the_project_is_searched(
    anyio_backend: str, tmp_path: Path
) -> None:
    shelf, journal = Shelf(), tmp_path / "job"
    killed(anyio_backend, shelf, journal, applied=False)
    searched: list[int] = []

    async def main() -> BulkReport[Note]:
        kind = shelf.kind()
        under_way = 0

        async def slowly(bodies: list[JSON], on_send: OnSend) -> list[Note]:
            nonlocal under_way
            under_way += 1
            await anyio.sleep(3)
            made = await kind.create(bodies, on_send)
            under_way -= 1
            return made

        async def survey(high_water_mark: int) -> Survey[Note]:
            searched.append(len(shelf.requests))
            for _ in range(10):
                assert under_way == 0
                await anyio.sleep(1)
            searched.append(len(shelf.requests))
            return Survey([note for note in shelf.notes if note.id > high_water_mark])

        kind_of_project = evolve(kind, create=slowly, survey=survey)
        return await create_many(kind_of_project, notes(60), concurrency=2, journal=journal)

    report = in_virtual_time(anyio_backend, main)
    assert len(report.created) == 60 == len(shelf.notes)
    assert 3 < searched[0] == searched[1] < 60


def test_an_event_that_is_set_stops_the_job(anyio_backend: str) -> None:
    async def main() -> BulkReport[Note]:
        shelf, stop = Shelf(latency=1), anyio.Event()
        shelf.watch = stop.set
        return await create_many(shelf.kind(), notes(9), concurrency=1, stop=stop)

    report = in_virtual_time(anyio_backend, main)
    assert report.stopped
    assert len(report.created) == 1


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
def test_a_cancellation_that_the_input_raises_at_its_very_beginning_does_not_end_it(
    anyio_backend: str,
) -> None:
    class Cancelled(AsyncIterator[Draft]):
        async def __anext__(self) -> Draft:
            raise asyncio.CancelledError

    async def main() -> None:
        with pytest.raises(asyncio.CancelledError):
            await create_many(Shelf().kind(), Cancelled(), concurrency=1)

    in_virtual_time(anyio_backend, main)


def test_what_is_left_by_a_cancellation_is_reported_as_unknown_with_its_reason(
    anyio_backend: str,
) -> None:
    told: list[Outcome[Note]] = []

    async def main() -> None:
        with anyio.move_on_after(2):
            shelf = Shelf(Fate(LOST), latency=1.5)
            await create_many(shelf.kind(), notes(2), concurrency=1, on_outcome=told.append)

    in_virtual_time(anyio_backend, main)
    first, second = (one for one in told if isinstance(one, Unknown))
    assert first.error is LOST
    assert str(second.error) == "nothing tells what became of it"


def test_an_input_that_has_become_shorter_is_an_error(anyio_backend: str, tmp_path: Path) -> None:
    create(anyio_backend, Shelf(), notes(3), journal=tmp_path / "job")
    with pytest.raises(JournalError):
        create(anyio_backend, Shelf(), notes(2), journal=tmp_path / "job")


def test_an_exception_at_the_beginning_is_the_cause_of_the_interruption(
    anyio_backend: str,
) -> None:
    async def main() -> None:
        async def broken() -> AsyncIterator[Note]:
            raise ValueError("a hook's own")
            yield

        creation = evolve(Shelf().kind(), listing=broken)
        await create_many(creation, notes(2), concurrency=1)

    with pytest.raises(BulkInterrupted, match="a hook's own") as caught:
        in_virtual_time(anyio_backend, main)
    assert isinstance(caught.value.__cause__, ValueError)


def test_an_event_that_raises_is_the_cause_of_the_interruption(anyio_backend: str) -> None:
    class Broken:
        def is_set(self) -> bool:
            raise ValueError("no event")

    with pytest.raises(BulkInterrupted, match="no event"):
        create(anyio_backend, Shelf(latency=1), notes(2), stop=Broken())


def sent_at(shelf: Shelf) -> list[float]:
    """When each request reaches the shelf, filled in while a job runs."""
    times: list[float] = []

    def note() -> None:
        times.append(anyio.current_time())

    shelf.watch = note
    return times


def since_first(times: Sequence[float]) -> list[int]:
    return [round(one - times[0]) for one in times]


def test_as_many_as_may_be_are_sent_at_once_while_the_input_is_waited_for(
    anyio_backend: str,
) -> None:
    shelf = Shelf(latency=10)
    times = sent_at(shelf)

    async def slow() -> AsyncIterator[Draft]:
        for draft in notes(8):
            await anyio.sleep(1)
            yield draft

    create(anyio_backend, shelf, slow(), concurrency=4)
    assert since_first(times) == [0, 1, 2, 3, 11, 12, 13, 14]


def test_halves_of_a_refused_batch_are_sent_at_once(anyio_backend: str) -> None:
    def decide(texts: list[str]) -> Fate:
        shelf.latency = 1000 if "Note 8" in texts else 10
        return BAD if "Note 7" in texts else OK

    shelf = Shelf(decide)
    times = sent_at(shelf)
    report = create(anyio_backend, shelf, notes(16), batch_size=8, concurrency=4)
    assert len(report.created) == 15
    assert [len(texts) for texts in shelf.requests] == [8, 8, 4, 4, 2, 2, 1, 1]
    assert times[::2] == times[1::2]


def test_drafts_leave_in_their_order_however_a_loop_orders_its_tasks(anyio_backend: str) -> None:
    shelf = Shelf()
    create(anyio_backend, shelf, notes(100), concurrency=16)
    assert shelf.texts == [f"Note {number}" for number in range(100)]
