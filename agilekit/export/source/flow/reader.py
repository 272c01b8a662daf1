"""Reads everything that a flow board holds, project by project.

One request for the projects of the board and one for its members. For each project five: its
columns, its task types, its tasks, their changes of the last 24 hours, and its history; one for the
history of each column and each task type; and two for each task: itself, since no list shows its
times, and its history. Tasks of the Done column that no list shows cost more, see `hidden_tasks`.
"""

from __future__ import annotations

from functools import partial

import anyio
from attrs import define, evolve, field

from agilekit.errors import NotFound
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.source.flow.hidden_tasks import HiddenTaskSearch
from agilekit.export.source.flow.project import ProjectFetch
from agilekit.export.source.flow.rows import SERVICE
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import OnRead, PreviousExport, checked_id, ref_of_connection
from agilekit.flow import Flow, Member, Project
from agilekit.session.workers import run_all

__all__ = ["FlowReader"]


@define(eq=False)
class FlowReader:
    """A `ProjectReader`. A client of this service leads to all projects of one board."""

    flow: Flow
    limiter: ReadLimiter
    _projects: dict[str, Project] | None = field(init=False, default=None)
    """By their ids; None until they were asked for."""
    _members: list[Member] | None = field(init=False, default=None)
    """None until they were asked for."""
    _lock: anyio.Lock = field(init=False, factory=anyio.Lock)
    _hidden_tasks: HiddenTaskSearch = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._hidden_tasks = HiddenTaskSearch(self.flow, self.limiter)

    @property
    def connection_ref(self) -> ProjectRef:
        return ref_of_connection(SERVICE, self.flow.base_url)

    async def projects(self) -> list[ProjectRef]:
        listed = await self.limiter.run(self.flow.projects.all)
        self._projects = {str(checked_id(one.project_id, "project")): one for one in listed}
        ref = self.connection_ref
        return [
            evolve(ref, project_id=id, title=one.project_title or None)
            for id, one in self._projects.items()
        ]

    async def revision(self, project: ProjectRef) -> str | None:
        return project.revision  # flow counts nothing: it has none

    async def read(
        self, project: ProjectRef, on_read: OnRead, previous: PreviousExport | None = None
    ) -> ProjectData:
        """Raises NotFound if the board has no such project."""
        projects = await self._all_projects()
        listed = projects.get(project.project_id)
        if listed is None:
            raise NotFound(f"the board has no project {project.project_id}", status=404)
        board = [one.project_id for one in projects.values()]
        fetch = ProjectFetch(
            self.flow, self.limiter, self._hidden_tasks, board, project, listed, on_read
        )
        try:
            await run_all([partial(fetch.read, previous), self._all_members], at_once=2)
        finally:
            self._hidden_tasks.forget_tasks(listed.project_id)
        return fetch.data(await self._all_members())

    async def _all_projects(self) -> dict[str, Project]:
        async with self._lock:
            if self._projects is None:
                await self.projects()
            return self._projects or {}

    async def _all_members(self) -> list[Member]:
        async with self._lock:
            if self._members is None:
                self._members = await self.limiter.run(self.flow.members.all)
            return self._members
