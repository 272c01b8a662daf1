"""What is iterated here and read in the loop: a page of a listing or the rows of a project at once.

To cross into the loop costs a hundred microseconds, too much for each item.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import TypeVar, cast

from agilekit.blocking.portal import Portal
from agilekit.export.stream import NamedRow, Rows

__all__ = ["Batches", "next_of", "rows_here"]

T = TypeVar("T")


class Batches(Iterator[T]):
    """What a function of the library gives, which is called when what it gave is used up."""

    def __init__(self, portal: Portal, read: Callable[[], Awaitable[Iterable[T]]]) -> None:
        """read: raises StopAsyncIteration at the end."""
        self._portal = portal
        self._read = read
        self._left: Iterator[T] = iter(())

    def __next__(self) -> T:
        while True:
            for item in self._left:
                return item
            self._left = iter(next_of(self._portal, self._read))


def next_of(portal: Portal, read: Callable[[], Awaitable[T]]) -> T:
    """What a function of the library gives. Its end is that of an iteration."""
    try:
        return portal.run(read)
    except StopAsyncIteration:
        raise StopIteration from None


def rows_here(rows: AsyncIterator[NamedRow]) -> Iterator[NamedRow]:
    """Uses the loop until the last row, or until the iterator is closed."""
    with Portal() as portal:
        yield from Batches(portal, cast("Rows", rows).of_next_project)
