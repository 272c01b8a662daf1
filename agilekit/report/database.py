"""Reads the figures of a report from an export as SQLite."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final, TypeVar

from agilekit.errors import InvalidInput
from agilekit.export.errors import ExportError
from agilekit.export.table import ProjectKey
from agilekit.export.target.remote import is_url
from agilekit.export.target.sqlite import SQLite
from agilekit.export.target.sqlite_database import readable
from agilekit.export.target.views import VIEWS
from agilekit.report.choice import choose_project, choose_sprint
from agilekit.report.figures import (
    BurndownStep,
    Cycle,
    Figures,
    FlowDay,
    Lead,
    ProjectFigures,
    SprintVelocity,
    Week,
)

__all__ = ["read"]

R = TypeVar("R", BurndownStep, Cycle, FlowDay, Lead, SprintVelocity, Week)

_FORMATS: Final = "reports are made of exports as SQLite: agilekit export --to backup.sqlite"
_NEEDED: Final = ("columns", "sprints", "cards", "changes", "burndown")
"""The tables that the views are made of, beside the projects."""


def read(
    path: str | os.PathLike[str],
    *,
    project: str | None = None,
    sprint: str | None = None,
    work_begins: str | None = None,
) -> Figures:
    """Reads the figures of an export.

    path: an export as SQLite.
    project: the id or the title of the only project to show.
    sprint: the id, the title or the number of the sprint that the report is about, or ``"last"``
        for the last that has ended, or ``"active"``. Projects without it are left out; averages are
        over all sprints of its project.
    work_begins: the id or the title of the column in which work begins: the cycle time of a card is
        from its first entry into it, or one beyond it, to its completion. In a project without it,
        and if none is named, that is the second column.

    Raises InvalidInput if there is no such export, project or sprint, or if a table that is needed
    was left out of the export; ExportError if the export cannot be read.
    """
    file = Path(path)
    if str(path).startswith(("postgres:", "postgresql:")):
        raise InvalidInput(f"a database of PostgreSQL has the views itself; {_FORMATS}")
    if is_url(str(path)):
        raise InvalidInput(f"a URL has to be downloaded first: {_FORMATS}")
    if file.is_dir():
        raise InvalidInput(f"{file} is a folder; {_FORMATS}")
    SQLite(file).check()
    try:
        with closing(sqlite3.connect(readable(file.absolute()), uri=True)) as database:
            database.row_factory = sqlite3.Row
            return _read(database, str(path), project, sprint, work_begins)
    except sqlite3.Error as error:
        raise ExportError(f"cannot be read: {error}", str(path)) from error


def _read(
    database: sqlite3.Connection,
    path: str,
    project: str | None,
    sprint: str | None,
    work_begins: str | None,
) -> Figures:
    rows = database.execute(
        "SELECT service, host, project_id, title FROM projects ORDER BY service, host, project_id"
    )
    found = {
        _key(row): ProjectFigures(_key(row), row["title"] or row["project_id"]) for row in rows
    }
    if project is not None:
        found = choose_project(found, project)
    _check_tables(database, found, path)
    if work_begins is not None:
        _begin_work_in(database, work_begins)
    _fill(database, found, "velocity", SprintVelocity, lambda one: one.velocity)
    _fill(database, found, "lead_time", Lead, lambda one: one.lead_time)
    _fill(database, found, "cycle_time", Cycle, lambda one: one.cycle_time)
    _fill(database, found, "burndown_chart", BurndownStep, lambda one: one.burndown)
    _fill(database, found, "cumulative_flow", FlowDay, lambda one: one.cumulative_flow)
    _fill(database, found, "throughput", Week, lambda one: one.throughput)
    for row in database.execute(
        'SELECT service, host, project_id, "column", column_id FROM work_begins'
    ):
        if one := found.get(_key(row)):
            one.work_begins = row["column_id"] if row["column"] is None else row["column"]
    exported_at = ""  # of any project, also of one that the report leaves out
    for row in database.execute("SELECT service, host, project_id, finished_at FROM manifest"):
        exported_at = max(exported_at, row["finished_at"] or "")
        if one := found.get(_key(row)):
            one.exported_at = row["finished_at"]
    projects = [*found.values()]
    if sprint is not None:
        projects = choose_sprint(projects, sprint)
    return Figures(path, exported_at, tuple(projects), about_sprint=sprint is not None)


def _check_tables(
    database: sqlite3.Connection, shown: Mapping[ProjectKey, ProjectFigures], path: str
) -> None:
    """A figure is none if what it is made of was left out of the export."""
    for table in _NEEDED:
        statement = "SELECT service, host, project_id FROM manifest WHERE tables NOT LIKE ?"
        for row in database.execute(statement, (f'%"{table}"%',)):
            if one := shown.get(_key(row)):
                raise InvalidInput(
                    f"{path} has no {table} of {one.title}: a report needs "
                    f"{', '.join(_NEEDED)}; export it again with these tables, or with all"
                )


def _key(row: sqlite3.Row) -> ProjectKey:
    return row["service"], row["host"], row["project_id"]


def _begin_work_in(database: sqlite3.Connection, column: str) -> None:
    """Lets `cycle_time` count from another column, in this connection only.

    The file stays as it is: a temporary view hides its own, and reads temporary tables.
    """
    database.execute("PRAGMA temp_store = MEMORY")
    database.create_function("same_text", 2, _is_same_text, deterministic=True)
    database.execute("CREATE TEMP TABLE work_begins AS SELECT * FROM main.work_begins")
    named = database.execute(
        "SELECT service, host, project_id, id, title, min(place) AS place FROM columns "
        "WHERE place IS NOT NULL AND (id = ? OR same_text(title, ?)) "
        "GROUP BY service, host, project_id",
        (column, column),
    ).fetchall()
    if not named:
        rows = database.execute(
            "SELECT DISTINCT title FROM columns WHERE place IS NOT NULL ORDER BY place, title"
        )
        names = ", ".join(str(row["title"]) for row in rows) or "none"
        raise InvalidInput(f"no column is called {column!r:.60}; there are: {names:.600}")
    for row in named:
        database.execute(
            "DELETE FROM temp.work_begins WHERE service = ? AND host = ? AND project_id = ?",
            _key(row),
        )
        database.execute(
            "INSERT INTO temp.work_begins VALUES (?, ?, ?, NULL, ?, ?, ?)",
            (*_key(row), row["id"], row["title"], row["place"]),
        )
    (sql,) = [view.sql("sqlite") for view in VIEWS if view.name == "cycle_time"]
    database.execute(f"CREATE TEMP VIEW cycle_time AS {sql}")


def _is_same_text(one: object, other: object) -> bool:
    return str(one).strip().casefold() == str(other).strip().casefold()


def _fill(
    database: sqlite3.Connection,
    found: Mapping[ProjectKey, ProjectFigures],
    view: str,
    kind: type[R],
    rows_of: Callable[[ProjectFigures], list[R]],
) -> None:
    """Adds the rows of a view to their projects. The fields are named as its columns are."""
    columns = ", ".join(f'"{name}"' for name in kind._fields)
    statement = f'SELECT service, host, project_id, {columns} FROM "{view}"'  # noqa: S608 - own names
    for row in database.execute(statement):
        if project := found.get(_key(row)):
            rows_of(project).append(kind(**{name: row[name] for name in kind._fields}))
