"""An export that is damaged is found to be, whatever the damage, and what to do is said."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from importlib import import_module
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, BinaryIO, Final

import anyio
import pytest
from attrs import frozen

from agilekit import InvalidInput
from agilekit.export import (
    TABLES,
    ExportError,
    Format,
    Row,
    Table,
    TargetError,
    Verification,
    export,
    manifest,
    verify,
)
from agilekit.export.tables import BY_NAME
from agilekit.export.target.folder import Folder
from agilekit.export.target.jsonlines import JSONLines
from agilekit.export.target.open_target import open_target
from agilekit.export.target.parquet import Parquet
from agilekit.export.target.sqlite import SQLite
from agilekit.export.target.store import LocalStore
from agilekit.export.testing.samples import in_version, project
from agilekit.export.verify import verify_target
from agilekit.report import read
from agilekit.sandbox import Sandbox
from tests.export.backups import Backup, SQLiteBackup
from tests.export.clients import another, client, seeded
from tests.sizes import FULL

# pyarrow has no types.
ParquetFile: Any = import_module("pyarrow.parquet").ParquetFile

FORMATS_BY_NAME: Final[Mapping[str, Format]] = {
    "x.sqlite": "sqlite",
    "x": "jsonl",
    "x.zst": "jsonl.zst",
    "x.parquet": "parquet",
    "x.csv": "csv",
}
FLIPS: Final = 2000 if FULL else 12


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One export in each format."""
    folder = tmp_path_factory.mktemp("exports")

    async def main() -> None:
        sandbox = Sandbox()
        for name in FORMATS_BY_NAME:
            await export([client(sandbox)], to=folder / name)

    anyio.run(main)
    return folder


@pytest.fixture
def copied(exports: Path, tmp_path: Path) -> Callable[[str], Path]:
    def copy(name: str) -> Path:
        there = tmp_path / name
        shutil.rmtree(there, ignore_errors=True)
        if (exports / name).is_dir():
            return shutil.copytree(exports / name, there)
        return Path(shutil.copy(exports / name, there))

    return copy


def files_of(to: Path) -> list[Path]:
    return [to] if to.is_file() else sorted(one for one in to.rglob("*") if one.is_file())


def rows_of(to: Path) -> dict[str, list[object]]:
    target = open_target(to)
    return {table.name: [*target.rows(table)] for table in TABLES}


def sentences(found: Verification) -> str:
    return "\n".join((*found.problems, *found.advice))


@pytest.mark.quick(2)
@pytest.mark.parametrize("name", FORMATS_BY_NAME)
def test_no_byte_that_is_changed_leaves_other_rows_without_a_finding(
    name: str, exports: Path, copied: Callable[[str], Path]
) -> None:
    random, whole = Random(5), rows_of(exports / name)
    to = copied(name)
    for _ in range(FLIPS):
        file = random.choice(files_of(to))
        content = file.read_bytes()
        if not content:
            continue
        offset = random.randrange(len(content))
        flipped = bytes((content[offset] ^ (1 << random.randrange(8)),))
        file.write_bytes(content[:offset] + flipped + content[offset + 1 :])
        with suppress(InvalidInput, ExportError):
            found = verify(to)
            assert bool(found.problems) is bool(found.advice)
            if found.ok:
                assert rows_of(to) == whole
        file.write_bytes(content)
        for left in to.parent.glob("x.sqlite-*"):
            left.unlink()


@pytest.mark.quick(3)
@pytest.mark.parametrize("name", FORMATS_BY_NAME)
@pytest.mark.parametrize("change", ["cut", "gone"])
def test_a_file_that_is_cut_or_gone_is_a_finding(
    change: str, name: str, exports: Path, copied: Callable[[str], Path]
) -> None:
    whole = rows_of(exports / name)
    for file in [one.relative_to(exports / name) for one in files_of(exports / name)]:
        to = copied(name)
        if change == "gone":
            (to / file).unlink()
        else:
            _cut(to / file)
        if file.name == "agilekit_export.json" or not to.exists():
            with pytest.raises(InvalidInput):
                verify(to, format=FORMATS_BY_NAME[name])
        elif file.parent.name != "runs" and verify(to).ok:
            # Of an empty table, and cut into two halves that are as empty.
            assert rows_of(to) == whole
            assert change == "cut"


def _cut(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def damage_text(path: Path) -> None:
    """Puts a byte into a title that UTF-8 has not."""
    content = path.read_bytes()
    path.write_bytes(content.replace(b"Night mode", b"Night\xff\xfeode"))


@pytest.mark.parametrize("name", ["x.sqlite", "x"])
def test_a_byte_that_is_not_utf_8_is_a_finding(name: str, copied: Callable[[str], Path]) -> None:
    to = copied(name)
    damage_text(to if to.is_file() else to / "cards.jsonl")
    found = verify(to)
    assert any("cards" in problem for problem in found.problems)
    assert found.advice


def test_a_replacement_character_is_not_taken_for_what_was_damaged(tmp_path: Path) -> None:
    backup = SQLiteBackup(tmp_path)

    async def main() -> None:
        sandbox = Sandbox()
        seeded(sandbox).add_card("Half \ufffd")
        await export([client(sandbox)], to=backup.path)

    anyio.run(main)
    with closing(sqlite3.connect(backup.path)) as database:
        database.execute(
            "UPDATE cards SET title = CAST(x'48616C6620EFBF' AS TEXT) WHERE title = ?",
            ("Half \ufffd",),
        )
        database.commit()
    assert "the rows of cards are not those that were written" in sentences(verify(backup.path))


CHANGES: Final = {
    "UPDATE cards SET title = x'00ff' WHERE number = 1": "rows of cards are not those",
    "UPDATE people SET host = 'elsewhere'": "that nothing promises",
    "UPDATE people SET host = x'ff'": "that nothing promises",
    "DELETE FROM sprints": "refer to rows that are gone",
    "DROP TABLE comments": "the table comments is not as it was made",
    "DROP VIEW velocity": "the view velocity is not as it was made",
    "DROP INDEX cards_sprint_id": "the index cards_sprint_id is not as it was made",
    "ALTER TABLE cards ADD COLUMN mine": "the table cards is not as it was made",
    "UPDATE manifest SET tables = '{'": "the manifest cannot be read",
    "UPDATE manifest SET tables = '[]'": "rows of",
    "UPDATE manifest SET tables = '{\"cards\": 1}'": "the manifest cannot be read",
    "UPDATE manifest SET gaps = '7'": "the manifest cannot be read",
    "DROP TABLE manifest": "the table manifest is not as it was made",
}


@pytest.mark.parametrize(("statement", "problem"), CHANGES.items())
def test_what_another_program_has_changed_is_found(
    statement: str, problem: str, copied: Callable[[str], Path]
) -> None:
    to = copied("x.sqlite")
    with closing(sqlite3.connect(to)) as database:
        database.execute(statement)
        database.commit()
    found = verify(to)
    assert problem in sentences(found)
    assert all(str(to) in advice or "again" in advice for advice in found.advice)


def test_an_index_that_does_not_fit_its_table_is_found(copied: Callable[[str], Path]) -> None:
    to = copied("x.sqlite")
    with closing(sqlite3.connect(to, isolation_level=None)) as database:
        database.execute("PRAGMA writable_schema = ON")
        database.execute(
            "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master "
            "WHERE name = 'tasks_card_id') WHERE name = 'cards_sprint_id'"
        )
    assert "the file is damaged" in sentences(verify(to))


def test_a_view_that_was_changed_is_made_anew_by_the_next_export(
    copied: Callable[[str], Path],
) -> None:
    to = copied("x.sqlite")
    with closing(sqlite3.connect(to)) as database:
        database.execute("DROP VIEW velocity")
        database.execute("CREATE VIEW velocity AS SELECT 1 AS sprint")
    found = verify(to)
    assert found.problems == ("the view velocity is not as it was made",)
    assert found.advice == (f"{to}: export anything to it: its views are made anew",)
    open_target(to).prepare()
    assert verify(to).ok


def test_indexes_and_views_of_users_are_their_own_matter(copied: Callable[[str], Path]) -> None:
    to = copied("x.sqlite")
    with closing(sqlite3.connect(to)) as database:
        database.execute("CREATE INDEX mine ON cards (title)")
        database.execute("CREATE VIEW also_mine AS SELECT title FROM cards")
        database.commit()
    assert verify(to).ok


def test_statistics_that_are_not_those_of_the_values_are_found(exports: Path) -> None:
    content = (exports / "x.parquet" / "cards.parquet").read_bytes()
    assert [*Parquet().differences(io.BytesIO(content), BY_NAME["cards"])] == []
    # In the footer, the statistics hold the first and the last title as they are.
    title = b"Book a guided tour"
    offset = content.rindex(title)
    changed = content[:offset] + b"Aook a guided tour" + content[offset + len(title) :]
    (found,) = Parquet().differences(io.BytesIO(changed), BY_NAME["cards"])
    assert found == "cards: the statistics of title are not those of its values"


def test_a_page_whose_checksum_differs_cannot_be_read(exports: Path) -> None:
    file = exports / "x.parquet" / "cards.parquet"
    content, group = file.read_bytes(), ParquetFile(file).metadata.row_group(0)
    column = group.column([one.name for one in BY_NAME["cards"].columns].index("title"))
    pages = (column.dictionary_page_offset, column.data_page_offset)
    last: int = min(offset for offset in pages if offset) + column.total_compressed_size - 1
    changed = content[:last] + bytes((content[last] ^ 1,)) + content[last + 1 :]
    with pytest.raises((OSError, ValueError)):
        list(Parquet().read(io.BytesIO(changed), BY_NAME["cards"]))


def test_a_parquet_file_that_was_changed_is_not_even_read(copied: Callable[[str], Path]) -> None:
    to = copied("x.parquet")
    file = to / "cards.parquet"
    content = file.read_bytes()
    for offset in range(0, len(content), len(content) // 10):
        file.write_bytes(content[:offset] + bytes((content[offset] ^ 1,)) + content[offset + 1 :])
        assert "cards.parquet cannot be read: it is not the file" in sentences(verify(to))


def cut_cards(to: Path) -> None:
    (cards,) = to.glob("cards.*")
    _cut(cards)


def lose_part(to: Path) -> None:
    (file,) = (to / ".agilekit" / "parts").iterdir()
    file.unlink()


def damage_title(to: Path) -> None:
    damage_text(to)


def empty_cards(to: Path) -> None:
    with closing(sqlite3.connect(to)) as database:
        database.execute("DELETE FROM tasks")
        database.commit()


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("x", cut_cards),
        ("x.parquet", cut_cards),
        ("x.zst", lose_part),
        ("x.sqlite", damage_title),
        ("x.sqlite", empty_cards),
    ],
)
def test_following_the_advice_makes_an_export_whole(
    name: str, damage: Callable[[Path], None], copied: Callable[[str], Path]
) -> None:
    to = copied(name)
    damage(to)
    assert not verify(to).ok

    async def main() -> None:
        sandbox = Sandbox()
        # A number that is missing now is looked for in what is there.
        project = seeded(sandbox)
        project.cards.pop(next(one.id for one in project.cards.values() if not one.tasks))
        report = await export([client(sandbox)], to=to)
        assert not report.failed

    anyio.run(main)
    assert verify(to).ok


async def _exported(to: Path) -> bool:
    sandbox = Sandbox()
    seeded(sandbox).add_card("Newer")
    report = await export([client(sandbox)], to=to)
    return not report.failed


@pytest.mark.anyio
@pytest.mark.parametrize("when", ["before", "meanwhile"])
async def test_a_reader_with_an_open_transaction_ends_no_export(
    when: str, copied: Callable[[str], Path]
) -> None:
    to = copied("x.sqlite")

    def titles(database: sqlite3.Connection) -> list[str]:
        return [title for (title,) in database.execute("SELECT title FROM cards")]

    with closing(sqlite3.connect(to, isolation_level=None)) as reader:
        if when == "before":
            reader.execute("BEGIN")
        before = titles(reader)
        with anyio.fail_after(20):
            assert await _exported(to)
        if when == "before":
            assert titles(reader) == before
            reader.execute("COMMIT")
        assert "Newer" in titles(reader)
    assert verify(to).ok
    assert [one.name for one in to.parent.iterdir()] == [to.name]


def never(*_: object) -> bool:
    return False


def test_a_file_in_a_folder_that_cannot_be_written_to_is_read_all_the_same(
    copied: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    to = copied("x.sqlite")
    monkeypatch.setattr(os, "access", never)
    opened: list[str] = []
    connect = sqlite3.connect

    def noted(database: str, *arguments: object, **options: object) -> sqlite3.Connection:
        opened.append(database)
        return connect(database, *arguments, **options)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(sqlite3, "connect", noted)
    assert verify(to).ok
    assert read(to).projects
    assert all("immutable=1" in uri for uri in opened if uri != ":memory:")


@pytest.fixture(autouse=True)
def nothing_is_left_beside(tmp_path: Path) -> Iterator[None]:
    yield
    assert not [*tmp_path.glob("*-wal")]


@pytest.mark.anyio
async def test_a_row_that_was_changed_is_found(sandbox: Sandbox, tmp_path: Path) -> None:
    backup = SQLiteBackup(tmp_path)
    await export([client(sandbox)], to=backup.path)
    with closing(sqlite3.connect(backup.path)) as database:
        database.execute("UPDATE cards SET title = 'Mine' WHERE number = 1")
        database.execute("DELETE FROM changes WHERE id IN (SELECT min(id) FROM changes)")
        database.execute("UPDATE people SET host = 'elsewhere'")
        database.commit()
    problems = verify(backup.path).problems
    assert any("the rows of cards are not those that were written" in one for one in problems)
    assert any("changes has 7 rows instead of 8" in one for one in problems) or any(
        "rows instead of" in one for one in problems
    )
    assert any("rows of people that nothing promises" in one for one in problems)


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["x", "x.zst", "x.parquet", "x.csv"])
async def test_a_file_that_was_changed_is_found(
    name: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    to = tmp_path / name
    await export([client(sandbox)], to=to)
    (cards,) = to.glob("cards.*")
    (tasks,) = to.glob("tasks.*")
    content = cards.read_bytes()
    cards.write_bytes(tasks.read_bytes())
    assert any("cards cannot be read to its end" in one for one in verify(to).problems)
    cards.write_bytes(content[: len(content) // 2])
    if name == "x":
        cards.write_bytes(b"".join(content.splitlines(keepends=True)[1:]))
        (problem,) = verify(to).problems
        assert "rows instead of" in problem
    else:
        assert any("cards cannot be read to its end" in one for one in verify(to).problems)


@pytest.mark.anyio
async def test_a_project_that_failed_is_incomplete_and_no_problem(
    sandbox: Sandbox, backup: Backup
) -> None:
    wrong = another(sandbox, "Wrong")
    await export([client(sandbox), client(sandbox, wrong, secret="0" * 32)], to=backup.path)
    found = verify(backup.path)
    assert (found.ok, found.projects) == (True, 1)
    (incomplete,) = found.incomplete
    assert wrong.id in incomplete
    assert "Forbidden" in incomplete


@pytest.mark.parametrize("name", ["missing.sqlite", "missing", "empty"])
def test_what_is_not_an_export_cannot_be_verified(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInput, match=r"there is no|not an export"):
        verify(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


@pytest.mark.anyio
async def test_a_damaged_file_of_a_project_is_named(sandbox: Sandbox, tmp_path: Path) -> None:
    to = tmp_path / "x"
    await export([client(sandbox)], to=to)
    (file,) = (to / ".agilekit" / "parts").iterdir()
    file.write_bytes(file.read_bytes()[:20])
    with pytest.raises(ExportError, match="is damaged: remove it"):
        await export([client(sandbox)], to=to)
    file.unlink()
    await export([client(sandbox)], to=to)
    assert verify(to).ok


@pytest.mark.anyio
async def test_an_export_is_verified_although_a_writer_was_killed(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    backup = SQLiteBackup(tmp_path)
    await export([client(sandbox)], to=backup.path)
    # A process that dies in a transaction leaves its log beside the file.
    program = (
        "import os, sqlite3, sys\n"
        "database = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "database.execute('PRAGMA cache_size = 1')\n"
        "database.execute('BEGIN IMMEDIATE')\n"
        'database.execute("UPDATE cards SET title = hex(randomblob(4000))")\n'
        "os.kill(os.getpid(), 9)\n"
    )
    await anyio.run_process([sys.executable, "-c", program, str(backup.path)], check=False)
    assert (tmp_path / "export.sqlite-wal").exists()
    assert verify(backup.path).ok


@frozen
class LosingStore(LocalStore):
    """A folder whose connection is lost when some files were read."""

    reads: Iterator[int]

    def open(self, name: str) -> BinaryIO:
        if next(self.reads, None) is None:
            raise ConnectionResetError("connection reset by peer")
        return LocalStore.open(self, name)


@pytest.mark.parametrize("name", ["x", "x.parquet"])
def test_a_connection_that_is_lost_is_no_finding_but_an_error_of_the_target(
    name: str, exports: Path
) -> None:
    form, said = Parquet() if name == "x.parquet" else JSONLines(), set[str]()
    reads = 0
    for reads in count():
        store = LosingStore(exports / name, iter(range(reads)))
        try:
            assert verify_target(Folder(store, form)).ok
            break
        except TargetError as error:
            said.add(str(error))
    assert reads > len(TABLES)
    assert said == {f"{exports / name}: cannot be read: connection reset by peer"}


def test_a_file_that_another_process_holds_is_not_called_damaged(
    copied: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    to = copied("x.sqlite")
    connect: Any = sqlite3.connect

    def impatient(path: str, **options: Any) -> Any:
        return connect(path, **{**options, "timeout": 0.0})

    monkeypatch.setattr(sqlite3, "connect", impatient)
    with closing(sqlite3.connect(to, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
        database.execute("BEGIN EXCLUSIVE")
        with pytest.raises(TargetError, match="cannot be read: database is locked") as raised:
            verify(to)
        assert raised.value.advice is None


def test_views_of_the_version_before_are_no_damage_of_an_export_of_that_version(
    copied: Callable[[str], Path],
) -> None:
    to = copied("x.sqlite")
    with closing(sqlite3.connect(to)) as database:
        database.execute("DROP VIEW velocity")
        database.execute("CREATE VIEW velocity AS SELECT 1 AS before")
        database.commit()
        assert "the view velocity is not as it was made" in sentences(verify(to))
        database.execute("UPDATE agilekit_export SET format = ?", (manifest.UPGRADED,))
        database.commit()
        assert verify(to).ok
        database.execute("DROP VIEW velocity")
        database.commit()
    assert "the view velocity is not as it was made" in sentences(verify(to))


def test_an_upgrade_that_was_killed_is_no_damage_and_the_next_export_ends_it(
    copied: Callable[[str], Path],
) -> None:
    to = copied("x.parquet")
    file = to / "manifest.json"
    document = json.loads(file.read_text("utf-8"))
    # The next export has said that it is of this version, and its tables are of the one before.
    file.write_text(json.dumps({**document, "format": manifest.UPGRADED}), "utf-8")
    with pytest.raises(InvalidInput, match="export anything to it, which keeps what it holds"):
        verify(to)
    assert anyio.run(_exported, to)
    assert verify(to).ok


@pytest.mark.parametrize("repeated", ["[", '{"a":', "project"])
def test_a_manifest_that_does_not_say_clearly_what_is_there_is_a_finding(
    repeated: str, copied: Callable[[str], Path]
) -> None:
    file = copied("x") / "manifest.json"
    document = json.loads(file.read_text("utf-8"))
    twice = json.dumps({**document, "projects": document["projects"] * 2})
    file.write_text(twice if repeated == "project" else repeated * 100_000, "utf-8")
    found = verify(file.parent)
    assert any("the manifest cannot be read: " in problem for problem in found.problems)
    assert found.advice


def test_a_file_of_a_project_in_the_place_of_another_is_found(tmp_path: Path) -> None:
    target = Folder(LocalStore(tmp_path / "x"), JSONLines())
    target.prepare()
    run = target.begin("x", resume=True)
    for id in ("1", "2"):
        target.commit(run, in_version(1, project(id)))
    target.finish([run])
    one, other = sorted((tmp_path / "x" / ".agilekit" / "parts").iterdir())
    one.write_bytes(other.read_bytes())
    found = verify(tmp_path / "x")
    assert found.problems == (f".agilekit/parts/{one.name}: it holds another project",)
    assert f"remove .agilekit/parts/{one.name}" in sentences(found)


@frozen
class WrittenMeanwhile(SQLite):
    """A project of it is exported anew while its cards are read."""

    times: int = 0

    def rows(self, table: Table) -> Iterator[Row]:
        if table.name == "cards" and self.times:
            object.__setattr__(self, "times", self.times - 1)
            other = SQLite(self.file)
            other.commit(other.begin("x", resume=True), in_version(self.times))
            other.close()
        return SQLite.rows(self, table)


def test_an_export_that_is_written_to_meanwhile_is_looked_at_again_and_not_called_damaged(
    tmp_path: Path,
) -> None:
    first = SQLite(tmp_path / "x.sqlite")
    first.prepare()
    first.commit(first.begin("x", resume=True), in_version(7))
    first.close()
    found = verify_target(WrittenMeanwhile(first.file, times=2))
    assert (found.ok, found.projects) == (True, 1)
    with pytest.raises(TargetError, match="it is written to all the time"):
        verify_target(WrittenMeanwhile(first.file, times=9))
