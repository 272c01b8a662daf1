"""An export in parts that any process can do, on this machine or on others.

Generated from `agilekit.export.shards` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from collections.abc import Callable

from agilekit.blocking.portal import run
from agilekit.export.report import Progress, ProjectReport
from agilekit.export.schedule import MOST_ROWS
from agilekit.export.shards import export_shard as async_export_shard
from agilekit.export.shards_end import ShardReport
from agilekit.export.shards_plan import Shard
from agilekit.session.concurrency_limit import ConcurrencyLimit

__all__ = ["export_shard"]


def export_shard(
    shard: Shard,
    *,
    on_progress: Callable[[Progress], object] | None = None,
    on_report: Callable[[ProjectReport], object] | None = None,
    in_flight: ConcurrencyLimit | None = None,
    most_rows: int = MOST_ROWS,
) -> ShardReport:
    """The same as `run_shard`, in the loop of all blocking clients.

    on_report: is told what became of each project, when that is certain.
    in_flight, most_rows: what shards that run at once in one process share.
    """
    return run(
        async_export_shard,
        shard,
        on_progress=on_progress,
        on_report=on_report,
        in_flight=in_flight,
        most_rows=most_rows,
    )
