"""An export in one schema of a PostgreSQL database.

Each project is written in one transaction: it locks the project, makes sure that its run may still
write, deletes what there was, and copies the rows. If the connection is lost before the commit is
answered, the project's entry tells whether it was done.

`postgres_schema` says what the schema holds, `postgres_rows` what becomes of values,
`postgres_database` how transactions are made.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

from attrs import field, frozen
from psycopg import Cursor

from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export import manifest
from agilekit.export.damage import START_OVER, Damage
from agilekit.export.errors import TargetError
from agilekit.export.manifest import ProjectEntry
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.table import ProjectKey, Row, Table, time_text
from agilekit.export.tables import TABLES
from agilekit.export.target.errors import target_errors
from agilekit.export.target.manifest_table import MANIFEST, entry_of, epoch_of, row_of
from agilekit.export.target.postgres_address import PostgresAddress
from agilekit.export.target.postgres_database import CommitLost, PostgresDatabase
from agilekit.export.target.postgres_schema import (
    STORED,
    check_schema,
    differences,
    make_schema,
)
from agilekit.export.target.sql_tables import quoted
from agilekit.export.target.target import Run

__all__ = ["Postgres"]


def _database(url: str) -> PostgresDatabase:
    return PostgresDatabase(PostgresAddress.parse(url))


@frozen
class Postgres:
    """A `Target`. Raises InvalidInput for a URL that cannot be right."""

    _database: PostgresDatabase = field(converter=_database, alias="url")

    @property
    def path(self) -> str:
        return self._database.address.path

    @property
    def _schema(self) -> str:
        return self._database.address.schema

    def prepare(self) -> None:
        self._settled(self._prepare)

    def _prepare(self) -> None:
        with self._database.transaction() as cursor:
            self._database.lock(cursor)
            ((encoding,),) = cursor.execute("SHOW server_encoding")
            if encoding != "UTF8":
                raise InvalidInput(f"{self.path}: the database has to be in UTF8, not {encoding}")
            make_schema(cursor, self._schema, self.path)

    def check(self) -> None:
        with self._database.transaction() as cursor:
            if check_schema(cursor, self._schema, self.path) is None:
                raise InvalidInput(f"there is no export at {self.path}")

    def begin(self, scope: str, *, resume: bool) -> Run:
        with self._database.transaction() as cursor:
            ((epoch,),) = cursor.execute(_NEXT_EPOCH)
            before = cursor.execute(_LAST_RUN, [scope]).fetchone()
            if before and resume and before[_FINISHED] is None:
                run = _run(before, epoch)
                cursor.execute("UPDATE runs SET epoch = %s WHERE scope = %s", [epoch, scope])
            else:
                run = Run(scope, os.urandom(8).hex(), epoch)
                cursor.execute(_WRITE_RUN, [scope, run.id, epoch])
            return run

    def unfinished(self) -> list[Run]:
        with self._database.transaction() as cursor:
            rows = cursor.execute(f"{_RUNS} WHERE finished_at IS NULL ORDER BY scope".encode())
            return [_run(row, row[_EPOCH]) for row in rows]

    def entries(self) -> list[ProjectEntry]:
        return [entry_of(row) for row in self.rows(MANIFEST)]

    def manifest(self) -> list[ProjectEntry]:
        return self.entries()

    def commit(self, run: Run, data: ProjectData) -> None:
        with target_errors(self.path):
            entry = manifest.complete(data, run.id, manifest.digests(data))
        self._settled(partial(self._commit, run, data, entry))

    def _commit(self, run: Run, data: ProjectData, entry: ProjectEntry) -> None:
        key = data.project.key
        with self._database.transaction() as cursor:
            before, epoch = self._checked(cursor, run, key)
            if epoch > run.epoch or before == entry:
                return
            for table in reversed(TABLES):
                cursor.execute(_DELETE.format(quoted(table.name)).encode(), key)
            for table in TABLES:
                if rows := data.rows[table.name]:
                    STORED[table.name].copy(cursor, rows)
            _write(cursor, entry, run.epoch)

    def fail(self, run: Run, project: ProjectRef, error: AgilekitError) -> None:
        def entry(before: ProjectEntry | None) -> ProjectEntry:
            return manifest.failed(before, project, error)

        self._settled(partial(self._note, run, project, entry))

    def skip(self, run: Run, project: ProjectRef, why: str) -> None:
        def entry(before: ProjectEntry | None) -> ProjectEntry:
            return manifest.skipped(before, project, why)

        self._settled(partial(self._note, run, project, entry))

    def _note(
        self, run: Run, project: ProjectRef, entry: Callable[[ProjectEntry | None], ProjectEntry]
    ) -> None:
        """Notes what the last attempt at a project made of its entry."""
        with self._database.transaction() as cursor:
            before, epoch = self._checked(cursor, run, project.key)
            _write(cursor, entry(before), epoch)

    def finish(self, runs: Sequence[Run]) -> None:
        self._settled(partial(self._finish, runs))

    def _finish(self, runs: Sequence[Run]) -> None:
        with self._database.transaction() as cursor:
            for run in sorted(runs, key=lambda run: run.scope):
                self._check_run(cursor, run, may_be_finished=True)
                cursor.execute(_FINISH_RUN, [run.scope])

    def damage(self) -> Iterator[Damage]:
        with self._database.transaction() as cursor:
            for problem in differences(cursor, self._schema):
                yield Damage(problem, f"{self.path}: {START_OVER}")

    def rows_of(self, key: ProjectKey, table: Table) -> Iterator[Row]:
        return self._rows(table, _OF_PROJECT, key)

    def rows(self, table: Table) -> Iterator[Row]:
        return self._rows(table)

    def close(self) -> None:
        self._database.close()

    def _settled(self, step: Callable[[], None]) -> None:
        """Takes a step of which nothing changes if it is taken twice.

        So it is taken again if its commit was lost. The locks that it waits for are given up when
        the lost one was done, or was not.
        """
        try:
            step()
        except CommitLost as lost:
            try:
                step()
            except TargetError as error:
                raise TargetError(f"{lost.message}: {error.message}", self.path) from error

    def _rows(self, table: Table, where: str = "", parameters: Sequence[str] = ()) -> Iterator[Row]:
        stored, order = STORED[table.name], quoted(*table.key)
        statement = f'SELECT {stored.selected} FROM "{table.name}" {where} ORDER BY {order}'  # noqa: S608 - own names
        with self._database.reading(statement, parameters) as cursor:
            for values in cursor:
                yield stored.row(values)

    def _checked(
        self, cursor: Cursor[Any], run: Run, key: ProjectKey
    ) -> tuple[ProjectEntry | None, int]:
        """The entry of a project, and the epoch that wrote it, when a run may write it."""
        self._check_run(cursor, run)
        self._database.lock(cursor, *key)
        found = cursor.execute(_ENTRY, key).fetchone()
        if found is None:
            return None, 0
        row = STORED[MANIFEST.name].row(found)
        return entry_of(row), epoch_of(row)

    def _check_run(self, cursor: Cursor[Any], run: Run, *, may_be_finished: bool = False) -> None:
        """Raises TargetError; or else no other process can take the run over until the end."""
        lock = "UPDATE" if may_be_finished else "SHARE"
        last = cursor.execute(f"{_RUNS} WHERE scope = %s FOR {lock}".encode(), [run.scope])
        found = last.fetchone()
        is_finished = found is not None and found[_FINISHED] is not None
        run.check(
            found and _run(found, found[_EPOCH]),
            self.path,
            is_finished=is_finished and not may_be_finished,
        )


def _run(row: Sequence[Any], epoch: int) -> Run:
    scope, id, _, started_at, _ = row
    return Run(scope, id, epoch, continued=True, started_at=time_text(started_at))


def _write(cursor: Cursor[Any], entry: ProjectEntry, epoch: int) -> None:
    cursor.execute(_DELETE.format(MANIFEST.name).encode(), manifest.key_of(entry))
    STORED[MANIFEST.name].copy(cursor, [row_of(entry, epoch)])


_OF_PROJECT: Final = "WHERE service = %s AND host = %s AND project_id = %s"
_DELETE: Final = f"DELETE FROM {{}} {_OF_PROJECT}"  # noqa: S608 - own names
_ENTRY: Final = f"SELECT {STORED[MANIFEST.name].selected} FROM manifest {_OF_PROJECT}".encode()  # noqa: S608
_RUNS: Final = "SELECT scope, id, epoch, started_at, finished_at FROM runs"
_EPOCH: Final = 2
_FINISHED: Final = 4
_LAST_RUN: Final = f"{_RUNS} WHERE scope = %s FOR UPDATE".encode()
# As the one row is written, beginnings follow each other.
_NEXT_EPOCH: Final = "UPDATE agilekit_export SET epoch = epoch + 1 RETURNING epoch"
_WRITE_RUN: Final = """
INSERT INTO runs VALUES (%s, %s, %s, now(), NULL) ON CONFLICT (scope) DO UPDATE
SET id = excluded.id, epoch = excluded.epoch, started_at = excluded.started_at, finished_at = NULL
"""
_FINISH_RUN: Final = "UPDATE runs SET finished_at = coalesce(finished_at, now()) WHERE scope = %s"
