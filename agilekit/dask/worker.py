"""What runs in a process of a cluster: one task in one thread, with an event loop of its own.

A task stops within half a second once nothing waits for its result: because the program that
submitted it has cancelled it, or is gone, or the scheduler took its worker for lost. It raises
nothing: the logs of Dask and its dashboard show the key of a task, and how long it took.
"""

from __future__ import annotations

import pickle
from collections.abc import Awaitable, Callable, Hashable
from contextvars import Context
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

import anyio
from attrs import field, frozen

from agilekit.errors import AgilekitError
from agilekit.export.optional import require

if TYPE_CHECKING:
    from distributed import Worker

__all__ = ["Ended", "Pacer", "Send", "Task", "Ticket", "run_task"]

Send: TypeAlias = Callable[[object], None]
"""Sends a message to the program that submitted the task. It can be called by any thread."""
Task: TypeAlias = Callable[[Send, int], Awaitable[object]]
"""Can be pickled. It is given how many tasks its process runs at once."""

_LOOK_EVERY: Final = 0.5  # seconds


@frozen
class Ticket:
    """Which task it is, and where its messages go."""

    key: str
    key_in_dask: str
    topic: str


@frozen
class Ended:
    """How a task ended."""

    result: object
    """What it gave, or the AgilekitError that it raised."""


def run_task(ticket: Ticket, task: Task) -> Ended:
    """Runs a task to its end."""
    worker: Worker = require("distributed", extra="dask", by="agilekit.dask").get_worker()

    def send(message: object) -> None:
        worker.log_event(ticket.topic, pickle.dumps((ticket.key, message)))

    try:
        work = partial(task, send, worker.state.nthreads)
        is_wanted = partial(_is_wanted, worker, ticket.key_in_dask)
        # In a context of its own: Dask copies that of its loop, in which another loop runs already.
        return Ended(Context().run(anyio.run, _while_wanted, work, is_wanted))
    except AgilekitError as error:
        return Ended(error)
    except Exception as error:  # noqa: BLE001 - it leaves the process as a result
        return Ended(AgilekitError(f"a worker of Dask failed: {type(error).__name__}: {error}"))


def _is_wanted(worker: Worker, key: str) -> bool:
    task = worker.state.tasks.get(key)
    is_known = task is not None and task.state != "cancelled"
    return is_known and worker.status.name not in ("closing", "closed", "failed")


async def _while_wanted(
    work: Callable[[], Awaitable[object]], is_wanted: Callable[[], bool]
) -> object:
    results: list[object] = []
    errors: list[Exception] = []
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_end_when_unwanted, is_wanted, tasks.cancel_scope)
        try:
            results.append(await work())
        except Exception as error:  # noqa: BLE001 - raised below, without a group around it
            errors.append(error)
        tasks.cancel_scope.cancel()
    if errors:
        raise errors[0]
    if not results:
        raise AgilekitError("a task was stopped: its worker ends, or nothing waits for it")
    return results[0]


async def _end_when_unwanted(is_wanted: Callable[[], bool], scope: anyio.CancelScope) -> None:
    while is_wanted():  # noqa: ASYNC110 - Dask tells no task that it is cancelled
        await anyio.sleep(_LOOK_EVERY)
    scope.cancel()


@frozen
class Pacer:
    """Lets through what is new, and of what goes on a message each half second: the scheduler of a
    cluster passes on those of all workers.
    """

    _told: dict[Hashable, float] = field(factory=dict[Hashable, float])

    def lets(self, what: Hashable) -> bool:
        now = anyio.current_time()
        if now - self._told.get(what, float("-inf")) < _LOOK_EVERY:
            return False
        self._told[what] = now
        return True
