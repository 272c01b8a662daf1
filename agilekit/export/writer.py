"""The target of a run as its projects see it: written one step at a time, and read again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

import anyio
import anyio.to_thread
from attrs import field, frozen

from agilekit.errors import InvalidInput
from agilekit.export import manifest
from agilekit.export.damage import NOT_PACKED
from agilekit.export.manifest import Entry, key_of
from agilekit.export.tables import BY_NAME, ExportError, Row
from agilekit.export.target.target import Target

__all__ = ["Writer", "Written"]

T = TypeVar("T")

# Rows of another shape than that of their table are damaged, too.
_DAMAGED: Final = (
    *(OSError, ValueError, KeyError, TypeError, AttributeError),
    *NOT_PACKED,
    sqlite3.DatabaseError,
)


@frozen
class Writer:
    """Writes to the target outside the event loop, one step at a time."""

    target: Target
    _turn: anyio.CapacityLimiter = field(factory=lambda: anyio.CapacityLimiter(1))

    async def do(self, step: Callable[[], T]) -> T:
        """Raises ExportError. Once begun, it is done to its end even if it is cancelled."""
        try:
            return await anyio.to_thread.run_sync(step, abandon_on_cancel=False, limiter=self._turn)
        except InvalidInput:
            raise
        except (OSError, EOFError, ValueError, sqlite3.Error) as error:
            raise ExportError(str(error) or type(error).__name__, self.target.path) from error


@frozen
class Written:
    """A `Known`: what the manifest promises of a project, and what is there of it."""

    writer: Writer
    entry: Entry

    @property
    def memory(self) -> str | None:
        return self.entry["memory"]

    async def rows(self, table: str) -> list[Row] | None:
        return await self.writer.do(partial(self._proved, table))

    def _proved(self, name: str) -> list[Row] | None:
        promised = (self.entry["tables"] or {}).get(name)
        table = BY_NAME[name]
        try:
            rows = [*self.writer.target.rows_of(key_of(self.entry), table)]
            found = manifest.contents(manifest.lines(table, rows))
        except _DAMAGED:
            return None  # it is read anew, and that heals it
        return rows if found == promised else None
