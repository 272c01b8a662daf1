"""A context of the library that is entered and left from here.

One task of the loop enters it, waits, and leaves it, as it has to be with whatever holds a cancel
scope. What ends that task ends what uses the context, too: of a page that is read ahead nothing
would tell otherwise that it never comes.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

import anyio

from agilekit.blocking.call import Call
from agilekit.blocking.loop import LoopThread
from agilekit.errors import AgilekitError

__all__ = ["Context"]

T = TypeVar("T")


class Context:
    """To be entered once, by `enter`."""

    def __init__(self, loop: LoopThread, context: AbstractAsyncContextManager[object]) -> None:
        self._loop = loop
        self._context = context
        self._has_ended = False
        self._error: BaseException | None = None
        self._uses = set[anyio.CancelScope]()
        self._entered: anyio.Event
        self._is_left: anyio.Event
        self._end: anyio.Event

    def enter(self) -> None:
        """Returns when it is entered."""
        Call(self._loop, self._enter).result()

    def leave(self) -> None:
        """Returns when it is left, and raises what it does; at once if it has ended already."""
        if self._has_ended or self._loop.process != os.getpid():
            return
        if self._loop.is_current:  # a callback leaves it, and cannot wait
            self._is_left.set()
        else:
            Call(self._loop, self._leave).result()

    # What follows runs in the loop.

    async def use(self, function: Callable[[], Awaitable[T]]) -> T:
        """What a function gives that needs the context."""
        with anyio.CancelScope() as scope:
            self._uses.add(scope)
            if self._has_ended:
                scope.cancel()
            try:
                return await function()
            finally:
                self._uses.remove(scope)
        self._raise_error()
        raise AgilekitError("the call was cancelled: the client was closed")

    async def run(self) -> None:
        try:
            async with self._context:
                self._entered.set()
                await self._is_left.wait()
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:  # noqa: BLE001 - raised in the thread that uses it
            self._error = error
        finally:
            self.refuse()
            self._entered.set()
            self._end.set()

    def refuse(self) -> None:
        """It has ended, or the loop has."""
        self._has_ended = True
        for scope in self._uses:
            scope.cancel()

    async def _enter(self) -> None:
        self._entered, self._is_left, self._end = anyio.Event(), anyio.Event(), anyio.Event()
        self._loop.start(self)
        try:
            await self._entered.wait()
        except BaseException:  # nobody will leave it
            self._is_left.set()
            raise
        self._raise_error()

    async def _leave(self) -> None:
        self._is_left.set()
        await self._end.wait()
        self._raise_error()

    def _raise_error(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            raise error
