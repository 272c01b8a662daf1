"""Reads the lists of a board's tasks: those on the board, and the archive.

A task that is archived or restored while the lists are read may be in neither of them:

| what is seen | what is done |
|---|---|
| version, newest change, last archived and ids of the tasks are as before | the lists are whole |
| one of them is not | the lists are read again, up to three times; what was in one of them counts |
| still not, and the changelog goes on | the tasks that it names are read, in a list or not |
| still not, and the changelog stands still | a gap |
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, TypeAlias

from attrs import define, field

from agilekit.errors import PagesShifted
from agilekit.export.source.kanbantool.changelog import Changelog
from agilekit.export.source.kanbantool.entities import with_ids
from agilekit.export.source.kanbantool.revision import counters_of
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.kanbantool import Board, KanbanTool, Task
from agilekit.session.repeated_answers import RepeatedAnswers

__all__ = ["TaskLists"]

LastArchived: TypeAlias = tuple[int, datetime | None] | None
"""The task that was archived last, and when; None if the archive is empty."""

_ROUNDS: Final = 3


@define
class TaskLists:
    """The tasks as the newest list shows them."""

    kanban: KanbanTool
    limiter: ReadLimiter
    board_id: int
    changelog: Changelog
    gaps: list[str]
    """Of the board: what is missing is added."""
    on_list: Callable[[], object]
    """Is called when a list was read."""
    board: Board = field(init=False, factory=Board)
    """Its structure, as it was read last."""
    tasks: dict[int, Task] = field(init=False, factory=dict[int, Task])

    async def read(self, version: str | None) -> None:
        """Reads the lists until nothing happens on the board meanwhile.

        version: what the board counted before anything was read.
        """
        with RepeatedAnswers().used():
            await self._read(version)

    async def _read(self, version: str | None) -> None:
        newest, shifted, whole = self.changelog.newest, None, False
        active = await self._read_active()
        for _ in range(_ROUNDS):
            archived: LastArchived = None
            try:
                archived = await self.limiter.run(self._read_archive)
            except PagesShifted as error:
                shifted = error
            else:
                shifted, whole = None, True
            self.board = await self.limiter.run(lambda: self.kanban.boards.get(self.board_id))
            before = version, newest, active, archived
            version, active = counters_of(self.board), await self._read_active()
            newest = await self.changelog.newest_now()
            last = await self.limiter.run(self._last_archived)
            if before == (version, newest, active, last) and shifted is None:
                return
        if shifted is not None and not whole:
            raise shifted  # the archive was never read to its end
        await self._add_what_moved(newest)

    async def _add_what_moved(self, newest: int | None) -> None:
        """Adds the tasks that the changelog has named since it was read, in a list or not."""
        if newest == self.changelog.newest:
            self.gaps.append(
                "the board changed while it was read, and its changelog does not tell how: what "
                "was archived or restored meanwhile may be missing"
            )
            return
        moved = await self.changelog.read_again()
        self.tasks |= {id: Task(id=id) for id in moved - self.tasks.keys()}

    async def _read_active(self) -> set[int]:
        tasks = await self.limiter.run(lambda: self.kanban.tasks.all(self.board_id))
        self._take(tasks)
        return {one.id for one in tasks}

    async def _read_archive(self) -> LastArchived:
        """Reads the whole archive. Gives what was archived last."""
        tasks = await self.kanban.tasks.archived(self.board_id, stable=True)
        self._take(tasks)
        return _last_of(tasks)

    async def _last_archived(self) -> LastArchived:
        async with self.kanban.tasks.archived(self.board_id, per_page=1).pages() as pages:
            return _last_of(await anext(pages))

    def _take(self, tasks: Sequence[Task]) -> None:
        self.tasks.update((one.id, one) for one in with_ids(tasks, "task", self.gaps))
        self.on_list()


def _last_of(archive: Sequence[Task]) -> LastArchived:
    return (archive[0].id, archive[0].archived_at) if archive else None
