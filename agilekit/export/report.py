"""What an export reports: while it runs, and at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from attrs import frozen

from agilekit.errors import AgilekitError
from agilekit.wire.serializable import Serializable

__all__ = ["ExportReport", "Progress", "ProjectReport", "Step", "run_of"]

Step: TypeAlias = Literal["finding", "reading", "writing", "done", "skipped", "failed"]


@frozen
class Progress(Serializable):
    """How far one project is."""

    connection: str
    """The name that its client was given, or else its host."""
    service: str
    project_id: str | None
    """None while the projects of a connection are being looked for."""
    title: str | None
    """None until it is known."""
    step: Step
    rows: int
    """While reading, how many entities were read so far; then, how many rows there are."""
    projects: int
    """How many projects are known so far, of all connections."""
    continued: datetime | None = None
    """When the run began that this one continues; None if it began anew."""


@frozen
class ProjectReport(Serializable):
    """What became of one project, or of a connection whose projects could not be found."""

    connection: str
    """The name that its client was given, or else its host."""
    service: str
    host: str
    project_id: str | None
    """None if the projects of a connection could not be found."""
    title: str | None
    rows: Mapping[str, int]
    """By table, as written; empty if it was skipped or failed."""
    seconds: float
    gaps: tuple[str, ...] = ()
    """What the service has by its own account, and did not show."""
    notes: tuple[str, ...] = ()
    """What is worth knowing of it, though nothing says that anything is missing."""
    skipped: str | None = None
    """Why it was left as it was; None if it was not."""
    error: AgilekitError | None = None
    """Why nothing of it was written; None if all of it was, or it was skipped."""

    def __repr__(self) -> str:
        if self.error is not None:
            state = f"failed={type(self.error).__name__}"
        elif self.skipped is not None:
            state = "skipped"
        else:
            state = f"rows={sum(self.rows.values())} gaps={len(self.gaps)}"
        return f"<ProjectReport {self.service} {self.project_id} {self.title!r:.60} {state}>"


@frozen
class ExportReport(Serializable):
    """What became of every project."""

    path: str
    """Where the export is, as it was given."""
    projects: tuple[ProjectReport, ...]
    """In the order of the clients, and of their services."""
    seconds: float
    continued: datetime | None = None
    """When the run began that this one continues; None if it began anew."""

    @property
    def succeeded(self) -> list[ProjectReport]:
        """The projects that were written."""
        return [one for one in self.projects if one.error is None and one.skipped is None]

    @property
    def skipped(self) -> list[ProjectReport]:
        """The projects that were whole already, and were left as they were."""
        return [one for one in self.projects if one.skipped is not None]

    @property
    def failed(self) -> list[ProjectReport]:
        """The projects and connections of which nothing was written."""
        return [one for one in self.projects if one.error is not None]

    @property
    def rows(self) -> dict[str, int]:
        """How many rows were written, by table."""
        total = Counter[str]()
        for project in self.projects:
            total.update(project.rows)
        return dict(total)

    def __repr__(self) -> str:
        return f"<ExportReport {self}>"

    def __str__(self) -> str:
        rows = sum(self.rows.values())
        skipped = f", {len(self.skipped)} left as they were" if self.skipped else ""
        continued = f", continuing {run_of(self.continued)}" if self.continued else ""
        return (
            f"{len(self.succeeded)} of {len(self.projects)} projects exported to {self.path}"
            f"{skipped}: {rows} rows in {self.seconds:.1f} s{continued}"
        )


def run_of(began: datetime) -> str:
    """Names a run: ``the run of 2026-03-02 09:00 UTC``."""
    return f"the run of {began.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
