"""Everything that a listing call can give: as a list, one at a time, or page by page."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from types import TracebackType
from typing import Generic, Self, TypeAlias, TypeVar

import anyio
from anyio.abc import TaskGroup
from attrs import frozen

from agilekit.checks import check_count
from agilekit.errors import InvalidInput

__all__ = ["Listing", "Page", "Pages"]

T = TypeVar("T")


@frozen
class Page(Generic[T]):
    """One answer of a listing call."""

    items: list[T]
    last: bool
    """Whether it is certain that no page follows."""


Fetch: TypeAlias = Callable[[int], Awaitable[Page[T]]]
"""Reads a page by its number, counted from 1. A page after the last one is empty."""


class Listing(Generic[T]):
    """The items of a listing call. Nothing is sent before it is awaited or iterated.

    ``await listing`` gives the list, ``async for item in listing`` one item at a time, and
    ``async with listing.pages(prefetch=2) as pages`` the pages, read ahead.
    """

    def __init__(self, fetch: Fetch[T]) -> None:
        self._fetch = fetch

    def __await__(self) -> Generator[object, None, list[T]]:
        return self._all().__await__()

    def __aiter__(self) -> AsyncIterator[T]:
        return _Items(self._fetch)

    def pages(self, *, prefetch: int = 0) -> Pages[T]:
        """The pages of the listing, to be entered and then iterated.

        prefetch: how many pages are read ahead of the one that was asked for, all at once. Near
        the end, pages that do not exist may be asked for.

        Raises InvalidInput for a number below 0.
        """
        check_count("prefetch", prefetch, least=0)
        return Pages(self._fetch, prefetch)

    async def _all(self) -> list[T]:
        items: list[T] = []
        async for page in _Serially(self._fetch):
            items += page
        return items


class _Serially(AsyncIterator[list[T]]):
    """The pages, each read when it is asked for."""

    def __init__(self, fetch: Fetch[T]) -> None:
        self._fetch = fetch
        self._number = 0
        self._ended = False

    async def __anext__(self) -> list[T]:
        if self._ended:
            raise StopAsyncIteration
        self._number += 1
        page = await self._fetch(self._number)
        self._ended = page.last
        return page.items


class _Items(AsyncIterator[T]):
    """The items, of pages that are read when the one before is used up."""

    def __init__(self, fetch: Fetch[T]) -> None:
        self._pages = _Serially(fetch)
        self._left: deque[T] = deque()

    async def __anext__(self) -> T:
        while not self._left:
            self._left.extend(await anext(self._pages))
        return self._left.popleft()


class _Ahead(Generic[T]):
    """A page that is being read."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.scope = anyio.CancelScope()
        self.ended = anyio.Event()
        self.page: Page[T] | None = None
        self.error: Exception | None = None

    async def result(self) -> Page[T]:
        await self.ended.wait()
        if self.page is None:
            raise self.error or StopAsyncIteration
        return self.page


class Pages(Generic[T]):
    """The pages of a listing, in order. Leaving the context ends what is still being read."""

    def __init__(self, fetch: Fetch[T], prefetch: int) -> None:
        self._fetch = fetch
        self._prefetch = prefetch
        self._ahead: deque[_Ahead[T]] = deque()
        self._number = 0
        self._ended = False
        self._tasks: TaskGroup | None = None

    async def __aenter__(self) -> Self:
        if self._tasks is not None:
            raise InvalidInput("these pages are open already")
        self._tasks = anyio.create_task_group()
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        tasks, self._tasks = self._tasks, None
        self._end()
        if tasks is not None:
            tasks.cancel_scope.cancel()
            # The error of the body is the caller's, and leaves by itself.
            await tasks.__aexit__(None, None, None)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[T]:
        if self._ended:
            raise StopAsyncIteration
        if self._tasks is None:
            raise InvalidInput("pages are read inside `async with listing.pages() as pages`")
        while len(self._ahead) <= self._prefetch:
            self._number += 1
            ahead = _Ahead[T](self._number)
            self._ahead.append(ahead)
            self._tasks.start_soon(self._read, ahead)
        page = await self._ahead.popleft().result()
        if page.last:
            self._end()
        return page.items

    async def _read(self, ahead: _Ahead[T]) -> None:
        with ahead.scope:
            try:
                ahead.page = await self._fetch(ahead.number)
            except Exception as error:  # noqa: BLE001 - raised where the page is asked for
                ahead.error = error
        ahead.ended.set()

    def _end(self) -> None:
        self._ended = True
        for ahead in self._ahead:
            ahead.scope.cancel()
