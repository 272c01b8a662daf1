"""Real clusters of Dask on this machine."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import Any, Final

import anyio.to_thread
import dask.config
import distributed
from attrs import frozen

# Dask has no types for what makes these.
LocalCluster: Any = distributed.LocalCluster
Client: Any = distributed.Client

__all__ = ["Processes", "in_this_process", "processes"]

THREADS: Final = 4
_QUICKLY: Final = {
    "distributed.admin.tick.interval": "100ms",
    "distributed.admin.tick.limit": "60s",
    # On a busy machine, who takes the place of a killed worker needs more than the usual 15 s, and
    # would be given up for good.
    "distributed.deploy.lost-worker-timeout": "600s",
}


@frozen
class Processes:
    """A cluster whose workers are processes, and a client of it that is not asynchronous."""

    cluster: Any
    client: Any

    @property
    def address(self) -> str:
        return str(self.cluster.scheduler_address)

    def add(self, workers: int) -> None:
        """Lets it have so many workers, at least."""
        self.cluster.scale(workers)
        self.client.wait_for_workers(workers)

    def pids(self) -> Mapping[str, int]:
        """Of the worker processes that answer, by address: one that was killed a moment ago may
        not be missed yet.
        """
        found = self.client.run(os.getpid, on_error="ignore")
        return {str(address): int(pid) for address, pid in found.items()}

    async def call(self, function: Any, *arguments: object, **options: object) -> Any:
        """What blocks, away from the event loop."""
        return await anyio.to_thread.run_sync(partial(function, *arguments, **options))


@contextmanager
def processes(settings: Mapping[str, object] | None = None) -> Generator[Processes]:
    with (
        dask.config.set({**_QUICKLY, **(settings or {})}),
        LocalCluster(
            n_workers=1,
            threads_per_worker=THREADS,
            processes=True,
            dashboard_address="127.0.0.1:0",
            silence_logs=False,
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        _let_workers_be_killed(cluster)
        yield Processes(cluster, client)


def _let_workers_be_killed(cluster: Any) -> None:
    """Its own watch of the workers may stumble over one that is gone, and fails when it closes."""
    update = cluster._update_worker_status

    def forgiving(op: str, message: object) -> None:
        with suppress(KeyError):
            update(op, message)

    cluster._update_worker_status = forgiving


@asynccontextmanager
async def in_this_process(threads: int = THREADS) -> AsyncGenerator[Any]:
    """An asynchronous client of a worker that is a thread of this process."""
    with dask.config.set(_QUICKLY):
        async with (
            LocalCluster(
                n_workers=1,
                threads_per_worker=threads,
                processes=False,
                dashboard_address="127.0.0.1:0",
                asynchronous=True,
            ) as cluster,
            Client(cluster, asynchronous=True, set_as_default=False) as client,
        ):
            yield client
