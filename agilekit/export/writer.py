"""The target of a run, as its projects see it: written step by step, and read again.

A target blocks. So each of its steps runs in a thread, one at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

import anyio
import anyio.to_thread
from attrs import field, frozen

from agilekit.export import manifest
from agilekit.export.errors import TargetError
from agilekit.export.manifest import ProjectEntry, key_of
from agilekit.export.table import Row
from agilekit.export.tables import BY_NAME
from agilekit.export.target.target import Target

__all__ = ["StoredProject", "TargetWriter"]

T = TypeVar("T")

# Rows of another shape than that of their table are damaged, too.
_DAMAGED: Final = (TargetError, ValueError, LookupError, TypeError, AttributeError)


@frozen
class TargetWriter:
    """Runs the steps of a target outside the event loop, one at a time."""

    target: Target
    _limiter: anyio.CapacityLimiter = field(factory=lambda: anyio.CapacityLimiter(1), repr=False)

    async def run(self, step: Callable[[], T]) -> T:
        """Raises TargetError. Once begun, a step runs to its end even if it is cancelled."""
        return await anyio.to_thread.run_sync(step, abandon_on_cancel=False, limiter=self._limiter)


@frozen
class StoredProject:
    """A `PreviousExport`: a project as the target holds it, as far as the manifest proves it."""

    writer: TargetWriter
    entry: ProjectEntry

    @property
    def reader_state(self) -> str | None:
        return self.entry["memory"]

    async def rows(self, table: str) -> list[Row] | None:
        return await self.writer.run(partial(self._proved_rows, table))

    def _proved_rows(self, name: str) -> list[Row] | None:
        promised = (self.entry["tables"] or {}).get(name)
        table = BY_NAME[name]
        try:
            rows = [*self.writer.target.rows_of(key_of(self.entry), table)]
            found = manifest.digest_of(manifest.lines(table, rows))
        except _DAMAGED:
            return None  # the project is read anew, and that heals it
        return rows if found == promised else None
