"""`export_on`: an export whose shards are run by the workers of a cluster.

Generated from `agilekit.dask.exporter` and `agilekit.dask.creator` by ``python -m
scripts.blocking``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Unpack

from agilekit.blocking.portal import run
from agilekit.bulk import Mark, OnError
from agilekit.connections import Connection
from agilekit.dask.creator import CreateJob, CreateJobProgress, CreateJobReport
from agilekit.dask.creator import create_on as async_create_on
from agilekit.dask.exporter import OnProgress
from agilekit.dask.exporter import export_on as async_export_on
from agilekit.export.report import ExportReport
from agilekit.export.run_options import ExportOptions
from agilekit.export.target.open_target import Destination, Format

if TYPE_CHECKING:
    from distributed import Client as DaskClient

__all__ = ["create_on", "export_on"]


def export_on(
    client: DaskClient | str,
    connections: Mapping[str, Connection],
    *,
    to: Destination,
    format: Format | None = None,
    on_progress: OnProgress | None = None,
    **options: Unpack[ExportOptions],
) -> ExportReport:
    """Exports all projects of some connections by the workers of a cluster of Dask.

    The export is the same as that of `agilekit.export.export`, and so is the report. What has one
    credential at one host is one task, since it has one rate; there are at most 64 tasks.

    client: a `distributed.Client`, asynchronous or not, or the address of a scheduler.
    connections: from a file, as `agilekit.connections.load` gives them. The workers look the
        secrets up: the file has to be there for each of them, at the same path.
    to: has to mean the same for this process and for all workers: a bucket, a database, or a path
        in a folder that they share. The workers look the password of one that
        `agilekit.connections.load_targets` gives up by its name.
    on_progress: is told how far each project is, twice a second.

    The other options are as of `agilekit.export.export`, and `concurrency` is of each worker,
    whatever its threads.

    A worker that is lost does not end the export: Dask runs its tasks on another one, which leaves
    what is written as it is. A task whose workers are lost again and again, and one that fails for
    another reason than the target, is the failure of its connections in the report.

    Raises InvalidInput for arguments that cannot be right, ExportError if `to` cannot be written,
    AgilekitError if no scheduler answers, or it is lost: then what is whole stays, and the same
    call continues. Where it ends early, the workers stop within a second.
    """
    return run(
        async_export_on,
        client,
        connections,
        to=to,
        format=format,
        on_progress=on_progress,
        **options,
    )


def create_on(
    client: DaskClient | str,
    jobs: Iterable[CreateJob],
    *,
    journals: str | os.PathLike[str],
    on_error: OnError = "collect",
    mark: str | Mark | None = None,
    settle_after: float | None = None,
    on_progress: Callable[[CreateJobProgress], object] | None = None,
) -> Sequence[CreateJobReport]:
    """Creates the drafts of many containers by the workers of a cluster of Dask, each once.

    The containers of one credential at one host are one task, since they have one rate.

    client: a `distributed.Client`, asynchronous or not, or the address of a scheduler.
    jobs: one for each container.
    journals: a folder, with one journal for each container. It has to mean the same for this
        process and for all workers, and its file system has to know locks. It is made if it is not
        there. The same call continues from what it holds.
    on_progress: is told how far each container is, twice a second.

    The other options are as of every ``create_many``.

    Gives a report for each container, in the order of the jobs. A worker that is lost does not end
    its containers: Dask runs them on another one, which continues from the journals. While the
    lost one is still at work, it holds its journals, and nobody else writes: those containers then
    end with a JournalError, and the same call continues.

    Raises InvalidInput for arguments that cannot be right, AgilekitError if no scheduler answers,
    or it is lost: then the same call continues.
    """
    return run(
        async_create_on,
        client,
        jobs,
        journals=journals,
        on_error=on_error,
        mark=mark,
        settle_after=settle_after,
        on_progress=on_progress,
    )
