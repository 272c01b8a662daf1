"""A worker process of an export: runs the shards that come on its standard input.

It ends when its input does: so it does not outlive the process that started it. What its libraries
print goes to the standard error, since the standard output carries its messages.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from typing import BinaryIO, cast

import anyio
import anyio.to_thread

from agilekit.errors import AgilekitError
from agilekit.export.errors import ExportError
from agilekit.export.report import Progress, ProjectReport
from agilekit.export.shards import Shard, export_shard
from agilekit.export.worker_messages import (
    BEGIN,
    FromWorker,
    ProjectEnded,
    Ready,
    Setup,
    ShardEnded,
    ShardFailed,
    ShardProgress,
    read_from,
    write_to,
)
from agilekit.session.concurrency_limit import ConcurrencyLimit

__all__ = ["main"]


def main() -> None:
    """Runs until the end of the standard input."""
    with os.fdopen(os.dup(1), "wb") as output:
        os.dup2(2, 1)
        output.write(BEGIN)

        def send(message: FromWorker) -> None:
            try:
                write_to(output, message)
            except BrokenPipeError:
                os._exit(1)  # nobody is left to be told

        anyio.run(_serve, sys.stdin.buffer, send)


async def _serve(source: BinaryIO, send: Callable[[FromWorker], None]) -> None:
    reading = anyio.CapacityLimiter(1)

    async def read() -> object:
        return await anyio.to_thread.run_sync(partial(read_from, source), limiter=reading)

    send(Ready())
    setup = cast("Setup | None", await read())
    if setup is None:
        return
    in_flight = ConcurrencyLimit(setup.concurrency)
    async with anyio.create_task_group() as tasks:
        while (shard := cast("Shard | None", await read())) is not None:
            tasks.start_soon(_run, shard, setup.most_rows, in_flight, send)
        tasks.cancel_scope.cancel()


async def _run(
    shard: Shard,
    most_rows: int,
    in_flight: ConcurrencyLimit,
    send: Callable[[FromWorker], None],
) -> None:
    def on_progress(progress: Progress) -> None:
        send(ShardProgress(shard.scope, progress))

    def on_report(report: ProjectReport) -> None:
        send(ProjectEnded(shard.scope, report))

    try:
        report = await export_shard(
            shard,
            on_progress=on_progress,
            on_report=on_report,
            in_flight=in_flight,
            most_rows=most_rows,
        )
    except AgilekitError as error:
        send(ShardFailed(shard.scope, error))
    except Exception as error:  # noqa: BLE001 - it leaves the process as a message
        what = f"a worker process failed: {type(error).__name__}: {error}"
        send(ShardFailed(shard.scope, ExportError(what, shard.to)))
    else:
        send(ShardEnded(shard.scope, report))


if __name__ == "__main__":
    main()
