"""What became of projects whose worker died before it could tell: the manifest tells it.

A worker commits a project, and then tells of it. If it dies in between, the one that takes its
place finds the project written already, and knows no more of it. That this export has written it is
certain: in a run nobody else may write, and when the export began, that project was not there, or
was written at another time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from attrs import evolve

from agilekit.export.manifest import ProjectEntry, key_of
from agilekit.export.report import ProjectReport
from agilekit.export.run import WRITTEN_ALREADY
from agilekit.export.shards import Shard, ShardReport
from agilekit.export.table import ProjectKey

__all__ = ["WrittenBefore", "prepare", "with_lost_reports"]

WrittenBefore: TypeAlias = Mapping[ProjectKey, str | None]
"""When the runs that are continued wrote each of their projects."""


def prepare(shards: Sequence[Shard]) -> WrittenBefore:
    """Prepares the target of a plan, and tells what is written already. Blocks."""
    scopes = {shard.scope for shard in shards}
    target = shards[0].target()
    try:
        target.prepare()
        runs = {run.id for run in target.unfinished() if run.scope in scopes}
        entries = target.entries() if runs else ()
    finally:
        target.close()
    return {key_of(one): one["finished_at"] for one in entries if one["run"] in runs}


def with_lost_reports(
    reports: Iterable[ShardReport], shards: Sequence[Shard], before: WrittenBefore
) -> list[ShardReport]:
    """The reports of all shards, with those that died with their workers. Blocks.

    before: as it was when the export began.
    """
    known = [*reports]
    if not any(one.skipped == WRITTEN_ALREADY for report in known for one in report.projects):
        return known
    target = shards[0].target()
    try:
        written = {
            key: entry
            for entry in target.entries()
            if before.get(key := key_of(entry)) != entry["finished_at"]
        }
    finally:
        target.close()
    return [
        evolve(report, projects=tuple(_of_this_export(one, written) for one in report.projects))
        for report in known
    ]


def _of_this_export(
    report: ProjectReport, written: Mapping[ProjectKey, ProjectEntry]
) -> ProjectReport:
    entry = written.get((report.service, report.host, report.project_id or ""))
    if report.skipped != WRITTEN_ALREADY or entry is None:
        return report
    return evolve(
        report,
        title=entry["title"],
        rows={name: one["rows"] for name, one in (entry["tables"] or {}).items()},
        gaps=tuple(entry["gaps"]),
        notes=tuple(entry["notes"]),
        skipped=None,
    )
