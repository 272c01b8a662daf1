"""`export_on`: an export whose shards are run by the workers of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, Unpack

import anyio
import anyio.to_thread
from attrs import define, evolve, field, frozen

from agilekit.connections import Connection
from agilekit.dask.cluster import Client, connected, run_tasks
from agilekit.dask.worker import Pacer, Send
from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export.errors import ExportError
from agilekit.export.lost_reports import prepare, with_lost_reports
from agilekit.export.report import ExportReport, Progress, ProjectReport
from agilekit.export.run_options import ExportOptions
from agilekit.export.schedule import MOST_ROWS
from agilekit.export.shard_job import ShardJob
from agilekit.export.shards import Shard, ShardReport, export_shard, finish, lost, plan
from agilekit.export.target.open_target import Destination, Format
from agilekit.session.concurrency_limit import ConcurrencyLimit

if TYPE_CHECKING:
    from distributed import Client as DaskClient

__all__ = ["export_on"]

OnProgress: TypeAlias = Callable[[Progress], object]


async def export_on(
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
    shards = plan(connections, to, format=format, **options)
    began = anyio.current_time()
    async with connected(client) as open_client:
        before = await anyio.to_thread.run_sync(prepare, shards)
        reports = await _Export(shards, on_progress).run(open_client)
    reports = await anyio.to_thread.run_sync(with_lost_reports, reports, shards, before)
    report = await anyio.to_thread.run_sync(_finish, to, shards, reports)
    return evolve(report, seconds=anyio.current_time() - began)


@frozen
class _Begun:
    """A message: a worker begins with a shard."""


@define
class _Export:
    shards: Sequence[Shard]
    on_progress: OnProgress | None
    _jobs: dict[str, ShardJob] = field(init=False, factory=dict[str, ShardJob])
    """By scope."""
    _begun: set[str] = field(init=False, factory=set[str])
    _reports: list[ShardReport] = field(init=False, factory=list[ShardReport])

    async def run(self, client: Client) -> list[ShardReport]:
        self._jobs = {shard.scope: ShardJob(shard) for shard in self.shards}
        shows = self.on_progress is not None
        tasks = {shard.scope: partial(_run_shard, shard, shows) for shard in self.shards}
        await run_tasks(
            client, tasks, name="agilekit-export", on_message=self._hear, on_end=self._end
        )
        return self._reports

    def _hear(self, scope: str, message: object) -> None:
        job = self._jobs[scope]
        match message:
            case _Begun():
                job.is_rerun = scope in self._begun
                self._begun.add(scope)
            case Progress():
                shown = job.shown(message, self._jobs.values())
                if shown is not None and self.on_progress is not None:
                    self.on_progress(shown)
            case ProjectReport():
                job.end_project(message)
            case _:
                raise AssertionError(message)

    def _end(self, scope: str, end: object) -> None:
        job = self._jobs[scope]
        if isinstance(end, ExportError):
            raise end  # of the target, which is that of all shards
        if isinstance(end, ShardReport):
            self._reports.append(job.end(end))
        elif isinstance(end, AgilekitError):
            self._reports.append(lost(job.shard, end, job.projects.values()))


async def _run_shard(shard: Shard, shows: bool, send: Send, threads: int) -> ShardReport:
    """What a worker does. Raises what `export_shard` raises."""
    send(_Begun())
    pacer = Pacer()

    def on_progress(progress: Progress) -> None:
        if pacer.lets((progress.connection, progress.project_id, progress.step)):
            send(progress)

    await anyio.to_thread.run_sync(_check, shard)
    return await export_shard(
        shard,
        on_progress=on_progress if shows else None,
        on_report=send,
        in_flight=ConcurrencyLimit(max(1, shard.options.concurrency // threads)),
        most_rows=max(1, MOST_ROWS // threads),
    )


def _check(shard: Shard) -> None:
    """Raises InvalidInput where a worker finds no export: it would begin one of its own."""
    target = shard.target()
    try:
        target.check()
    except InvalidInput as error:
        raise InvalidInput(
            f"a worker does not find the export that was begun: {error}. Give a place that this "
            "process and all workers share"
        ) from None
    finally:
        target.close()


def _finish(
    to: Destination, shards: Sequence[Shard], reports: Sequence[ShardReport]
) -> ExportReport:
    """Raises ExportError, too, if a worker has written to another place of the same name."""
    target = shards[0].target()
    try:
        here = {run.scope for run in target.unfinished()}
    finally:
        target.close()
    for report in reports:
        if report.scope not in here and any(one.project_id for one in report.projects):
            names = ", ".join(report.numbers)
            raise ExportError(
                f"what a worker wrote of {names} is not here: give a place that this process and "
                "all workers share",
                target.path,
            )
    return finish(to, reports, format=shards[0].format)
