"""The paginators of servers that answer in pages.

- `MaybePaged`: the call answers with everything, but some servers answer in pages all the same.
- `PageNumbers`: pages counted from 1. While items come and go, what has moved to an earlier page is
  missed.
- `OverlappingPages`: the same pages, so read that nothing that stays in the list is missed.
- `BeforeId`: each page continues below the last id of the one before, or behind what was given if
  the server ignores that.

A server may hold fewer items on a page than were asked for. A short page of exactly 50 or 100 is
not believed to be the last, unless a longer one came before: one more is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Final, Generic, TypeAlias, TypeVar

from agilekit.errors import PagesShifted
from agilekit.wire.json import JSON
from agilekit.wire.paging import Page, PageParams, PageResult

__all__ = ["BeforeId", "MaybePaged", "OverlappingPages", "PageNumbers"]

T = TypeVar("T")

Identity: TypeAlias = Callable[[T], Hashable]

_OVERLAP: Final = 25
"""How many items of the page before a page begins with, if nothing moves."""
_MOST_IN_VAIN: Final = 40
"""Pages in a row that bring nothing on, before PagesShifted."""
_MOST_PASSES: Final = 8
_CAPS: Final = (50, 100)
"""How many items servers hold on a page at most, whatever was asked for."""


class MaybePaged(Generic[T]):
    """There is one page, unless so many items came as fill a page of some servers."""

    def __init__(self, identity: Identity[T]) -> None:
        self.first: PageParams = {}
        self._unseen = _Unseen(identity)

    def take(self, params: PageParams, page: Page[T]) -> PageResult[T]:
        unseen, size = self._unseen.of(page.items), len(page.items)
        # A page of another size was not cut, and one of nothing new is the first one again.
        if size not in _CAPS or not unseen or params.get("per_page", size) != size:
            return PageResult(unseen, None)
        return PageResult(unseen, {"page": params.get("page", 1) + 1, "per_page": size})

    def guess(self, _: PageParams) -> PageParams | None:
        return None


# Source: KanbanTool API v1.1 Guide, "Listing archived tasks from given board". The pagination that
# it shows is in XML only; in JSON, a page that is not full is the last.
class PageNumbers(Generic[T]):
    """Pages by ``page``, counted from 1, and ``per_page``."""

    def __init__(self, per_page: int, identity: Identity[T]) -> None:
        self.first: PageParams = {"page": 1, "per_page": per_page}
        self._unseen = _Unseen(identity)
        self._last: int | None = None
        self._most = 0

    def take(self, params: PageParams, page: Page[T]) -> PageResult[T]:
        unseen = self._unseen.of(page.items)
        self._last = _number(page.pagination.get("total_pages"))
        # A full page of nothing new is what a server sends that knows no pages.
        cut = self._most <= len(page.items) and _may_be_cut(params["per_page"], page)
        self._most = max(self._most, len(page.items))
        at_end = (_is_last(params, page) and not cut) or not unseen
        return PageResult(unseen, None if at_end else {**params, "page": params["page"] + 1})

    def guess(self, params: PageParams) -> PageParams | None:
        if self._last is not None and params["page"] >= self._last:
            return None
        return {**params, "page": params["page"] + 1}


class OverlappingPages(Generic[T]):
    """Pages of changing sizes, each of which begins among the items of the one before.

    A page that holds an item of the pages before it follows them without a gap: what stays in the
    list keeps its place relative to that item, so it stands either before it, where it was seen, or
    behind it, in this page or still to come. A page that holds none may have a gap before it, and
    is read again from further up.
    """

    def __init__(self, largest: int, identity: Identity[T], mark: Identity[T]) -> None:
        """
        largest: the most items that a page may hold.
        mark: what of an item changes if it moves to another position in the list.
        """
        self.first: PageParams = {"page": 1, "per_page": largest}
        self._largest = largest
        self._mark = mark
        self._unseen = _Unseen(identity)
        self._known: set[Hashable] = set()
        self._overlap = _OVERLAP
        self._in_vain = 0
        self._repeated: _Repeated[T] | None = None

    def take(self, params: PageParams, page: Page[T]) -> PageResult[T]:
        first = self._repeated is None and params is self.first
        if first and _may_be_cut(params["per_page"], page):
            # The server chooses the size, so pages cannot be made to overlap.
            self._repeated = _Repeated(len(page.items), self._mark)
        if self._repeated is not None:
            return PageResult(self._unseen.of(page.items), self._repeated.following(params, page))
        begin = _first_index(params)
        marks = {self._mark(item) for item in page.items}
        overlaps = not marks.isdisjoint(self._known)
        unseen = self._unseen.of(page.items)
        self._in_vain = 0 if overlaps and unseen else self._in_vain + 1
        if self._in_vain > _MOST_IN_VAIN:
            raise PagesShifted("the pages change faster than they can be read")
        if overlaps or begin == 0:
            self._known |= marks
            if _is_last(params, page):
                return PageResult(unseen, None)
            self._overlap = _OVERLAP
            return PageResult(unseen, self._from(begin + len(page.items) - self._overlap))
        # There may be a gap before this page.
        self._overlap = min(2 * self._overlap, self._largest)
        return PageResult(unseen, self._from(begin - self._overlap))

    def guess(self, params: PageParams) -> PageParams | None:
        return self._from(_first_index(params) + params["per_page"] - _OVERLAP)

    def _from(self, index: int) -> PageParams:
        """The page that reaches furthest, of those that begin at an index or before it."""
        if index <= 0:
            return self.first
        sizes = range(self._largest, self._largest // 2, -1)
        size = max(sizes, key=lambda size: (index // size + 1) * size)
        return {"page": index // size + 1, "per_page": size}


class _Repeated(Generic[T]):
    """Pages of a server that chooses their size: read from the first to the last until two readings
    in a row are the same.
    """

    def __init__(self, size: int, mark: Identity[T]) -> None:
        self.first: PageParams = {"page": 1, "per_page": size}
        self._size = size
        self._mark = mark
        self._now: list[Hashable] = []
        self._seen: set[Hashable] = set()
        self._before: list[Hashable] | None = None
        self._passes = 0

    def following(self, params: PageParams, page: Page[T]) -> PageParams | None:
        marks = [self._mark(item) for item in page.items]
        if not marks and params["page"] == 2 and self._before is None:
            return None  # the page was full by chance
        goes_on = len(marks) == self._size and not self._seen.issuperset(marks)
        self._now += marks
        self._seen.update(marks)
        if goes_on:
            return {"page": params["page"] + 1, "per_page": self._size}
        if self._now == self._before:
            return None
        self._passes += 1
        if self._passes > _MOST_PASSES:
            raise PagesShifted("the pages change faster than they can be read")
        self._before, self._now, self._seen = self._now, [], set()
        return self.first


# Source: KanbanTool API v1.1 Guide, "Listing recent activity for board".
class BeforeId(Generic[T]):
    """Pages of ``limit`` items, each of those ``before`` the lowest id of the one before.

    | a page holds | it is followed by |
    |---|---|
    | as many as were asked for, all before the id | those before its lowest id |
    | an id that is not before the one asked for | those behind what was given, by ``offset`` |
    | fewer, but 50 or 100 | the same |
    | fewer, or none | nothing |
    | as many as were asked for, from an offset, and all were there | nothing: PagesShifted |
    """

    def __init__(
        self, largest: int, number: Callable[[T], int], *, most: int | None, offset: int
    ) -> None:
        """
        number: the id of an item; ids go down from page to page.
        most: how many items are wanted in all.
        offset: how many are passed over at first.
        """
        self._largest = largest
        self._number = number
        self._left = most
        self._unseen = _Unseen(number)
        self._offset = offset
        self._by_offset = False
        self._most = 0
        self.first: PageParams = {"limit": self._limit(), **({"offset": offset} if offset else {})}

    def take(self, params: PageParams, page: Page[T]) -> PageResult[T]:
        asked, size = params.get("before"), len(page.items)
        if asked is not None and any(self._number(item) >= asked for item in page.items):
            self._by_offset = True  # the server ignores `before`
            return PageResult([], {"limit": self._limit(), "offset": self._offset})
        unseen = self._unseen.of(page.items)
        self._offset += len(unseen)
        if self._left is not None:
            unseen = unseen[: self._left]
            self._left -= len(unseen)
        cut = self._most <= size and _may_be_cut(params["limit"], page)
        self._most = max(self._most, size)
        if self._left == 0 or (size < params["limit"] and not cut):
            return PageResult(unseen, None)
        if self._by_offset and not unseen:
            if size < params["limit"]:
                return PageResult(unseen, None)
            raise PagesShifted(f"the server shows the first {self._offset} items, and no others")
        if self._by_offset:
            return PageResult(unseen, {"limit": self._limit(), "offset": params["offset"] + size})
        lowest = min(map(self._number, page.items))
        return PageResult(unseen, {"limit": self._limit(), "before": lowest})

    def guess(self, _: PageParams) -> PageParams | None:
        return None

    def _limit(self) -> int:
        return self._largest if self._left is None else min(self._left, self._largest)


class _Unseen(Generic[T]):
    """Picks out of each page what was in none before."""

    def __init__(self, identity: Identity[T]) -> None:
        self._identity = identity
        self._seen: set[Hashable] = set()

    def of(self, items: Sequence[T]) -> list[T]:
        unseen = {self._identity(item): item for item in items}
        for name in unseen.keys() & self._seen:
            del unseen[name]
        self._seen.update(unseen)
        return list(unseen.values())


def _first_index(params: PageParams) -> int:
    """The index of a page's first item in the list, from 0."""
    return (params["page"] - 1) * params["per_page"]


def _is_last(params: PageParams, page: Page[T]) -> bool:
    if "next_page" in page.pagination:
        return _number(page.pagination["next_page"]) is None
    return len(page.items) != params["per_page"]


def _may_be_cut(asked: int, page: Page[T]) -> bool:
    """Whether a server that holds so few items on a page may have more."""
    return asked > len(page.items) in _CAPS and "next_page" not in page.pagination


def _number(value: JSON) -> int | None:
    text = str(value).strip()
    return int(text) if text.isdecimal() else None
