"""An export as one SQLite file.

Beside the tables of `agilekit.export.model` it holds ``agilekit_export``, the version of the
format, and ``manifest`` with one row for each project: what is complete, with the counts and hashes
of its tables as JSON, and the error of the last attempt, if that failed. Each project is written in
one transaction that replaces all of its rows, so several processes may write to one file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from attrs import frozen

from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export import manifest
from agilekit.export.model import TABLES, Part, Table

__all__ = ["SQLite"]

_PATIENCE: Final = 30.0  # seconds that another process may hold the file


@frozen
class SQLite:
    """A `Target`."""

    path: Path

    def prepare(self) -> None:
        if self.path.exists() and not self.path.is_file():
            raise InvalidInput(f"{self.path} is not a file")
        try:
            self._set_up()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
                raise InvalidInput(f"{self.path} is no database") from None
            raise

    def _set_up(self) -> None:
        with self._transaction() as database:
            _check(database, self.path)
            for statement in _SCHEMA:
                database.execute(statement)
            if not database.execute("SELECT 1 FROM agilekit_export").fetchone():
                database.execute("INSERT INTO agilekit_export VALUES (?)", (manifest.FORMAT,))

    def commit(self, part: Part) -> None:
        entry = manifest.complete(part)
        project = (part.service, part.project_id)
        with self._transaction() as database:
            for table in reversed(TABLES):
                database.execute(_DELETE.format(table.name), project)
            for table in TABLES:
                places = ", ".join("?" * len(table.columns))
                database.executemany(
                    f'INSERT INTO "{table.name}" VALUES ({places})',  # noqa: S608 - own names
                    part.rows[table.name],
                )
            row = {**entry, "tables": json.dumps(entry["tables"])}
            database.execute(_COMPLETE, row)

    def fail(self, part: Part, error: AgilekitError) -> None:
        with self._transaction() as database:
            database.execute(_FAILED, manifest.failed(part, error))

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
        # Closing rolls back what was not committed.
        with closing(connection) as database:
            database.execute("PRAGMA foreign_keys = ON")
            database.execute("BEGIN IMMEDIATE")
            yield database
            database.execute("COMMIT")


def _check(database: sqlite3.Connection, path: Path) -> None:
    names = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    if names and "agilekit_export" not in names:
        raise InvalidInput(f"{path} is a database, but no export of agilekit")
    if names:
        found = database.execute("SELECT format FROM agilekit_export").fetchone()
        if found != (manifest.FORMAT,):
            raise InvalidInput(f"{path} was written by another version of agilekit")


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
    project = ("service", "project_id")
    if name in project:
        return _quoted(*project), _quoted(*project)
    return _quoted(*project, name), _quoted(*project, "id")


def _quoted(*names: str) -> str:
    return ", ".join(f'"{name}"' for name in names)


_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS agilekit_export (format INTEGER NOT NULL)",
    """
    CREATE TABLE IF NOT EXISTS manifest (
        service TEXT NOT NULL,
        project_id TEXT NOT NULL,
        title TEXT,
        base_url TEXT NOT NULL,
        agilekit TEXT NOT NULL,
        finished_at TEXT,
        tables TEXT,
        failed_at TEXT,
        error TEXT,
        PRIMARY KEY (service, project_id)
    )
    """,
    *map(_created, TABLES),
)
_DELETE: Final = 'DELETE FROM "{}" WHERE service = ? AND project_id = ?'
_COMPLETE: Final = """
    INSERT OR REPLACE INTO manifest
        (service, project_id, title, base_url, agilekit, finished_at, tables)
    VALUES
        (:service, :project_id, :title, :base_url, :agilekit, :finished_at, :tables)
"""
_FAILED: Final = """
    INSERT INTO manifest
        (service, project_id, title, base_url, agilekit, failed_at, error)
    VALUES
        (:service, :project_id, :title, :base_url, :agilekit, :failed_at, :error)
    ON CONFLICT (service, project_id) DO UPDATE SET
        failed_at = excluded.failed_at, error = excluded.error
"""
