"""A shard on its way through the processes that run it: what is known of it, whichever tells it.

A process may die with a shard that it has written in part. The next one finds those projects
written already; what became of them was told by the first, and stays what is reported.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import define, evolve, field

from agilekit.export.report import Progress, ProjectReport
from agilekit.export.run import WRITTEN_ALREADY
from agilekit.export.shards import Shard, ShardReport

__all__ = ["ShardJob"]


@define
class ShardJob:
    shard: Shard
    losses: int = 0
    """How often its worker died since anything of it was written."""
    is_rerun: bool = False
    known: int = 0
    """How many projects it has, as far as they are found."""
    projects: dict[tuple[str, str | None], ProjectReport] = field(
        factory=dict[tuple[str, "str | None"], ProjectReport]
    )
    """What became of those that ended, by connection and id."""

    def best(self, report: ProjectReport) -> ProjectReport:
        """What became of a project, which may have been written before its worker died."""
        earlier = self.projects.get((report.connection, report.project_id))
        return earlier if earlier and report.skipped == WRITTEN_ALREADY else report

    def end_project(self, report: ProjectReport) -> None:
        key = (report.connection, report.project_id)
        if key not in self.projects:
            self.losses = 0
        self.projects[key] = self.best(report)

    def end(self, report: ShardReport) -> ShardReport:
        # A run that a dead worker of this export began is not one that was continued.
        continued = None if self.is_rerun else report.continued
        projects = tuple(map(self.best, report.projects))
        return evolve(report, projects=projects, continued=continued)

    def shown(self, progress: Progress, jobs: Iterable[ShardJob]) -> Progress | None:
        """How far a project is, as the caller of the export is told; None if it is known already.

        jobs: all of the export, this one included.
        """
        self.known = max(self.known, progress.projects)
        ended = (progress.connection, progress.project_id) in self.projects
        if ended and progress.step == "skipped":
            return None  # it was shown as done, before its worker died
        continued = None if self.is_rerun else progress.continued
        projects = sum(one.known for one in jobs)
        return evolve(progress, projects=projects, continued=continued)
