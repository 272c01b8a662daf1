"""Jobs that something of the caller's own ends: the report is never lost, nor is an outcome."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import anyio
import pytest

from agilekit import BadRequest, BulkInterrupted, BulkReport, JournalError
from agilekit.bulk import BulkProgress, Created, Draft, Outcome, Refused, Unknown, create_many
from agilekit.bulk.journal import State, read
from tests.bulk.shelf import LOST, OK, Fate, Note, Shelf, notes
from tests.each import each
from tests.virtual_time import in_virtual_time

JOURNALED: Final = pytest.mark.parametrize("journaled", [False, True], ids=["memory", "journal"])


class OwnError(Exception):
    """Of the caller."""


def interrupted(backend: str, main: Callable[[], Awaitable[object]]) -> BulkInterrupted:
    with pytest.raises(BulkInterrupted) as caught:
        in_virtual_time(backend, main)
    assert isinstance(caught.value.__cause__, OwnError)
    return caught.value


def positions(outcomes: list[Outcome[Note]], kind: type[object] = object) -> list[int]:
    return sorted(one.position for one in outcomes if isinstance(one, kind))


@JOURNALED
@pytest.mark.parametrize("hook", ["on_outcome", "on_progress"])
def test_what_a_hook_raises_loses_no_request_in_flight(
    anyio_backend: str, tmp_path: Path, hook: str, journaled: bool
) -> None:
    shelf, calls = Shelf(Fate(LOST), OK, latency=1), 0
    journal = tmp_path / "job" if journaled else None

    def fail(_: object) -> None:
        nonlocal calls
        calls += 1
        raise OwnError("no more")

    async def main() -> None:
        await create_many(
            shelf.kind(),
            notes(1000),
            concurrency=3,
            journal=journal,
            on_outcome=fail if hook == "on_outcome" else None,
            on_progress=fail if hook == "on_progress" else None,
        )

    error = interrupted(anyio_backend, main)
    assert calls == 1
    assert "no more" in str(error)
    made = {created.item.text for created in error.report.created}
    assert made == set(shelf.texts)
    assert 3 <= len(made) <= 4
    assert len(error.report) == len(made)


@JOURNALED
@pytest.mark.parametrize("fails", [False, True], ids=["no hook", "a hook that raises"])
def test_a_deadline_of_the_caller_passes_untouched_and_the_outcomes_are_reported(
    anyio_backend: str, tmp_path: Path, journaled: bool, fails: bool
) -> None:
    shelf, told = Shelf(latency=1), list[Outcome[Note]]()
    journal = tmp_path / "job" if journaled else None

    def hook(outcome: Outcome[Note]) -> None:
        told.append(outcome)
        if fails and len(told) == 8:
            raise OwnError

    async def main() -> None:
        with anyio.fail_after(3.5):
            await create_many(
                shelf.kind(), notes(99), concurrency=2, journal=journal, on_outcome=hook
            )

    if fails:  # at the very end, when those that were in flight are told
        assert positions(list(interrupted(anyio_backend, main).report)) == list(range(8))
    else:
        with pytest.raises(TimeoutError):
            in_virtual_time(anyio_backend, main)
    assert positions(told, Created) == list(range(6))
    assert positions(told, Unknown) == [6, 7]
    assert len(shelf.notes) == 6
    if journal:
        states = [row.state for row in read(str(journal), [])]
        assert states == [State.CREATED] * 6 + [State.SENT] * 2


@JOURNALED
def test_an_answer_that_is_here_when_the_job_is_cancelled_is_recorded(
    anyio_backend: str, tmp_path: Path, journaled: bool
) -> None:
    shelf, told = Shelf(), list[Outcome[Note]]()
    journal = tmp_path / "job" if journaled else None

    async def main() -> None:
        with anyio.CancelScope() as scope:
            # The answer comes in the very moment of the cancellation.
            shelf.latency = 0
            kind = shelf.kind()
            create = kind.create

            async def and_cancel(bodies: list[object], on_send: object) -> list[Note]:
                made: list[Note] = await create(bodies, on_send)  # type: ignore[arg-type]
                scope.cancel()
                return made

            object.__setattr__(kind, "create", and_cancel)
            await create_many(
                kind, notes(9), concurrency=1, journal=journal, on_outcome=told.append
            )

    in_virtual_time(anyio_backend, main)
    assert [type(one) for one in told] == [Created]
    if journal:
        assert [row.state for row in read(str(journal), [])] == [State.CREATED]


@JOURNALED
def test_what_waits_for_its_turn_when_the_job_is_cancelled_was_certainly_not_sent(
    anyio_backend: str, tmp_path: Path, journaled: bool
) -> None:
    shelf, told = Shelf(), list[Outcome[Note]]()
    journal = tmp_path / "job" if journaled else None

    async def main() -> None:
        kind = shelf.kind()

        async def never(_: object, __: object) -> list[Note]:
            await anyio.sleep_forever()
            raise AssertionError

        object.__setattr__(kind, "create", never)
        with anyio.move_on_after(5):
            await create_many(
                kind, notes(9), concurrency=2, journal=journal, on_outcome=told.append
            )

    in_virtual_time(anyio_backend, main)
    assert positions(told, Refused) == [0, 1]
    if journal:
        assert [row.state for row in read(str(journal), [])] == [State.UNSENT] * 2


@JOURNALED
def test_the_hook_gets_each_outcome_once_as_it_is_in_the_report(
    anyio_backend: str, tmp_path: Path, journaled: bool
) -> None:
    shelf, told = Shelf(OK, Fate(LOST), OK, Fate(LOST, 0), OK), list[Outcome[Note]]()
    journal = tmp_path / "job" if journaled else None

    async def main() -> BulkReport[Note]:
        drafts = [*notes(9), {"size": 1}]
        return await create_many(
            shelf.kind(), drafts, concurrency=2, journal=journal, on_outcome=told.append
        )

    report = in_virtual_time(anyio_backend, main)
    assert positions(told) == list(range(10))
    assert [type(one) for one in sorted(told, key=lambda one: one.position)] == [
        type(one) for one in report
    ]
    if journaled:
        told.clear()
        in_virtual_time(anyio_backend, main)
        assert told == []


def test_a_changed_input_is_a_journal_error_with_its_report(
    anyio_backend: str, tmp_path: Path
) -> None:
    journal = tmp_path / "job"

    async def main(shelf: Shelf, drafts: list[Draft]) -> BulkReport[Note]:
        return await create_many(shelf.kind(), drafts, concurrency=1, journal=journal)

    in_virtual_time(anyio_backend, lambda: main(Shelf(), notes(3)))
    changed: list[Draft] = [*notes(2), {"text": "Another"}, {"text": "New"}]
    with pytest.raises(JournalError, match="the input has changed") as caught:
        in_virtual_time(anyio_backend, lambda: main(Shelf(), changed))
    assert caught.value.report is not None
    assert len(caught.value.report.created) == 3


@pytest.mark.anyio
@each("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
@each("where", ["input", "on_outcome", "on_progress"])
async def test_what_is_not_an_exception_passes_as_it_is(
    error: type[BaseException], where: str
) -> None:
    def source() -> Iterator[Draft]:
        yield from notes(2)
        raise error

    def hook(_: object) -> None:
        raise error

    with pytest.raises(error):
        await create_many(
            Shelf().kind(),
            source() if where == "input" else notes(9),
            concurrency=2,
            on_outcome=hook if where == "on_outcome" else None,
            on_progress=hook if where == "on_progress" else None,
        )


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.anyio
async def test_a_cancellation_that_the_input_raises_does_not_end_it() -> None:
    async def source() -> AsyncIterator[Draft]:
        for note in notes(2):
            yield note
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await create_many(Shelf().kind(), source(), concurrency=2)


class Watched:
    """An input that knows whether it was closed."""

    def __init__(self) -> None:
        self.closed = False

    def plain(self) -> Iterator[Draft]:
        try:
            yield from notes(9)
        finally:
            self.closed = True

    async def source(self) -> AsyncGenerator[Draft, None]:
        try:
            for note in notes(9):
                yield note
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.sleep(1)
            self.closed = True


@each("kind", ["plain", "async"])
@each("end", ["hook", "cancelled", "stop", "unreadable"])
def test_the_input_is_closed_however_the_job_ends(anyio_backend: str, kind: str, end: str) -> None:
    shelf, watched = Shelf(latency=1), Watched()

    def fail(_: BulkProgress) -> None:
        raise OwnError

    async def main() -> None:
        stop, drafts = anyio.Event(), watched.source()
        if end == "stop":
            shelf.watch = stop.set
        if end == "unreadable":
            await anext(drafts)  # it is open, and not for the job
            shelf.unreadable = BadRequest("no", status=400)
        with (
            anyio.move_on_after(1.5 if end == "cancelled" else 99),
            suppress(BulkInterrupted, BadRequest),
        ):
            await create_many(
                shelf.kind(),
                drafts if kind == "async" else opened(watched.plain()),
                concurrency=1,
                on_progress=fail if end == "hook" else None,
                stop=stop,
            )

    in_virtual_time(anyio_backend, main)
    assert watched.closed


def opened(drafts: Iterator[Draft]) -> Iterator[Draft]:
    next(drafts)
    return drafts


def test_an_input_that_does_not_close_is_left_after_ten_seconds(anyio_backend: str) -> None:
    async def source() -> AsyncIterator[Draft]:
        try:
            for note in notes(9):
                yield note
        finally:
            await anyio.sleep(1000)

    async def main() -> float:
        shelf = Shelf(latency=1)
        with anyio.move_on_after(1.5):
            await create_many(shelf.kind(), source(), concurrency=1)
        return anyio.current_time()

    assert 11 <= in_virtual_time(anyio_backend, main) <= 12


def test_what_the_closing_raises_is_not_lost(anyio_backend: str) -> None:
    async def source() -> AsyncIterator[Draft]:
        try:
            for note in notes(9):
                yield note
        finally:
            raise OwnError

    async def main() -> None:
        stop = anyio.Event()
        shelf = Shelf()
        shelf.watch = stop.set
        await create_many(shelf.kind(), source(), concurrency=1, stop=stop)

    error = interrupted(anyio_backend, main)
    assert len(error.report.created) >= 1
