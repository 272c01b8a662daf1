"""Finds the boards of a Kanban Tool account, and proves that one is as it was exported.

One request for all boards, and one for the time trackers, of which the service shows only those of
the token's user; what a board takes stands in project.py.
"""

from __future__ import annotations

from collections.abc import Mapping

import anyio
from attrs import define, evolve, field

from agilekit.errors import ApiError
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.source.kanbantool.previous import PreviousBoard
from agilekit.export.source.kanbantool.project import ProjectFetch
from agilekit.export.source.kanbantool.refusals import refusal
from agilekit.export.source.kanbantool.revision import counters_of
from agilekit.export.source.kanbantool.rows import SERVICE
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import OnRead, PreviousExport, ignore_read, ref_of_connection
from agilekit.kanbantool import Board, KanbanTool, TimeTracker
from agilekit.session.workers import run_all

__all__ = ["KanbanToolReader"]


@define
class KanbanToolReader:
    """A `ProjectReader`. A client of this service leads to all boards that its user may read."""

    kanban: KanbanTool
    limiter: ReadLimiter
    _listed: Mapping[str, Board] | None = field(init=False, default=None)
    """By their ids; None until they were asked for."""
    _timers: list[TimeTracker] | str | None = field(init=False, default=None)
    """Or why there are none; None until they were asked for."""
    _lock: anyio.Lock = field(init=False, factory=anyio.Lock)

    @property
    def connection_ref(self) -> ProjectRef:
        return ref_of_connection(SERVICE, self.kanban.base_url)

    async def projects(self) -> list[ProjectRef]:
        ref = self.connection_ref
        self._listed = await self._list()
        return [
            evolve(ref, project_id=id, title=one.name, revision=counters_of(one))
            for id, one in self._listed.items()
        ]

    async def revision(self, project: ProjectRef) -> str | None:
        fetch = ProjectFetch(self.kanban, self.limiter, project, ignore_read, None)
        await run_all(
            [self._read_shared, fetch.read_beside, fetch.changelog.read_newest], at_once=3
        )
        return fetch.revision(self._listed_of(project), self._timers or [])

    async def read(
        self, project: ProjectRef, on_read: OnRead, previous: PreviousExport | None = None
    ) -> ProjectData:
        board = None if previous is None else await PreviousBoard.of(previous)
        fetch = ProjectFetch(self.kanban, self.limiter, project, on_read, board)
        await run_all([fetch.read, self._read_shared], at_once=2)
        return fetch.data(self._listed_of(project), self._timers or [])

    def _listed_of(self, project: ProjectRef) -> Board | None:
        return (self._listed or {}).get(project.project_id)

    async def _read_shared(self) -> None:
        """What is read once for all boards."""
        async with self._lock:
            if self._listed is None:
                self._listed = await self._list()
            if self._timers is None:
                try:
                    self._timers = await self.limiter.run(lambda: self.kanban.timers.all())
                except ApiError as error:
                    self._timers = f"the time trackers were refused: {refusal(error)}"

    async def _list(self) -> Mapping[str, Board]:
        boards = await self.limiter.run(lambda: self.kanban.boards.all())
        return {str(one.id): one for one in boards if one.id}
