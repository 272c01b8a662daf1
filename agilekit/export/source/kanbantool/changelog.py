"""Reads the changelog of a board, down to what the last export has of it.

Pages go from the newest change to the oldest. Reading ends at the first page that the last export
has whole, if its other changes are older. New changes name the tasks that have to be read again;
one that may be about any task makes all of them be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import define, field

from agilekit.errors import PagesShifted
from agilekit.export.source.kanbantool.entities import with_ids
from agilekit.export.source.kanbantool.previous import PreviousBoard
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.kanbantool import Change, KanbanTool

__all__ = ["TASK", "Changelog"]

TASK: Final = "Task"
# Changes of these are seen in the structure of the board.
_OF_STRUCTURE: Final = ("Board", "CardType", "Folder", "Swimlane", "WorkflowStage")


@define
class Changelog:
    """The changes so far, each once."""

    kanban: KanbanTool
    limiter: ReadLimiter
    board_id: int
    previous: PreviousBoard | None
    """None if the last export is not to be relied upon: then everything is read."""
    gaps: list[str]
    """Of the board: what is missing is added."""
    changes: dict[int, Change] = field(init=False, factory=dict[int, Change])
    newest: int | None = field(init=False, default=None)
    """The id of the newest change when the changelog was read."""
    changed_tasks: set[int] = field(init=False, factory=set[int])
    """The tasks that are named by changes which the last export does not have."""

    async def read(self) -> None:
        self.newest = None
        async with self.kanban.boards.changes(self.board_id).pages() as pages:
            try:
                async for page in pages:
                    if self.newest is None and page:
                        self.newest = page[0].id
                    if self._take(page):
                        return
            except PagesShifted:
                shown = len(self.changes)
                self.gaps.append(f"the changelog shows its latest {shown} changes, and no others")

    async def read_newest(self) -> None:
        """Reads only the newest change."""
        self.newest = await self.newest_now()

    async def newest_now(self) -> int | None:
        """The id of the newest change."""
        newest = await self.limiter.run(lambda: self.kanban.boards.changes(self.board_id, limit=1))
        return newest[0].id if newest else None

    async def read_again(self) -> set[int]:
        """Reads the whole changelog once more. Gives the tasks that it has named since."""
        previous, changed, seen = self.previous, self.changed_tasks, {*self.changes}
        self.previous, self.changed_tasks = None, set()
        await self.limiter.run(self.read)
        named = {
            one.changed_object_id
            for id, one in self.changes.items()
            if id not in seen and one.changed_object_type == TASK and one.changed_object_id
        }
        self.previous, self.changed_tasks = previous, changed | named
        return named

    def _take(self, page: Sequence[Change]) -> bool:
        """Whether all that follows after a page is in the last export, and was taken from there."""
        page = with_ids(page, "change", self.gaps)
        new = [one for one in page if self.previous is None or not self.previous.has(one)]
        self.changes.update((one.id, one) for one in page)
        for change in new:
            self._note_task(change)
        if self.previous is None or new or not page:
            return False
        older = {id: one for id, one in self.previous.changes.items() if id not in self.changes}
        if _are_older([*older.values()], page):
            self.changes |= older
            return True
        return False

    def _note_task(self, change: Change) -> None:
        """Notes which task a new change is about."""
        if change.changed_object_type == TASK and change.changed_object_id is not None:
            self.changed_tasks.add(change.changed_object_id)
        elif change.changed_object_type not in _OF_STRUCTURE:
            self.previous = None  # it may be about any task


def _are_older(changes: Sequence[Change], page: Sequence[Change]) -> bool:
    """Whether changes follow after a page, as far as their times tell."""
    newest = max((one.created_at for one in page if one.created_at), default=None)
    return newest is not None and all(
        one.created_at is not None and one.created_at <= newest for one in changes
    )
