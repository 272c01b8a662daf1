"""The event loop of all blocking clients of this process, in a thread of its own.

There is one for all of them, so that clients of one credential share one rate limiter. It begins
with its first user and ends with its last; it is one of asyncio. Its thread, and the threads that
it makes, are daemons: a program that leaves a client open ends all the same.
"""

from __future__ import annotations

import atexit
import os
from concurrent.futures import Future
from functools import partial
from threading import Lock, Thread, get_ident
from typing import Final

import anyio
from anyio.from_thread import BlockingPortal

from agilekit.errors import AgilekitError

__all__ = ["SHARED", "LoopThread", "SharedLoop"]

_PATIENCE: Final = 5.0  # seconds for what is left in the loop to end


class LoopThread:
    """An event loop that runs in a thread, until it is stopped."""

    def __init__(self) -> None:
        """Raises AgilekitError if there can be no more threads or files."""
        self.process: int = os.getpid()
        self._over: anyio.Event
        ready: Future[BlockingPortal] = Future()
        target = partial(self._run, ready)
        self._thread = Thread(target=target, name="agilekit.blocking", daemon=True)
        try:
            self._thread.start()
            self.portal: BlockingPortal = ready.result()
        except (OSError, RuntimeError) as error:
            raise AgilekitError(f"no event loop can be started: {error}") from None

    @property
    def is_current(self) -> bool:
        """Whether this is asked in its thread."""
        return self._thread.ident == get_ident()

    def stop(self) -> None:
        """Cancels what is left in it, and returns when it has ended; at once if this is asked in
        its own thread.
        """
        if self.is_current:
            self._over.set()
        elif self._thread.is_alive():
            self.portal.call(self._over.set)
            self._thread.join(_PATIENCE)

    def _run(self, ready: Future[BlockingPortal]) -> None:
        try:
            anyio.run(self._serve, ready, backend="asyncio")
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    async def _serve(self, ready: Future[BlockingPortal]) -> None:
        self._over = anyio.Event()
        async with BlockingPortal() as portal:
            ready.set_result(portal)
            await self._over.wait()
            await portal.stop(cancel_remaining=True)


class SharedLoop:
    """The one loop, as long as it has users."""

    def __init__(self) -> None:
        self._lock: Lock = Lock()
        self._users: int = 0
        self._thread: LoopThread | None = None

    def join(self) -> LoopThread:
        """One user more. Raises AgilekitError if no loop can be started."""
        with self._lock:
            if self._thread is None:
                self._thread = LoopThread()
            self._users += 1
            return self._thread

    def leave(self, thread: LoopThread) -> None:
        """One user less; with the last one the thread ends."""
        with self._lock:
            if thread is not self._thread:
                return  # of the process that this one was forked from, or ended already
            self._users -= 1
            if self._users:
                return
            self._thread = None
        thread.stop()

    def end(self) -> None:
        """Stops the loop, whoever uses it."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.stop()

    def forget(self) -> None:
        """Begins anew: a forked process has no thread, and nobody who would release the lock."""
        SharedLoop.__init__(self)


SHARED: Final = SharedLoop()
atexit.register(SHARED.end)
if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=SHARED.forget)
