"""Tasks on a cluster of Dask: each is sent once, and ends with a result or an error.

What a task has to say before its end goes as an event of Dask, in the order in which it is said,
and all of it is there before the task's result is.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, cast
from uuid import uuid4

import anyio
import anyio.to_thread
from attrs import define, field

from agilekit.dask.worker import Ended, Task, Ticket, run_task
from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export.optional import require

if TYPE_CHECKING:
    from distributed import Client as DaskClient

__all__ = ["Client", "connected", "run_tasks"]

_LOOK_EVERY: Final = 0.1  # seconds
_PATIENCE: Final = 5.0  # seconds for a cluster to hear that a task is wanted no longer


class Future(Protocol):
    """As far as it is needed here, like the two below; Dask has no types for much of it."""

    key: str

    def release(self) -> None: ...


class Client(Protocol):
    @property
    def asynchronous(self) -> bool: ...
    @property
    def loop(self) -> object: ...
    def subscribe_topic(
        self, topic: str, handler: Callable[[tuple[float, bytes]], None], /
    ) -> None: ...
    def unsubscribe_topic(self, topic: str, /) -> None: ...
    def submit(
        self,
        function: Callable[[Ticket, Task], Ended],
        ticket: Ticket,
        task: Task,
        /,
        *,
        key: str,
        pure: bool,
        retries: int,
    ) -> Future: ...
    def cancel(self, futures: Sequence[Future], /) -> Awaitable[None]: ...
    def close(self) -> object: ...


class _Ends(Protocol):
    """Of tasks, as they come: with the result, or with what Dask has in its place."""

    def __next__(self) -> tuple[Future, object]: ...
    async def __anext__(self) -> tuple[Future, object]: ...
    def clear(self) -> None: ...


@asynccontextmanager
async def connected(cluster: DaskClient | str) -> AsyncGenerator[Client]:
    """The client that is given, or one of the scheduler at an address meanwhile.

    Raises InvalidInput for anything else, AgilekitError if no scheduler answers.
    """
    dask = require("distributed", extra="dask", by="agilekit.dask")
    if isinstance(cluster, dask.Client):
        yield cast("Client", cluster)
        return
    if not isinstance(cluster, str):
        raise InvalidInput(
            "a cluster is a distributed.Client, or the address of a scheduler such as "
            f"tcp://host:8786, not {cluster!r:.60}"
        )
    client = await anyio.to_thread.run_sync(partial(_client_at, dask.Client, cluster))
    try:
        yield client
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(client.close)


def _client_at(make: Callable[..., Client], address: str) -> Client:
    try:
        return make(address, set_as_default=False)
    except (OSError, ValueError) as error:
        raise AgilekitError(f"no scheduler of Dask answers at {address}: {error}") from None


async def run_tasks(
    client: Client,
    tasks: Mapping[str, Task],
    *,
    name: str,
    on_message: Callable[[str, object], object],
    on_end: Callable[[str, object], object],
) -> None:
    """Runs tasks on a cluster, and returns when all have ended.

    tasks: by their keys, which the dashboard and the logs of Dask show.
    name: what Dask calls them all.
    on_message: is called with the key of a task and what it sent.
    on_end: is called with the key of a task, and its result or the AgilekitError that ended it.

    Raises what the hooks raise, and AgilekitError if the cluster is lost. Tasks that have not
    ended then are cancelled.
    """
    run = _Run(client, f"agilekit-{uuid4().hex}", on_message, on_end)
    await run.run(tasks, name)


@define
class _Run:
    client: Client
    topic: str
    on_message: Callable[[str, object], object]
    on_end: Callable[[str, object], object]
    _keys: dict[str, str] = field(init=False, factory=dict[str, str])
    """The keys that were given, by those of Dask."""
    _left: dict[str, Future] = field(init=False, factory=dict[str, Future])
    """What has not ended yet, by the keys of Dask."""
    _inbox: deque[bytes] = field(init=False, factory=deque[bytes])
    """Filled by a thread of the client, unless that is asynchronous."""
    _errors: list[Exception] = field(init=False, factory=list[Exception])
    _scope: anyio.CancelScope = field(init=False, factory=anyio.CancelScope)

    async def run(self, tasks: Mapping[str, Task], name: str) -> None:
        try:
            self._submit_all(tasks, name)
            with self._scope:
                async with anyio.create_task_group() as group:
                    group.start_soon(self._watched, self._deliver_often)
                    group.start_soon(self._watched, self._collect)
        finally:
            with suppress(Exception):  # a client that is closed has done all of it
                self.client.unsubscribe_topic(self.topic)
                await self._cancel_rest()
        if self._errors:
            raise self._errors[0]

    def _submit_all(self, tasks: Mapping[str, Task], name: str) -> None:
        try:
            self.client.subscribe_topic(self.topic, self._receive)
            for key, task in tasks.items():
                self._submit(f"{name}-{key}", key, task)
        except Exception as error:  # noqa: BLE001 - of Dask, such as that the client is closed
            raise AgilekitError(f"the client of Dask sends no task: {error}") from None

    def _receive(self, event: tuple[float, bytes]) -> None:
        self._inbox.append(event[1])

    def _submit(self, name: str, key: str, task: Task) -> None:
        full = f"{name}-{self.topic.rpartition('-')[2]}"
        self._keys[full] = key
        ticket = Ticket(key, full, self.topic)
        # Never pure: the same shard is run again by another export.
        self._left[full] = self.client.submit(
            run_task, ticket, task, key=full, pure=False, retries=0
        )

    async def _watched(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - raised by `run`, without a group around it
            self._errors.append(error)
        self._scope.cancel()

    async def _deliver_often(self) -> None:
        while True:
            self._deliver()
            await anyio.sleep(_LOOK_EVERY)

    def _deliver(self) -> None:
        while self._inbox:
            key, message = pickle.loads(self._inbox.popleft())  # noqa: S301 - of our own tasks
            self.on_message(key, message)

    async def _collect(self) -> None:
        ends = _as_completed([*self._left.values()], loop=self.client.loop)
        try:
            while self._left:
                future, result = await self._next(ends)
                self._deliver()
                # Given back at once: who holds a result has it made anew if its worker is lost.
                del self._left[future.key]
                future.release()
                self.on_end(self._keys[future.key], _end_of(result))
        finally:
            ends.clear()

    async def _next(self, ends: _Ends) -> tuple[Future, object]:
        if self.client.asynchronous:
            return await ends.__anext__()
        return await anyio.to_thread.run_sync(ends.__next__, abandon_on_cancel=True)

    async def _cancel_rest(self) -> None:
        """Lets the workers know that nothing waits for their tasks any longer."""
        if not self._left:
            return
        futures = [*self._left.values()]
        with anyio.move_on_after(_PATIENCE, shield=True):
            if self.client.asynchronous:
                await self.client.cancel(futures)
            else:
                cancel = partial(self.client.cancel, futures)
                await anyio.to_thread.run_sync(cancel, abandon_on_cancel=True)


def _as_completed(futures: Sequence[Future], loop: object) -> _Ends:
    dask = require("distributed", extra="dask", by="agilekit.dask")
    ends: _Ends = dask.as_completed(futures, loop=loop, with_results=True, raise_errors=False)
    return ends


def _end_of(result: object) -> object:
    """What a task has come to: its result, or the error of Dask that ended it.

    Raises AgilekitError if nothing has ended it, but the client or the scheduler is gone.
    """
    if isinstance(result, Ended):
        return result.result
    if isinstance(result, tuple):
        _, error, _ = cast("tuple[type, object, object]", result)
        return AgilekitError(f"no worker of Dask could do it: {type(error).__name__}: {error}")
    raise AgilekitError(f"the cluster of Dask has given the tasks up: {result}")
