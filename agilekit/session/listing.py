"""Everything that a listing call can give: as a list, one at a time, or page by page."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from types import TracebackType
from typing import Generic, Self, TypeAlias, TypeVar

import anyio
from anyio.abc import TaskGroup

from agilekit.checks import check_count
from agilekit.errors import InvalidInput
from agilekit.wire.paging import Page, PageLimit, PageParams, Paginator

__all__ = ["Items", "Listing", "Pages"]

T = TypeVar("T")

Fetch: TypeAlias = Callable[[PageParams], Awaitable[Page[T]]]
"""Reads the page that some parameters ask for."""


class Listing(Generic[T]):
    """The items of a listing call. Nothing is sent before it is awaited or iterated.

    ``await listing`` gives the list, ``async for item in listing`` one item at a time, and
    ``async with listing.pages(prefetch=2) as pages`` the pages, read ahead.

    A server that has one more page behind 20,000 of them ends in DecodeError.
    """

    def __init__(self, fetch: Fetch[T], paginator: Callable[[], Paginator[T]]) -> None:
        """paginator: begins a reading."""
        self._fetch = fetch
        self._paginator = paginator

    def __repr__(self) -> str:
        return "<Listing: await it, or iterate over it>"

    def __await__(self) -> Generator[object, None, list[T]]:
        return self._all().__await__()

    def __aiter__(self) -> AsyncIterator[T]:
        return Items(self._one_by_one())

    def pages(self, *, prefetch: int = 0) -> Pages[T]:
        """The pages of the listing, to be entered and then iterated.

        prefetch: how many pages are read ahead of the one that was asked for, all at once, if
        it is known what to ask for. Near the end, pages that do not exist may be asked for.

        Raises InvalidInput for a number below 0.
        """
        check_count("prefetch", prefetch, least=0)
        return Pages(self._fetch, PageLimit(self._paginator()), prefetch)

    async def _all(self) -> list[T]:
        items: list[T] = []
        async for page in self._one_by_one():
            items += page
        return items

    def _one_by_one(self) -> _OneByOne[T]:
        return _OneByOne(self._fetch, PageLimit(self._paginator()))


class _OneByOne(AsyncIterator[list[T]]):
    """The pages, each read when it is asked for."""

    def __init__(self, fetch: Fetch[T], paginator: Paginator[T]) -> None:
        self._fetch = fetch
        self._paginator = paginator
        self._params: PageParams | None = paginator.first

    async def __anext__(self) -> list[T]:
        if self._params is None:
            raise StopAsyncIteration
        result = self._paginator.take(self._params, await self._fetch(self._params))
        self._params = result.next
        return result.items


class Items(AsyncIterator[T]):
    """The items, of pages that are read when the one before is used up."""

    def __init__(self, pages: AsyncIterator[list[T]]) -> None:
        self._pages = pages
        self._left: deque[T] = deque()

    async def __anext__(self) -> T:
        while not self._left:
            self._left.extend(await self.next_page())
        return self._left.popleft()

    async def next_page(self) -> list[T]:
        """The page after those that were read. Raises StopAsyncIteration if there is none."""
        return await anext(self._pages)


class _Prefetch(Generic[T]):
    """A page that is being read."""

    def __init__(self, params: PageParams) -> None:
        self.params = params
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

    def __init__(self, fetch: Fetch[T], paginator: Paginator[T], prefetch: int) -> None:
        self._fetch = fetch
        self._paginator = paginator
        self._prefetch = prefetch
        self._ahead: deque[_Prefetch[T]] = deque()
        self._params: PageParams | None = paginator.first
        self._tasks: TaskGroup | None = None

    def __repr__(self) -> str:
        if self._params is None:
            return "<Pages: at the end>"
        state = "not open" if self._tasks is None else f"{len(self._ahead)} read ahead"
        return f"<Pages: {state}, next {dict(self._params)}>"

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
        self._drop()
        self._params = None
        if tasks is not None:
            tasks.cancel_scope.cancel()
            # The error of the body is the caller's, and leaves by itself.
            await tasks.__aexit__(None, None, None)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[T]:
        if self._params is None:
            raise StopAsyncIteration
        if self._tasks is None:
            raise InvalidInput("pages are read inside `async with listing.pages() as pages`")
        self._read_ahead(self._tasks, self._params)
        page = await self._ahead[0].result()
        result = self._paginator.take(self._params, page)
        self._ahead.popleft()
        self._params = result.next
        if self._ahead and self._ahead[0].params != result.next:
            self._drop()
        return result.items

    def _read_ahead(self, tasks: TaskGroup, params: PageParams) -> None:
        if self._ahead and self._ahead[0].error is not None:
            self._drop()  # it was raised; asked for again, the page is read again
        wanted = self._paginator.guess(self._ahead[-1].params) if self._ahead else params
        while wanted is not None and len(self._ahead) <= self._prefetch:
            ahead = _Prefetch[T](wanted)
            self._ahead.append(ahead)
            tasks.start_soon(self._read, ahead)
            wanted = self._paginator.guess(wanted)

    async def _read(self, ahead: _Prefetch[T]) -> None:
        with ahead.scope:
            try:
                ahead.page = await self._fetch(ahead.params)
            except Exception as error:  # noqa: BLE001 - raised when the page is asked for
                ahead.error = error
        ahead.ended.set()

    def _drop(self) -> None:
        for ahead in self._ahead:
            ahead.scope.cancel()
        self._ahead.clear()
