"""What an export tells: while it runs, and at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from attrs import frozen

from agilekit.errors import AgilekitError

__all__ = ["ExportReport", "Progress", "ProjectReport"]


@frozen
class Progress:
    """How far one project is."""

    service: str
    project_id: str
    title: str | None
    """None until the project was read."""
    step: Literal["reading", "writing", "done", "failed"]
    rows: int
    """While reading, how many entities were read so far; then, how many rows there are."""


@frozen
class ProjectReport:
    """What became of one project."""

    service: str
    project_id: str
    title: str | None
    rows: Mapping[str, int]
    """By table; empty where the project failed."""
    seconds: float
    error: AgilekitError | None = None
    """Why nothing of this project was written; None where all of it was."""


@frozen
class ExportReport:
    """What became of every project."""

    path: Path
    projects: tuple[ProjectReport, ...]
    """In the order of the clients."""
    seconds: float

    @property
    def succeeded(self) -> list[ProjectReport]:
        return [project for project in self.projects if project.error is None]

    @property
    def failed(self) -> list[ProjectReport]:
        return [project for project in self.projects if project.error is not None]

    @property
    def rows(self) -> dict[str, int]:
        """How many rows were written, by table."""
        total = Counter[str]()
        for project in self.projects:
            total.update(project.rows)
        return dict(total)

    def __str__(self) -> str:
        done, failed, rows = len(self.succeeded), len(self.failed), sum(self.rows.values())
        return (
            f"{done} of {done + failed} projects exported to {self.path}: "
            f"{rows} rows in {self.seconds:.1f} s"
        )
