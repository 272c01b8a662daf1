"""Which target a path or URL means, and what is refused before anything is asked for."""

from __future__ import annotations

import sqlite3
import traceback
from contextlib import closing, nullcontext
from pathlib import Path
from typing import cast

import pytest

from agilekit import InvalidInput
from agilekit.export import TargetError, export, verify
from agilekit.export.target.open_target import open_target
from agilekit.sandbox import Sandbox
from tests.export.backups import SQLiteBackup, contents
from tests.export.clients import client

pytestmark = pytest.mark.anyio


def a_text_file(path: Path) -> None:
    path.write_text("My diary, which is longer than the header of a database. " * 9)


def a_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE cards (id INTEGER)")


def a_newer_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE agilekit_export (format INTEGER)")
        database.execute("INSERT INTO agilekit_export VALUES (5)")
        database.commit()


def a_folder(path: Path) -> None:
    path.mkdir()
    (path / "holiday.jpg").touch()


def a_newer_folder(path: Path) -> None:
    path.mkdir()
    (path / "agilekit_export.json").write_text('{"format": 5}')


def an_empty(path: Path) -> None:
    path.touch() if path.suffix else path.mkdir()


def a_broken_folder(path: Path) -> None:
    path.mkdir()
    (path / "agilekit_export.json").write_text("?")


@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        ("x.sqlite", a_text_file, "is not a database"),
        ("x.db", a_database, "not an export of agilekit"),
        ("x.SQLite3", a_newer_database, "another version"),
        ("x.sqlite", a_folder, "is not a file"),
        ("folder", a_text_file, "is a file, not a folder"),
        ("folder", a_folder, "other files"),
        ("folder", a_newer_folder, "another version"),
        ("folder", a_broken_folder, "another version"),
        ("missing/x.sqlite", None, "there is no folder"),
        ("missing/folder", None, "there is no folder"),
    ],
)
async def test_what_is_not_an_export_is_refused_unchanged_before_anything_is_asked_for(
    name: str, make: object, message: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / name
    if callable(make):
        make(path)
    before = contents(tmp_path)
    with pytest.raises(InvalidInput, match=message):
        await export([client(sandbox)], to=path)
    assert contents(tmp_path) == before
    assert sandbox.count() == 0


@pytest.mark.parametrize("name", ["x.sqlite", "folder"])
async def test_an_empty_file_or_folder_is_filled(
    name: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / name
    an_empty(path)
    assert not (await export([client(sandbox)], to=str(path))).failed


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("x.json", "'.jsonl'"),
        ("x.cvs", "'.csv'"),
        ("x.xlsx", ""),
        ("x.sqllite", "'.sqlite'"),
        ("x.parq", "'.parquet'"),
        ("backup-2026.11.26", ""),
        (f"x.{'y' * 200}", ""),
    ],
)
async def test_an_ending_that_tells_no_format_is_refused_with_those_that_do(
    name: str, meant: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput, match="does not tell the format of the export") as caught:
        await export([client(sandbox)], to=tmp_path / name)
    message = str(caught.value)
    assert ("did you mean " + meant in message) if meant else "did you mean" not in message
    for ending in (".csv", ".db", ".duckdb", ".jsonl", ".parquet", ".sqlite", ".sqlite3", ".zst"):
        assert ending in message
    assert not contents(tmp_path)
    assert sandbox.count() == 0


async def test_an_unknown_ending_is_accepted_if_the_format_is_given_or_there(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "backup-2026.11.26"
    await export([client(sandbox)], to=path, format="jsonl")
    assert not (await export([client(sandbox)], to=path)).failed
    assert verify(path).ok


@pytest.mark.parametrize(
    ("url", "is_refused"),
    [
        ("memory://my.bucket", False),
        ("memory://my.bucket/", False),
        ("memory://my.bucket/backup", False),
        ("memory://bucket/backup.json", True),
    ],
)
def test_the_name_of_a_bucket_may_have_a_dot(url: str, is_refused: bool) -> None:
    with pytest.raises(InvalidInput) if is_refused else nullcontext():
        open_target(url)


@pytest.mark.parametrize("to", ["", b"x.sqlite", 5, None, "nul\0byte"])
async def test_what_is_not_a_path_is_refused(to: object, sandbox: Sandbox) -> None:
    with pytest.raises(InvalidInput, match="to must be the path"):
        await export([client(sandbox)], to=cast("str", to))


FORMATS = ["x.sqlite", "x", "x.zst", "x.parquet", "x.csv"]


@pytest.mark.quick(2)
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("around", ["", "memory://"])
async def test_every_format_is_written_anywhere_and_verified(
    name: str, around: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    reference = SQLiteBackup(tmp_path)
    await export([client(sandbox)], to=reference.path)
    to = f"{around}{tmp_path}/{name}"
    await export([client(sandbox)], to=to)
    report = await export([client(sandbox)], to=to)
    assert not report.failed
    found = verify(to)
    assert (found.ok, found.projects, found.rows) == (True, 1, sum(report.rows.values()))
    assert found.rows == verify(reference.path).rows


@pytest.mark.parametrize("around", ["memory://", "memory://folder/", "memory:///"])
async def test_a_url_leads_to_no_file_of_this_machine_and_is_shown_as_it_was_given(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, around: str
) -> None:
    monkeypatch.chdir(tmp_path)
    to = f"{around}{tmp_path.name}.sqlite"
    report = await export([client(sandbox)], to=to)
    assert report.path == to
    assert verify(report.path).ok
    assert not contents(tmp_path)


@pytest.mark.parametrize(
    ("name", "format", "files"),
    [
        ("x", "jsonl", "cards.jsonl"),
        ("x", "jsonl.zst", "cards.jsonl.zst"),
        ("x", "parquet", "cards.parquet"),
        ("x", "csv", "cards.csv"),
        ("x", "sqlite", None),
    ],
)
async def test_the_format_can_be_named(
    name: str, format: str, files: str | None, sandbox: Sandbox, tmp_path: Path
) -> None:
    to = tmp_path / name
    await export([client(sandbox)], to=to, format=format)  # type: ignore[arg-type]
    assert to.is_file() if files is None else (to / files).is_file()
    assert verify(to, format=format).ok  # type: ignore[arg-type]
    if files is not None:
        # What is in a folder tells its format.
        await export([client(sandbox)], to=to)
        assert verify(to).ok


async def test_a_folder_of_another_format_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    await export([client(sandbox)], to=tmp_path / "x")
    with pytest.raises(InvalidInput, match="holds jsonl, not parquet"):
        await export([client(sandbox)], to=tmp_path / "x", format="parquet")


async def test_an_unknown_format_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="format must be 'sqlite', "):
        await export([client(sandbox)], to=tmp_path / "x", format="xml")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("postgresq://jane:sesame@h/db", r"postgresq://; did you mean 'postgresql'\?"),
        ("postgresql+psycopg://jane:sesame@h/db", r"psycopg://; did you mean 'postgresql'\?"),
        ("sqlite:///x.db", r"by its path, such as backup\.sqlite, not sqlite://"),
        ("duckdb://x", r"by its path, such as backup\.duckdb, not duckdb://"),
    ],
)
def test_a_url_that_is_meant_for_a_database_is_refused_with_what_to_give(
    url: str, problem: str
) -> None:
    with pytest.raises(InvalidInput, match=problem) as refused:
        open_target(url)
    assert "sesame" not in str(refused.value)


def test_a_url_that_fsspec_does_not_know_is_refused() -> None:
    with pytest.raises(InvalidInput, match="Protocol not known: nowhere"):
        verify("nowhere://somewhere/x.sqlite")
    with pytest.raises(InvalidInput, match="not an export of agilekit|there is no"):  # noqa: RUF043
        verify("memory://nothing-here/x")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("nowhere://jane:hunter2@host/x", "nowhere://host/x"),
        ("nowhere://jane:hun/ter2@host/x", "nowhere://host/x"),
        ("nowhere://jane:hun@ter2@host:22/x", "nowhere://host:22/x"),
        ("nowhere://hunter2@host/a@b", "nowhere://host/a@b"),
        ("nowhere://host:22/a@b?key=hunter2", "nowhere://host:22/a@b"),
        ("nowhere://[jane:hunter2@host/x", "nowhere://host/x"),
        ("simplecache::nowhere://jane:hunter2@host/x", "simplecache::nowhere://host/x"),
        ("NOWHERE://jane:hunter2@host/x", "NOWHERE://host/x"),
    ],
)
def test_a_url_that_cannot_be_opened_is_named_without_its_password(url: str, shown: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        open_target(url)
    assert str(raised.value).startswith(f"{shown}: ")
    assert "ter2" not in "".join(traceback.format_exception(raised.value))


def test_a_store_that_connects_at_once_fails_as_a_target_does() -> None:
    with pytest.raises(TargetError, match="refused") as raised:
        open_target("ftp://jane:hunter2@127.0.0.1:1/x")
    assert raised.value.path == "ftp://127.0.0.1:1/x"
    assert "hunter2" not in repr(open_target("memory://jane:hunter2@host/x"))


@pytest.mark.parametrize("ending", ["", ".sqlite", ".duckdb", ".parquet"])
@pytest.mark.parametrize("around", ["", "/x"])
def test_what_the_system_does_not_let_be_looked_at_is_an_error_of_the_target(
    ending: str, around: str, tmp_path: Path
) -> None:
    to = f"{tmp_path}/{'x' * 300}{around}{ending}"
    with pytest.raises(TargetError, match="File name too long") as raised:
        verify(to)
    assert raised.value.path == to
