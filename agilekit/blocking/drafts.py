"""Drafts of a job, which are taken in the caller's thread: it is idle while the job runs.

So a generator may make blocking calls itself, or read a cursor that belongs to its thread, and
keeps no loop waiting. A draft is taken when the job wants it, and no sooner.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Generator, Iterable, Iterator, Mapping
from typing import Final, TypeVar, cast

from agilekit.blocking.call import Interrupted, current_call
from agilekit.bulk.drafts import Drafts
from agilekit.bulk.report import Draft

__all__ = ["taken_here"]

D = TypeVar("D", bound=Draft)

_END: Final = object()


def taken_here(drafts: Drafts[D]) -> Drafts[D]:
    """The drafts for a job that runs in the loop; what is not a valid input, as it is."""
    given = cast("object", drafts)
    if isinstance(given, Iterable) and not isinstance(given, AsyncIterable | Mapping | str | bytes):
        return _DraftsOfCaller(cast("Iterable[D]", given))
    return drafts


class _DraftsOfCaller(AsyncIterator[D]):
    def __init__(self, drafts: Iterable[D]) -> None:
        self._drafts = drafts
        self._iterator: Iterator[D] | None = None

    async def __anext__(self) -> D:
        # To walk through a list takes no time, and calls nothing.
        is_plain = isinstance(self._drafts, list | tuple)
        draft = self._next() if is_plain else await current_call().ask(self._next)
        if draft is _END:
            raise StopAsyncIteration
        return cast("D", draft)

    async def aclose(self) -> None:
        """Raises Interrupted if the call is: its job then ends with a report."""
        call = current_call()
        drafts = self._drafts if self._iterator is None else self._iterator
        if isinstance(drafts, Generator):
            await call.ask(drafts.close)
        if call.is_interrupted:
            raise Interrupted

    def _next(self) -> object:
        if self._iterator is None:
            self._iterator = iter(self._drafts)
        return next(self._iterator, _END)
