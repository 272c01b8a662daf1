"""The file of an export as SQLite is opened once a run, and only by the process that writes."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export import TargetError, verify
from agilekit.export.target.sqlite import SQLite
from agilekit.export.testing.samples import in_version, project


@pytest.fixture
def target(tmp_path: Path) -> Iterator[SQLite]:
    target = SQLite(tmp_path / "x.sqlite")
    target.prepare()
    yield target
    target.close()


def test_a_run_opens_the_file_once(target: SQLite, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    connect = sqlite3.connect

    def noted(database: str, **options: object) -> sqlite3.Connection:
        opened.append(database)
        return connect(database, **options)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(sqlite3, "connect", noted)
    run = target.begin("x", resume=True)
    for number in range(3):
        target.commit(run, in_version(1, project(str(number))))
        target.fail(run, project(str(number)), AgilekitError("refused"))
        target.entries()
    target.finish([run])
    assert len(opened) == 1


def test_what_failed_is_rolled_back_and_the_next_step_goes_on(target: SQLite) -> None:
    run, good = target.begin("x", resume=True), in_version(1)
    target.commit(run, good)
    (row, *_) = good.rows["cards"]
    twice = good.project.data({**good.rows, "cards": [row, row]}, title="twice")
    with pytest.raises(TargetError, match="UNIQUE"):
        target.commit(run, twice)
    target.finish([run])
    assert verify(target.file).ok


def test_a_file_that_was_removed_is_not_written_to_in_secret(target: SQLite) -> None:
    run = target.begin("x", resume=True)
    for left in target.file.parent.iterdir():
        left.unlink()
    with pytest.raises(TargetError):
        target.commit(run, in_version(1))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that are forked")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_forked_process_opens_a_connection_of_its_own(target: SQLite) -> None:
    run = target.begin("x", resume=True)
    target.commit(run, in_version(1))
    child = os.fork()
    if not child:
        code = 1
        try:
            target.commit(run, in_version(2))
            target.close()
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    target.commit(run, in_version(3, project("2")))
    target.finish([run])
    assert [entry["project_id"] for entry in target.entries()] == ["1", "2"]
    target.close()
    assert verify(target.file).ok


def test_an_export_that_was_made_before_runs_were_fenced_goes_on(target: SQLite) -> None:
    run = target.begin("x", resume=True)
    target.commit(run, in_version(1))
    target.close()
    with closing(sqlite3.connect(target.file)) as database:
        for table in ("runs", "manifest"):
            database.execute(f"ALTER TABLE {table} DROP COLUMN epoch")
    assert verify(target.file).ok
    with closing(SQLite(target.file)) as again:
        again.prepare()
        second = again.begin("x", resume=True)
        assert second.continued
        assert second.id == run.id
        again.commit(second, in_version(2))
        again.finish([second])
    assert verify(target.file).ok


def test_what_is_no_database_is_told_so_at_any_step(target: SQLite) -> None:
    target.close()
    target.file.write_bytes(b"My diary, which is longer than the header of a database. " * 9)
    with pytest.raises(InvalidInput, match="is not a database of SQLite"):
        target.entries()
