"""Everything that a listing call can give: as a list, one at a time, or page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from types import TracebackType
from typing import Generic, Self, TypeVar

__all__ = ["Listing", "Pages"]

T = TypeVar("T")


class Listing(Generic[T]):
    """The items of a listing call. Nothing is sent before it is awaited or iterated.

    ``await listing`` gives the list, ``async for item in listing`` one item at a time, and
    ``async with listing.pages() as pages`` the pages as the server cuts them.
    """

    def __init__(self, fetch: Callable[[], Awaitable[list[T]]]) -> None:
        self._fetch = fetch

    def __await__(self) -> Generator[object, None, list[T]]:
        return self._all().__await__()

    def __aiter__(self) -> AsyncIterator[T]:
        return _Items(self._fetch)

    def pages(self) -> Pages[T]:
        """The pages of the listing, to be entered and then iterated."""
        return Pages(self._fetch)

    async def _all(self) -> list[T]:
        return await self._fetch()


class Pages(Generic[T]):
    """Iterates over the pages of a listing."""

    def __init__(self, fetch: Callable[[], Awaitable[list[T]]]) -> None:
        self._fetch = fetch
        self._ended = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended = True

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[T]:
        if self._ended:
            raise StopAsyncIteration
        self._ended = True
        return await self._fetch()


class _Items(AsyncIterator[T]):
    def __init__(self, fetch: Callable[[], Awaitable[list[T]]]) -> None:
        self._pages = Pages(fetch)
        self._left: list[T] = []

    async def __anext__(self) -> T:
        while not self._left:
            self._left = (await anext(self._pages))[::-1]
        return self._left.pop()
