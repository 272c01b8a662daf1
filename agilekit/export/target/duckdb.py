"""An export as one file of DuckDB.

It holds the tables in the types of `ArrowColumns`, without keys: DuckDB would look at each of them
in memory. Beside them are the views; ``agilekit_export``, the version of the format; ``manifest``
with one row for each project; and ``runs``. Each project is written in one transaction that
replaces its rows.

Only one process at a time may have the file open: several may write to it, but wait for each other,
and for whoever looks into it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from attrs import Factory, field, frozen

from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export import manifest
from agilekit.export.damage import MAKE_VIEWS, START_OVER, Damage
from agilekit.export.manifest import ProjectEntry
from agilekit.export.optional import require
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.table import Column, ColumnType, ProjectKey, Row, Table
from agilekit.export.tables import TABLES
from agilekit.export.target.arrow_columns import ArrowColumns
from agilekit.export.target.duckdb_file import DuckDBFile, execute
from agilekit.export.target.errors import target_errors
from agilekit.export.target.manifest_table import MANIFEST, entry_of, epoch_of, row_of
from agilekit.export.target.sql_tables import quoted
from agilekit.export.target.target import Run
from agilekit.export.target.views import VIEWS

__all__ = ["DuckDB"]

_ROWS_AT_ONCE: Final = 10_000


def _database(target: DuckDB) -> DuckDBFile:
    return DuckDBFile(target.file)


def _columns() -> ArrowColumns:
    return ArrowColumns(require("pyarrow", extra="duckdb", by="the format duckdb"))


@frozen
class DuckDB:
    """A `Target`. Raises InvalidInput if a library for it is missing."""

    file: Path
    _database: DuckDBFile = field(
        init=False, eq=False, repr=False, default=Factory(_database, takes_self=True)
    )
    _columns: ArrowColumns = field(init=False, eq=False, repr=False, factory=_columns)

    @property
    def path(self) -> str:
        return str(self.file)

    def prepare(self) -> None:
        self._check_file()
        with self._database.transaction() as database:
            self._check(database, may_be_empty=True)
            for table in (*TABLES, *_OWN_TABLES):
                execute(database, _create(table))
            for view in VIEWS:
                statement = f'CREATE OR REPLACE VIEW "{view.name}" AS {view.sql("duckdb")}'
                execute(database, statement)
            if not execute(database, "SELECT 1 FROM agilekit_export"):
                execute(database, "INSERT INTO agilekit_export VALUES (?)", [manifest.FORMAT])

    def check(self) -> None:
        self._check_file(must_exist=True)
        with self._database.connected() as database:
            self._check(database, may_be_empty=False)

    def begin(self, scope: str, *, resume: bool) -> Run:
        with self._database.transaction() as database:
            ((epoch,),) = execute(database, _NEXT_EPOCH)
            before = self._last_run(database, scope)
            if before is not None and resume and before["finished_at"] is None:
                run = _run(before, epoch)
            else:
                run = Run(scope, os.urandom(8).hex(), epoch)
            self._write_run(database, run, started_at=run.started_at or manifest.now())
            return run

    def unfinished(self) -> list[Run]:
        with self._database.connected() as database:
            rows = self._dicts(database, _RUNS, "WHERE finished_at IS NULL ORDER BY scope")
            return [_run(row, row["epoch"]) for row in rows]

    def entries(self) -> list[ProjectEntry]:
        with self._database.connected() as database:
            return [*map(entry_of, self._rows(database, MANIFEST, _order(MANIFEST)))]

    def manifest(self) -> list[ProjectEntry]:
        return self.entries()

    def commit(self, run: Run, data: ProjectData) -> None:
        digests, key = manifest.digests(data), data.project.key
        with self._database.transaction() as database:
            self._check_run(database, run)
            if self._found(database, key)[1] > run.epoch:
                return
            for table in TABLES:
                execute(database, f'DELETE FROM "{table.name}" {_OF_PROJECT}', key)  # noqa: S608 - own names
                self._insert(database, table, data.rows[table.name])
            self._write(database, manifest.complete(data, run.id, digests), run.epoch)

    def fail(self, run: Run, project: ProjectRef, error: AgilekitError) -> None:
        with self._database.transaction() as database:
            self._check_run(database, run)
            before, epoch = self._found(database, project.key)
            self._write(database, manifest.failed(before, project, error), epoch)

    def skip(self, run: Run, project: ProjectRef, why: str) -> None:
        with self._database.transaction() as database:
            self._check_run(database, run)
            before, epoch = self._found(database, project.key)
            self._write(database, manifest.skipped(before, project, why), epoch)

    def finish(self, runs: Sequence[Run]) -> None:
        with self._database.transaction() as database:
            for run in runs:
                self._check_run(database, run, may_be_finished=True)
                self._write_run(database, run, finished_at=manifest.now())

    def damage(self) -> Iterator[Damage]:
        with self._database.connected() as database:
            here = {*execute(database, _SHAPE)}
        for table in (*TABLES, *_OWN_TABLES):
            if any((table.name, one.name, _TYPES[one.type]) not in here for one in table.columns):
                problem = f"the table {table.name} is not as it was made"
                yield Damage(problem, f"{self.path}: {START_OVER}")
        for view in VIEWS:
            if not any(name == view.name for name, *_ in here):
                yield Damage(f"the view {view.name} is not there", f"{self.path}: {MAKE_VIEWS}")

    def rows_of(self, key: ProjectKey, table: Table) -> Iterator[Row]:
        with self._database.connected() as database:
            yield from self._rows(database, table, f"{_OF_PROJECT} {_order(table)}", key)

    def rows(self, table: Table) -> Iterator[Row]:
        with self._database.connected() as database:
            yield from self._rows(database, table, _order(table))

    def close(self) -> None:
        pass

    def _check_file(self, *, must_exist: bool = False) -> None:
        with target_errors(self.path):
            if self.file.exists() and not self.file.is_file():
                raise InvalidInput(f"{self.file} is not a file")
            if must_exist and not self.file.exists():
                raise InvalidInput(f"there is no file {self.file}")

    def _check(self, database: Any, *, may_be_empty: bool) -> None:
        names = {name for name, *_ in execute(database, _SHAPE)}
        if not names and may_be_empty:
            return
        if "agilekit_export" not in names:
            raise InvalidInput(f"{self.file} is a database, but not an export of agilekit")
        versions = [found for (found,) in execute(database, "SELECT format FROM agilekit_export")]
        manifest.checked_version(versions[0] if versions else None, self.path, oldest=4)

    def _check_run(self, database: Any, run: Run, *, may_be_finished: bool = False) -> None:
        row = self._last_run(database, run.scope)
        last = None if row is None else _run(row, row["epoch"])
        has_ended = row is not None and row["finished_at"] is not None
        run.check(last, self.path, is_finished=has_ended and not may_be_finished)

    def _last_run(self, database: Any, scope: str) -> dict[str, Any] | None:
        """What was last begun of a scope."""
        return next(iter(self._dicts(database, _RUNS, "WHERE scope = ?", [scope])), None)

    def _write_run(
        self,
        database: Any,
        run: Run,
        *,
        started_at: str | None = None,
        finished_at: str | None = None,
    ) -> None:
        execute(database, "DELETE FROM runs WHERE scope = ?", [run.scope])
        row = (run.scope, run.id, run.epoch, started_at, finished_at)
        self._insert(database, _RUNS, [row])

    def _found(self, database: Any, key: ProjectKey) -> tuple[ProjectEntry | None, int]:
        """The entry of a project, and the epoch of the run that has committed it, or 0."""
        row = next(iter([*self._rows(database, MANIFEST, _OF_PROJECT, key)]), None)
        return (None, 0) if row is None else (entry_of(row), epoch_of(row))

    def _write(self, database: Any, entry: ProjectEntry, epoch: int) -> None:
        execute(database, f"DELETE FROM manifest {_OF_PROJECT}", manifest.key_of(entry))  # noqa: S608
        self._insert(database, MANIFEST, [row_of(entry, epoch)])

    def _insert(self, database: Any, table: Table, rows: Iterable[Row]) -> None:
        left = iter(rows)
        while some := [*islice(left, _ROWS_AT_ONCE)]:
            batch = self._columns.arrow.Table.from_batches([self._columns.batch(table, some)])
            database.register("agilekit_batch", batch)
            execute(database, f'INSERT INTO "{table.name}" SELECT * FROM agilekit_batch')  # noqa: S608
            database.unregister("agilekit_batch")

    def _rows(
        self, database: Any, table: Table, rest: str, parameters: Sequence[str] = ()
    ) -> Iterator[Row]:
        names = quoted(*(column.name for column in table.columns))
        statement = f'SELECT {names} FROM "{table.name}" {rest}'  # noqa: S608 - own names
        found = database.sql(statement, params=[*parameters])
        for batch in self._columns.arrow.RecordBatchReader.from_stream(found):
            yield from self._columns.rows(table, batch)

    def _dicts(
        self, database: Any, table: Table, rest: str, parameters: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        names = [column.name for column in table.columns]
        rows = self._rows(database, table, rest, parameters)
        return [dict(zip(names, row, strict=True)) for row in rows]


def _create(table: Table) -> str:
    columns = ", ".join(f'"{one.name}" {_TYPES[one.type]}' for one in table.columns)
    return f'CREATE TABLE IF NOT EXISTS "{table.name}" ({columns})'


def _order(table: Table) -> str:
    return f"ORDER BY {quoted(*table.key)}"


def _run(row: dict[str, Any], epoch: int) -> Run:
    """A run that was begun before."""
    return Run(row["scope"], row["id"], epoch, continued=True, started_at=row["started_at"])


def _own_table(name: str, types: dict[str, ColumnType]) -> Table:
    columns = (Column(one, type, "") for one, type in types.items())
    return Table(name, "", tuple(columns), ())


_TYPES: Final[dict[ColumnType, str]] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "time": "TIMESTAMP WITH TIME ZONE",
    "day": "DATE",
    "texts": "VARCHAR[]",
    "json": "VARCHAR",  # so that it is read back letter by letter
}
_RUNS: Final = _own_table(
    "runs",
    {
        "scope": "text",
        "id": "text",
        "epoch": "integer",
        "started_at": "time",
        "finished_at": "time",
    },
)
_OWN_TABLES: Final = (_own_table("agilekit_export", {"format": "integer"}), MANIFEST, _RUNS)
_OF_PROJECT: Final = "WHERE service = ? AND host = ? AND project_id = ?"
_SHAPE: Final = """
SELECT table_name, column_name, data_type FROM duckdb_columns()
WHERE NOT internal AND schema_name = 'main' AND database_name = current_database()
"""
_NEXT_EPOCH: Final = """
SELECT 1 + coalesce(max(epoch), 0) FROM (
    SELECT epoch FROM runs UNION ALL SELECT epoch FROM manifest
)
"""
