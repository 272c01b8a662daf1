"""The figures of a report, as the views of an export give them."""

from __future__ import annotations

import inspect
import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from attrs import define, field, frozen

from agilekit.errors import InvalidInput
from agilekit.export import ExportError
from agilekit.export.manifest import Key
from agilekit.export.sqlite import SQLite, readable

__all__ = [
    "BurndownStep",
    "Cycle",
    "Figures",
    "FlowDay",
    "ProjectFigures",
    "SprintVelocity",
    "Week",
    "read",
]

R = TypeVar("R")

_FORMATS: Final = "reports are made of exports as SQLite: agilekit export --to backup.sqlite"


class SprintVelocity(NamedTuple):
    """A row of the view velocity."""

    sprint_id: str
    sprint: str | None
    number: int | None
    state: str | None
    starts_at: str | None
    ends_at: str | None
    committed: float
    expected: float | None
    completed: float | None
    """None where it is not known of a card with points whether it is done."""
    cards: int
    done_cards: int
    unknown_cards: int
    """Those of which it is not known whether they are done."""


class Cycle(NamedTuple):
    """A row of the view cycle_time."""

    card_id: str
    number: int | None
    card: str | None
    sprint_id: str | None
    completed_at: str
    cycle_days: float
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
    points: float


@define
class ProjectFigures:
    """One project."""

    key: Key
    title: str
    velocity: list[SprintVelocity] = field(factory=list[SprintVelocity])
    cycle_time: list[Cycle] = field(factory=list[Cycle])
    burndown: list[BurndownStep] = field(factory=list[BurndownStep])
    cumulative_flow: list[FlowDay] = field(factory=list[FlowDay])
    throughput: list[Week] = field(factory=list[Week])

    @property
    def sprint(self) -> SprintVelocity | None:
        """The sprint that a report is about: the active one, or else the last that has begun."""
        active = [one for one in self.velocity if one.state == "active"]
        begun = [one for one in self.velocity if one.state != "future"]
        return next(reversed(active or begun or self.velocity), None)


@frozen
class Figures:
    """What a report shows."""

    path: str
    exported_at: str
    """When the newest of its projects was read; in UTC."""
    projects: tuple[ProjectFigures, ...]
    only_sprint: bool
    """Whether it is about one sprint alone."""


def read(
    path: str | os.PathLike[str], *, project: str | None = None, sprint: str | None = None
) -> Figures:
    """Reads the figures of an export.

    path: an export as SQLite.
    project: the id or the title of the only project to show.
    sprint: the id, the title or the number of the only sprint to show.

    Raises InvalidInput where there is no such export, project or sprint, ExportError where the
    export cannot be read.
    """
    file = Path(path)
    if file.is_dir():
        raise InvalidInput(f"{file} is a folder; {_FORMATS}")
    SQLite(file).check()
    try:
        with closing(sqlite3.connect(readable(file.absolute()), uri=True)) as database:
            return _read(database, str(path), project, sprint)
    except sqlite3.Error as error:
        raise ExportError(f"cannot be read: {error}", str(path)) from error


def _read(
    database: sqlite3.Connection, path: str, project: str | None, sprint: str | None
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
    _fill(database, found, "velocity", SprintVelocity, lambda one: one.velocity)
    _fill(database, found, "cycle_time", Cycle, lambda one: one.cycle_time)
    _fill(database, found, "burndown_chart", BurndownStep, lambda one: one.burndown)
    _fill(database, found, "cumulative_flow", FlowDay, lambda one: one.cumulative_flow)
    _fill(database, found, "throughput", Week, lambda one: one.throughput)
    projects = [*found.values()]
    if sprint is not None:
        projects = [_with_sprint(projects, sprint)]
    (exported_at,) = database.execute("SELECT max(finished_at) FROM manifest").fetchone()
    return Figures(path, exported_at or "", tuple(projects), only_sprint=sprint is not None)


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


def _with_sprint(projects: list[ProjectFigures], wanted: str) -> ProjectFigures:
    def called(
        how: Callable[[SprintVelocity], object],
    ) -> list[tuple[ProjectFigures, SprintVelocity]]:
        return [(one, s) for one in projects for s in one.velocity if how(s) == wanted]

    matching = (
        called(lambda s: s.sprint_id)
        or called(lambda s: s.sprint)
        or called(lambda s: str(s.number))
    )
    if len(matching) != 1:
        every = matching or [(one, s) for one in projects for s in one.velocity]
        names = ", ".join(f"{s.sprint} ({one.title}, {s.sprint_id})" for one, s in every)
        kind = "several sprints are" if matching else "no sprint is"
        raise InvalidInput(f"{kind} called {wanted!r:.60}; there are: {names or 'none':.600}")
    ((project, sprint),) = matching
    id = sprint.sprint_id
    return ProjectFigures(
        project.key,
        project.title,
        velocity=[sprint],
        cycle_time=[one for one in project.cycle_time if one.sprint_id == id],
        burndown=[one for one in project.burndown if one.sprint_id == id],
    )
