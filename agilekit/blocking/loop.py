"""The event loop of all blocking clients of this process, in a thread of its own.

There is one for all of them, so that clients of one credential share one rate limiter. It begins
with its first user and ends with its last; it is one of asyncio. Its thread, and the threads that
it makes, are daemons: a program that leaves a client open ends all the same.
"""

from __future__ import annotations

import asyncio
import atexit
import os
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from threading import RLock, Thread, get_ident
from typing import Final, Protocol, TypeVarTuple, Unpack

import anyio
from anyio.abc import TaskGroup
from sniffio import current_async_library_cvar

from agilekit.errors import AgilekitError

__all__ = ["SHARED", "LoopThread", "SharedLoop"]

Ts = TypeVarTuple("Ts")

_PATIENCE: Final = 5.0  # seconds for what is left in the loop to end


class Startable(Protocol):
    """What is started in the loop, and told if that is not possible any more."""

    async def run(self) -> None: ...
    def refuse(self) -> None: ...


class LoopThread:
    """An event loop that runs in a thread, until it is told to end."""

    def __init__(self) -> None:
        self.process: int = os.getpid()
        self._loop: asyncio.AbstractEventLoop
        self._tasks: TaskGroup
        self._over: anyio.Event
        self.has_ended: bool = False
        self._started = set[Startable]()
        """What has not ended; swept at the end, so that nobody waits for a loop that is gone."""
        self._ready: Future[None] = Future()
        self._thread = Thread(target=self._run, name="agilekit.blocking", daemon=True)

    def begin(self) -> None:
        """Starts the thread, if that is not done. Raises AgilekitError if there can be no more."""
        if self._thread.ident is None:
            try:
                self._thread.start()
            except RuntimeError as error:
                raise _not_started(error) from None

    def wait_until_ready(self) -> None:
        """Raises AgilekitError if there can be no more files."""
        try:
            self._ready.result()
        except OSError as error:
            raise _not_started(error) from None

    @property
    def is_current(self) -> bool:
        """Whether this is asked in its thread."""
        return self._thread.ident == get_ident()

    def start(self, call: Startable) -> None:
        """Starts a call in the loop, in the context of this thread, and does not wait for it."""
        self._started.add(call)
        self.call_soon(self._start, call)
        if self.has_ended:
            call.refuse()

    def call_soon(self, function: Callable[[Unpack[Ts]], object], *arguments: *Ts) -> None:
        """Calls a function in the loop, if that has not ended, and does not wait for it."""
        with suppress(RuntimeError):  # it is closed
            self._loop.call_soon_threadsafe(function, *arguments)

    def end(self) -> None:
        """Cancels what is left in it, and does not wait for it."""
        self._ready.add_done_callback(self._end)

    def join(self) -> None:
        """Returns when it has ended; at once if this is asked in its own thread."""
        if self._thread.ident is not None and not self.is_current:
            self._thread.join(_PATIENCE)

    def _end(self, ready: Future[None]) -> None:
        if ready.exception() is None:
            self.call_soon(self._over.set)

    def _start(self, call: Startable) -> None:
        if self._over.is_set():
            call.refuse()
            return
        # In the copy of the caller's context, which may be that of another loop.
        current_async_library_cvar.set("asyncio")
        self._tasks.start_soon(self._run_call, call)

    async def _run_call(self, call: Startable) -> None:
        try:
            await call.run()
        finally:
            self._started.discard(call)

    def _run(self) -> None:
        try:
            with asyncio.Runner() as runner:
                self._loop = runner.get_loop()
                serving = self._loop.create_task(self._serve())
                while not serving.done():
                    # What a callback raised would end the loop for all: only its call raises it.
                    with suppress(KeyboardInterrupt, SystemExit):
                        self._loop.run_until_complete(serving)
        except BaseException as error:
            if self._ready.done():
                raise
            self._ready.set_exception(error)
        finally:
            self.has_ended = True
            for call in list(self._started):
                call.refuse()

    async def _serve(self) -> None:
        self._over = anyio.Event()
        async with anyio.create_task_group() as self._tasks:
            self._ready.set_result(None)
            await self._over.wait()
            self._tasks.cancel_scope.cancel()


def _not_started(error: Exception) -> AgilekitError:
    return AgilekitError(f"no event loop can be started: {error}")


class SharedLoop:
    """The one loop, as long as it has users.

    Whoever was interrupted while joining or leaving leaves, again: that does what is left to do.
    """

    def __init__(self) -> None:
        # What is left to the garbage collector may leave the loop at any moment.
        self._lock = RLock()
        self._users = set[object]()
        self._thread: LoopThread | None = None

    def join(self, user: object) -> LoopThread:
        """One user more. Raises AgilekitError if no loop can be started."""
        with self._lock:
            self._users.add(user)
            thread = self._thread = self._thread or LoopThread()
            thread.begin()
        thread.wait_until_ready()
        return thread

    def leave(self, user: object, *, joins: bool = True) -> None:
        """One user less, if it is one; with the last one the thread ends.

        joins: whether it waits until that has ended.
        """
        with self._lock:
            self._users.discard(user)
            thread = None if self._users else self._end()
        if thread is not None and joins:
            thread.join()

    def end(self) -> None:
        """Ends the loop, whoever uses it."""
        with self._lock:
            self._users.clear()
            thread = self._end()
        if thread is not None:
            thread.join()

    def _end(self) -> LoopThread | None:
        thread = self._thread
        if thread is not None:
            thread.end()
            self._thread = None
        return thread

    def forget(self) -> None:
        """Begins anew: a forked process has no thread, and nobody who would release the lock."""
        SharedLoop.__init__(self)


SHARED: Final = SharedLoop()
atexit.register(SHARED.end)
if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=SHARED.forget)
