"""How a listing is read page by page: a page -> the parameters that ask for the next one.

A *reader* follows one reading of a listing. It says which page comes first, what of a page is new,
and what to ask for afterwards; no item is ever given twice.

- `Whole`: the call answers with everything.
- `AtOnce`: the same, of a server that may answer in pages all the same.
- `Numbered`: pages counted from 1. While items come and go, what has moved to an earlier page is
  missed.
- `Overlapping`: the same pages, so read that nothing that stays in the list is missed.
- `Before`: each page continues below the last id of the one before, or behind what was given where
  the server passes that over.
- `Chosen`: the pages of another reader, without what is not wanted of them.

A server may hold fewer items on a page than were asked for. A short page of exactly 50 or 100 is
not believed to be the last, unless a longer one came before: one more is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Final, Generic, Protocol, TypeAlias, TypeVar

from attrs import field, frozen

from agilekit.errors import DecodeError, PagesShifted
from agilekit.wire.json import JSON

__all__ = [
    "AtOnce",
    "Before",
    "Chosen",
    "Ending",
    "Numbered",
    "Overlapping",
    "Page",
    "Reader",
    "Step",
    "Turn",
    "Whole",
]

T = TypeVar("T")

Step: TypeAlias = Mapping[str, int]
"""The parameters that ask for a page."""
Identity: TypeAlias = Callable[[T], Hashable]

_OVERLAP: Final = 25
_MOST_IN_VAIN: Final = 40
_MOST_PASSES: Final = 8
_MOST_PAGES: Final = 20_000
_CAPS: Final = (50, 100)
"""How many items servers hold on a page at most, whatever was asked for."""


@frozen
class Page(Generic[T]):
    """One answer of a listing call."""

    items: list[T]
    pagination: Mapping[str, JSON] = field(factory=dict[str, JSON])
    """What stands beside the items to tell their pages."""


@frozen
class Turn(Generic[T]):
    """What one page brings."""

    items: list[T]
    """Those that were not given before."""
    next: Step | None
    """What to ask for now; None at the end."""


class Reader(Protocol[T]):
    """Follows one reading of a listing."""

    first: Step

    def turn(self, step: Step, page: Page[T], /) -> Turn[T]:
        """Takes the page that `step` asked for. Raises PagesShifted."""
        ...

    def guess(self, step: Step, /) -> Step | None:
        """What will come after `step`, as far as that can be told before its page is there."""
        ...


class Ending(Generic[T]):
    """Another reader, until it has read more pages than any listing has.

    A hundred thousand items on pages of 50, each of which overlaps the one before by a half, are
    4,000 pages.
    """

    def __init__(self, reader: Reader[T], *, most: int = _MOST_PAGES) -> None:
        self.first: Step = reader.first
        self._reader = reader
        self._most = most
        self._left = most

    def turn(self, step: Step, page: Page[T]) -> Turn[T]:
        """Raises DecodeError where there is still one more, besides PagesShifted."""
        turn = self._reader.turn(step, page)
        self._left -= 1
        if turn.next is not None and self._left <= 0:
            raise DecodeError(
                f"the listing has no end: behind {self._most:,} pages there is one more"
            )
        return turn

    def guess(self, step: Step) -> Step | None:
        return self._reader.guess(step)


class Whole(Generic[T]):
    """There is one page."""

    def __init__(self) -> None:
        self.first: Step = {}

    def turn(self, _: Step, page: Page[T]) -> Turn[T]:
        return Turn(page.items, None)

    def guess(self, _: Step) -> Step | None:
        return None


class AtOnce(Generic[T]):
    """There is one page, unless so many items came as fill a page of some servers."""

    def __init__(self, identity: Identity[T]) -> None:
        self.first: Step = {}
        self._unseen = _Unseen(identity)

    def turn(self, step: Step, page: Page[T]) -> Turn[T]:
        unseen, size = self._unseen.of(page.items), len(page.items)
        if size not in _CAPS or not unseen or step.get("per_page", size) != size:
            return Turn(unseen, None)
        return Turn(unseen, {"page": step.get("page", 1) + 1, "per_page": size})

    def guess(self, _: Step) -> Step | None:
        return None


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


# Source: KanbanTool API v1.1 Guide, "Listing archived tasks from given board". The pagination that
# it shows is in XML alone; in JSON, a page that is not full is the last.
class Numbered(Generic[T]):
    """Pages by ``page``, counted from 1, and ``per_page``."""

    def __init__(self, per_page: int, identity: Identity[T]) -> None:
        self.first: Step = {"page": 1, "per_page": per_page}
        self._unseen = _Unseen(identity)
        self._last: int | None = None
        self._most = 0

    def turn(self, step: Step, page: Page[T]) -> Turn[T]:
        unseen = self._unseen.of(page.items)
        self._last = _number(page.pagination.get("total_pages"))
        # A full page of nothing new is what a server sends that knows no pages.
        cut = self._most <= len(page.items) and _may_be_cut(step["per_page"], page)
        self._most = max(self._most, len(page.items))
        at_end = (_is_last(step, page) and not cut) or not unseen
        return Turn(unseen, None if at_end else {**step, "page": step["page"] + 1})

    def guess(self, step: Step) -> Step | None:
        if self._last is not None and step["page"] >= self._last:
            return None
        return {**step, "page": step["page"] + 1}


class Overlapping(Generic[T]):
    """Pages of changing sizes, each of which begins among the items of the one before.

    A page that holds an item of the pages before it follows them without a gap: what stays in the
    list keeps its place relative to that item, so it stands either before it, where it was seen, or
    behind it, in this page or still to come. A page that holds none may have a gap before it, and
    is read again from further up.
    """

    def __init__(self, largest: int, identity: Identity[T], mark: Identity[T]) -> None:
        """
        largest: the most items that a page may hold.
        mark: what of an item changes where it takes another place in the list.
        """
        self.first: Step = {"page": 1, "per_page": largest}
        self._largest = largest
        self._mark = mark
        self._unseen = _Unseen(identity)
        self._known: set[Hashable] = set()
        self._overlap = _OVERLAP
        self._in_vain = 0
        self._repeated: _Repeated[T] | None = None

    def turn(self, step: Step, page: Page[T]) -> Turn[T]:
        if self._repeated is None and step is self.first and _may_be_cut(step["per_page"], page):
            self._repeated = _Repeated(len(page.items), self._mark)
        if self._repeated is not None:
            return Turn(self._unseen.of(page.items), self._repeated.following(step, page))
        begin = _begin(step)
        marks = {self._mark(item) for item in page.items}
        overlaps = not marks.isdisjoint(self._known)
        unseen = self._unseen.of(page.items)
        self._in_vain = 0 if overlaps and unseen else self._in_vain + 1
        if self._in_vain > _MOST_IN_VAIN:
            raise PagesShifted("the pages change faster than they can be read")
        if overlaps or begin == 0:
            self._known |= marks
            if _is_last(step, page):
                return Turn(unseen, None)
            self._overlap = _OVERLAP
            return Turn(unseen, self._from(begin + len(page.items) - self._overlap))
        self._overlap = min(2 * self._overlap, self._largest)
        return Turn(unseen, self._from(begin - self._overlap))

    def guess(self, step: Step) -> Step | None:
        return self._from(_begin(step) + step["per_page"] - _OVERLAP)

    def _from(self, place: int) -> Step:
        """The page that reaches furthest, of those that begin at a place or before it."""
        if place <= 0:
            return self.first
        sizes = range(self._largest, self._largest // 2, -1)
        size = max(sizes, key=lambda size: (place // size + 1) * size)
        return {"page": place // size + 1, "per_page": size}


class _Repeated(Generic[T]):
    """Pages of a server that chooses their size: read from the first to the last until two readings
    in a row are the same.
    """

    def __init__(self, size: int, mark: Identity[T]) -> None:
        self.first: Step = {"page": 1, "per_page": size}
        self._size = size
        self._mark = mark
        self._now: list[Hashable] = []
        self._seen: set[Hashable] = set()
        self._before: list[Hashable] | None = None
        self._passes = 0

    def following(self, step: Step, page: Page[T]) -> Step | None:
        marks = [self._mark(item) for item in page.items]
        if not marks and step["page"] == 2 and self._before is None:
            return None  # the page was full by chance
        goes_on = len(marks) == self._size and not self._seen.issuperset(marks)
        self._now += marks
        self._seen.update(marks)
        if goes_on:
            return {"page": step["page"] + 1, "per_page": self._size}
        if self._now == self._before:
            return None
        self._passes += 1
        if self._passes > _MOST_PASSES:
            raise PagesShifted("the pages change faster than they can be read")
        self._before, self._now, self._seen = self._now, [], set()
        return self.first


# Source: KanbanTool API v1.1 Guide, "Listing recent activity for board".
class Before(Generic[T]):
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
        self.first: Step = {"limit": self._limit(), **({"offset": offset} if offset else {})}

    def turn(self, step: Step, page: Page[T]) -> Turn[T]:
        asked, size = step.get("before"), len(page.items)
        if asked is not None and any(self._number(item) >= asked for item in page.items):
            self._by_offset = True
            return Turn([], {"limit": self._limit(), "offset": self._offset})
        unseen = self._unseen.of(page.items)
        self._offset += len(unseen)
        if self._left is not None:
            unseen = unseen[: self._left]
            self._left -= len(unseen)
        cut = self._most <= size and _may_be_cut(step["limit"], page)
        self._most = max(self._most, size)
        if self._left == 0 or (size < step["limit"] and not cut):
            return Turn(unseen, None)
        if self._by_offset and not unseen:
            if size < step["limit"]:
                return Turn(unseen, None)
            raise PagesShifted(f"the server shows the first {self._offset} items, and no others")
        if self._by_offset:
            return Turn(unseen, {"limit": self._limit(), "offset": step["offset"] + size})
        lowest = min(map(self._number, page.items))
        return Turn(unseen, {"limit": self._limit(), "before": lowest})

    def guess(self, _: Step) -> Step | None:
        return None

    def _limit(self) -> int:
        return self._largest if self._left is None else min(self._left, self._largest)


class Chosen(Generic[T]):
    """The pages of another reader, without what is not wanted of them."""

    def __init__(
        self, every: Reader[T], is_wanted: Callable[[T], bool], *, most: int | None, offset: int
    ) -> None:
        """
        most: how many items that are wanted are given in all.
        offset: how many of them are passed over at first.
        """
        self.first: Step = every.first
        self._every = every
        self._is_wanted = is_wanted
        self._left = most
        self._offset = offset

    def turn(self, step: Step, page: Page[T]) -> Turn[T]:
        turn = self._every.turn(step, page)
        wanted = [item for item in turn.items if self._is_wanted(item)]
        passed, self._offset = self._offset, max(0, self._offset - len(wanted))
        given = wanted[passed:]
        if self._left is None:
            return Turn(given, turn.next)
        given = given[: self._left]
        self._left -= len(given)
        return Turn(given, turn.next if self._left else None)

    def guess(self, step: Step) -> Step | None:
        return self._every.guess(step)


def _begin(step: Step) -> int:
    """The place of a page's first item in the list, from 0."""
    return (step["page"] - 1) * step["per_page"]


def _is_last(step: Step, page: Page[T]) -> bool:
    if "next_page" in page.pagination:
        return _number(page.pagination["next_page"]) is None
    return len(page.items) != step["per_page"]


def _may_be_cut(asked: int, page: Page[T]) -> bool:
    """Whether a server that holds so few items on a page may have more."""
    return asked > len(page.items) in _CAPS and "next_page" not in page.pagination


def _number(value: JSON) -> int | None:
    text = str(value).strip()
    return int(text) if text.isdecimal() else None
