"""An export as one SQLite file.

Beside the tables of `agilekit.export.tables` it holds ``agilekit_export``, the version of the
format; ``manifest`` with one row for each project: what is complete, with the counts and hashes of
its tables as JSON, and what the last attempt made of it; and ``runs``. Each project is written in
one transaction that replaces all of its rows, so several processes may write to one file.

The file has a write-ahead log, so whoever reads it, for however long, stops no writer. What is in
the log when a run ends is moved into the file, as far as readers allow it.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final, cast

from attrs import frozen

from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export import manifest
from agilekit.export.damage import AGAIN, ANEW, Damage
from agilekit.export.manifest import Entry, Key
from agilekit.export.tables import TABLES, Found, Part, Row, Table
from agilekit.export.target.target import Run
from agilekit.export.target.views import VIEWS

__all__ = ["SQLite", "readable"]

_PATIENCE: Final = 30.0  # seconds that another process may hold the file
_MOMENT: Final = 1.0  # second
_FINDINGS: Final = 20


@frozen
class SQLite:
    """A `Target`."""

    file: Path

    @property
    def path(self) -> str:
        return str(self.file)

    def prepare(self) -> None:
        self._check_file()
        with self._transaction() as database:
            _check(database, self.file, may_be_empty=True)
            for statement in _SCHEMA:
                database.execute(statement)
            if not database.execute("SELECT 1 FROM agilekit_export").fetchone():
                database.execute("INSERT INTO agilekit_export VALUES (?)", (manifest.FORMAT,))
        self._log_ahead()

    def check(self) -> None:
        if not self.file.exists():
            raise InvalidInput(f"there is no file {self.file}")
        self._check_file()
        with self._reading() as database:
            _check(database, self.file, may_be_empty=False)

    def begin(self, scope: str, *, resume: bool) -> Run:
        with self._transaction() as database:
            found = database.execute(
                "SELECT id, started_at FROM runs WHERE scope = ? AND finished_at IS NULL", (scope,)
            ).fetchone()
            if found and resume:
                return Run(scope, found[0], continued=True, started_at=found[1])
            run = Run(scope, os.urandom(8).hex())
            values = (scope, run.id, manifest.now(), None)
            database.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?)", values)
            return run

    def entries(self) -> list[Entry]:
        with self._reading() as database:
            return _entries(database)

    def manifest(self) -> list[Entry]:
        return self.entries()

    def commit(self, run: Run, part: Part) -> None:
        tables = {
            table.name: manifest.contents(manifest.lines(table, part.rows[table.name]))
            for table in TABLES
        }
        with self._transaction() as database:
            for table in reversed(TABLES):
                database.execute(_DELETE.format(table.name), part.project.key)
            for table in TABLES:
                places = ", ".join("?" * len(table.columns))
                database.executemany(
                    f'INSERT INTO "{table.name}" VALUES ({places})',  # noqa: S608 - own names
                    part.rows[table.name],
                )
            _note(database, manifest.complete(part, run.id, tables))

    def fail(self, project: Found, error: AgilekitError) -> None:
        with self._transaction() as database:
            _note(database, manifest.failed(_entry(database, project), project, error))

    def skip(self, project: Found, why: str) -> None:
        with self._transaction() as database:
            _note(database, manifest.skipped(_entry(database, project), project, why))

    def finish(self, run: Run) -> None:
        with self._transaction() as database:
            database.execute(
                "UPDATE runs SET finished_at = ? WHERE scope = ? AND id = ?",
                (manifest.now(), run.scope, run.id),
            )
        with self._reading() as database:
            database.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def damage(self) -> Iterator[Damage]:
        with self._reading() as database:
            yield from _damage(database, self.path)

    def close(self) -> None:
        pass

    def rows_of(self, key: Key, table: Table) -> Iterator[Row]:
        with self._reading() as database:
            database.text_factory = _lenient
            yield from database.execute(_OF_ONE.format(table.name, _quoted(*table.key)), key)

    def rows(self, table: Table) -> Iterator[tuple[Key, Row]]:
        key = _quoted(*table.key)
        with self._reading() as database:
            statement = f'SELECT * FROM "{table.name}" ORDER BY {key}'  # noqa: S608 - own names
            database.text_factory = _lenient
            for row in database.execute(statement):
                yield (str(row[0]), str(row[1]), str(row[2])), row

    def _check_file(self) -> None:
        if self.file.exists() and not self.file.is_file():
            raise InvalidInput(f"{self.file} is not a file")

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection]:
        with self._open(f"file:{_escaped(self.file)}") as database:
            database.execute("PRAGMA foreign_keys = ON")
            database.execute("BEGIN IMMEDIATE")
            yield database
            database.execute("COMMIT")

    @contextmanager
    def _reading(self) -> Generator[sqlite3.Connection]:
        with self._open(readable(self.file)) as database:
            yield database

    def _log_ahead(self) -> None:
        """Readers of a file without the log stop writers: it stays so where one reads it now."""
        with (
            suppress(sqlite3.OperationalError),
            self._open(f"file:{_escaped(self.file)}", patience=_MOMENT) as database,
        ):
            database.execute("PRAGMA journal_mode = WAL")

    @contextmanager
    def _open(self, uri: str, *, patience: float = _PATIENCE) -> Generator[sqlite3.Connection]:
        connection = sqlite3.connect(uri, timeout=patience, isolation_level=None, uri=True)
        # Closing rolls back what was not committed.
        try:
            with closing(connection) as database:
                yield database
        except sqlite3.DatabaseError as error:
            # An error of Python's own has no code: of a text that is not UTF-8, for one.
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
                raise InvalidInput(f"{self.file} is no database") from None
            raise


def readable(file: Path) -> str:
    """The URI by which to read a file.

    Not as read-only: what a process that was killed has left has to be put in order first. Only in
    a folder that nobody can write to is nothing to be put in order, and no log to be made.
    """
    if os.access(file.parent, os.W_OK) or file.with_name(f"{file.name}-wal").exists():
        return f"file:{_escaped(file)}?mode=rw"
    return f"file:{_escaped(file)}?immutable=1"


def _damage(database: sqlite3.Connection, path: str) -> Iterator[Damage]:
    try:
        for (found,) in database.execute(f"PRAGMA integrity_check({_FINDINGS})"):
            if found != "ok":
                yield Damage(f"the file is damaged: {found}", f"{path}: {ANEW}")
        broken = Counter(row[0] for row in database.execute("PRAGMA foreign_key_check"))
        for table, count in broken.items():
            yield Damage(f"{count} rows of {table} refer to rows that are gone", f"{path}: {AGAIN}")
        here = {*database.execute(_OBJECTS)}
    except sqlite3.DatabaseError as error:
        yield Damage(f"the file is damaged: {error}", f"{path}: {ANEW}")
        return
    with closing(sqlite3.connect(":memory:")) as model:
        for statement in _SCHEMA:
            model.execute(statement)
        missing = {*model.execute(_OBJECTS)} - here
    for kind, name, _ in sorted(missing):
        yield Damage(f"the {kind} {name} is not as it was made", f"{path}: {ANEW}")


def _lenient(text: bytes) -> str:
    """What is not UTF-8 becomes what no text of an export holds."""
    return text.decode(errors="surrogateescape")


def _escaped(file: Path) -> str:
    return str(file).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _check(database: sqlite3.Connection, file: Path, *, may_be_empty: bool) -> None:
    names = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    if not names and may_be_empty:
        return
    if "agilekit_export" not in names:
        raise InvalidInput(f"{file} is a database, but no export of agilekit")
    found = database.execute("SELECT format FROM agilekit_export").fetchone()
    if found != (manifest.FORMAT,):
        raise InvalidInput(f"{file} was written by another version of agilekit")


def _entries(
    database: sqlite3.Connection, where: str = "", key: Key | tuple[()] = ()
) -> list[Entry]:
    names = [*Entry.__annotations__]
    columns = _quoted(*names)
    order = "ORDER BY service, host, project_id"
    statement = f"SELECT {columns} FROM manifest {where} {order}"  # noqa: S608 - own names
    found: list[Entry] = []
    for row in database.execute(statement, key):
        values = dict(zip(names, row, strict=True))
        values["tables"] = values["tables"] and json.loads(values["tables"])
        values["gaps"] = json.loads(values["gaps"])
        values["notes"] = json.loads(values["notes"])
        found.append(cast("Entry", values))
    return found


def _entry(database: sqlite3.Connection, project: Found) -> Entry | None:
    where = "WHERE service = ? AND host = ? AND project_id = ?"
    return next(iter(_entries(database, where, project.key)), None)


def _note(database: sqlite3.Connection, entry: Entry) -> None:
    tables = None if entry["tables"] is None else json.dumps(entry["tables"])
    texts = {name: json.dumps(entry[name], ensure_ascii=False) for name in ("gaps", "notes")}
    row = {**entry, "tables": tables, **texts}
    database.execute(_NOTE, row)


def _created(table: Table) -> str:
    required = {*table.key}
    parts = [
        f'"{column.name}" {column.type}{" NOT NULL" if column.name in required else ""}'
        for column in table.columns
    ]
    parts.append(f"PRIMARY KEY ({_quoted(*table.key)})")
    for column in table.columns:
        if column.references:
            here, there = _link(column.name)
            parts.append(f'FOREIGN KEY ({here}) REFERENCES "{column.references}" ({there})')
    return f'CREATE TABLE IF NOT EXISTS "{table.name}" ({", ".join(parts)})'


def _link(name: str) -> tuple[str, str]:
    """The columns of a foreign key, here and there."""
    project = ("service", "host", "project_id")
    if name in project:
        return _quoted(*project), _quoted(*project)
    return _quoted(*project, name), _quoted(*project, "id")


def _indexes(table: Table) -> Iterator[str]:
    for column in table.columns:
        if column.name in _LOOKED_FOR and column.name not in table.key:
            names = _quoted("service", "host", "project_id", column.name)
            yield (
                f'CREATE INDEX IF NOT EXISTS "{table.name}_{column.name}" '
                f'ON "{table.name}" ({names})'
            )


def _quoted(*names: str) -> str:
    return ", ".join(f'"{name}"' for name in names)


_LOOKED_FOR: Final = ("card_id", "column_id", "sprint_id", "entity_id")
_RUNS: Final = """
CREATE TABLE IF NOT EXISTS runs (
    scope TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    started_at TEXT,
    finished_at TEXT
)
"""
_MANIFEST: Final = """
CREATE TABLE IF NOT EXISTS manifest (
    service TEXT NOT NULL,
    host TEXT NOT NULL,
    project_id TEXT NOT NULL,
    title TEXT,
    base_url TEXT NOT NULL,
    agilekit TEXT NOT NULL,
    run TEXT,
    watermark TEXT,
    finished_at TEXT,
    tables TEXT,
    gaps TEXT NOT NULL,
    notes TEXT NOT NULL,
    memory TEXT,
    skipped_at TEXT,
    skipped TEXT,
    failed_at TEXT,
    error TEXT,
    PRIMARY KEY (service, host, project_id)
)
"""
_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS agilekit_export (format INTEGER NOT NULL)",
    _RUNS,
    _MANIFEST,
    *map(_created, TABLES),
    *(index for table in TABLES for index in _indexes(table)),
    *(f'CREATE VIEW IF NOT EXISTS "{view.name}" AS {view.sql}' for view in VIEWS),
)
_OBJECTS: Final = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
_DELETE: Final = 'DELETE FROM "{}" WHERE service = ? AND host = ? AND project_id = ?'
_OF_ONE: Final = 'SELECT * FROM "{}" WHERE service = ? AND host = ? AND project_id = ? ORDER BY {}'
_NOTE: Final = (
    f"INSERT OR REPLACE INTO manifest ({_quoted(*Entry.__annotations__)}) "  # noqa: S608 - own names
    f"VALUES ({', '.join(f':{name}' for name in Entry.__annotations__)})"
)
