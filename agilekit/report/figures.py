"""The figures of a report: the rows of an export's views, project by project."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from attrs import define, field, frozen

from agilekit.export.table import ProjectKey

__all__ = [
    "BurndownStep",
    "Cycle",
    "Figures",
    "FlowDay",
    "Lead",
    "ProjectFigures",
    "SprintVelocity",
    "Week",
]

_DAY: Final = timedelta(days=1)


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
    """None if it is not known of a card with points whether it is done."""
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
    """From its creation to its completion; None if either is not known."""


class Cycle(NamedTuple):
    """A row of the view cycle_time: a card that is done."""

    card_id: str
    number: int | None
    card: str | None
    sprint_id: str | None
    started_at: str | None
    completed_at: str | None
    cycle_days: float | None
    """From the beginning of work to its completion; None if either is not known."""
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
    """None if no card has an estimate."""
    unestimated: int


@define
class ProjectFigures:
    """One project.

    The sprint that a report is about is the one that was asked for. Else it is the last that has
    ended, if it ended, or the active one began, in the day before the export; else the active one;
    and if there is none, the last that has ended, or begun.
    """

    key: ProjectKey
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

    def __repr__(self) -> str:
        sprints, done = len(self.velocity), len(self.lead_time)
        return f"<ProjectFigures {self.title!r:.60} sprints={sprints} done={done}>"

    @property
    def sprint(self) -> SprintVelocity | None:
        """The sprint that a report is about. None if none has begun."""
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

    def __repr__(self) -> str:
        return f"<Figures {self.path} projects={len(self.projects)} exported_at={self.exported_at}>"
