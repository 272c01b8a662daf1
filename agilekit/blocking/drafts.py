"""Drafts of a job, which are taken in the caller's thread: it is idle while the job runs.

So a generator may make blocking calls itself, or read a cursor that belongs to its thread, and
keeps no loop waiting. A draft is taken when the job wants it, and no sooner. A list needs no such
care: to walk through it takes no time, and calls nothing.

A job closes its drafts at its end. If it was interrupted, they raise Interrupted then, so that it
ends with a report as it does for any other error of theirs.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Generator, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar, cast

from agilekit.blocking.call import Interrupted, current_call

if TYPE_CHECKING:
    from agilekit.bulk import Draft, Drafts

__all__ = ["ListedDrafts", "taken_here"]

D = TypeVar("D", bound="Draft")

_END: Final = object()


def taken_here(drafts: Drafts[D]) -> Drafts[D]:
    """The drafts for a job that runs in the loop; what is not a valid input, as it is."""
    given = cast("object", drafts)
    if isinstance(given, list | tuple):
        return ListedDrafts(cast("Iterable[D]", given))
    if isinstance(given, Iterable) and not isinstance(given, AsyncIterable | Mapping | str | bytes):
        return _Asked(cast("Iterable[D]", given))
    return drafts


class ListedDrafts(Generator[D, None, None]):
    """Those of a list."""

    def __init__(self, drafts: Iterable[D]) -> None:
        self._drafts = iter(drafts)

    def send(self, _: None) -> D:
        return next(self._drafts)

    def throw(self, *_: object) -> NoReturn:
        raise NotImplementedError  # nobody does

    def close(self) -> None:
        _raise_if_interrupted()


class _Asked(AsyncIterator[D]):
    """Those that the caller's thread is asked for."""

    def __init__(self, drafts: Iterable[D]) -> None:
        self._drafts = drafts
        self._iterator: Iterator[D] | None = None

    async def __anext__(self) -> D:
        draft = await current_call().ask(self._next)
        if draft is _END:
            raise StopAsyncIteration
        return cast("D", draft)

    async def aclose(self) -> None:
        drafts = self._drafts if self._iterator is None else self._iterator
        if isinstance(drafts, Generator):
            await current_call().ask(drafts.close)
        _raise_if_interrupted()

    def _next(self) -> object:
        try:
            if self._iterator is None:
                self._iterator = iter(self._drafts)
            return next(self._iterator, _END)
        except StopAsyncIteration as error:  # a mistake of theirs, and not their end
            raise RuntimeError(f"the drafts raised {error!r}") from error


def _raise_if_interrupted() -> None:
    if current_call().is_interrupted:
        raise Interrupted
