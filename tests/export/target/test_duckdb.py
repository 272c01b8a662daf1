"""A file of DuckDB holds what a file of SQLite holds, in types of its own."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any, Final

import anyio
import pytest

from agilekit import InvalidInput
from agilekit.export import TABLES, ExportError, TargetError, export, verify
from agilekit.export.table import Row
from agilekit.export.target.open_target import open_target
from agilekit.export.testing.samples import in_version, project
from agilekit.sandbox import Sandbox
from tests.export.clients import another, client
from tests.export.many import clients_of
from tests.sizes import FULL

pytestmark = pytest.mark.anyio

# It has no types in its older versions.
duckdb: Any = import_module("duckdb")

FLIPS: Final = 200 if FULL else 6
READER: Final = """
import sys, duckdb
with duckdb.connect(sys.argv[1], read_only=True) as database:
    print("open", flush=True)
    sys.stdin.read()
"""
HOLDER: Final = """
import sys, time, duckdb
with duckdb.connect(sys.argv[1]) as database:
    print("open", flush=True)
    time.sleep(1)
"""


def rows_of(to: Path) -> dict[str, list[Row]]:
    target = open_target(to)
    return {table.name: [*target.rows(table)] for table in TABLES}


def change(to: Path, statement: str) -> None:
    with duckdb.connect(str(to)) as database:
        database.execute(statement).fetchall()


def test_what_failed_and_what_was_left_is_noted_until_a_later_run_takes_over(
    tmp_path: Path,
) -> None:
    target, ref = open_target(tmp_path / "x.duckdb"), project()
    target.prepare()
    run = target.begin("some", resume=True)
    target.fail(run, ref, InvalidInput("it is gone"))
    (entry,) = target.entries()
    assert (entry["tables"], entry["error"]) == (None, "InvalidInput: it is gone")
    target.commit(run, in_version(1, ref))
    target.skip(run, ref, "unchanged")
    (entry,) = target.entries()
    assert entry["tables"]
    assert (entry["error"], entry["skipped"]) == (None, "unchanged")
    later = target.begin("some", resume=True)
    assert (later.id, later.continued) == (run.id, True)
    assert [one.epoch for one in target.unfinished()] == [later.epoch]
    with pytest.raises(TargetError):
        target.commit(run, in_version(2, ref))
    target.commit(later, in_version(3, ref))
    target.finish([later])
    assert target.unfinished() == []
    target.close()
    assert verify(tmp_path / "x.duckdb").ok


async def test_it_holds_what_sqlite_holds_and_is_verified(tmp_path: Path) -> None:
    boards = {"boards": clients_of(Sandbox())["boards"]}
    to, other = tmp_path / "x.duckdb", tmp_path / "x.sqlite"
    for path in (to, other, to):  # the second time, each project is replaced
        assert not (await export(boards, to=path)).failed
    assert rows_of(to) == rows_of(other)
    found = verify(to)
    assert (found.ok, found.rows) == (True, verify(other).rows)
    promised = [entry["tables"] for entry in open_target(other).manifest()]
    assert [entry["tables"] for entry in open_target(to).manifest()] == promised


@pytest.mark.slow
async def test_its_types_can_be_reckoned_with(tmp_path: Path) -> None:
    to = tmp_path / "x.duckdb"
    await export(clients_of(Sandbox()), to=to, tables=["cards"])
    with duckdb.connect(str(to), read_only=True) as database:

        def rows(query: str) -> list[tuple[object, ...]]:
            found: list[tuple[object, ...]] = database.execute(query).fetchall()
            return found

        weeks = "SELECT date_trunc('week', completed_at) FROM cards WHERE is_done GROUP BY 1"
        assert len(rows(weeks)) > 1
        assert rows("SELECT max(completed_at - created_at) > INTERVAL 1 DAY FROM cards") == [
            (True,)
        ]
        assert len(rows("SELECT unnest(assignees) FROM cards")) > 1
        assert len(rows("SELECT id FROM cards WHERE due_on > DATE '2026-03-01'")) > 1


@pytest.mark.slow
async def test_what_failed_and_what_is_unchanged_is_noted(sandbox: Sandbox, tmp_path: Path) -> None:
    to, wrong = tmp_path / "x.duckdb", client(sandbox, another(sandbox, "Wrong"), secret="0" * 32)
    await export([client(sandbox), wrong], to=to)
    report = await export([client(sandbox), wrong], to=to, changed_only=True)
    assert [len(found) for found in (report.skipped, report.failed)] == [1, 1]
    found = verify(to)
    assert (found.ok, found.projects, len(found.incomplete)) == (True, 1, 1)


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE cards SET title = 'x' WHERE number = 1", "the rows of cards are not those"),
        ("UPDATE people SET host = 'elsewhere'", "that nothing promises"),
        ("ALTER TABLE cards DROP COLUMN title", "the table cards is not as it was made"),
        ("DROP TABLE comments", "the table comments is not as it was made"),
        ("DROP TABLE burndown", "the table burndown is not as it was made"),
        ("DROP VIEW velocity", "the view velocity is not there"),
        ("UPDATE manifest SET tables = '{'", "the manifest cannot be read"),
    ],
)
async def test_what_another_program_has_changed_is_found(
    statement: str, problem: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    to = tmp_path / "x.duckdb"
    await export([client(sandbox)], to=to)
    change(to, statement)
    found = verify(to)
    assert problem in "\n".join(found.problems)
    assert found.advice


@pytest.mark.slow
async def test_no_byte_that_is_changed_leaves_other_rows_without_a_finding(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    to, damaged, random = tmp_path / "x.duckdb", tmp_path / "damaged.duckdb", Random(5)
    await export([client(sandbox)], to=to)
    content, whole = to.read_bytes(), rows_of(to)
    for _ in range(FLIPS):
        offset = random.randrange(len(content))
        flipped = bytes((content[offset] ^ (1 << random.randrange(8)),))
        damaged.write_bytes(content[:offset] + flipped + content[offset + 1 :])
        try:
            assert verify(damaged).problems or rows_of(damaged) == whole
        except (InvalidInput, ExportError):
            continue


async def test_what_duckdb_says_is_told_in_a_line_with_what_to_do(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    to, cut, empty = (tmp_path / f"{name}.duckdb" for name in ("whole", "cut", "empty"))
    await export([client(sandbox)], to=to)
    cut.write_bytes(to.read_bytes()[:5000])
    empty.touch()
    (problem,), (advice,) = verify(cut).problems, verify(cut).advice
    assert "Could not read enough bytes" in problem
    assert "move it away, and export again" in advice
    with pytest.raises(InvalidInput, match="is not a database of DuckDB"):
        verify(empty)
    opened = closing(duckdb.connect(str(to), read_only=True))
    with opened, pytest.raises(TargetError, match=r"this process has it open .* close that first"):
        await export([client(sandbox)], to=to)
    assert not (await export([client(sandbox)], to=to)).failed


async def test_what_is_not_an_export_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    text, other, lite = tmp_path / "text", tmp_path / "other", tmp_path / "lite"
    text.write_text("My diary, which is longer than the header of a database. " * 90)
    change(other, "CREATE TABLE cards (id INTEGER)")
    with closing(sqlite3.connect(lite)) as database:
        database.execute("CREATE TABLE cards (id INTEGER)")
    (tmp_path / "folder").mkdir()
    for name, problem in (
        ("text", "is not a database of DuckDB"),
        ("other", "is a database, but not an export of agilekit"),
        ("lite", "is not a database of DuckDB"),
        ("folder", "is not a file"),
        ("no/such/x", "there is no folder"),
    ):
        with pytest.raises((InvalidInput, ExportError), match=problem):
            await export([client(sandbox)], to=tmp_path / name, format="duckdb")
    assert sandbox.count() == 0
    with pytest.raises(InvalidInput, match="there is no file"):
        verify(tmp_path / "missing.duckdb")
    with pytest.raises(InvalidInput, match="made on this machine, not at a URL"):
        await export([client(sandbox)], to="memory://x.duckdb")


@pytest.mark.slow
async def test_another_process_that_has_it_open_is_waited_for(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    to = tmp_path / "x.duckdb"
    await export([client(sandbox)], to=to)
    command = [sys.executable, "-c", HOLDER, str(to)]
    async with await anyio.open_process(command) as holder:
        assert holder.stdout is not None
        await holder.stdout.receive()
        assert not (await export([client(sandbox)], to=to)).failed
        assert await holder.wait() == 0


@pytest.mark.slow
async def test_it_is_verified_while_another_process_only_reads_it(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    to = tmp_path / "x.duckdb"
    await export([client(sandbox)], to=to)
    command = [sys.executable, "-c", READER, str(to)]
    async with await anyio.open_process(command) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        await reader.stdout.receive()
        assert verify(to).ok
        await reader.stdin.aclose()
        assert await reader.wait() == 0
