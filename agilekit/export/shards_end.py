"""The end of an export in shards: their runs are ended, and their reports become one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from attrs import frozen

from agilekit.export.errors import ExportError
from agilekit.export.manifest import ProjectEntry
from agilekit.export.report import ExportReport, ProjectReport
from agilekit.export.resume import start_of
from agilekit.export.target.open_target import Destination, Format, open_target
from agilekit.export.target.target import Run, Target

__all__ = ["SCOPE", "ShardReport", "finish"]

SCOPE: Final = "shard-"
"""What the scope of each shard begins with."""


@frozen
class ShardReport:
    """What became of the projects of one shard."""

    scope: str
    numbers: Mapping[str, int]
    """The place of each of its connections in the plan, by name."""
    projects: tuple[ProjectReport, ...]
    """Of each connection in the order of its service."""
    seconds: float
    continued: datetime | None = None
    """When the run began that it continues; None if it began anew."""


def finish(
    to: Destination,
    reports: Iterable[ShardReport] = (),
    *,
    format: Format | None = None,
) -> ExportReport:
    """Ends an export in shards, and reports what became of every project. Blocks.

    Of a folder, the files of those tables are made anew whose rows have changed.

    to: as of the plan.
    format: as of the plan.
    reports: of the shards, in any order: only their runs are ended. Without them, the
        runs of all shards are ended that have not ended yet, and the manifest tells what became of
        their projects; connections are then called by their hosts.

    Raises InvalidInput if there is no export, ExportError if it cannot be written to.
    """
    known = [*reports]
    target = open_target(to, format)
    try:
        target.check()
        scopes = {one.scope for one in known}
        runs = [
            run
            for run in target.unfinished()
            if (run.scope in scopes if known else run.scope.startswith(SCOPE))
        ]
        target.finish(runs)
        if known:
            return _of_reports(target.path, known)
        return _of_manifest(target, runs)
    finally:
        target.close()


def _of_reports(path: str, reports: Sequence[ShardReport]) -> ExportReport:
    numbers = {name: number for one in reports for name, number in one.numbers.items()}
    projects = [project for one in reports for project in one.projects]
    projects.sort(key=lambda project: numbers[project.connection])
    continued = min((one.continued for one in reports if one.continued), default=None)
    return ExportReport(path, tuple(projects), max(one.seconds for one in reports), continued)


def _of_manifest(target: Target, runs: Sequence[Run]) -> ExportReport:
    ids = {run.id for run in runs}
    if not runs:
        return ExportReport(target.path, (), 0.0)
    since = min(run.started_at or "" for run in runs)
    projects = tuple(
        _project(target.path, entry)
        for entry in target.manifest()
        if entry["run"] in ids or (entry["failed_at"] or entry["skipped_at"] or "") > since
    )
    continued = min((start for run in runs if (start := start_of(run))), default=None)
    return ExportReport(target.path, projects, 0.0, continued)


def _project(path: str, entry: ProjectEntry) -> ProjectReport:
    error, skipped = entry["error"], entry["skipped"]
    is_written = error is None and skipped is None
    digests = (entry["tables"] or {}) if is_written else {}
    return ProjectReport(
        entry["host"],
        entry["service"],
        entry["host"],
        entry["project_id"],
        entry["title"],
        {name: one["rows"] for name, one in digests.items()},
        0.0,
        tuple(entry["gaps"]),
        tuple(entry["notes"]),
        skipped,
        None if error is None else ExportError(error, path),
    )
