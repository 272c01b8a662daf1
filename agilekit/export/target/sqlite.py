"""An export as one SQLite file.

Beside the tables of `agilekit.export.tables` it holds ``agilekit_export``, the version of the
format; ``manifest`` with one row for each project: what is complete, with the counts and hashes of
its tables as JSON, and what the last attempt made of it; and ``runs``. Each project is written in
one transaction that replaces all of its rows, so several processes may write to one file.

The file has a write-ahead log, so no reader stops a writer, however long it reads. When a run ends,
what is in the log is moved into the file, as far as readers allow it.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, cast

from attrs import Factory, field, frozen

from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export import manifest
from agilekit.export.damage import EXPORT_AGAIN, MAKE_VIEWS, START_OVER, Damage
from agilekit.export.manifest import ProjectEntry
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.table import ProjectKey, Row, Table
from agilekit.export.tables import TABLES
from agilekit.export.target.errors import target_errors
from agilekit.export.target.sql_tables import quoted
from agilekit.export.target.sqlite_database import SQLiteDatabase, is_damage
from agilekit.export.target.sqlite_schema import EPOCH, make_schema
from agilekit.export.target.target import Run

__all__ = ["SQLite"]

_FINDINGS: Final = 20


def _database(target: SQLite) -> SQLiteDatabase:
    return SQLiteDatabase(target.file, target.path)


@frozen
class SQLite:
    """A `Target`."""

    file: Path
    url: str | None = None
    """Where the file comes from, and goes to; None if it is where it stays."""
    _database: SQLiteDatabase = field(
        init=False, eq=False, repr=False, default=Factory(_database, takes_self=True)
    )

    @property
    def path(self) -> str:
        return self.url or str(self.file)

    def prepare(self) -> None:
        self._check_file()
        with self._database.transaction() as database:
            _check(database, self.path, may_be_empty=True)
            make_schema(database)
            database.execute("DELETE FROM agilekit_export")
            database.execute("INSERT INTO agilekit_export VALUES (?)", (manifest.FORMAT,))
        self._database.use_write_ahead_log()
        self._database.keep()

    def check(self) -> None:
        self._check_file(must_exist=True)
        with self._database.reading() as database:
            _check(database, self.path, may_be_empty=False)

    def begin(self, scope: str, *, resume: bool) -> Run:
        with self._database.transaction() as database:
            (epoch,) = database.execute(_NEXT_EPOCH).fetchone()
            before = _last_run(database, scope)
            if before and resume and before["finished_at"] is None:
                run = _run(before, epoch)
            else:
                run = Run(scope, os.urandom(8).hex(), epoch)
            values = (scope, run.id, run.started_at or manifest.now(), None, epoch)
            database.execute(_WRITE_RUN, values)
            return run

    def unfinished(self) -> list[Run]:
        with self._database.reading() as database:
            rows = database.execute("SELECT * FROM runs WHERE finished_at IS NULL ORDER BY scope")
            return [_run(row, row["epoch"]) for row in rows]

    def entries(self) -> list[ProjectEntry]:
        with self._database.reading() as database:
            return _entries(database)

    def manifest(self) -> list[ProjectEntry]:
        return self.entries()

    def commit(self, run: Run, data: ProjectData) -> None:
        key = data.project.key
        with target_errors(self.path):
            digests = manifest.digests(data)
        with self._database.transaction() as database:
            self._check_run(database, run)
            if _epoch_of(database, key) > run.epoch:
                return
            for table in reversed(TABLES):
                database.execute(_DELETE.format(table.name), key)
            for table in TABLES:
                parameters = ", ".join("?" * len(table.columns))
                database.executemany(
                    f'INSERT INTO "{table.name}" VALUES ({parameters})',  # noqa: S608 - own names
                    data.rows[table.name],
                )
            _write_entry(database, manifest.complete(data, run.id, digests))
            database.execute(f"UPDATE manifest SET epoch = ? {_OF_PROJECT}", (run.epoch, *key))  # noqa: S608

    def fail(self, run: Run, project: ProjectRef, error: AgilekitError) -> None:
        with self._database.transaction() as database:
            self._check_run(database, run)
            _write_entry(database, manifest.failed(_entry(database, project), project, error))

    def skip(self, run: Run, project: ProjectRef, why: str) -> None:
        with self._database.transaction() as database:
            self._check_run(database, run)
            _write_entry(database, manifest.skipped(_entry(database, project), project, why))

    def finish(self, runs: Sequence[Run]) -> None:
        with self._database.transaction() as database:
            for run in runs:
                self._check_run(database, run, may_be_finished=True)
                statement = "UPDATE runs SET finished_at = ? WHERE scope = ?"
                database.execute(statement, (manifest.now(), run.scope))
        with self._database.reading() as database:
            database.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def damage(self) -> Iterator[Damage]:
        with self._database.reading() as database:
            yield from _damage(database, self.path)

    def close(self) -> None:
        self._database.close()

    def rows_of(self, key: ProjectKey, table: Table) -> Iterator[Row]:
        return self._rows(_SELECT_PROJECT.format(table.name, quoted(*table.key)), key)

    def rows(self, table: Table) -> Iterator[Row]:
        order = quoted(*table.key)
        return self._rows(f'SELECT * FROM "{table.name}" ORDER BY {order}')  # noqa: S608 - own names

    def _rows(self, statement: str, parameters: Sequence[str] = ()) -> Iterator[Row]:
        with self._database.reading() as database:
            cursor = database.cursor()
            cursor.row_factory = None  # plain tuples, as they were written
            database.text_factory = _lenient
            try:
                yield from cursor.execute(statement, parameters)
            finally:
                database.text_factory = str

    def _check_file(self, *, must_exist: bool = False) -> None:
        with target_errors(self.path):
            if self.file.exists() and not self.file.is_file():
                raise InvalidInput(f"{self.path} is not a file")
            if must_exist and not self.file.exists():
                raise InvalidInput(f"there is no file {self.path}")

    def _check_run(
        self, database: sqlite3.Connection, run: Run, *, may_be_finished: bool = False
    ) -> None:
        row = _last_run(database, run.scope)
        last = None if row is None else _run(row, row["epoch"])
        has_ended = row is not None and row["finished_at"] is not None
        run.check(last, self.path, is_finished=has_ended and not may_be_finished)


def _damage(database: sqlite3.Connection, path: str) -> Iterator[Damage]:
    try:
        for row in database.execute(f"PRAGMA integrity_check({_FINDINGS})"):
            if row["integrity_check"] != "ok":
                problem = f"the file is damaged: {row['integrity_check']}"
                yield Damage(problem, f"{path}: {START_OVER}")
        broken = Counter(row["table"] for row in database.execute("PRAGMA foreign_key_check"))
        for table, count in broken.items():
            yield Damage(
                f"{count} rows of {table} refer to rows that are gone", f"{path}: {EXPORT_AGAIN}"
            )
        here = _objects(database)
        is_older = _version(database, path) < manifest.FORMAT
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        yield Damage(f"the file is damaged: {error}", f"{path}: {START_OVER}")
        return
    with closing(sqlite3.connect(":memory:")) as new:
        new.row_factory = sqlite3.Row
        make_schema(new)
        made = _objects(new)
    # What views are made of differs from version to version, and they hold no rows.
    views = {name for kind, name, _ in here if kind == "view" and is_older}
    missing = {one for one in made if one not in here and _unfenced(one) not in here}
    for kind, name, _ in sorted(missing):
        if not (kind == "view" and name in views):
            advice = MAKE_VIEWS if kind == "view" else START_OVER
            yield Damage(f"the {kind} {name} is not as it was made", f"{path}: {advice}")


def _unfenced(made: tuple[str, str, str]) -> tuple[str, str, str]:
    """The same as in an export that was made before runs were fenced."""
    kind, name, sql = made
    return kind, name, sql.replace(f", {EPOCH}", "")


def _objects(database: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """The kind, the name and the statement of all that a schema defines."""
    return {(row["type"], row["name"], row["sql"]) for row in database.execute(_OBJECTS)}


def _lenient(text: bytes) -> str:
    """What is not UTF-8 becomes what no text of an export holds."""
    return text.decode(errors="surrogateescape")


def _check(database: sqlite3.Connection, path: str, *, may_be_empty: bool) -> None:
    names = {row["name"] for row in database.execute("SELECT name FROM sqlite_master")}
    if not names and may_be_empty:
        return
    if "agilekit_export" not in names:
        raise InvalidInput(f"{path} is a database, but not an export of agilekit")
    _version(database, path)


def _version(database: sqlite3.Connection, path: str) -> int:
    found = database.execute("SELECT format FROM agilekit_export").fetchone()
    # The tables are those of the version before.
    return manifest.checked_version(found and found["format"], path)


def _entries(
    database: sqlite3.Connection, where: str = "", key: ProjectKey | tuple[()] = ()
) -> list[ProjectEntry]:
    columns = quoted(*_ENTRY_COLUMNS)
    order = "ORDER BY service, host, project_id"
    statement = f"SELECT {columns} FROM manifest {where} {order}"  # noqa: S608 - own names
    found: list[ProjectEntry] = []
    for row in database.execute(statement, key):
        values = dict(row)
        values["tables"] = values["tables"] and json.loads(values["tables"])
        values["gaps"] = json.loads(values["gaps"])
        values["notes"] = json.loads(values["notes"])
        found.append(cast("ProjectEntry", values))
    return found


def _entry(database: sqlite3.Connection, project: ProjectRef) -> ProjectEntry | None:
    return next(iter(_entries(database, _OF_PROJECT, project.key)), None)


def _write_entry(database: sqlite3.Connection, entry: ProjectEntry) -> None:
    tables = None if entry["tables"] is None else json.dumps(entry["tables"])
    texts = {name: json.dumps(entry[name], ensure_ascii=False) for name in ("gaps", "notes")}
    row = {**entry, "tables": tables, **texts}
    database.execute(_WRITE_ENTRY, row)


def _epoch_of(database: sqlite3.Connection, key: ProjectKey) -> int:
    """The epoch of the run that has committed a project; 0 if none has."""
    found = database.execute(f"SELECT epoch FROM manifest {_OF_PROJECT}", key).fetchone()  # noqa: S608
    return int(found["epoch"]) if found else 0


def _last_run(database: sqlite3.Connection, scope: str) -> sqlite3.Row | None:
    """What was last begun of a scope."""
    found: sqlite3.Row | None = database.execute(
        "SELECT * FROM runs WHERE scope = ?", (scope,)
    ).fetchone()
    return found


def _run(row: sqlite3.Row, epoch: int) -> Run:
    """A run that was begun before."""
    return Run(row["scope"], row["id"], epoch, continued=True, started_at=row["started_at"])


_ENTRY_COLUMNS: Final = tuple(ProjectEntry.__annotations__)
_OF_PROJECT: Final = "WHERE service = ? AND host = ? AND project_id = ?"
_OBJECTS: Final = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
_DELETE: Final = f'DELETE FROM "{{}}" {_OF_PROJECT}'  # noqa: S608 - own names
_SELECT_PROJECT: Final = f'SELECT * FROM "{{}}" {_OF_PROJECT} ORDER BY {{}}'  # noqa: S608 - own names
_WRITE_ENTRY: Final = (
    f"INSERT INTO manifest ({quoted(*_ENTRY_COLUMNS)}) "  # noqa: S608 - own names
    f"VALUES ({', '.join(f':{name}' for name in _ENTRY_COLUMNS)}) "
    "ON CONFLICT (service, host, project_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _ENTRY_COLUMNS)
)
_WRITE_RUN: Final = (
    "INSERT OR REPLACE INTO runs (scope, id, started_at, finished_at, epoch) VALUES (?, ?, ?, ?, ?)"
)
_NEXT_EPOCH: Final = (
    "SELECT 1 + coalesce(max(epoch), 0) "
    "FROM (SELECT epoch FROM runs UNION ALL SELECT epoch FROM manifest)"
)
