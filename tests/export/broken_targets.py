"""Targets that are broken on purpose: each in one thing, which the kit for targets has to find."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from threading import get_ident
from typing import Final, cast

from attrs import evolve, field, frozen

from agilekit.errors import AgilekitError
from agilekit.export import (
    ProjectData,
    ProjectEntry,
    ProjectKey,
    ProjectRef,
    Row,
    Run,
    Table,
    Target,
    TargetError,
)
from agilekit.export.table import value_of
from agilekit.export.tables import BY_NAME
from agilekit.export.target.sqlite import SQLite


class Torn(SQLite):
    """Commits one table after another."""

    def commit(self, run: Run, data: ProjectData) -> None:
        rows = {name: [*rows] for name, rows in data.rows.items()}
        so_far = {name: [*self.rows_of(data.project.key, BY_NAME[name])] for name in rows}
        for name in rows:
            so_far[name] = rows[name]
            super().commit(run, evolve(data, rows=dict(so_far)))


@frozen
class Unsaved(SQLite):
    """Says that a project is committed, and writes it with the next step."""

    _pending: list[tuple[Run, ProjectData]] = field(
        init=False, factory=list[tuple[Run, ProjectData]]
    )

    def commit(self, run: Run, data: ProjectData) -> None:
        self._flush()
        self._pending.append((run, data))

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
        self._flush()
        super().close()

    def _flush(self) -> None:
        while self._pending:
            super().commit(*self._pending.pop())


class Piecemeal(SQLite):
    """Commits each table when it has read it."""

    def commit(self, run: Run, data: ProjectData) -> None:
        so_far = {name: [*self.rows_of(data.project.key, BY_NAME[name])] for name in data.rows}
        for name, rows in data.rows.items():
            so_far[name] = [*rows]
            super().commit(run, evolve(data, rows=dict(so_far)))


class Adding(SQLite):
    """Leaves rows that a project does not have any more."""

    def commit(self, run: Run, data: ProjectData) -> None:
        rows: dict[str, list[Row]] = {}
        for name, new in data.rows.items():
            table = BY_NAME[name]
            keys = {_key(row, table) for row in new}
            old = self.rows_of(data.project.key, table)
            rows[name] = table.in_order(
                [*new, *(row for row in old if _key(row, table) not in keys)]
            )
        super().commit(run, evolve(data, rows=rows))


def _key(row: Row, table: Table) -> Row:
    return tuple(value_of(row, table, name) for name in table.key)


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
        return super().begin(scope, resume=resume and not scope)


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
            yield tuple(one.partition("\0")[0] if isinstance(one, str) else one for one in row)


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
        listed = cast("Mapping[str, Sequence[Row]]", data.rows)
        rows = {name: [some[at] for at in range(len(some))] for name, some in listed.items()}
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


@frozen
class OneThread(SQLite):
    """Works only in the thread in which it was made."""

    _thread: int = field(init=False, factory=get_ident)

    def commit(self, run: Run, data: ProjectData) -> None:
        if get_ident() != self._thread:
            raise TargetError("this is another thread", self.path)
        super().commit(run, data)


class Careless(SQLite):
    """Drops what a project had when its next attempt fails."""

    def fail(self, run: Run, project: ProjectRef, error: AgilekitError) -> None:
        super().commit(run, project.data({}, title=None))
        super().fail(run, project, error)


class Alone(SQLite):
    """Takes over every run, also those of other scopes."""

    def begin(self, scope: str, *, resume: bool) -> Run:
        run = super().begin(scope, resume=resume)
        with self._database.transaction() as database:
            database.execute("DELETE FROM runs WHERE scope <> ?", (scope,))
        return run


class Unproved(SQLite):
    """Has a manifest that says nothing of what was committed."""

    def manifest(self) -> list[ProjectEntry]:
        return [{**entry, "tables": None} for entry in self.entries()]


BROKEN: Final[Mapping[type[SQLite], str]] = {
    Adding: "it_replaces_a_project_and_no_other",
    Careless: "it_notes_what_became_of_a_project_and_keeps_its_rows",
    Unproved: "it_gives_back_every_value_as_it_was_committed",
    CString: "it_gives_back_every_value_as_it_was_committed",
    Doubles: "it_gives_back_every_value_as_it_was_committed",
    EmptyIsNull: "it_gives_back_every_value_as_it_was_committed",
    Sorting: "it_sorts_by_the_characters_of_keys",
    Holding: "it_reads_rows_that_are_too_many_to_be_held",
    Leaking: "it_does_not_choke_on_unpaired_surrogates",
    SameEpoch: "every_beginning_has_a_higher_epoch",
    Forgetful: "a_run_that_was_cut_off_is_continued",
    Unfenced: "a_run_that_was_taken_over_changes_nothing",
    NeverNewer: "an_older_run_does_not_replace_what_a_newer_one_wrote",
    OneThread: "its_steps_may_be_taken_in_changing_threads",
    Alone: "two_writers_lose_nothing_of_each_other",
    FencedTooEarly: "a_run_that_is_taken_over_while_it_writes_does_not_win",
    Piecemeal: "an_error_at_any_row_leaves_the_project_as_it_was",
    Torn: "a_writer_that_is_killed_leaves_each_project_old_or_new",
    Unsaved: "a_writer_that_is_killed_leaves_each_project_old_or_new",
}
"""Each, and the check that has to find what is wrong with it."""


def broken(folder: Path, kind: type[SQLite], name: str) -> Target:
    return kind(folder / f"{name}.sqlite")
