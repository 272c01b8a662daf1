"""Targets that are broken on purpose: each in one thing, which the kit for targets has to find."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from attrs import evolve, frozen

from agilekit.errors import AgilekitError
from agilekit.export import ProjectData, ProjectEntry, ProjectKey, ProjectRef, Row, Run, Table
from agilekit.export.errors import TargetError
from agilekit.export.target.folder import Folder
from agilekit.export.target.jsonlines import JSONLines
from agilekit.export.target.sqlite import SQLite
from agilekit.export.target.store import LocalStore


class Torn(SQLite):
    """Commits one table after another."""

    def commit(self, run: Run, data: ProjectData) -> None:
        so_far: dict[str, Sequence[Row]] = {name: [] for name in data.rows}
        for name in data.rows:
            so_far[name] = [*data.rows[name]]
            super().commit(run, evolve(data, rows=dict(so_far)))


class Unsaved(SQLite):
    """Says that a project is committed, and writes it with the next one."""

    _pending: dict[int, tuple[Run, ProjectData]]

    def commit(self, run: Run, data: ProjectData) -> None:
        self._flush()
        with self._database.transaction() as database:
            self._check_run(database, run)
        _PENDING[id(self)] = (run, data)

    def rows_of(self, key: ProjectKey, table: Table) -> Iterator[Row]:
        self._flush()
        yield from super().rows_of(key, table)

    def entries(self) -> list[ProjectEntry]:
        self._flush()
        return super().entries()

    def finish(self, runs: Sequence[Run]) -> None:
        self._flush()
        super().finish(runs)

    def close(self) -> None:
        with suppress(TargetError):
            self._flush()
        super().close()

    def _flush(self) -> None:
        if pending := _PENDING.pop(id(self), None):
            super().commit(*pending)


_PENDING: Final[dict[int, tuple[Run, ProjectData]]] = {}


class Adding(SQLite):
    """Leaves rows that a project does not have any more."""

    def commit(self, run: Run, data: ProjectData) -> None:
        rows: dict[str, Sequence[Row]] = {}
        for name, new in data.rows.items():
            table = next(one for one in _tables() if one.name == name)
            keys = {row[: len(table.key)] for row in new}
            old = [row for row in self.rows_of(data.project.key, table)]
            kept = [row for row in old if row[: len(table.key)] not in keys]
            rows[name] = table.in_order([*new, *kept])
        super().commit(run, evolve(data, rows=rows))


class Unfenced(SQLite):
    """Lets every run write, also one that was taken over."""

    def _check_run(
        self, database: sqlite3.Connection, run: Run, *, may_be_finished: bool = False
    ) -> None:
        pass


class FencedTooEarly(SQLite):
    """Looks whether a run may write, then reads the rows, and writes them whatever came between."""

    def commit(self, run: Run, data: ProjectData) -> None:
        with self._database.transaction() as database:
            self._check_run(database, run)
        rows = {name: [*rows] for name, rows in data.rows.items()}
        late = Unfenced(self.file)
        with closing(late):
            late.commit(evolve(run, epoch=1 << 40), evolve(data, rows=rows))


class NeverNewer(SQLite):
    """Lets an older run replace what a newer one wrote."""

    def commit(self, run: Run, data: ProjectData) -> None:
        with self._database.transaction() as database:
            self._check_run(database, run)
            database.execute("UPDATE manifest SET epoch = 0")
        super().commit(run, data)


class SameEpoch(SQLite):
    """Continues a run without a new epoch."""

    def begin(self, scope: str, *, resume: bool) -> Run:
        for run in self.unfinished() if resume else ():
            if run.scope == scope:
                return run
        return super().begin(scope, resume=resume)


class Forgetful(SQLite):
    """Continues no run."""

    def begin(self, scope: str, *, resume: bool) -> Run:
        return super().begin(scope, resume=False)


class Sorting(SQLite):
    """Sorts as people do, whatever the case of letters."""

    def rows(self, table: Table) -> Iterator[Row]:
        places = [table.index(name) for name in table.key]
        yield from sorted(
            super().rows(table), key=lambda row: [str(row[place]).lower() for place in places]
        )


class CString(SQLite):
    """Ends each text at its first NUL."""

    def rows_of(self, key: ProjectKey, table: Table) -> Iterator[Row]:
        for row in super().rows_of(key, table):
            yield tuple(
                value.partition("\0")[0] if isinstance(value, str) else value for value in row
            )


class Doubles(SQLite):
    """Keeps every number as a float."""

    def rows_of(self, key: ProjectKey, table: Table) -> Iterator[Row]:
        for row in super().rows_of(key, table):
            yield tuple(float(value) if isinstance(value, int) else value for value in row)


class EmptyIsNull(SQLite):
    """Keeps no empty text."""

    def rows_of(self, key: ProjectKey, table: Table) -> Iterator[Row]:
        for row in super().rows_of(key, table):
            yield tuple(None if value == "" else value for value in row)


class Holding(SQLite):
    """Holds the rows of a project by their numbers."""

    def commit(self, run: Run, data: ProjectData) -> None:
        rows = {
            name: [rows[number] for number in range(len(rows))] for name, rows in data.rows.items()
        }
        super().commit(run, evolve(data, rows=rows))


class Leaking(SQLite):
    """Lets errors of its own library out."""

    def commit(self, run: Run, data: ProjectData) -> None:
        try:
            super().commit(run, data)
        except TargetError as error:
            if isinstance(error.__cause__, ValueError):
                raise error.__cause__ from None
            raise


class OneThread(SQLite):
    """Keeps a connection that only its own thread may use."""

    def begin(self, scope: str, *, resume: bool) -> Run:
        run = super().begin(scope, resume=resume)
        _CONNECTIONS[id(self)] = sqlite3.connect(":memory:")
        return run

    def commit(self, run: Run, data: ProjectData) -> None:
        _CONNECTIONS[id(self)].execute("SELECT 1")
        super().commit(run, data)

    def close(self) -> None:
        if connection := _CONNECTIONS.pop(id(self), None):
            with suppress(sqlite3.ProgrammingError):
                connection.close()
        super().close()


_CONNECTIONS: Final[dict[int, sqlite3.Connection]] = {}


class Careless(SQLite):
    """Drops what a project had when its next attempt fails."""

    def fail(self, run: Run, project: ProjectRef, error: AgilekitError) -> None:
        super().commit(run, project.data({}, title=None))
        super().fail(run, project, error)


@frozen
class LastWriterWins(Folder):
    """Ends a run with the projects that it knows of: those of other writers are lost."""

    def finish(self, runs: Sequence[Run]) -> None:
        own = {run.id for run in runs}
        for file in self._projects.latest().values():
            self.store.delete(file.file) if not _is_of(self, file.file, own) else None
        super().finish(runs)


def _is_of(folder: Folder, file: str, runs: set[str]) -> bool:
    return any(entry["run"] in runs for entry in folder.entries() if file)


def _tables() -> Sequence[Table]:
    from agilekit.export import TABLES

    return TABLES


_SQLITE: Final[Mapping[str, Callable[[Path], SQLite]]] = {}
