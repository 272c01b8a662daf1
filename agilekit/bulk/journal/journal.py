"""A journal that a job has open: its rows and notes, read and written in a thread of its own."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from threading import Lock
from typing import Final, ParamSpec, Self, TypeVar

import anyio
import anyio.to_thread

from agilekit.bulk.journal.commits import Commits
from agilekit.bulk.journal.file import Contents, absolute, open_database, select, transaction
from agilekit.bulk.journal.rows import PUT, Row, State, row_of, values_of
from agilekit.errors import JournalError

__all__ = ["Journal"]

P = ParamSpec("P")
R = TypeVar("R")

_ROWS: Final = select()


class Journal:
    """An open journal. Each method raises JournalError if it cannot be used."""

    def __init__(
        self, path: str, database: sqlite3.Connection, contents: Contents, *, tasks: int
    ) -> None:
        self.path: Final[str] = path
        self.found: Final[Contents] = contents
        """What was there when it was opened."""
        self._database = database
        self._commits = Commits(self._commit, tasks=tasks)
        # One thread at a time, even if a task is cancelled while a thread still works for it.
        self._limiter = anyio.CapacityLimiter(1)
        self._lock = Lock()

    @classmethod
    async def open(
        cls, path: str | PathLike[str], job: Mapping[str, str], *, tasks: int = 1
    ) -> Self:
        """Opens the journal of a job, or begins one if there is none.

        job: what tells the job from others; a journal of another one is refused, unless nothing of
        what it holds can have been created.
        tasks: how many may write at once.
        """
        name = absolute(path)
        try:
            opened = await anyio.to_thread.run_sync(open_database, name, dict(job))
        except RuntimeError as error:  # such as for too many threads
            raise JournalError(f"the journal {name} cannot be opened: {error}") from None
        return cls(name, *opened, tasks=tasks)

    async def aclose(self) -> None:
        """Writes what was added, and closes the file."""
        with anyio.CancelScope(shield=True):
            try:
                await self._commits.flush()
            finally:
                await self._do(self._database.close)

    async def note(self, name: str, value: str) -> None:
        """Writes a value of the job as a whole, and replaces an earlier one."""
        await self._do(self._note, name, value)

    async def find(self, first: int, last: int) -> list[Row]:
        """The rows of the drafts from one position to another, both included."""
        return await self._rows(f"{_ROWS} WHERE position BETWEEN ? AND ?", (first, last))

    async def last(self, state: State, most: int, *, below: int | None = None) -> list[Row]:
        """The last rows of a state, or the last before a position, the very last first."""
        sql = f"{_ROWS} WHERE state = ? AND position < ? ORDER BY position DESC LIMIT ?"
        return await self._rows(sql, (state, sys.maxsize if below is None else below, most))

    async def remove(self, positions: Sequence[int]) -> None:
        """Forgets the drafts at some positions."""
        await self._do(self._remove, positions)

    async def owns(self, item_ids: Sequence[str]) -> set[str]:
        """Those of some items that were created of a draft of this job."""
        marks = ",".join("?" * len(item_ids))
        sql = f"SELECT item_id FROM drafts WHERE item_id IN ({marks})"  # noqa: S608 - only marks
        await self._commits.flush()
        return {str(found) for (found,) in await self._do(self._fetch, sql, item_ids)}

    def add(self, rows: Sequence[Row]) -> None:
        """Lets rows be written with those that come next, or by `flush`."""
        self._commits.add(rows)

    async def put(self, rows: Sequence[Row]) -> None:
        """Writes rows, all of them or none, and returns when they are on disk."""
        await self._commits.put(rows)

    @property
    def has_unflushed(self) -> bool:
        """Whether there are rows that no task is about to write."""
        return self._commits.has_unflushed

    async def flush(self) -> None:
        await self._commits.flush()

    async def _do(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        def attempt() -> R:
            try:
                with self._lock:
                    return work(*args, **kwargs)
            except (sqlite3.Error, ValueError) as error:
                raise JournalError(
                    f"the journal {self.path} failed: {error}. What it does not hold was not "
                    "sent: mend that and repeat the call, which continues"
                ) from None

        return await anyio.to_thread.run_sync(attempt, limiter=self._limiter)

    async def _rows(self, sql: str, values: Sequence[object]) -> list[Row]:
        await self._commits.flush()
        return [row_of(found, self.path) for found in await self._do(self._fetch, sql, values)]

    def _fetch(self, sql: str, values: Sequence[object]) -> list[tuple[object, ...]]:
        return self._database.execute(sql, values).fetchall()

    def _note(self, name: str, value: str) -> None:
        with transaction(self._database):
            self._database.execute("INSERT OR REPLACE INTO job VALUES (?, ?)", (name, value))

    def _remove(self, positions: Sequence[int]) -> None:
        with transaction(self._database):
            self._database.executemany(
                "DELETE FROM drafts WHERE position = ?", [(one,) for one in positions]
            )

    async def _commit(self, rows: Sequence[Row]) -> None:
        await self._do(self._put, rows)

    def _put(self, rows: Sequence[Row]) -> None:
        with transaction(self._database):
            self._database.executemany(PUT, map(values_of, rows))
