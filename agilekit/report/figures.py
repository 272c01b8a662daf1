"""The figures of a report, as the views of an export give them."""

from __future__ import annotations

import inspect
import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeVar

from attrs import define, field, frozen

from agilekit.errors import InvalidInput
from agilekit.export import ExportError
from agilekit.export.manifest import Key
from agilekit.export.target.sqlite import SQLite, readable
from agilekit.export.target.views import VIEWS

__all__ = [
    "BurndownStep",
    "Cycle",
    "Figures",
    "FlowDay",
    "Lead",
    "ProjectFigures",
    "SprintVelocity",
    "Week",
    "read",
]

R = TypeVar("R")

_DAY: Final = timedelta(days=1)
_WORDS: Final[Mapping[str, Literal["last", "active"]]] = {"last": "last", "active": "active"}

_FORMATS: Final = "reports are made of exports as SQLite: agilekit export --to backup.sqlite"


class SprintVelocity(NamedTuple):
    """A row of the view velocity."""

    sprint_id: str
    sprint: str | None
    number: int | None
    state: str | None
    starts_at: str | None
    ends_at: str | None
    completed_at: str | None
    committed: float
    expected: float | None
    completed: float | None
    """None where it is not known of a card with points whether it is done."""
    cards: int
    done_cards: int
    unknown_cards: int
    """Those of which it is not known whether they are done."""
    unestimated_cards: int


class Lead(NamedTuple):
    """A row of the view lead_time: a card that is done."""

    card_id: str
    number: int | None
    card: str | None
    sprint_id: str | None
    created_at: str | None
    completed_at: str | None
    lead_days: float | None
    """From its creation to its completion; None where either is not known."""


class Cycle(NamedTuple):
    """A row of the view cycle_time: a card that is done."""

    card_id: str
    number: int | None
    card: str | None
    sprint_id: str | None
    started_at: str | None
    completed_at: str | None
    cycle_days: float | None
    """From the beginning of work to its completion; None where either is not known."""
    working_days: float | None


class BurndownStep(NamedTuple):
    """A row of the view burndown_chart."""

    sprint_id: str | None
    sprint: str | None
    line: str
    step: int
    day: str | None
    remaining: float | None
    unit: str
    ideal: float | None


class FlowDay(NamedTuple):
    """A row of the view cumulative_flow."""

    column_id: str
    column: str
    day: str
    cards: int


class Week(NamedTuple):
    """A row of the view throughput."""

    week: str
    cards: int
    points: float | None
    """None where no card has an estimate."""
    unestimated: int


@define
class ProjectFigures:
    """One project.

    The sprint that a report is about is the one that was asked for. Else it is the last that has
    ended, if it ended, or the active one began, in the day before the export; else the active one;
    and if there is none, the last that has ended, or begun.
    """

    key: Key
    title: str
    velocity: list[SprintVelocity] = field(factory=list[SprintVelocity])
    lead_time: list[Lead] = field(factory=list[Lead])
    cycle_time: list[Cycle] = field(factory=list[Cycle])
    burndown: list[BurndownStep] = field(factory=list[BurndownStep])
    cumulative_flow: list[FlowDay] = field(factory=list[FlowDay])
    throughput: list[Week] = field(factory=list[Week])
    exported_at: str | None = None
    """When it was read; in UTC."""
    work_begins: str | None = None
    """The title of the column in which work begins, from which cycle times count."""
    focus: str | None = None
    """The id of the sprint that was asked for."""

    @property
    def sprint(self) -> SprintVelocity | None:
        """The sprint that a report is about. None where none has begun."""
        if self.focus is not None:
            return next(one for one in self.velocity if one.sprint_id == self.focus)
        last, active = self.sprint_called("last"), self.sprint_called("active")
        if active is None:
            begun = [one for one in self.velocity if one.state != "future"]
            return last or next(reversed(begun or self.velocity), None)
        if last and (
            self._is_recent(last.completed_at or last.ends_at) or self._is_recent(active.starts_at)
        ):
            return last
        return active

    def sprint_called(self, which: Literal["last", "active"]) -> SprintVelocity | None:
        """The last sprint that has ended, or the active one that began last."""
        state = "past" if which == "last" else "active"
        return next((one for one in reversed(self.velocity) if one.state == state), None)

    def _is_recent(self, moment: str | None) -> bool:
        if moment is None or self.exported_at is None:
            return False
        return _time(self.exported_at) - _DAY < _time(moment) <= _time(self.exported_at)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


@frozen
class Figures:
    """What a report shows."""

    path: str
    exported_at: str
    """When the newest of its projects was read; in UTC."""
    projects: tuple[ProjectFigures, ...]
    about_sprint: bool
    """Whether it was asked for a sprint."""


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

    Raises InvalidInput where there is no such export, project or sprint, ExportError where the
    export cannot be read.
    """
    file = Path(path)
    if file.is_dir():
        raise InvalidInput(f"{file} is a folder; {_FORMATS}")
    SQLite(file).check()
    try:
        with closing(sqlite3.connect(readable(file.absolute()), uri=True)) as database:
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
        (service, host, id): ProjectFigures((service, host, id), title or id)
        for service, host, id, title in rows
    }
    if project is not None:
        found = _chosen(found, project)
    if work_begins is not None:
        _begin_work_in(database, work_begins)
    _fill(database, found, "velocity", SprintVelocity, lambda one: one.velocity)
    _fill(database, found, "lead_time", Lead, lambda one: one.lead_time)
    _fill(database, found, "cycle_time", Cycle, lambda one: one.cycle_time)
    _fill(database, found, "burndown_chart", BurndownStep, lambda one: one.burndown)
    _fill(database, found, "cumulative_flow", FlowDay, lambda one: one.cumulative_flow)
    _fill(database, found, "throughput", Week, lambda one: one.throughput)
    for *key, column in database.execute(
        'SELECT service, host, project_id, coalesce("column", column_id) FROM work_begins'
    ):
        if one := found.get((key[0], key[1], key[2])):
            one.work_begins = column
    for service, host, id, finished_at in database.execute(
        "SELECT service, host, project_id, finished_at FROM manifest"
    ):
        if one := found.get((service, host, id)):
            one.exported_at = finished_at
    projects = [*found.values()]
    if sprint is not None:
        projects = _about(projects, sprint)
    (exported_at,) = database.execute("SELECT max(finished_at) FROM manifest").fetchone()
    return Figures(path, exported_at or "", tuple(projects), about_sprint=sprint is not None)


def _begin_work_in(database: sqlite3.Connection, column: str) -> None:
    """Lets `cycle_time` count from another column, in this connection only.

    A temporary view goes before the file's own of that name, and reads temporary tables.
    """
    database.execute("PRAGMA temp_store = MEMORY")
    database.create_function("same_text", 2, _is_same_text, deterministic=True)
    database.execute("CREATE TEMP TABLE work_begins AS SELECT * FROM main.work_begins")
    named = database.execute(
        "SELECT service, host, project_id, id, title, min(place) FROM columns "
        "WHERE place IS NOT NULL AND (id = ? OR same_text(title, ?)) "
        "GROUP BY service, host, project_id",
        (column, column),
    ).fetchall()
    if not named:
        rows = database.execute(
            "SELECT DISTINCT title FROM columns WHERE place IS NOT NULL ORDER BY place, title"
        )
        names = ", ".join(str(title) for (title,) in rows) or "none"
        raise InvalidInput(f"no column is called {column!r:.60}; there are: {names:.600}")
    for service, host, project_id, id, title, place in named:
        key = (service, host, project_id)
        database.execute(
            "DELETE FROM temp.work_begins WHERE service = ? AND host = ? AND project_id = ?", key
        )
        database.execute(
            "INSERT INTO temp.work_begins VALUES (?, ?, ?, NULL, ?, ?, ?)", (*key, id, title, place)
        )
    (sql,) = [view.sql for view in VIEWS if view.name == "cycle_time"]
    database.execute(f"CREATE TEMP VIEW cycle_time AS {sql}")


def _is_same_text(one: object, other: object) -> bool:
    return str(one).strip().casefold() == str(other).strip().casefold()


def _fill(
    database: sqlite3.Connection,
    found: Mapping[Key, ProjectFigures],
    view: str,
    kind: Callable[..., R],
    rows_of: Callable[[ProjectFigures], list[R]],
) -> None:
    """Adds the rows of a view to their projects. Their names are those of its columns."""
    names = inspect.signature(kind).parameters
    columns = ", ".join(f'"{name}"' for name in names)
    statement = f'SELECT service, host, project_id, {columns} FROM "{view}"'  # noqa: S608 - own names
    for service, host, project_id, *values in database.execute(statement):
        if project := found.get((service, host, project_id)):
            rows_of(project).append(kind(*values))


def _chosen(found: dict[Key, ProjectFigures], wanted: str) -> dict[Key, ProjectFigures]:
    by_id = {key: one for key, one in found.items() if key[2] == wanted}
    matching = by_id or {key: one for key, one in found.items() if one.title == wanted}
    if len(matching) == 1:
        return matching
    names = ", ".join(
        f"{one.title} ({key[0]} {key[2]})" for key, one in (matching or found).items()
    )
    kind = "several projects are" if matching else "no project is"
    raise InvalidInput(f"{kind} called {wanted!r:.60}; there are: {names:.600}")


def _about(projects: list[ProjectFigures], wanted: str) -> list[ProjectFigures]:
    """The projects that have the sprint, with it as what they are about."""
    if (which := _WORDS.get(wanted)) is not None:
        matching = [(one, s) for one in projects if (s := one.sprint_called(which))]
        is_found = bool(matching)
        why = "no sprint has ended" if which == "last" else "no sprint is active"
    else:
        matching = _named(projects, wanted)
        is_found = len(matching) == 1
        why = f"{'several sprints are' if matching else 'no sprint is'} called {wanted!r:.60}"
    if not is_found:
        every = matching or [(one, s) for one in projects for s in one.velocity]
        names = ", ".join(f"{s.sprint} ({one.title}, {s.sprint_id})" for one, s in every)
        raise InvalidInput(f"{why}; there are: {names or 'none':.600}")
    for project, sprint in matching:
        project.focus = sprint.sprint_id
    return [project for project, _ in matching]


def _named(
    projects: list[ProjectFigures], wanted: str
) -> list[tuple[ProjectFigures, SprintVelocity]]:
    every = [(one, s) for one in projects for s in one.velocity]
    ways: list[Callable[[SprintVelocity], object]] = [
        lambda s: s.sprint_id,
        lambda s: s.sprint,
        lambda s: str(s.number),
    ]
    for how in ways:
        if found := [(one, s) for one, s in every if how(s) == wanted]:
            return found
    return []
