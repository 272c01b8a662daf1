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
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final, cast

from attrs import frozen

from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export import manifest
from agilekit.export.damage import EXPORT_AGAIN, START_OVER, Damage
from agilekit.export.manifest import ProjectEntry
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.table import ProjectKey, Row, Table
from agilekit.export.tables import TABLES
from agilekit.export.target.sqlite_schema import SCHEMA, quoted
from agilekit.export.target.target import Run

__all__ = ["SQLite", "readable"]

_LOCK_TIMEOUT: Final = 30.0  # seconds that another process may hold the file
_SHORT_LOCK_TIMEOUT: Final = 1.0  # second
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
            for statement in SCHEMA:
                database.execute(statement)
            if not database.execute("SELECT 1 FROM agilekit_export").fetchone():
                database.execute("INSERT INTO agilekit_export VALUES (?)", (manifest.FORMAT,))
        self._use_write_ahead_log()

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
                return Run(scope, found["id"], continued=True, started_at=found["started_at"])
            run = Run(scope, os.urandom(8).hex())
            values = (scope, run.id, manifest.now(), None)
            database.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?)", values)
            return run

    def entries(self) -> list[ProjectEntry]:
        with self._reading() as database:
            return _entries(database)

    def manifest(self) -> list[ProjectEntry]:
        return self.entries()

    def commit(self, run: Run, data: ProjectData) -> None:
        digests = {
            table.name: manifest.digest_of(manifest.lines(table, data.rows[table.name]))
            for table in TABLES
        }
        with self._transaction() as database:
            for table in reversed(TABLES):
                database.execute(_DELETE.format(table.name), data.project.key)
            for table in TABLES:
                parameters = ", ".join("?" * len(table.columns))
                database.executemany(
                    f'INSERT INTO "{table.name}" VALUES ({parameters})',  # noqa: S608 - own names
                    data.rows[table.name],
                )
            _write_entry(database, manifest.complete(data, run.id, digests))

    def fail(self, project: ProjectRef, error: AgilekitError) -> None:
        with self._transaction() as database:
            _write_entry(database, manifest.failed(_entry(database, project), project, error))

    def skip(self, project: ProjectRef, why: str) -> None:
        with self._transaction() as database:
            _write_entry(database, manifest.skipped(_entry(database, project), project, why))

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

    def rows_of(self, key: ProjectKey, table: Table) -> Iterator[Row]:
        return self._rows(_SELECT_PROJECT.format(table.name, quoted(*table.key)), key)

    def rows(self, table: Table) -> Iterator[Row]:
        order = quoted(*table.key)
        return self._rows(f'SELECT * FROM "{table.name}" ORDER BY {order}')  # noqa: S608 - own names

    def _rows(self, statement: str, parameters: Sequence[str] = ()) -> Iterator[Row]:
        with self._reading() as database:
            database.row_factory = None  # plain tuples, as they were written
            database.text_factory = _lenient
            yield from database.execute(statement, parameters)

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

    def _use_write_ahead_log(self) -> None:
        """Without the log, readers stop writers. The file stays so if it is being read just now."""
        with (
            suppress(sqlite3.OperationalError),
            self._open(f"file:{_escaped(self.file)}", timeout=_SHORT_LOCK_TIMEOUT) as database,
        ):
            database.execute("PRAGMA journal_mode = WAL")

    @contextmanager
    def _open(self, uri: str, *, timeout: float = _LOCK_TIMEOUT) -> Generator[sqlite3.Connection]:
        connection = sqlite3.connect(uri, timeout=timeout, isolation_level=None, uri=True)
        connection.row_factory = sqlite3.Row
        # Closing rolls back what was not committed.
        try:
            with closing(connection) as database:
                yield database
        except sqlite3.DatabaseError as error:
            # An error of Python's own has no code: of a text that is not UTF-8, for one.
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
                raise InvalidInput(f"{self.file} is not a database") from None
            raise


def readable(file: Path) -> str:
    """The URI by which to read a file.

    It is not opened as read-only, because what a killed process has left has to be put in order
    first. In a folder that cannot be written to, nothing can be left, and no log can be made.
    """
    if os.access(file.parent, os.W_OK) or file.with_name(f"{file.name}-wal").exists():
        return f"file:{_escaped(file)}?mode=rw"
    return f"file:{_escaped(file)}?immutable=1"


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
    except sqlite3.DatabaseError as error:
        yield Damage(f"the file is damaged: {error}", f"{path}: {START_OVER}")
        return
    with closing(sqlite3.connect(":memory:")) as new:
        new.row_factory = sqlite3.Row
        for statement in SCHEMA:
            new.execute(statement)
        missing = _objects(new) - here
    for kind, name, _ in sorted(missing):
        yield Damage(f"the {kind} {name} is not as it was made", f"{path}: {START_OVER}")


def _objects(database: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """The kind, the name and the statement of all that a schema defines."""
    return {(row["type"], row["name"], row["sql"]) for row in database.execute(_OBJECTS)}


def _lenient(text: bytes) -> str:
    """What is not UTF-8 becomes what no text of an export holds."""
    return text.decode(errors="surrogateescape")


def _escaped(file: Path) -> str:
    return str(file).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _check(database: sqlite3.Connection, file: Path, *, may_be_empty: bool) -> None:
    names = {row["name"] for row in database.execute("SELECT name FROM sqlite_master")}
    if not names and may_be_empty:
        return
    if "agilekit_export" not in names:
        raise InvalidInput(f"{file} is a database, but not an export of agilekit")
    found = database.execute("SELECT format FROM agilekit_export").fetchone()
    if found is None or found["format"] != manifest.FORMAT:
        raise InvalidInput(f"{file} was written by another version of agilekit")


def _entries(
    database: sqlite3.Connection, where: str = "", key: ProjectKey | tuple[()] = ()
) -> list[ProjectEntry]:
    columns = quoted(*ProjectEntry.__annotations__)
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
    where = "WHERE service = ? AND host = ? AND project_id = ?"
    return next(iter(_entries(database, where, project.key)), None)


def _write_entry(database: sqlite3.Connection, entry: ProjectEntry) -> None:
    tables = None if entry["tables"] is None else json.dumps(entry["tables"])
    texts = {name: json.dumps(entry[name], ensure_ascii=False) for name in ("gaps", "notes")}
    row = {**entry, "tables": tables, **texts}
    database.execute(_WRITE_ENTRY, row)


_OBJECTS: Final = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
_DELETE: Final = 'DELETE FROM "{}" WHERE service = ? AND host = ? AND project_id = ?'
_SELECT_PROJECT: Final = (
    'SELECT * FROM "{}" WHERE service = ? AND host = ? AND project_id = ? ORDER BY {}'
)
_WRITE_ENTRY: Final = (
    f"INSERT OR REPLACE INTO manifest ({quoted(*ProjectEntry.__annotations__)}) "  # noqa: S608 - own names
    f"VALUES ({', '.join(f':{name}' for name in ProjectEntry.__annotations__)})"
)
