"""The worker processes of an export: who runs which shard, and what becomes of those that die.

| a worker | then |
|---|---|
| ends a shard | it gets the next one that waits |
| dies | another takes its place; its shards wait again, and each runs alone from now on |
| dies three times with a shard that gets nowhere | the connections of that shard have failed |
| sends an error of the target | the export ends with it |

A worker runs several shards at once, as one process without workers runs several connections.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Final, TypeAlias, cast

import anyio
import anyio.to_thread
from anyio.abc import ByteReceiveStream, ByteSendStream, Process
from anyio.streams.buffered import BufferedByteReceiveStream
from attrs import Factory, define, evolve, field

from agilekit.export.errors import ExportError
from agilekit.export.lost_reports import prepare, with_lost_reports
from agilekit.export.report import ExportReport, Progress
from agilekit.export.schedule import MOST_ROWS
from agilekit.export.shard_job import ShardJob
from agilekit.export.shards import Shard, ShardReport, finish, lost
from agilekit.export.target.open_target import Destination
from agilekit.export.worker_messages import (
    BEGIN,
    FromWorker,
    ProjectEnded,
    Ready,
    Setup,
    ShardEnded,
    ShardFailed,
    ShardProgress,
    framed,
    receive,
)

__all__ = ["export_by_workers"]

OnProgress: TypeAlias = Callable[[Progress], object]

_MOST_LOSSES: Final = 3
_MOST_FAILED_STARTS: Final = 10  # in a row
_MOST_PRINTED: Final = 1 << 20  # bytes, by a Python that begins
_END: Final = 5.0  # seconds that a worker has to end when its output has ended
# Not by multiprocessing, which would run the caller's own program once more in each.
_PROGRAM: Final = (
    "import sys; sys.path[:] = sys.argv[1:]; from agilekit.export.worker import main; main()"
)


async def export_by_workers(
    shards: Sequence[Shard],
    workers: int,
    to: Destination,
    on_progress: OnProgress | None,
) -> ExportReport:
    """Runs all shards of a plan in processes of this machine, and ends their runs.

    Raises ExportError.
    """
    began = anyio.current_time()
    before = await anyio.to_thread.run_sync(prepare, shards)
    pool = _WorkerPool(shards, workers, on_progress)
    reports = await pool.run()
    reports = await anyio.to_thread.run_sync(with_lost_reports, reports, shards, before)
    end = partial(finish, to, reports, format=shards[0].format)
    report = await anyio.to_thread.run_sync(end)
    return evolve(report, seconds=anyio.current_time() - began)


@define(eq=False)
class _Worker:
    """A worker process, or one that is about to be started."""

    jobs: dict[str, ShardJob] = field(factory=dict[str, ShardJob])
    is_ready: bool = False
    outbox: deque[Shard] = field(factory=deque[Shard])
    """What it was not sent yet."""
    wakes: anyio.Event = field(factory=anyio.Event)
    """There is more in its outbox."""

    def takes(self, job: ShardJob, at_once: int) -> bool:
        """Whether it can run one more; one whose worker died runs alone."""
        if job.losses or any(one.losses for one in self.jobs.values()):
            return not self.jobs
        return len(self.jobs) < at_once

    def send(self, job: ShardJob) -> None:
        self.jobs[job.shard.scope] = job
        self.outbox.append(job.shard)
        self.wakes.set()


def _waiting(pool: _WorkerPool) -> deque[ShardJob]:
    return deque(map(ShardJob, pool.shards))


@define
class _WorkerPool:
    shards: Sequence[Shard]
    size: int
    on_progress: OnProgress | None
    _waiting: deque[ShardJob] = field(init=False, default=Factory(_waiting, takes_self=True))
    _workers: list[_Worker] = field(init=False, factory=list[_Worker])
    _reports: list[ShardReport] = field(init=False, factory=list[ShardReport])
    _errors: list[Exception] = field(init=False, factory=list[Exception])
    _scope: anyio.CancelScope = field(init=False, factory=anyio.CancelScope)
    _all: tuple[ShardJob, ...] = field(init=False, default=())
    _failed_starts: int = field(init=False, default=0)

    async def run(self) -> list[ShardReport]:
        self._all = tuple(self._waiting)
        self._workers = [_Worker() for _ in range(min(self.size, len(self.shards)))]
        self._deal()
        with self._scope:
            async with anyio.create_task_group() as tasks:
                for worker in [*self._workers]:
                    tasks.start_soon(self._keep, worker)
        if self._errors:
            raise self._errors[0]
        return self._reports

    @property
    def _at_once(self) -> int:
        """How many shards a worker runs at once."""
        return max(1, self.shards[0].options.concurrency // 2)

    @property
    def _is_done(self) -> bool:
        return len(self._reports) == len(self.shards)

    def _deal(self) -> None:
        """Gives the shards that wait to workers that have room, the least busy one first."""
        for job in [*self._waiting]:
            free = [one for one in self._workers if one.takes(job, self._at_once)]
            if free:
                self._waiting.remove(job)
                min(free, key=lambda one: len(one.jobs)).send(job)

    async def _keep(self, worker: _Worker) -> None:
        """Lets a worker run, and another one in its place when it dies."""
        try:
            while True:
                how = await self._run(worker)
                self._replace(worker, replacement := _Worker(), how)
                worker = replacement
        except Exception as error:  # noqa: BLE001 - raised by `run`, without a group around it
            self._errors.append(error)
            self._scope.cancel()

    async def _run(self, worker: _Worker) -> str:
        """Runs a worker until it dies, and says how that was."""
        command = [sys.executable, "-c", _PROGRAM, *sys.path]
        try:
            # In a session of its own, so that Ctrl-C comes to this process only.
            process = await anyio.open_process(command, stderr=None, start_new_session=True)
        except OSError as error:
            what = f"no worker process can be started: {error.strerror or error}"
            raise ExportError(what, self.shards[0].to) from error
        try:
            await self._talk(worker, process)
            # To kill a process that has just ended hides from asyncio how it ended.
            with anyio.move_on_after(_END):
                await process.wait()
        finally:
            with anyio.CancelScope(shield=True):
                if worker.is_ready and self._is_done:
                    await _dismiss(process)
                if process.returncode is None:
                    with suppress(ProcessLookupError):
                        process.kill()
                await process.wait()
                await process.aclose()
        code = process.returncode or 0
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    async def _talk(self, worker: _Worker, process: Process) -> None:
        """Hands shards to a worker, and hears what it says of them, until it is gone."""
        messages = BufferedByteReceiveStream(cast("ByteReceiveStream", process.stdout))
        errors: list[Exception] = []
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._send_all, worker, process)
            try:
                with suppress(anyio.IncompleteRead, anyio.DelimiterNotFound):
                    await messages.receive_until(BEGIN, _MOST_PRINTED)
                while (message := await receive(messages)) is not None:
                    self._hear(worker, cast("FromWorker", message))
            except Exception as error:  # noqa: BLE001 - raised below, without a group around it
                errors.append(error)
            tasks.cancel_scope.cancel()
        if errors:
            raise errors[0]

    async def _send_all(self, worker: _Worker, process: Process) -> None:
        source = cast("ByteSendStream", process.stdin)
        setup = Setup(self.shards[0].options.concurrency, max(1, MOST_ROWS // self._at_once))
        # If it dies meanwhile, that shows at its output.
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            await source.send(framed(setup))
            while True:
                worker.wakes = anyio.Event()
                while worker.outbox:
                    await source.send(framed(worker.outbox.popleft()))
                await worker.wakes.wait()

    def _hear(self, worker: _Worker, message: FromWorker) -> None:
        match message:
            case Ready():
                worker.is_ready, self._failed_starts = True, 0
            case ShardProgress(scope, progress):
                self._show(worker.jobs[scope], progress)
            case ProjectEnded(scope, report):
                worker.jobs[scope].end_project(report)
            case ShardEnded(scope, report):
                self._end(worker.jobs.pop(scope).end(report))
            case ShardFailed(_, error):
                raise error

    def _show(self, job: ShardJob, progress: Progress) -> None:
        shown = job.shown(progress, self._all)
        if shown is not None and self.on_progress is not None:
            self.on_progress(shown)

    def _end(self, report: ShardReport) -> None:
        self._reports.append(report)
        if self._is_done:
            self._scope.cancel()  # the workers have nothing left to do
        else:
            self._deal()

    def _replace(self, worker: _Worker, replacement: _Worker, how: str) -> None:
        """Lets the shards of a worker that has died wait again."""
        self._failed_starts += not worker.is_ready
        to = self.shards[0].to
        if self._failed_starts >= _MOST_FAILED_STARTS:
            raise ExportError(f"the worker processes end as soon as they begin, with {how}", to)
        self._workers[self._workers.index(worker)] = replacement
        for job in worker.jobs.values():
            if worker.is_ready:
                job.losses, job.is_rerun = job.losses + 1, True
            if job.losses < _MOST_LOSSES:
                self._waiting.append(job)
                continue
            times = f"its worker process died {job.losses} times, the last time with {how}"
            self._end(lost(job.shard, ExportError(times, to), job.projects.values()))
        self._deal()


async def _dismiss(process: Process) -> None:
    """Lets a worker end that has nothing left to do."""
    await cast("ByteSendStream", process.stdin).aclose()
    with anyio.move_on_after(_END):
        await process.wait()
