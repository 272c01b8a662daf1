"""One call on its way: it runs in the loop, and the thread that made it waits.

What only that thread may do, such as taking the next draft from the caller's generator, the call
asks it to do meanwhile (`Call.ask`). It can be interrupted, by Ctrl-C or by whatever else
the handler of a signal raises:

======================================  ============================================================
what is raised while the thread waits   what is done
======================================  ============================================================
once                                    the call is cancelled. When it has ended, or 5 s later, that
                                        is raised; the call's own error, if it has one, is its cause
again, before the call has ended        it is raised at once, and the call ends by itself
======================================  ============================================================

Python runs the handlers of signals in the main thread: a call of another thread is not interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar
from math import inf
from queue import Empty, SimpleQueue
from threading import TIMEOUT_MAX
from time import monotonic
from typing import Final, Generic, TypeVar, cast

import anyio

from agilekit.blocking.loop import LoopThread
from agilekit.errors import AgilekitError
from agilekit.wire.short_repr import short_repr

__all__ = ["Call", "Interrupted", "current_call"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_PATIENCE: Final = 5.0  # seconds for an interrupted call to end
# On Windows no signal ends a wait.
_LONGEST_WAIT: Final = 0.03 if sys.platform == "win32" else TIMEOUT_MAX


class Interrupted(Exception):
    """The call was interrupted."""


class Call(Generic[T_co]):
    """A function of the library, called in the loop."""

    def __init__(self, loop: LoopThread, function: Callable[[], Awaitable[T_co]]) -> None:
        self._loop = loop
        self._function = function
        self._requests = SimpleQueue[Callable[[], None] | None]()
        """What the thread that waits is asked to do; None when the call has ended."""
        self._asking = set[anyio.Event]()
        """Who waits in the loop for an answer to a request."""
        self._is_alone = False
        """Whether the thread waits no longer: nobody answers."""
        self._scope: anyio.CancelScope | None = None
        self._has_ended = False
        self.is_interrupted: bool = False
        self._values: list[T_co] = []
        self._error: BaseException | None = None

    def result(self) -> T_co:
        """Makes the call, and returns or raises what it does."""
        try:
            self._loop.start(self)
            while (request := self._next_request()) is not None:
                request()
        except BaseException as interruption:
            self._interrupt(interruption)
            raise
        error, self._error = self._error, None
        if error is None:
            return self._values[0]
        try:
            raise error
        finally:
            del error  # it refers to this frame

    def _next_request(self, deadline: float = inf) -> Callable[[], None] | None:
        """Raises Empty if there is none before the deadline."""
        while (left := deadline - monotonic()) > 0:
            with suppress(Empty):
                return self._requests.get(timeout=min(left, _LONGEST_WAIT))
        raise Empty

    def _interrupt(self, interruption: BaseException) -> None:
        deadline = monotonic() + _PATIENCE
        try:
            self._loop.call_soon(self._cancel)
            while not self._has_ended and (request := self._next_request(deadline)) is not None:
                request()
        except Empty:
            interruption.add_note(f"the call has not ended within {_PATIENCE:g} s, and goes on")
        finally:
            self._loop.call_soon(self._leave_alone)
        if self._error is not None:
            interruption.__cause__ = self._error
        elif self._values:
            interruption.add_note(f"the call had ended already: {short_repr(self._values[0])}")

    # What follows runs in the loop.

    async def run(self) -> None:
        _current_call.set(self)
        try:
            with anyio.CancelScope() as self._scope:
                if not self.is_interrupted:
                    await self._make()
        finally:
            self._end()

    async def _make(self) -> None:
        try:
            self._values.append(await self._function())
        except anyio.get_cancelled_exc_class():
            if not self.is_interrupted:
                self._error = AgilekitError("the call was cancelled: the client was closed")
            raise
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
            self._error = _single(error)

    def _cancel(self) -> None:
        self.is_interrupted = True
        if self._scope is not None:
            self._scope.cancel()
        else:  # it was interrupted before it began
            self._end()

    def _leave_alone(self) -> None:
        self._is_alone = True
        for answered in self._asking:
            answered.set()

    def _end(self) -> None:
        self._has_ended = True
        self._requests.put(None)

    def refuse(self) -> None:
        """The loop has ended before, or while it ran."""
        if not self._has_ended:
            self._error = AgilekitError("the call was cancelled: the client was closed")
            self._end()

    async def ask(self, function: Callable[[], T]) -> T:
        """What a function returns or raises in the thread that waits for the call.

        Raises Interrupted if the function was, and if the thread does not wait any more.
        """
        if self._is_alone:
            raise Interrupted
        answered = anyio.Event()
        values: list[T] = []
        errors: list[Exception] = []

        def answer() -> None:
            try:
                values.append(function())
            except Exception as error:  # noqa: BLE001 - raised in the loop
                errors.append(error)
            finally:
                self._loop.call_soon(answered.set)

        self._asking.add(answered)
        self._requests.put(answer)
        try:
            await answered.wait()
        finally:
            self._asking.remove(answered)
        if not values:
            raise errors[0] if errors else Interrupted
        return values[0]


def _single(error: BaseException) -> BaseException:
    """Of what a task group has wrapped, the KeyboardInterrupt or SystemExit of a callback."""
    while isinstance(error, BaseExceptionGroup) and not isinstance(error, Exception):
        group = cast("BaseExceptionGroup[BaseException]", error)
        error = next(one for one in group.exceptions if not isinstance(one, Exception))
    return error


_current_call: ContextVar[Call[object]] = ContextVar("_current_call")


def current_call() -> Call[object]:
    """The call that this task is part of."""
    return _current_call.get()
