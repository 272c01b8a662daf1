"""What is iterated here and read in the loop: a page of a listing or the rows of a project at once.

To cross into the loop costs a hundred microseconds, too much for each item.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import TypeVar

from agilekit.blocking.portal import Portal

__all__ = ["Batches", "next_of"]

T = TypeVar("T")


class Batches(Iterator[T]):
    """What a function of the library gives, which is called when what it gave is used up.

    What it has given is kept, also if this thread was interrupted while it waited for that: who
    goes on misses nothing.
    """

    def __init__(self, portal: Portal, read: Callable[[], Awaitable[Iterable[T]]]) -> None:
        """read: raises StopAsyncIteration at the end."""
        self._portal = portal
        self._read = read
        self._left: Iterator[T] = iter(())

    def __next__(self) -> T:
        while True:
            for item in self._left:
                return item
            self._read_on()

    def _read_on(self) -> None:
        """Raises StopIteration at the end."""
        next_of(self._portal, self._read_next)

    async def _read_next(self) -> None:
        self._left = iter(await self._read())


def next_of(portal: Portal, read: Callable[[], Awaitable[T]]) -> T:
    """What a function of the library gives. Its end is that of an iteration."""
    try:
        return portal.run(read)
    except StopAsyncIteration:
        raise StopIteration from None
