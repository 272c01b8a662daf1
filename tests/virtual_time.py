"""A clock that need not be waited for, on both backends.

It begins at 0 and stands while any task can run, or while a job of ``anyio.to_thread.run_sync``
(a file, a journal) is under way; else it jumps to the next deadline. Real time never counts. A job
that calls back into the event loop and waits there for time to pass waits for ever.
"""

from __future__ import annotations

import asyncio
import math
import selectors
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar
from unittest import mock

import anyio
import anyio.to_thread
import trio
import trio.testing

T = TypeVar("T")


def in_virtual_time(backend: str, main: Callable[[], Awaitable[T]]) -> T:
    """Runs on a clock that jumps to the next deadline as soon as every task and thread waits.

    backend: "asyncio" or "trio".
    """
    if backend == "trio":
        clock = trio.testing.MockClock(autojump_threshold=0)
        with _counted(_TrioTime(clock)):
            return trio.run(main, clock=clock)
    selector = _JumpingSelector()
    with _counted(selector):
        options = {"loop_factory": lambda: _VirtualLoop(selector)}
        return anyio.run(main, backend="asyncio", backend_options=options)


def pass_time(seconds: float) -> None:
    """Lets so much time pass at once, as work does that gives nothing else a chance to run."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        clock = trio.lowlevel.current_clock()
        assert isinstance(clock, trio.testing.MockClock)
        clock.jump(seconds)
    else:
        assert isinstance(loop, _VirtualLoop)
        loop.jump(seconds)


class _Time(Protocol):
    """A clock that can be made to stand."""

    def stand(self) -> None: ...
    def go_on(self) -> None: ...


class _TrioTime:
    def __init__(self, clock: trio.testing.MockClock) -> None:
        self._clock = clock

    def stand(self) -> None:
        self._clock.autojump_threshold = math.inf

    def go_on(self) -> None:
        self._clock.autojump_threshold = 0


class _JumpingSelector(selectors.DefaultSelector):
    """Waits for no time, but counts it."""

    def __init__(self) -> None:
        super().__init__()
        self.time = 0.0
        self._stands = False

    def stand(self) -> None:
        self._stands = True

    def go_on(self) -> None:
        self._stands = False

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None or self._stands:  # the end of a thread's job wakes the loop
            return super().select(None)
        self.time += timeout
        return []


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self, selector: _JumpingSelector) -> None:
        super().__init__(selector)
        self._virtual = selector

    def time(self) -> float:
        return self._virtual.time

    def jump(self, seconds: float) -> None:
        self._virtual.time += seconds


@contextmanager
def _counted(time: _Time) -> Generator[None]:
    """Lets time stand while a thread's job is under way, from when it is asked for to its end."""
    run_sync: Callable[..., Awaitable[Any]] = anyio.to_thread.run_sync
    under_way = 0

    async def counted(*args: Any, **kwargs: Any) -> Any:
        nonlocal under_way
        under_way += 1
        time.stand()
        try:
            return await run_sync(*args, **kwargs)
        finally:
            under_way -= 1
            if under_way == 0:
                time.go_on()

    with mock.patch.object(anyio.to_thread, "run_sync", counted):
        yield
