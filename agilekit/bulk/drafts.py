"""The drafts of a job: any iterable or async iterable, read no further ahead than is needed."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Generator, Iterable, Mapping
from typing import Final, Generic, Protocol, TypeAlias, TypeVar, cast, runtime_checkable

import anyio

from agilekit.bulk.report import Draft
from agilekit.errors import InvalidInput

__all__ = ["DraftSource", "Drafts"]

D = TypeVar("D", bound=Draft)
Drafts: TypeAlias = Iterable[D] | AsyncIterable[D]


class DraftSource(Generic[D]):
    """Gives out the drafts with their positions; to be asked by one task at a time."""

    def __init__(self, drafts: Drafts[D]) -> None:
        """Raises InvalidInput for what is not an iterable of drafts."""
        if not _is_source(drafts):
            raise InvalidInput(f"drafts must be an iterable of mappings, not {drafts!r:.60}")
        self._source = drafts
        self._drafts: AsyncIterator[D] | None = None
        self.may_wait: bool = isinstance(drafts, AsyncIterable)
        """Whether the source may let others run before it gives a draft."""
        self.count: int = 0
        self.ended: bool = False
        self.failure: BaseException | None = None
        """What the source raised."""
        self.cancelled: BaseException | None = None
        """The cancellation that came while it was read, or that it raised itself."""

    async def take(self, most: int, taken: list[tuple[int, D]]) -> None:
        """Appends the next drafts to `taken`, up to `most` in all; none when there are no more.

        What was taken before a cancellation stays in `taken`.
        """
        while len(taken) < most and not self.ended:
            try:
                if self._drafts is None:
                    self._drafts = _each(self._source)
                draft = await anext(self._drafts)
            except StopAsyncIteration:
                self.ended = True
            except anyio.get_cancelled_exc_class() as error:
                self.cancelled, self.ended = error, True
                raise
            except BaseException as error:  # noqa: BLE001 - the caller's own; raised at the end
                self.failure, self.ended = error, True
            else:
                taken.append((self.count, draft))
                self.count += 1

    async def aclose(self) -> None:
        """Closes what the caller's iterable gave: an async iterator, if it can be, or a generator.

        What takes longer than 10 s is cancelled. Raises what the closing raises.
        """
        drafts = self._source if self._drafts is None else self._drafts
        if isinstance(drafts, Generator | _Each):
            drafts.close()
        elif isinstance(drafts, AsyncIterator) and isinstance(drafts, _Closable):
            with anyio.move_on_after(_PATIENCE, shield=True):
                await drafts.aclose()


@runtime_checkable
class _Closable(Protocol):
    async def aclose(self) -> None: ...


_PATIENCE: Final = 10.0  # seconds


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
        try:
            for draft in self._drafts:
                return draft
        except StopAsyncIteration as error:  # a mistake of theirs, and not their end
            raise RuntimeError(f"the drafts raised {error!r}") from error
        raise StopAsyncIteration

    def close(self) -> None:
        if isinstance(drafts := cast("object", self._drafts), Generator):
            drafts.close()
