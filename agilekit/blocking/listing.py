"""Everything that a listing call can give: one at a time, or page by page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from types import TracebackType
from typing import Self, TypeVar, cast

from agilekit.blocking.batches import Batches, next_of
from agilekit.blocking.context import Context
from agilekit.blocking.portal import Portal
from agilekit.errors import InvalidInput
from agilekit.session import listing as asynchronous

__all__ = ["Listing", "Pages"]

T = TypeVar("T")


class Listing(Iterable[T]):
    """The items of a listing call. Nothing is sent before it is iterated.

    ``list(listing)`` gives the list, ``for item in listing`` one item at a time, and
    ``with listing.pages(prefetch=2) as pages`` the pages, read ahead.

    A server that has one more page behind 20,000 of them ends in DecodeError.
    """

    def __init__(self, listing: asynchronous.Listing[T], portal: Portal) -> None:
        self._listing = listing
        self._portal = portal

    def __repr__(self) -> str:
        return "<Listing: iterate over it>"

    def __iter__(self) -> Iterator[T]:
        items = cast("asynchronous.Items[T]", aiter(self._listing))
        return Batches(self._portal, items.next_page)

    def pages(self, *, prefetch: int = 0) -> Pages[T]:
        """The pages of the listing, to be entered and then iterated.

        prefetch: how many pages are read ahead of the one that was asked for, all at once, if
        it is known what to ask for. Near the end, pages that do not exist may be asked for.

        Raises InvalidInput for a number below 0.
        """
        return Pages(self._listing.pages(prefetch=prefetch), self._portal)


class Pages(Iterator[list[T]]):
    """The pages of a listing, in order. Leaving the context ends what is still being read."""

    def __init__(self, pages: asynchronous.Pages[T], portal: Portal) -> None:
        self._pages = pages
        self._portal = portal
        self._entered: Context | None = None
        self._is_over = False
        self._page: list[T] | None = None
        """What was read and not given yet: this thread was interrupted then."""

    def __repr__(self) -> str:
        return repr(self._pages)

    def __enter__(self) -> Self:
        if self._entered is not None:
            raise InvalidInput("these pages are open already")
        self._entered = self._portal.context(self._pages)
        try:
            self._entered.enter()
        except BaseException:
            self._entered = None
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        entered, self._entered, self._is_over = self._entered, None, True
        if entered is not None:
            entered.leave()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> list[T]:
        if self._is_over:
            raise StopIteration
        if self._entered is None:
            raise InvalidInput("pages are read inside `with listing.pages() as pages`")
        if self._page is None:
            next_of(self._portal, partial(self._entered.use, self._read_next))
        page, self._page = self._page or [], None
        return page

    async def _read_next(self) -> None:
        self._page = await anext(self._pages)
