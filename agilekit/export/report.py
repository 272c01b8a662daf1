"""What an export tells: while it runs, and at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Literal, TypeAlias

from attrs import frozen

from agilekit.errors import AgilekitError

__all__ = ["ExportReport", "Progress", "ProjectReport", "Step"]

Step: TypeAlias = Literal["finding", "reading", "writing", "done", "skipped", "failed"]


@frozen
class Progress:
    """How far one project is."""

    connection: str
    """The name that its client was given, or else its host."""
    service: str
    project_id: str | None
    """None where the projects of a connection are being looked for."""
    title: str | None
    """None until it is known."""
    step: Step
    rows: int
    """While reading, how many entities were read so far; then, how many rows there are."""
    projects: int
    """How many projects are known so far, of all connections."""


@frozen
class ProjectReport:
    """What became of one project, or of a connection whose projects could not be found."""

    connection: str
    """The name that its client was given, or else its host."""
    service: str
    host: str
    project_id: str | None
    """None where the projects of a connection could not be found."""
    title: str | None
    rows: Mapping[str, int]
    """By table, as written; empty where it was skipped or failed."""
    seconds: float
    gaps: tuple[str, ...] = ()
    """What the service has by its own account, and did not show."""
    notes: tuple[str, ...] = ()
    """What is worth knowing of it, though nothing says that anything is missing."""
    skipped: str | None = None
    """Why it was left as it was; None where it was not."""
    error: AgilekitError | None = None
    """Why nothing of it was written; None where all of it was, or it was skipped."""


@frozen
class ExportReport:
    """What became of every project."""

    path: str
    """Where the export is, as it was given."""
    projects: tuple[ProjectReport, ...]
    """In the order of the clients, and of their services."""
    seconds: float

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

    def __str__(self) -> str:
        rows = sum(self.rows.values())
        skipped = f", {len(self.skipped)} left as they were" if self.skipped else ""
        return (
            f"{len(self.succeeded)} of {len(self.projects)} projects exported to {self.path}"
            f"{skipped}: {rows} rows in {self.seconds:.1f} s"
        )
