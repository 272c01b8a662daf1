"""Reads everything that a flow board holds, project by project.

One request for all projects, one for all members. For each project one each for its columns, task
types, tasks and recent activity; one for each task, which alone shows its times, and one for its
history; one for the history of the project, of each column and of each task type.

Of the Done column, the list shows the first 50 tasks. Where the column counts more, those that
recent activity names are read by themselves; then every id below the largest one is asked for, each
once for all projects, until all are found. Deleted tasks, which no list shows, are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import Final, Literal

import anyio
from attrs import define, field

from agilekit.errors import Forbidden, NotFound
from agilekit.export.flow_rows import DELETED, DONE, SERVICE, Rows
from agilekit.export.model import Found, Part, Row
from agilekit.export.reader import Tell, Turns, checked_id, host_of
from agilekit.flow import Change, Column, Flow, Member, Project, Task, TaskType
from agilekit.session.concurrently import Job

__all__ = ["FlowReader"]

# Source: flow API Reference, "GET /project_id/tasks.format", note.
_SHOWN_OF_DONE: Final = 50
_ASKED_AT_ONCE: Final = 64
_ENTITIES: Final[dict[str, Literal["task", "col", "project", "task_type"]]] = {
    "card": "task",
    "column": "col",
    "project": "project",
    "task_type": "task_type",
}


@define
class _Search:
    """The tasks that no list shows: what is known of them, for all projects of a board."""

    listed: set[int] = field(factory=set[int])
    """The ids that some list has shown."""
    asked: set[int] = field(factory=set[int])
    found: defaultdict[int | None, dict[int, Task]] = field(
        factory=lambda: defaultdict[int | None, dict[int, Task]](dict[int, Task])
    )
    """Tasks by project and id."""
    lock: anyio.Lock = field(factory=anyio.Lock)

    def next(self, below: int) -> list[int]:
        """The largest ids that nobody has asked for, up to one."""
        ids: list[int] = []
        for id in range(below, 0, -1):
            if id not in self.listed and id not in self.asked:
                ids.append(id)
                if len(ids) == _ASKED_AT_ONCE:
                    break
        return ids


@define
class FlowReader:
    """A `Reader`. A client of this service leads to one board with all its projects."""

    flow: Flow
    turns: Turns
    _listed: dict[str, Project] = field(init=False, factory=dict[str, Project])
    _members: list[Member] | None = field(init=False, default=None)
    _lock: anyio.Lock = field(init=False, factory=anyio.Lock)
    _search: _Search = field(init=False, factory=_Search)

    @property
    def nothing(self) -> Found:
        return Found(SERVICE, host_of(self.flow.base_url), "", self.flow.base_url)

    async def projects(self) -> list[Found]:
        nothing = self.nothing
        found = await self.turns.one(lambda: self.flow.projects.all())
        self._listed = {str(one.project_id): one for one in found if one.project_id}
        return [
            Found(SERVICE, nothing.host, id, nothing.base_url, one.project_title or None)
            for id, one in self._listed.items()
        ]

    async def read(self, project: Found, tell: Tell) -> Part:
        if project.project_id not in self._listed:
            await self.projects()
        if project.project_id not in self._listed:
            raise NotFound(f"the board has no project {project.project_id}", status=404)
        listed = self._listed[project.project_id]
        reading = _Reading(self.flow, self.turns, project, tell, listed, self._search)
        return await reading.read(await self._people())

    async def _people(self) -> list[Member]:
        async with self._lock:
            if self._members is None:
                self._members = await self.turns.one(lambda: self.flow.members.all())
            return self._members


@define
class _Reading:
    """The answers so far, each entity once."""

    flow: Flow
    turns: Turns
    project: Found
    tell: Tell
    listed: Project
    search: _Search
    columns: dict[int, Column] = field(factory=dict[int, Column])
    task_types: dict[int, TaskType] = field(factory=dict[int, TaskType])
    tasks: dict[int, Task] = field(factory=dict[int, Task])
    """As the list shows them."""
    details: dict[int, Task] = field(factory=dict[int, Task])
    changes: dict[int, tuple[str, Change]] = field(factory=dict[int, tuple[str, Change]])
    history: defaultdict[int, list[Change]] = field(
        factory=lambda: defaultdict[int, list[Change]](list[Change])
    )
    """By task."""
    recent: list[Change] = field(factory=list[Change])

    async def read(self, members: list[Member]) -> Part:
        await self.turns.all(
            [
                self._read_columns,
                self._read_task_types,
                self._read_tasks,
                self._read_recent,
                partial(self._read_history, "project", self.listed.project_id),
            ]
        )
        await self.turns.all([*self._small_histories(), *self._of_tasks(self.tasks)])
        await self._find_hidden()
        hidden = [id for id in self.details if id not in self.history and id not in self.tasks]
        await self.turns.all(partial(self._read_history, "card", id) for id in hidden)
        return self._part(members)

    async def _read_columns(self) -> None:
        found = await self.flow.columns.all(self.listed.project_id)
        self.columns = {checked_id(one.col_id, "column"): one for one in found}

    async def _read_task_types(self) -> None:
        found = await self.flow.task_types.all(self.listed.project_id)
        self.task_types = {checked_id(one.task_type_id, "task type"): one for one in found}

    async def _read_tasks(self) -> None:
        found = await self.flow.tasks.all(self.listed.project_id)
        self.tasks = {checked_id(one.task_id, "task"): one for one in found}
        self.search.listed |= self.tasks.keys()
        self._told()

    async def _read_recent(self) -> None:
        self.recent = await self.flow.tasks.recent_activity(self.listed.project_id)
        for change in self.recent:
            self.changes.setdefault(checked_id(change.change_id, "change"), ("card", change))

    async def _read_history(self, entity: str, id: int) -> None:
        try:
            found = await self.flow.history.of(_ENTITIES[entity], id)
        except NotFound:
            return  # it has none, or was deleted meanwhile
        for change in found:
            self.changes[checked_id(change.change_id, "change")] = entity, change
            if entity == "card":
                self.history[id].append(change)

    async def _read_task(self, id: int) -> None:
        try:
            self.details[id] = await self.flow.tasks.get(id)
        except NotFound:
            self.tasks.pop(id, None)  # it was deleted meanwhile
        self._told()

    def _small_histories(self) -> Iterator[Job]:
        for id in self.columns:
            yield partial(self._read_history, "column", id)
        for id in self.task_types:
            yield partial(self._read_history, "task_type", id)

    def _of_tasks(self, ids: dict[int, Task]) -> Iterator[Job]:
        for id in [*ids]:
            yield partial(self._read_task, id)
            yield partial(self._read_history, "card", id)

    def _hidden(self) -> int:
        """How many tasks of Done are known to be missing."""
        missing = 0
        for column in self.columns.values():
            if column.col_type == DONE:
                there = [one for one in self.details.values() if _is_in(one, column)]
                missing += max(0, (column.num_tasks or 0) - len(there))
        return missing

    async def _find_hidden(self) -> None:
        shown = sum(
            _is_in(one, column)
            for column in self.columns.values()
            if column.col_type == DONE
            for one in self.tasks.values()
        )
        if shown < _SHOWN_OF_DONE or not self._hidden():
            return
        named = {one.item_id for one in self.recent if one.item_id} - self.details.keys()
        async with self.search.lock:
            known = [*self.search.listed, *(id for id in named if id)]
            self._take_found()
            await self._ask(sorted(id for id in named if id and id not in self.search.asked))
            while self._hidden() and (ids := self.search.next(max(known, default=0))):
                await self._ask(ids)

    async def _ask(self, ids: list[int]) -> None:
        self.search.asked.update(ids)
        await self.turns.all(partial(self._look_for, id) for id in ids)
        self._take_found()
        self._told()

    async def _look_for(self, id: int) -> None:
        try:
            task = await self.flow.tasks.get(id)
        except (NotFound, Forbidden):
            return
        self.search.found[task.project_id][id] = task

    def _take_found(self) -> None:
        for id, task in self.search.found[self.listed.project_id].items():
            if task.task_status != DELETED:
                self.details.setdefault(id, task)

    def _part(self, members: list[Member]) -> Part:
        rows = Rows(self.project)
        by_table: dict[str, list[Row]] = {
            "projects": [rows.project(self.listed)],
            "columns": [rows.column(one) for one in self.columns.values()],
            "people": [rows.person(one) for one in {one.user_id: one for one in members}.values()],
            "cards": [
                rows.card(
                    task,
                    self.tasks.get(id),
                    column=self.columns.get(task.col_id or 0),
                    kind=self.task_types.get(task.task_type_id or 0),
                    history=self.history[id],
                )
                for id, task in self.details.items()
            ],
            "changes": [rows.change(change, entity) for entity, change in self.changes.values()],
            "extras": [rows.task_type(one) for one in self.task_types.values()],
        }
        return self.project.part(
            by_table, title=self.listed.project_title or None, gaps=self._gaps()
        )

    def _gaps(self) -> list[str]:
        missing = self._hidden()
        if not missing:
            return []
        return [f"{missing} tasks of the Done column are counted and were not found"]

    def _told(self) -> None:
        self.tell(self.project.title, 1 + len(self.tasks) + len(self.details))


def _is_in(task: Task, column: Column) -> bool:
    return task.col_id == column.col_id and task.task_status != DELETED
