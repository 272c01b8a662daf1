"""Finds the boards of a Kanban Tool account, and proves that one is as it was exported.

One request for all boards, and one for the time trackers, which the service shows of the token's
user alone; what a board takes stands in kanbantool_board.py.
"""

from __future__ import annotations

from collections.abc import Mapping

import anyio
from attrs import define, field

from agilekit.errors import ApiError
from agilekit.export.source.kanbantool.previous import KnownBoard
from agilekit.export.source.kanbantool.project import Reading
from agilekit.export.source.kanbantool.refusals import refusal
from agilekit.export.source.kanbantool.revision import watermark_of
from agilekit.export.source.kanbantool.rows import SERVICE
from agilekit.export.source.reader import Known, Tell, Turns, host_of, unheard
from agilekit.export.tables import Found, Part
from agilekit.kanbantool import Board, KanbanTool, TimeTracker
from agilekit.session.concurrently import run_all

__all__ = ["KanbanToolReader"]


@define
class KanbanToolReader:
    """A `Reader`. A client of this service leads to all boards that its user may read."""

    kanban: KanbanTool
    turns: Turns
    _listed: Mapping[str, Board] | None = field(init=False, default=None)
    """The boards by their ids; None until they were asked for."""
    _timers: list[TimeTracker] | str | None = field(init=False, default=None)
    """The time trackers, or why there are none; None until they were asked for."""
    _lock: anyio.Lock = field(init=False, factory=anyio.Lock)

    @property
    def nothing(self) -> Found:
        return Found(SERVICE, host_of(self.kanban.base_url), "", self.kanban.base_url)

    async def projects(self) -> list[Found]:
        nothing = self.nothing
        self._listed = await self._list()
        return [
            Found(SERVICE, nothing.host, id, nothing.base_url, one.name, watermark_of(one))
            for id, one in self._listed.items()
        ]

    async def watermark(self, project: Found) -> str | None:
        reading = Reading(self.kanban, self.turns, project, unheard, None)
        await run_all([self._read_shared, reading.read_beside, reading.read_newest], at_once=3)
        return reading.watermark(self._listed_of(project), self._timers or [])

    async def read(self, project: Found, tell: Tell, known: Known | None = None) -> Part:
        before = None if known is None else await KnownBoard.of(known)
        reading = Reading(self.kanban, self.turns, project, tell, before)
        await run_all([reading.read, self._read_shared], at_once=2)
        return reading.part(self._listed_of(project), self._timers or [])

    def _listed_of(self, project: Found) -> Board | None:
        return (self._listed or {}).get(project.project_id)

    async def _read_shared(self) -> None:
        """What one answer holds for all boards, once."""
        async with self._lock:
            if self._listed is None:
                self._listed = await self._list()
            if self._timers is None:
                try:
                    self._timers = await self.turns.one(lambda: self.kanban.timers.all())
                except ApiError as error:
                    self._timers = f"the time trackers were refused: {refusal(error)}"

    async def _list(self) -> Mapping[str, Board]:
        boards = await self.turns.one(lambda: self.kanban.boards.all())
        return {str(one.id): one for one in boards if one.id}
