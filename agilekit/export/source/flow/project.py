"""Reads one project of a flow board.

The list of tasks shows the first 50 of the Done column. If it shows so many, or if the columns
count more tasks than are known, the others are searched for; but first the columns and the changes
are read again, until nothing has changed between them. Then the count and the tasks are of one
moment: a task that leaves those 50 meanwhile is missed, and found.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from itertools import chain
from math import inf
from typing import Final

from attrs import define, field

from agilekit.errors import NotFound
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.source.flow.changes import Changes
from agilekit.export.source.flow.hidden_tasks import HiddenTaskSearch, SearchRequest
from agilekit.export.source.flow.probed_ids import ProbedIds
from agilekit.export.source.flow.rows import Entity, Rows, is_deleted, is_done, stays_of
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import OnRead, PreviousExport, checked_id
from agilekit.export.table import Row, value_of
from agilekit.export.tables import BY_NAME
from agilekit.flow import Change, Column, Flow, Member, Project, Task, TaskType
from agilekit.session.workers import run_all

__all__ = ["ProjectFetch"]

# Source: flow API Reference, "GET /project_id/tasks.format", note.
_SHOWN_OF_DONE: Final = 50
# Tasks that were deleted, in one export.
_ASKED_AGAIN: Final = 100
# If editors never pause, the count is never that of one moment.
_COUNTS: Final = 4


@define(eq=False)
class ProjectFetch:
    """The answers so far, each entity once."""

    flow: Flow
    limiter: ReadLimiter
    hidden_tasks: HiddenTaskSearch
    board: list[int]
    """The ids of all projects."""
    ref: ProjectRef
    project: Project
    on_read: OnRead
    columns: dict[int, Column] = field(init=False, factory=dict[int, Column])
    counts: dict[int, int | None] = field(init=False, factory=dict[int, int | None])
    """How many tasks each column had when they were read last."""
    task_types: dict[int, TaskType] = field(init=False, factory=dict[int, TaskType])
    exported: set[int] = field(init=False, factory=set[int])
    """The ids of the tasks that the last export holds."""
    listed: dict[int, Task] = field(init=False, factory=dict[int, Task])
    tasks: dict[int, Task] = field(init=False, factory=dict[int, Task])
    """Each as it was read by itself."""
    gone: set[int] = field(init=False, factory=set[int])
    """The ids of tasks that are not there, or not in this project."""
    changes: Changes = field(init=False)
    is_of_one_moment: bool = field(init=False, default=False)
    """Whether nothing has changed between the counts and the tasks."""
    request: SearchRequest = field(init=False)
    """The tasks that the columns count and that are not known."""
    asked: int = field(init=False, default=0)
    """How many ids of tasks that no list shows were asked for meanwhile."""

    def __attrs_post_init__(self) -> None:
        self.request = SearchRequest(self.id, self.columns.keys(), 0)
        self.changes = Changes(self.flow, self.limiter, self.id)

    @property
    def id(self) -> int:
        return self.project.project_id

    async def read(self, previous: PreviousExport | None) -> None:
        """previous: what the last export has written of it."""
        if previous is not None:
            self.hidden_tasks.add_probed(ProbedIds.parse(previous.reader_state))
            self.exported = {int(id) for id in await _ids_of_cards(previous) if id.isdecimal()}
        await run_all(
            [
                self._read_cards,
                self._read_columns,
                self._read_task_types,
                partial(self.changes.read_histories, "project", [self.id]),
            ],
            at_once=4,
        )
        if self._shown_of_done() >= _SHOWN_OF_DONE or max(self._short().values(), default=0) > 0:
            await self._find_hidden()

    async def _read_columns(self) -> None:
        columns = await self.limiter.run(lambda: self.flow.columns.all(self.id))
        self.counts = {checked_id(one.col_id, "column"): one.num_tasks for one in columns}
        new = [id for id in self.counts if id not in self.columns]
        self.columns |= {one.col_id: one for one in columns}
        await self.changes.read_histories("column", new)

    async def _read_task_types(self) -> None:
        kinds = await self.limiter.run(lambda: self.flow.task_types.all(self.id))
        self.task_types = {checked_id(one.task_type_id, "task type"): one for one in kinds}
        await self.changes.read_histories("task_type", self.task_types)

    async def _read_cards(self) -> None:
        await run_all([self._read_list, self.changes.read_recent], at_once=2)
        ids = {*self.listed} | self._unknown() | self.hidden_tasks.hidden_ids(self.id)
        ids |= self.exported
        self.hidden_tasks.note_ids(ids)
        await self._read_tasks(ids)

    async def _read_list(self) -> None:
        tasks = await self.limiter.run(lambda: self.flow.tasks.all(self.id))
        self.listed = {checked_id(one.task_id, "task"): one for one in tasks}
        self.hidden_tasks.note_listed(self.id, self.listed)

    async def _read_tasks(self, ids: set[int]) -> None:
        """Reads tasks and, of those that are new, the histories."""
        self.hidden_tasks.skip(ids)
        new = sorted(id for id in ids if id not in self.tasks)
        # A task that no list shows may be in another project: its history is read after it.
        listed = [id for id in new if id in self.listed]
        tasks = (partial(self._read_task, id) for id in sorted(ids))
        histories = (partial(self.changes.read_history, "card", id) for id in listed)
        await self.limiter.run_all(chain(tasks, histories))
        others = [id for id in new if self._is_there(id) and id not in self.listed]
        await self.changes.read_histories("card", others)

    async def _read_task(self, id: int) -> None:
        try:
            task = await self.flow.tasks.get(id)
        except NotFound:  # it was deleted meanwhile
            self.tasks.pop(id, None)
            self.gone.add(id)
            self.hidden_tasks.probed.note_absence(self.id, id)
            return
        if id in self.listed or task.project_id in (None, self.id):
            self.tasks[id] = task
            if id not in self.listed:
                self.hidden_tasks.probed.note_task(self.id, id, deleted=is_deleted(task))
            self._tell_count()
        else:
            self.gone.add(id)  # it went to another project

    def _unknown(self) -> set[int]:
        """The tasks that changes speak of, and that are not known."""
        return self.changes.named_tasks() - self.tasks.keys() - self.gone

    def _shown_of_done(self) -> int:
        done = {id for id, one in self.columns.items() if is_done(one)}
        return sum(one.col_id in done for one in self.listed.values())

    def _short(self) -> dict[int, int]:
        """By column, how many tasks more it counts than are known in it."""
        there = Counter(one.col_id for one in self.tasks.values() if not is_deleted(one))
        return {id: n - there[id] for id, n in self.counts.items() if n is not None}

    async def _find_hidden(self) -> None:
        while True:
            is_of_one_moment = await self._count()
            await self._take(await self.hidden_tasks.tasks_found(self.request))
            # If editors never pause, nothing tells how many: then all ids are asked for.
            self._request_tasks(self._missing() if is_of_one_moment else inf)
            if not self.request.number or not await self.hidden_tasks.search(
                self.request, self.board
            ):
                break
        await self._take(await self.hidden_tasks.tasks_found(self.request))
        if self._missing():
            await self._ask_again()
        if self._missing() and self.hidden_tasks.passing_failure:
            raise self.hidden_tasks.passing_failure

    def _request_tasks(self, number: float) -> None:
        self.request = SearchRequest(
            self.id, self.columns.keys(), number, self._since(), self._asked_one
        )

    def _since(self) -> datetime | None:
        """When the project was created, if its history tells, and no task is known to be older."""
        created = self.changes.project_created()
        if created is None:
            return None
        tasks = (one.task_created for one in self.tasks.values() if one.task_created)
        return created if all(one >= created for one in tasks) else None

    def _asked_one(self) -> None:
        self.asked += 1
        self._tell_count()

    async def _ask_again(self) -> None:
        """Asks for some of the tasks that were deleted when they were read: one may be back."""
        probed = self.hidden_tasks.probed
        ids = probed.to_ask_again(self.id, _ASKED_AGAIN)
        if not ids:
            return
        probed.again[self.id] = ids[-1]
        await self._read_tasks({*ids})

    async def _count(self) -> bool:
        """Whether nothing has changed between the counts and the tasks as they are known."""
        for _ in range(_COUNTS):
            await self._read_columns()
            changed = await self.changes.read_recent() | self._unknown()
            if not changed:
                self.is_of_one_moment = True
                return True
            await self._read_tasks(changed)
        self.is_of_one_moment = False
        return False

    def _missing(self) -> int:
        """How many tasks the columns count that are not known."""
        short = self._short().values()
        if self.is_of_one_moment:
            return sum(n for n in short if n > 0)
        # A task that was moved meanwhile is one too many in one column, and missing in the other.
        return max(0, sum(short))

    async def _take(self, found: dict[int, Task]) -> None:
        new = {id: one for id, one in found.items() if id not in self.tasks}
        self.tasks |= new
        await self.changes.read_histories("card", filter(self._is_there, new))

    def _is_there(self, id: int) -> bool:
        """Whether a task is a row: a deleted one never is, whatever still names it."""
        return id in self.tasks and not is_deleted(self.tasks[id])

    def _tell_count(self) -> None:
        self.on_read(self.ref.title, len(self.columns) + len(self.tasks) + self.asked)

    def data(self, members: Iterable[Member]) -> ProjectData:
        rows = Rows(self.ref, self.columns)
        not_named = self.ref.done.unmatched(rows.names_of_columns)
        changes = self.changes.of_rows(self._is_there)
        of = defaultdict[tuple[Entity, int | None], list[Change]](list[Change])
        for entity, id, change in changes:
            of[entity, id].append(change)
        stays = stays_of((id, change) for entity, id, change in changes if entity == "card")
        by_table: dict[str, Iterable[Row]] = {
            "projects": [rows.project(self.project, of["project", self.id])],
            "columns": [rows.column(one, of["column", id]) for id, one in self.columns.items()],
            "people": [
                rows.person(one)
                for one in {checked_id(one.user_id, "member"): one for one in members}.values()
            ],
            "cards": (
                rows.card(
                    task,
                    self.listed.get(id),
                    column=self.columns.get(task.col_id or 0),
                    kind=self.task_types.get(task.task_type_id or 0),
                    history=of["card", id],
                )
                for id, task in self.tasks.items()
                if self._is_there(id)
            ),
            "changes": (
                rows.change(change, entity, id, stays.get(change.change_id))
                for entity, id, change in changes
            ),
            "extras": [rows.task_type(one) for one in self.task_types.values()],
        }
        return self.ref.data(
            by_table,
            title=self.project.project_title or None,
            gaps=[*self._gaps(), *not_named],
            reader_state=self.hidden_tasks.state(),
        )

    def _gaps(self) -> list[str]:
        gaps: list[str] = []
        if missing := self._missing():
            short = [self.columns[id].col_title for id, n in self._short().items() if n > 0]
            gaps.append(
                f"columns count more tasks than were found, by {missing}: {', '.join(short)}"
            )
            gaps += [
                f"the server fails at the task {id}, which may be one of them: {error}"
                for id, error in sorted(self.hidden_tasks.lasting_failures.items())
            ]
        if self._missing() and (left := self.hidden_tasks.ids_left(self.request)):
            gaps.append(
                f"{left} ids that may be hidden tasks were not asked for yet: the next export to "
                "the same file or folder goes on there"
            )
        if self._shown_of_done() >= _SHOWN_OF_DONE:
            gaps += [
                f"the column {self.columns[id].col_title} does not say how many tasks it holds"
                for id, count in self.counts.items()
                if count is None and is_done(self.columns[id])
            ]
        return gaps


async def _ids_of_cards(previous: PreviousExport) -> list[str]:
    cards = BY_NAME["cards"]
    return [str(value_of(row, cards, "id")) for row in await previous.rows("cards") or ()]
