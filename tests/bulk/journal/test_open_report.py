"""The report of a job, read from its journal without the job."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final, cast

import anyio
import pytest

from agilekit import BadRequest, BulkReport, InvalidInput, JournalError, UnknownOutcome
from agilekit.bulk import create_many
from agilekit.bulk.journal import Snapshot, State
from agilekit.wire.json import JSON
from tests.bulk.shelf import OK, Fate, Note, Shelf, notes

pytestmark = pytest.mark.anyio

REFUSED: Final = Fate(BadRequest("no", status=400), applied=0)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "import.journal"


async def create(journal: Path, shelf: Shelf, count: int = 3) -> BulkReport[Note]:
    return await create_many(shelf.kind(), notes(count), concurrency=1, journal=journal)


def change(journal: Path, *statements: str) -> None:
    with closing(sqlite3.connect(journal)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def contents(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.iterdir()}


def copied(journal: Path, name: str) -> Path:
    """What a crash at this moment would leave."""
    folder = journal.parent / name
    folder.mkdir()
    for file in journal.parent.glob(f"{journal.name}*"):
        shutil.copy(file, folder)
    return folder / journal.name


async def test_it_says_what_the_job_s_own_report_says(journal: Path) -> None:
    shelf = Shelf(REFUSED, OK)
    report = await create(journal, shelf)
    opened = BulkReport.open(journal, load=shelf.kind().spec.load)
    assert str(opened) == str(report) == "2 created, 1 refused, 0 of unknown outcome"
    assert opened.created == report.created
    assert [str(one.error) for one in opened.refused] == ["400 no"]
    assert len(opened) == 3


async def test_items_are_mappings_if_nothing_loads_them(journal: Path) -> None:
    await create(journal, Shelf())
    report: BulkReport[Mapping[str, JSON]] = BulkReport.open(str(journal))
    assert report.items[1] == {"id": 2, "text": "Note 1", "size": None}


async def test_the_journal_of_a_running_job_is_read_as_it_is_and_not_changed(
    journal: Path,
) -> None:
    shelf, seen = Shelf(), list[str]()

    def look() -> None:
        before = contents(journal.parent)
        report = BulkReport.open(journal)
        seen.append(str(report))
        assert len(report.outcomes) == len(report) == len(shelf.requests)
        assert contents(journal.parent) == before

    shelf.watch = look
    await create(journal, shelf, 50)
    assert seen == [f"{n} created, 0 refused, 1 of unknown outcome" for n in range(50)]


async def test_what_a_crash_has_left_is_read_and_not_changed(journal: Path) -> None:
    shelf, left = Shelf(), list[Path]()

    def crash() -> None:
        if len(shelf.requests) == 3:
            left.append(copied(journal, "crashed"))

    shelf.watch = crash
    await create(journal, shelf)
    (crashed,) = left
    before = contents(crashed.parent)
    assert len(before) == 2
    (unknown,) = BulkReport.open(crashed).unknown
    assert unknown.position == 2
    assert isinstance(unknown.error, UnknownOutcome)
    assert contents(crashed.parent) == before


async def test_copies_are_gone_with_the_report(
    journal: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    shelf, seen = Shelf(), list[bool]()

    def look() -> None:
        report = BulkReport.open(journal)
        seen.append(any(scratch.iterdir()))
        del report
        seen.append(any(scratch.iterdir()))

    shelf.watch = look
    await create(journal, shelf, 1)
    assert seen == [True, False]


async def test_a_journal_whose_latest_part_is_started_over_meanwhile_is_copied_again(
    journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, copies = shutil.copyfile, list[str]()
    late, shelf = Path(f"{journal}-wal"), Shelf()

    def disturbed(source: str, target: Path) -> object:
        result = copy(source, target)
        copies.append(source)
        if len(copies) < 3:  # what begins with other bytes is another one
            content = bytearray(late.read_bytes())
            content[16] ^= 1
            late.write_bytes(content)
        return result

    def look() -> None:
        head = late.read_bytes()
        monkeypatch.setattr(shutil, "copyfile", disturbed)
        assert len(BulkReport.open(journal)) == 1
        monkeypatch.undo()
        assert late.read_bytes() == head

    shelf.watch = look
    await create(journal, shelf, 1)
    assert len(copies) == 3


async def test_an_opened_report_notices_that_a_job_has_written_since(journal: Path) -> None:
    await create(journal, Shelf())
    report = BulkReport.open(journal)
    await create(journal, Shelf(), 200)
    with pytest.raises(JournalError, match="open it again"):
        assert report.outcomes
    assert len(BulkReport.open(journal).outcomes) == 200


async def test_earlier_journals_can_be_read_and_stay_what_they_are(journal: Path) -> None:
    await create(journal, Shelf())
    change(
        journal,
        *(f"ALTER TABLE drafts DROP COLUMN {name}" for name in ("sent_at", "unstored", "checksum")),
        "PRAGMA user_version = 1",
    )
    before = contents(journal.parent)
    report = BulkReport.open(journal)
    assert [created.item["text"] for created in report.created] == ["Note 0", "Note 1", "Note 2"]
    assert Snapshot.open(journal).contents.sent_at is None
    assert contents(journal.parent) == before


def test_any_other_file_is_said_to_be_none(tmp_path: Path) -> None:
    empty, text, other = tmp_path / "empty", tmp_path / "text", tmp_path / "other"
    empty.touch()
    text.write_text("title,estimate\n" * 1000)
    change(other, "CREATE TABLE cards (a)")
    for path, why in (
        (tmp_path / "nowhere", "there is no journal"),
        (tmp_path, "there is no journal"),
        (empty, "it is empty"),
        (text, "file is not a database"),
        (other, "is not a journal of a bulk job"),
    ):
        with pytest.raises(JournalError, match=why):
            BulkReport.open(path)
    with pytest.raises(InvalidInput, match="path"):
        BulkReport.open(cast("str", 5))
    with pytest.raises(JournalError):
        BulkReport.open(f"{tmp_path}/\0")
    assert {path.name for path in tmp_path.iterdir()} == {"empty", "text", "other"}


@pytest.mark.quick(3)
@pytest.mark.parametrize(
    "damage",
    [
        'draft = \'{"text":"Other"}\'',
        "state = 3",
        "item_id = '77'",
        "sent_at = sent_at - 60",
        "hash = X'00'",
        "result = NULL",
        "checksum = 7",
    ],
)
async def test_a_row_that_is_not_as_it_was_written_is_named_with_what_to_do(
    journal: Path, damage: str
) -> None:
    report = await create(journal, Shelf())
    change(journal, f"UPDATE drafts SET {damage} WHERE position = 1")  # noqa: S608
    shelf = Shelf()
    for use in (lambda: report.outcomes, lambda: BulkReport.open(journal).outcomes):
        with pytest.raises(JournalError, match=r"holds draft 1 damaged: .*Restore it"):
            use()
    with pytest.raises(JournalError, match=r"holds draft 1 damaged: .*Restore it"):
        await create(journal, shelf)
    assert shelf.requests == []


async def test_a_report_is_read_although_an_item_is_of_another_form(journal: Path) -> None:
    await create(journal, Shelf())
    change(journal, "UPDATE drafts SET result = '[1]', checksum = NULL WHERE position = 1")
    report = BulkReport.open(journal)
    assert len(report) == 3
    with pytest.raises(JournalError, match="holds draft 1 damaged: its item is not a mapping"):
        assert report.items
    assert BulkReport.open(journal, load=str).items[1] == "[1]"


async def test_what_loads_an_item_may_raise_what_it_likes(journal: Path) -> None:
    await create(journal, Shelf())

    def fail(_: JSON) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        assert BulkReport.open(journal, load=fail).items


async def test_counts_are_those_of_the_states(journal: Path) -> None:
    shelf = Shelf(latency=600)
    with anyio.CancelScope() as scope:
        shelf.watch = scope.cancel
        await create(journal, shelf)
    assert str(BulkReport.open(journal)) == "0 created, 0 refused, 1 of unknown outcome"
    assert Snapshot.open(journal).contents.counts == {State.SENT: 1}
