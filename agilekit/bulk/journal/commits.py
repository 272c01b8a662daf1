"""Group commit: many tasks write, few commits are made.

A commit waits for the disk. What tasks want to write during one commit is in the next one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from math import inf
from typing import Final

import anyio
from attrs import define, field

from agilekit.bulk.journal.rows import Row
from agilekit.errors import JournalError

__all__ = ["Commits"]


_GATHERING: Final = 0.005  # seconds


@define
class _Group:
    """What goes into one commit."""

    rows: list[Row] = field(factory=list[Row])
    waiting: int = 0
    """How many tasks wait for it."""
    is_full: anyio.Event | None = None
    """Set when enough of them do, while the first waits for that."""
    ended: anyio.Event = field(factory=anyio.Event)
    failure: str | None = "its writing was interrupted"


class Commits:
    """The first task of a group commits for all of it; each continues when its rows are on disk.

    No task leaves before, even if it is cancelled: it takes no longer than the disk does. If
    commits would follow each other too closely, the next is made once half of the tasks wait.
    """

    def __init__(self, commit: Callable[[Sequence[Row]], Awaitable[None]], *, tasks: int) -> None:
        """
        commit: writes all the rows or none. Raises JournalError.
        tasks: how many may write at once.
        """
        self._commit = commit
        self._enough = max(1, tasks // 2)
        self._next = _Group()
        self._one_at_a_time = anyio.Lock(fast_acquire=tasks == 1)
        self._next_at = -inf

    def add(self, rows: Sequence[Row]) -> None:
        """Lets rows be written with those that come next."""
        self._next.rows += rows

    async def put(self, rows: Sequence[Row]) -> None:
        """Returns when the rows, and those that were added before, are on disk.

        Raises JournalError if they are not.
        """
        group = self._next
        group.rows += rows
        group.waiting += 1
        if group.is_full is not None and group.waiting >= self._enough:
            group.is_full.set()
        with anyio.CancelScope(shield=True):
            if group.waiting > 1:
                await group.ended.wait()
            else:
                await self._lead(group)
        if group.failure is not None:
            raise JournalError(group.failure)

    @property
    def has_unflushed(self) -> bool:
        """Whether there are rows that no task is about to write."""
        return bool(self._next.rows) and not self._next.waiting

    async def flush(self) -> None:
        """Returns when all that was added is on disk. Raises JournalError if it is not."""
        if self._next.rows:
            await self.put(())

    async def _lead(self, group: _Group) -> None:
        try:
            async with self._one_at_a_time:
                await self._gather(group)
                self._next = _Group()
                await self._commit(group.rows)
        except JournalError as error:
            group.failure = str(error)
        else:
            group.failure = None
        finally:
            group.ended.set()

    async def _gather(self, group: _Group) -> None:
        """Gives others the time to join, if the last commit was made just now."""
        if self._enough > 1:
            ahead = self._next_at - anyio.current_time()
            if ahead > 0 and group.waiting < self._enough:
                group.is_full = anyio.Event()
                with anyio.move_on_after(ahead):
                    await group.is_full.wait()
            self._next_at = anyio.current_time() + _GATHERING
