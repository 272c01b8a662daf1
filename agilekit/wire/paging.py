"""How a listing is read page by page: a page -> the parameters that ask for the next one.

A *paginator* follows one reading of a listing. It says which page comes first, what of a page is
new, and what to ask for afterwards; no item is ever given twice. Those of the services that have
pages are in `agilekit.wire.paginators`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Generic, Protocol, TypeAlias, TypeVar

from attrs import field, frozen

from agilekit.errors import DecodeError
from agilekit.wire.json import JSON

__all__ = [
    "FilteredPages",
    "Page",
    "PageLimit",
    "PageParams",
    "PageResult",
    "Paginator",
    "SinglePage",
]

T = TypeVar("T")

PageParams: TypeAlias = Mapping[str, int]
"""The parameters that ask for a page."""

_MOST_PAGES: Final = 20_000


@frozen
class Page(Generic[T]):
    """One answer of a listing call."""

    items: list[T]
    pagination: Mapping[str, JSON] = field(factory=dict[str, JSON])
    """What stands beside the items to say which page this is."""


@frozen
class PageResult(Generic[T]):
    """What one page brings."""

    items: list[T]
    """Those that were not given before."""
    next: PageParams | None
    """What to ask for now; None at the end."""


class Paginator(Protocol[T]):
    """Follows one reading of a listing."""

    first: PageParams

    def take(self, params: PageParams, page: Page[T], /) -> PageResult[T]:
        """Takes the page that `params` asked for. Raises PagesShifted."""
        ...

    def guess(self, params: PageParams, /) -> PageParams | None:
        """What will come after `params`, as far as that is known before its page is there."""
        ...


class SinglePage(Generic[T]):
    """There is one page."""

    def __init__(self) -> None:
        self.first: PageParams = {}

    def take(self, _: PageParams, page: Page[T]) -> PageResult[T]:
        return PageResult(page.items, None)

    def guess(self, _: PageParams) -> PageParams | None:
        return None


class FilteredPages(Generic[T]):
    """The pages of another paginator, without what is not wanted of them."""

    def __init__(
        self, inner: Paginator[T], is_wanted: Callable[[T], bool], *, most: int | None, offset: int
    ) -> None:
        """
        most: how many items that are wanted are given in all.
        offset: how many of them are passed over at first.
        """
        self.first: PageParams = inner.first
        self._inner = inner
        self._is_wanted = is_wanted
        self._left = most
        self._offset = offset

    def take(self, params: PageParams, page: Page[T]) -> PageResult[T]:
        result = self._inner.take(params, page)
        wanted = [item for item in result.items if self._is_wanted(item)]
        passed, self._offset = self._offset, max(0, self._offset - len(wanted))
        given = wanted[passed:]
        if self._left is None:
            return PageResult(given, result.next)
        given = given[: self._left]
        self._left -= len(given)
        return PageResult(given, result.next if self._left else None)

    def guess(self, params: PageParams) -> PageParams | None:
        return self._inner.guess(params)


class PageLimit(Generic[T]):
    """Another paginator, until it has read more pages than any listing has.

    A hundred thousand items on pages of 50, each of which overlaps the one before by a half, are
    4,000 pages.
    """

    def __init__(self, inner: Paginator[T], *, most: int = _MOST_PAGES) -> None:
        self.first: PageParams = inner.first
        self._inner = inner
        self._most = most
        self._left = most

    def take(self, params: PageParams, page: Page[T]) -> PageResult[T]:
        """Raises DecodeError if there is still one more, besides PagesShifted."""
        result = self._inner.take(params, page)
        self._left -= 1
        if result.next is not None and self._left <= 0:
            raise DecodeError(
                f"the listing has no end: behind {self._most:,} pages there is one more"
            )
        return result

    def guess(self, params: PageParams) -> PageParams | None:
        return self._inner.guess(params)
