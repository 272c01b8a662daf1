"""Journals that cannot be used: a JournalError says so before anything is sent."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Final

import anyio
import pytest

from agilekit import BulkReport, JournalError
from agilekit.bulk import create_many
from tests.bulk.shelf import Note, Shelf, notes
from tests.virtual_time import in_virtual_time

ROOT: Final = Path(__file__).parents[3]
MAGIC: Final = 0x61676B6A


async def create(shelf: Shelf, journal: Path | str, count: int = 60) -> BulkReport[Note]:
    kind = shelf.kind(batch_size=5)
    return await create_many(kind, notes(count), concurrency=4, journal=journal)


def files_in(path: Path) -> list[Path]:
    return list(path.iterdir())


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-2000])


def folder(path: Path) -> Path:
    return path


def text(path: Path) -> Path:
    journal = path / "import.journal"
    journal.write_text("title;estimate\n" * 1000)
    return journal


def database(path: Path, *statements: str) -> Path:
    journal = path / "import.journal"
    with closing(sqlite3.connect(journal)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return journal


PLACES: Final[dict[str, Callable[[Path], Path | str]]] = {
    "a folder": folder,
    "no path": lambda _: "",
    "in a folder that is not there": lambda path: path / "nowhere" / "import.journal",
    "in a folder that nobody can write to": lambda _: Path("/proc/import.journal"),
    "below a file": lambda path: text(path) / "import.journal",
    "a file of another kind": text,
    "a database of somebody else's": lambda path: database(path, "CREATE TABLE drafts (a)"),
    "of another program, without tables": lambda path: database(path, "PRAGMA application_id = 5"),
    "of a later version": lambda path: database(
        path, "CREATE TABLE job (a)", f"PRAGMA application_id = {MAGIC}", "PRAGMA user_version = 9"
    ),
    "without its tables": lambda path: database(
        path, "CREATE TABLE job (a)", f"PRAGMA application_id = {MAGIC}", "PRAGMA user_version = 1"
    ),
    "with a zero byte in its name": lambda path: f"{path}/\0",
}


@pytest.mark.anyio
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
async def test_what_cannot_be_a_journal_is_refused_before_anything_is_sent(
    place: Callable[[Path], Path | str], tmp_path: Path
) -> None:
    shelf = Shelf()
    with pytest.raises(JournalError):
        await create(shelf, place(tmp_path))
    assert (shelf.requests, shelf.listings) == ([], 0)


@pytest.mark.anyio
async def test_a_file_of_somebody_else_is_left_as_it_is(tmp_path: Path) -> None:
    journal = database(tmp_path, "CREATE TABLE cards (a)", "INSERT INTO cards VALUES (5)")
    before = journal.read_bytes()
    with pytest.raises(JournalError, match="is not a journal"):
        await create(Shelf(), journal)
    assert journal.read_bytes() == before
    assert files_in(tmp_path) == [journal]


@pytest.mark.anyio
async def test_a_journal_whose_name_means_something_to_sqlite_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (":memory:", "file:x?mode=memory", "50% & more #1?.journal", "ü"):
        report = await create(Shelf(), name)
        assert len(report.created) == 60
        assert tmp_path / name in files_in(tmp_path)


@pytest.mark.anyio
async def test_a_report_of_a_journal_that_is_gone_says_so(tmp_path: Path) -> None:
    report = await create(Shelf(), tmp_path / "import.journal")
    files_in(tmp_path)[0].unlink()
    with pytest.raises(JournalError, match="cannot be read"):
        assert report.created
    assert files_in(tmp_path) == []


def test_a_damaged_journal_gives_a_report_or_a_journal_error(tmp_path: Path) -> None:
    sound, random, told = tmp_path / "sound", Random(7), 0
    anyio.run(create, Shelf(), sound)
    content = sound.read_bytes()

    async def judged() -> int:
        failed = 0
        for number in range(150):
            damaged = bytearray(content)
            if number % 10 == 0:
                damaged = damaged[: random.randrange(len(content))]
            for _ in range(random.choice([1, 4, 200])):
                damaged[random.randrange(len(damaged))] = random.randrange(256)
            journal = tmp_path / "damaged"
            journal.write_bytes(damaged)
            try:
                for outcome in await create(Shelf(), journal):
                    assert outcome.position >= 0
            except JournalError:
                failed += 1
            for file in files_in(tmp_path):
                if file != sound:
                    file.unlink()
        return failed

    told = anyio.run(judged)
    assert 50 < told < 150


def test_a_journal_whose_last_pages_never_reached_the_disk_is_continued(
    anyio_backend: str, tmp_path: Path
) -> None:
    shelf, crashed = Shelf(), tmp_path / "crashed"

    def crash() -> None:
        if len(shelf.requests) == 9:
            for file in files_in(tmp_path):
                shutil.copy(file, tmp_path / file.name.replace("import.journal", "crashed"))

    async def main() -> BulkReport[Note]:
        shelf.watch = crash
        await create(shelf, tmp_path / "import.journal")
        cut(tmp_path / "crashed-wal")
        return await create(Shelf(), crashed)

    assert len(in_virtual_time(anyio_backend, main).outcomes) == 60


@pytest.mark.quick(1)
@pytest.mark.parametrize("limit", [0, 1_000, 30_000, 100_000, 300_000])
def test_a_full_disk_sends_nothing_that_is_not_written(limit: int, tmp_path: Path) -> None:
    program = [sys.executable, "-m", "tests.bulk.full_disk", str(tmp_path / "journal"), str(limit)]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout == "JournalError\n2000 created, 0 refused, 0 of unknown outcome\n"
