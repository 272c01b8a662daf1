"""Reads everything that a flow board holds, project by project.

One request for the projects of the board and one for its members. For each project five: its
columns, its task types, its tasks, their changes of the last 24 hours, and its history; one for the
history of each column and each task type; and two for each task: itself, which alone shows its
times, and its history. Tasks of the Done column that are in no list cost more, see `flow_hidden`.
"""

from __future__ import annotations

from functools import partial

import anyio
from attrs import define

from agilekit.errors import NotFound
from agilekit.export.source.flow.hidden_tasks import Search
from agilekit.export.source.flow.project import Reading
from agilekit.export.source.flow.rows import SERVICE
from agilekit.export.source.reader import Known, Tell, Turns, checked_id, host_of
from agilekit.export.tables import Found, Part
from agilekit.flow import Flow, Member, Project
from agilekit.session.concurrently import run_all

__all__ = ["FlowReader"]


@define(init=False, eq=False)
class FlowReader:
    """A `Reader` of one board."""

    flow: Flow
    turns: Turns
    _projects: dict[str, Project] | None
    _members: list[Member] | None
    _asking: anyio.Lock
    _search: Search

    def __init__(self, client: Flow, turns: Turns) -> None:
        self.flow = client
        self.turns = turns
        self._projects = None
        self._members = None
        self._asking = anyio.Lock()
        self._search = Search(client, turns)

    @property
    def nothing(self) -> Found:
        return Found(SERVICE, host_of(self.flow.base_url), "", self.flow.base_url)

    async def projects(self) -> list[Found]:
        listed = await self.turns.one(self.flow.projects.all)
        self._projects = {str(checked_id(one.project_id, "project")): one for one in listed}
        url = self.flow.base_url
        return [
            Found(SERVICE, host_of(url), id, url, title=one.project_title or None)
            for id, one in self._projects.items()
        ]

    async def watermark(self, project: Found) -> str | None:
        return project.watermark

    async def read(self, project: Found, tell: Tell, known: Known | None = None) -> Part:
        """Raises NotFound where the board has no such project."""
        projects = await self._all_projects()
        listed = projects.get(project.project_id)
        if listed is None:
            raise NotFound(f"the board has no project {project.project_id}", status=404)
        board = [one.project_id for one in projects.values()]
        reading = Reading(self.flow, self.turns, self._search, board, project, listed, tell)
        try:
            await run_all([partial(reading.read, known), self._all_members], at_once=2)
        finally:
            self._search.end(listed.project_id)
        return reading.part(await self._all_members())

    async def _all_projects(self) -> dict[str, Project]:
        async with self._asking:
            if self._projects is None:
                await self.projects()
            return self._projects or {}

    async def _all_members(self) -> list[Member]:
        async with self._asking:
            if self._members is None:
                self._members = await self.turns.one(self.flow.members.all)
            return self._members
