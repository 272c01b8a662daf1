"""What a job keeps beside its drafts, in memory and in a journal."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from attrs import evolve

from agilekit import BulkReport, PossibleDuplicate
from agilekit.bulk import create_many
from agilekit.bulk.identity.matcher import ItemMatcher
from agilekit.bulk.journal.store import JournalStore
from agilekit.bulk.report import Created
from agilekit.bulk.store import Entry, JobStore, MemoryStore, Result
from tests.bulk.shelf import Note, Shelf, notes

pytestmark = pytest.mark.anyio

FOUND: Final = (PossibleDuplicate(3, "17"), PossibleDuplicate(4, "18"))


@asynccontextmanager
async def opened(path: Path | None) -> AsyncGenerator[JobStore[Note]]:
    kind = Shelf().kind()
    store: JobStore[Note] = MemoryStore(kind.spec)
    if path is not None:
        store = await JournalStore[Note].open(kind, path)
    try:
        yield store
    finally:
        await store.aclose()


def results(count: int, unstored: Sequence[str] = ()) -> list[Result[Note]]:
    found: list[Result[Note]] = []
    for number, draft in enumerate(notes(count)):
        text = str(draft["text"])
        entry = Entry(number, draft, {"text": text})
        result = ItemMatcher(Shelf().kind().spec).created(entry, Note(number + 1, text))
        assert isinstance(result.outcome, Created)
        found.append(Result(result.entry, evolve(result.outcome, unstored=tuple(unstored))))
    return found


async def test_a_later_value_of_the_job_takes_the_place_of_the_earlier(tmp_path: Path) -> None:
    for path in (None, tmp_path / "job"):
        async with opened(path) as store:
            assert store.noted("count") is None
            await store.note("count", "1")
            await store.note("count", "2")
            assert store.noted("count") == "2"
    async with opened(tmp_path / "job") as store:
        assert store.noted("count") == "2"


async def test_possible_duplicates_are_kept_and_shown_only_if_there_are_any(
    tmp_path: Path,
) -> None:
    for path in (None, tmp_path / "job"):
        async with opened(path) as store:
            report = BulkReport(store.outcomes())
            assert str(report) == "0 created, 0 refused, 0 of unknown outcome"
            await store.note_duplicates(FOUND[:1])
            assert str(report).endswith("unknown outcome, 1 possible duplicate")
            await store.note_duplicates(FOUND)
            assert str(report).endswith("unknown outcome, 2 possible duplicates")
            assert report.possible_duplicates == FOUND
    report = await create_many(Shelf().kind(), [], journal=tmp_path / "job")
    assert report.possible_duplicates == FOUND


async def test_what_was_not_stored_as_it_was_sent_is_kept(tmp_path: Path) -> None:
    for path in (None, tmp_path / "job"):
        async with opened(path) as store:
            store.record(results(1, ["size", "text"]))
        (outcome,) = store.outcomes().read()
        assert isinstance(outcome, Created)
        assert outcome.unstored == ("size", "text")


async def test_examples_are_the_last_drafts_that_were_created(tmp_path: Path) -> None:
    for path in (None, tmp_path / "job"):
        async with opened(path) as store:
            assert list(await store.last_created(3)) == []
            store.record(results(5))
            last = [(notes(5)[n], Note(n + 1, f"Note {n}")) for n in (4, 3, 2)]
            assert [(one.draft, one.item) for one in await store.last_created(3)] == last
            assert len(await store.last_created(9)) == 5
