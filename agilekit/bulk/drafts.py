"""The drafts of a job, read no further ahead than they are needed."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from typing import Generic, TypeAlias, TypeVar

from agilekit.bulk.report import Draft
from agilekit.errors import InvalidInput

__all__ = ["Drafts", "Reader"]

D = TypeVar("D", bound=Draft)
Drafts: TypeAlias = Iterable[D] | AsyncIterable[D]


class Reader(Generic[D]):
    """Gives out the drafts with their positions; to be asked by one task at a time."""

    def __init__(self, drafts: Drafts[D]) -> None:
        """Raises InvalidInput for what cannot be a source of drafts."""
        if not _is_source(drafts):
            raise InvalidInput(f"drafts must be an iterable of mappings, not {drafts!r:.60}")
        self.may_wait: bool = isinstance(drafts, AsyncIterable)
        """Whether the source may let others run before it gives a draft."""
        self._drafts = _each(drafts)
        self.count: int = 0
        self.ended: bool = False
        self.failure: Exception | None = None
        """What the source raised."""

    async def take(self, most: int) -> list[tuple[int, D]]:
        """The next drafts; none when there are no more."""
        taken: list[tuple[int, D]] = []
        while len(taken) < most and not self.ended:
            try:
                draft = await anext(self._drafts)
            except StopAsyncIteration:
                self.ended = True
            except Exception as error:  # noqa: BLE001 - the caller's own; raised at the end
                self.failure, self.ended = error, True
            else:
                taken.append((self.count, draft))
                self.count += 1
        return taken


def _is_source(drafts: object) -> bool:
    iterable = isinstance(drafts, Iterable | AsyncIterable)
    return iterable and not isinstance(drafts, Mapping | str | bytes)


def _each(drafts: Drafts[D]) -> AsyncIterator[D]:
    return aiter(drafts if isinstance(drafts, AsyncIterable) else _Each(drafts))


class _Each(AsyncIterator[D]):
    # Not an async generator: one that is not read to its end has to be closed.
    def __init__(self, drafts: Iterable[D]) -> None:
        self._drafts = iter(drafts)

    async def __anext__(self) -> D:
        for draft in self._drafts:
            return draft
        raise StopAsyncIteration
