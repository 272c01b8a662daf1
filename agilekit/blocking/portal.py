"""A client's way into the shared loop, which its views, resources and listings use with it."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Collection, Iterable
from contextlib import AbstractAsyncContextManager
from functools import partial
from types import TracebackType
from typing import ParamSpec, Self, TypeVar, cast

from agilekit.blocking.call import Call
from agilekit.blocking.context import Context
from agilekit.blocking.drafts import ListedDrafts
from agilekit.blocking.loop import SHARED, LoopThread
from agilekit.errors import InvalidInput

__all__ = ["Portal", "run"]

P = ParamSpec("P")
T = TypeVar("T")


class Portal:
    """Uses the shared loop from when it is entered until it is left, or nobody can use it."""

    def __init__(self) -> None:
        self._entries = dict[str, object]()
        """At most one: whoever is first has entered it. It is the user of the loop."""
        self._loop: LoopThread | None = None

    def __enter__(self) -> Self:
        entry = object()
        try:
            self._join(entry)
        except BaseException:
            if self._entries.get("entry") is entry:
                self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._leave()
        except BaseException:  # such as Ctrl-C: what it has left to do is done
            self._leave()
            raise

    def __del__(self) -> None:
        for entry in vars(self).get("_entries", {}).values():
            SHARED.leave(entry, joins=False)

    @property
    def is_open(self) -> bool:
        """Whether it is entered, and the program has not ended."""
        return self._loop is not None and not self._loop.has_ended

    @property
    def is_inherited(self) -> bool:
        """Whether it was entered before this process was forked."""
        return self._loop is not None and self._loop.process != os.getpid()

    def run(
        self, function: Callable[..., Awaitable[T]], *arguments: object, **keywords: object
    ) -> T:
        """Calls a function of the library in the loop, and waits for it.

        A generator, or a listing, that is given is read before, in this thread.

        Raises InvalidInput if nothing can be called from here, and what the function raises.
        """
        read = [_read(one) for one in arguments]
        named = {name: _read(one) for name, one in keywords.items()}
        return Call[T](self._open_loop(), partial(function, *read, **named)).result()

    def context(self, context: AbstractAsyncContextManager[object]) -> Context:
        """A context of the library, to be entered and left from here."""
        return Context(self._open_loop(), context)

    def _join(self, entry: object) -> None:
        if self._entries.setdefault("entry", entry) is not entry:
            raise InvalidInput("this client is open already")
        self._loop = SHARED.join(entry)

    def _leave(self) -> None:
        SHARED.leave(self._entries.get("entry"))
        self._loop = None
        self._entries.clear()

    def _open_loop(self) -> LoopThread:
        loop = self._loop
        if loop is None:
            raise InvalidInput("the client is not open: make its calls inside `with`")
        if self.is_inherited:
            raise InvalidInput(
                "the client was opened before this process was forked: open one in each process"
            )
        if loop.is_current:
            raise InvalidInput(
                "a blocking call inside a callback would wait for itself: keep what the callback "
                "is told, and make the call after the one that calls back"
            )
        return loop


def run(function: Callable[P, Awaitable[T]], *arguments: P.args, **keywords: P.kwargs) -> T:
    """Calls a function that needs no open client, and waits for it."""
    with Portal() as portal:
        return portal.run(function, *arguments, **keywords)


def _read(given: object) -> object:
    return tuple(cast("Iterable[object]", given)) if _is_read_here(given) else given


def _is_read_here(given: object) -> bool:
    """Whether it is a generator, a listing, or what else may run code of the caller's."""
    return isinstance(given, Iterable) and not isinstance(given, Collection | ListedDrafts)
