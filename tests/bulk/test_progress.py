"""How a job proceeds: what it reads ahead, when it stops, and what it reports meanwhile."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path
from typing import cast

import anyio
import anyio.lowlevel
import pytest

from agilekit import (
    BadRequest,
    BulkInterrupted,
    BulkReport,
    Conflicted,
    InvalidInput,
    ServerError,
)
from agilekit.bulk import BulkProgress, Draft, Refused, Unknown, create_many
from agilekit.bulk.job import OnError
from agilekit.bulk.journal import State, read
from tests.bulk.shelf import LOST, OK, Fate, Note, Shelf, notes
from tests.virtual_time import in_virtual_time

BAD = Fate(BadRequest("no", status=400), applied=0)


@pytest.mark.anyio
async def test_stop_takes_no_further_drafts_after_one_that_is_refused() -> None:
    shelf = Shelf(OK, OK, BAD, OK)
    report = await create_many(shelf.kind(), notes(100), concurrency=1, on_error="stop")
    assert report.stopped
    assert str(report) == "2 created, 1 refused, 0 of unknown outcome"
    assert len(shelf.requests) == 3


@pytest.mark.anyio
async def test_stop_is_for_invalid_drafts_too() -> None:
    shelf = Shelf()
    drafts = [*notes(2), {"size": 1}, *notes(5)]
    report = await create_many(shelf.kind(), drafts, concurrency=1, on_error="stop")
    assert report.stopped
    assert [refused.position for refused in report.refused] == [2]
    assert len(shelf.requests) == 2


@pytest.mark.anyio
async def test_a_job_that_is_created_whole_did_not_stop() -> None:
    report = await create_many(Shelf().kind(), notes(9), concurrency=2, on_error="stop")
    assert not report.stopped
    assert len(report.created) == 9


def test_what_was_lost_before_the_stop_is_settled_all_the_same(anyio_backend: str) -> None:
    shelf = Shelf(Fate(LOST), Fate(LOST, applied=0), BAD, OK)

    async def main() -> BulkReport[Note]:
        return await create_many(shelf.kind(), notes(9), concurrency=1, on_error="stop")

    report = in_virtual_time(anyio_backend, main)
    assert [type(outcome).__name__ for outcome in report] == ["Created", "Refused", "Refused"]
    assert [outcome.position for outcome in report] == [0, 1, 2]
    assert len(shelf.requests) == 3


def test_what_was_to_be_sent_again_at_the_stop_is_not_unknown_but_refused(
    anyio_backend: str, tmp_path: Path
) -> None:
    shelf = Shelf(*[Fate(LOST, applied=0)] * 3, BAD, OK)
    journal = tmp_path / "import.journal"

    async def main() -> BulkReport[Note]:
        kind = shelf.kind()
        return await create_many(kind, notes(3), concurrency=1, journal=journal, on_error="stop")

    report = in_virtual_time(anyio_backend, main)
    assert str(report) == "0 created, 3 refused, 0 of unknown outcome"
    assert [row.state for row in read(str(journal), [])] == [
        State.REFUSED,
        State.UNSENT,
        State.UNSENT,
    ]
    again = in_virtual_time(anyio_backend, main)
    assert str(again) == "2 created, 1 refused, 0 of unknown outcome"


def stopping(backend: str, shelf: Shelf, count: int, *, batch_size: int = 1) -> BulkReport[Note]:
    async def main() -> BulkReport[Note]:
        kind = shelf.kind(batch_size=batch_size)
        return await create_many(kind, notes(count), concurrency=1, on_error="stop")

    return in_virtual_time(backend, main)


def test_stop_sends_nothing_while_it_is_open_whether_a_batch_was_refused(
    anyio_backend: str,
) -> None:
    shelf = Shelf(Fate(Conflicted("no", status=409), applied=0), OK)
    report = stopping(anyio_backend, shelf, 100, batch_size=4)
    assert report.stopped
    assert str(report) == "0 created, 4 refused, 0 of unknown outcome"
    assert len(shelf.requests) == 1


def test_stop_sends_nothing_while_it_is_open_whether_a_lost_draft_was_refused(
    anyio_backend: str,
) -> None:
    shelf = second_send_refused(stored=False)
    report = stopping(anyio_backend, shelf, 1000)
    assert report.stopped
    assert [one.position for one in report.refused] == [0]
    assert shelf.requests.index(["Note 0"], 1) == len(shelf.requests) - 1
    assert len(report.created) == len(shelf.requests) - 2 == len(shelf.notes)


def test_on_error_stop_continues_if_a_lost_draft_that_was_refused_is_there(
    anyio_backend: str,
) -> None:
    shelf = second_send_refused(stored=True)
    report = stopping(anyio_backend, shelf, 100)
    assert not report.stopped
    assert str(report) == "100 created, 0 refused, 0 of unknown outcome"
    assert len(shelf.notes) == 100
    assert shelf.requests.index(["Note 0"], 1) < len(shelf.requests) - 1


def second_send_refused(*, stored: bool) -> Shelf:
    """Loses the first request, and refuses it when it comes again.

    stored: whether it is there by then, although it could not be seen for as long as it may come.
    """

    def fate(texts: list[str]) -> Fate:
        if texts != ["Note 0"]:
            return OK
        if len(shelf.requests) == 0:
            return Fate(LOST, applied=0)
        if stored:
            shelf.put({"text": "Note 0"})
        return BAD

    shelf = Shelf(fate, latency=1)
    return shelf


@pytest.mark.anyio
@pytest.mark.parametrize("on_error", ["", "ignore", None, 1])
async def test_another_word_than_collect_or_stop_is_refused(on_error: object) -> None:
    shelf = Shelf()
    with pytest.raises(InvalidInput, match="on_error"):
        await create_many(shelf.kind(), notes(1), concurrency=1, on_error=cast("OnError", on_error))
    assert shelf.listings == 0


@pytest.mark.parametrize("journaled", [False, True], ids=["memory", "journal"])
def test_progress_counts_up_to_what_the_report_says(
    anyio_backend: str, tmp_path: Path, journaled: bool
) -> None:
    told: list[BulkProgress] = []
    shelf = Shelf(OK, BAD, Fate(LOST, applied=0), OK)
    journal = tmp_path / "import.journal" if journaled else None

    async def main() -> BulkReport[Note]:
        kind = shelf.kind()
        drafts = [*notes(5), {"size": 1}]
        return await create_many(
            kind, drafts, concurrency=1, journal=journal, on_progress=told.append
        )

    report = in_virtual_time(anyio_backend, main)
    assert str(report) == "4 created, 2 refused, 0 of unknown outcome"
    assert told[0] == BulkProgress(created=1)
    assert BulkProgress(created=3, refused=2, unsettled=1) in told
    assert told[-1] == BulkProgress(created=4, refused=2)
    done = [one.created + one.refused for one in told]
    assert done == sorted(done)


@pytest.mark.anyio
async def test_progress_of_a_job_that_is_continued_begins_where_it_ended(tmp_path: Path) -> None:
    told: list[BulkProgress] = []
    for count in (3, 4):
        await create_many(
            Shelf().kind(),
            notes(count),
            concurrency=1,
            journal=tmp_path / "import.journal",
            on_progress=told.append,
        )
    assert [one.created for one in told] == [1, 2, 3, 4]


@pytest.mark.anyio
async def test_an_error_of_the_hook_ends_the_job_as_its_cause() -> None:
    def hook(_: BulkProgress) -> None:
        raise ZeroDivisionError

    shelf = Shelf()
    with pytest.raises(BulkInterrupted) as caught:
        await create_many(shelf.kind(), notes(100), concurrency=1, on_progress=hook)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert [created.position for created in caught.value.report.created] == [0]
    assert len(shelf.requests) == 1


async def endless(shelf: Shelf, read: Callable[[int], object]) -> AsyncGenerator[Draft, None]:
    count = 0
    while True:
        count += 1
        read(count - shelf.created)
        yield {"text": f"Note {count}"}
        await anyio.lowlevel.checkpoint()


@pytest.mark.anyio
@pytest.mark.parametrize("journaled", [False, True], ids=["memory", "journal"])
async def test_an_endless_input_is_read_no_further_ahead_than_the_work_in_flight(
    tmp_path: Path, journaled: bool
) -> None:
    shelf, ahead = Shelf(latency=0.001), list[int]()
    journal = tmp_path / "import.journal" if journaled else None
    source = endless(shelf, ahead.append)
    with anyio.CancelScope() as scope:
        shelf.watch = lambda: scope.cancel() if shelf.created > 200 else None
        await create_many(shelf.kind(batch_size=4), source, concurrency=3, journal=journal)
    await source.aclose()
    assert scope.cancelled_caught
    assert max(ahead) <= 3 * 4 + 1


@pytest.mark.anyio
async def test_what_is_left_of_an_input_after_a_stop_is_still_there() -> None:
    left = iter(notes(9))
    await create_many(Shelf(OK, BAD).kind(), left, concurrency=1, on_error="stop")
    assert next(left) == {"text": "Note 2"}


@pytest.mark.parametrize("journaled", [False, True], ids=["memory", "journal"])
def test_an_input_that_raises_ends_the_job_once_what_was_lost_is_settled(
    anyio_backend: str, tmp_path: Path, journaled: bool
) -> None:
    shelf = Shelf(Fate(LOST, applied=0), OK)
    journal = tmp_path / "import.journal" if journaled else None

    def source() -> Iterator[Draft]:
        yield from notes(5)
        raise OSError("the file ended")

    async def main(drafts: Iterator[Draft]) -> BulkReport[Note]:
        return await create_many(shelf.kind(), drafts, concurrency=2, journal=journal)

    with pytest.raises(BulkInterrupted, match="the file ended") as caught:
        in_virtual_time(anyio_backend, lambda: main(source()))
    assert isinstance(caught.value.__cause__, OSError)
    assert str(caught.value.report) == "5 created, 0 refused, 0 of unknown outcome"
    assert sorted(shelf.texts) == [f"Note {n}" for n in range(5)]
    if journaled:
        report = in_virtual_time(anyio_backend, lambda: main(iter(notes(7))))
        assert len(report.created) == 7 == len(shelf.notes)


@pytest.mark.anyio
async def test_a_container_that_cannot_be_read_at_the_beginning_ends_the_job() -> None:
    shelf = Shelf()
    shelf.unreadable = BadRequest("no", status=400)
    with pytest.raises(BadRequest):
        await create_many(shelf.kind(), notes(3), concurrency=1)
    assert shelf.requests == []


def test_a_container_that_cannot_be_read_for_a_moment_is_read_again(anyio_backend: str) -> None:
    shelf = Shelf()
    shelf.unreadable = ServerError("down", status=500)

    async def main() -> BulkReport[Note]:
        reports: list[BulkReport[Note]] = []
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(mend)
            reports.append(await create_many(shelf.kind(), notes(3), concurrency=1))
        return reports[0]

    async def mend() -> None:
        while shelf.listings < 3:  # noqa: ASYNC110 - nothing tells of a listing
            await anyio.sleep(0.001)
        shelf.unreadable = None

    assert len(in_virtual_time(anyio_backend, main).created) == 3


@pytest.mark.anyio
async def test_the_outcomes_of_a_report_are_of_one_kind_each() -> None:
    report = await create_many(Shelf(BAD, OK).kind(), notes(2), concurrency=1)
    assert [type(one) for one in report.refused] == [Refused]
    assert [one.position for one in report.created] == [1]
    assert not any(isinstance(one, Unknown) for one in report)
