"""Looks for the tasks of a flow board that no list shows.

The list of a project shows the first 50 tasks of its Done column; the others can only be read by
their ids. So ids are asked for, one by one:

- Before the first one, the tasks of all projects are listed, so that no id is asked for in vain
  that some list shows, and so that the largest one is known.
- From there the search goes down, and then up. Only a task that was created meanwhile or is hidden
  itself can be above: the search goes on for 100 ids after the last one that is there, for 25 if it
  was done before.
- Ids count up in the order of creation. So for a project it ends at the first task that is older
  than the project by more than a day.
- It ends when the task that is looked for is found, and goes on from there for the next project:
  each id is asked for once, for all projects. A task of another project is kept for that one.
- After 20,000 ids in a row that are not there it ends, too: a board that numbers its own tasks has
  no such gaps.
- One export asks for 10,000 ids at most. What it has asked for is remembered in the target, see
  `probed_ids`, and the next one goes on there.

An id that the server fails at does not stop the search; but a project that still misses a task at
its end fails, or has a gap if the server would fail again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, KeysView
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import anyio
from attrs import define, evolve, field

from agilekit.errors import (
    ApiError,
    BadRequest,
    CallError,
    DecodeError,
    Forbidden,
    NotFound,
    ServerError,
)
from agilekit.export.source.flow.probed_ids import ProbedIds
from agilekit.export.source.flow.rows import is_deleted
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.flow import Flow, Task
from agilekit.session.workers import Job

__all__ = ["HiddenTaskSearch", "SearchRequest"]

_FURTHER_UP: Final = 100  # ids
_FURTHER_UP_AGAIN: Final = 25  # ids
_MOST_ABSENT: Final = 20_000  # ids
_BUDGET: Final = 10_000  # ids
_MARGIN: Final = timedelta(days=1)  # of an hour that the end of daylight saving time repeats
# After so many, whoever is searching counts again how many are missing.
_AT_A_TIME: Final = 500  # ids
_SERVER_ERROR: Final = 500


def _ignore() -> None: ...


@define(eq=False)
class SearchRequest:
    """What a project still misses: so many tasks of its columns that are not deleted."""

    project_id: int
    columns: KeysView[int]
    number: float
    since: datetime | None = None
    """When the project was created; None if that is not known."""
    on_answer: Callable[[], object] = _ignore
    """Is called when an id was asked for."""
    floor: int = field(init=False, default=0)
    """A smaller id is older than the project."""

    def owns(self, task: Task) -> bool:
        """Whether a task is one of this project: by its column, if the answer does not say."""
        if task.project_id is None:
            return task.col_id in self.columns
        return task.project_id == self.project_id

    def count(self, task: Task) -> None:
        if self.owns(task) and task.col_id in self.columns and not is_deleted(task):
            self.number -= 1

    def note_age(self, id: int, created: datetime) -> None:
        if self.since and created < self.since - _MARGIN:
            self.floor = max(self.floor, id)


@define(eq=False)
class HiddenTaskSearch:
    """The search in one board, for all of its projects."""

    flow: Flow
    limiter: ReadLimiter
    further_up: int = _FURTHER_UP
    most_absent: int = _MOST_ABSENT
    budget: int = _BUDGET
    probed: ProbedIds = field(init=False, factory=ProbedIds)
    _created: dict[int, datetime] = field(init=False, factory=dict[int, datetime])
    """When the tasks that were asked for were created, by their ids."""
    _listed: set[int] = field(init=False, factory=set[int])
    """The projects whose lists were read."""
    _known: set[int] = field(init=False, factory=set[int])
    """Ids that need not be asked for."""
    _highest: int = field(init=False, default=0)
    _reached: int = field(init=False, default=0)
    """No larger id was asked for, or is about to be."""
    _is_above: bool = field(init=False, default=False)
    """Whether everything below was asked for."""
    _is_over: bool = field(init=False, default=False)
    _next: list[range] = field(init=False, factory=list[range])
    """The ids that are left to ask for, each range from its largest; the last one comes first."""
    _asking: set[int] = field(init=False, factory=set[int])
    _absent_in_a_row: int = field(init=False, default=0)
    _found: defaultdict[int | None, dict[int, Task]] = field(
        init=False, factory=lambda: defaultdict[int | None, dict[int, Task]](dict[int, Task])
    )
    """By project and id."""
    _hidden: defaultdict[int, set[int]] = field(
        init=False, factory=lambda: defaultdict[int, set[int]](set[int])
    )
    """The ids that were found of projects whose reading has ended."""
    _failed: dict[int, CallError] = field(init=False, factory=dict[int, CallError])
    _requests: list[SearchRequest] = field(init=False, factory=list[SearchRequest])
    _list_lock: anyio.Lock = field(init=False, factory=anyio.Lock)
    _answered: anyio.Event = field(init=False, factory=anyio.Event)

    def add_probed(self, probed: ProbedIds) -> None:
        """Takes what the last export has learned."""
        self.probed.add(probed)
        known = probed.ids()
        self.skip(known)
        if known:
            self.note_ids(known)
            self.further_up = min(self.further_up, _FURTHER_UP_AGAIN)

    def note_listed(self, project_id: int, ids: Iterable[int]) -> None:
        """Notes the tasks that the list of a project shows."""
        shown = {*ids}
        self._listed.add(project_id)
        self.skip(shown)
        self.note_ids(shown)

    def skip(self, ids: Iterable[int]) -> None:
        """Notes tasks that need not be asked for."""
        self._known.update(ids)

    def note_ids(self, ids: Iterable[int]) -> None:
        """Notes tasks that were there before: the search begins at the largest id, or above."""
        self._highest = max(self._highest, *ids, 0)

    async def search(self, request: SearchRequest, projects: Iterable[int]) -> bool:
        """Asks for some ids, until enough was found. False if there is none left to ask for.

        projects: all that the board has.
        """
        async with self._list_lock:
            others = [id for id in projects if id not in self._listed]
            await self.limiter.run_all(partial(self._list, id) for id in others)
        mine = set[int]()
        for id, created in self._created.items():
            request.note_age(id, created)
        self._requests.append(request)
        try:
            await self.limiter.run_all(self._jobs(request, mine))
        finally:
            self._requests.remove(request)
            self._give_back(mine & self._asking)
        return bool(mine or self._asking)

    async def tasks_found(self, request: SearchRequest) -> dict[int, Task]:
        """The tasks of a project that were found, by id, deleted ones too. Waits for what has been
        asked for.
        """
        asked = {*self._asking}
        while asked & self._asking:
            await self._answered.wait()
        alike = (self._found[request.project_id], self._found[None])
        return {id: one for tasks in alike for id, one in tasks.items() if request.owns(one)}

    def hidden_ids(self, project_id: int) -> set[int]:
        """The ids of tasks that no list showed when this project or another one was read before."""
        return self._hidden[project_id] | self.probed.tasks.get(project_id, set())

    def forget_tasks(self, project_id: int) -> None:
        """Forgets the tasks of a project, but not their ids."""
        self._hidden[project_id].update(self._found.pop(project_id, ()))

    def ids_left(self, request: SearchRequest) -> int:
        """How many ids the budget has left out, of those that may be tasks of a project."""
        if self.budget > 0 or self._absent_in_a_row >= self.most_absent:
            return 0
        ranges = [range(one[0], max(one[-1], request.floor) - 1, -1) for one in self._next if one]
        return sum(map(len, ranges)) - sum(id in one for one in ranges for id in self._known)

    @property
    def passing_failure(self) -> CallError | None:
        """Why the server failed at an id, if it did, and may not fail the next time."""
        return next((one for one in self._failed.values() if not _is_lasting(one)), None)

    @property
    def lasting_failures(self) -> dict[int, CallError]:
        """The ids that the server fails at, however often they are asked for."""
        return {id: one for id, one in self._failed.items() if _is_lasting(one)}

    def _jobs(self, request: SearchRequest, mine: set[int]) -> Iterator[Job]:
        while request.number > 0 and len(mine) < _AT_A_TIME:
            id = self._next_id(request)
            if id is None:
                return
            mine.add(id)
            self._asking.add(id)
            self.budget -= 1
            yield partial(self._ask, id)

    def _next_id(self, request: SearchRequest) -> int | None:
        if self._absent_in_a_row >= self.most_absent or self.budget <= 0:
            return None
        if self._highest > self._reached and not self._is_over:
            # What is newer comes last: it may have been created meanwhile.
            self._next.insert(0, range(self._highest, self._reached, -1))
            self._reached = self._highest
            self._is_above = False
        if (id := self._next_below(request)) is not None:
            return id
        if self._asking and not self._is_above:
            return None  # what is asked for may be enough
        self._is_above = True
        # Once is enough: else it would go on for as long as tasks are created.
        self._is_over = self._is_over or self._reached >= self._highest + self.further_up
        if self._is_over:
            return None
        self._reached += 1
        return self._reached

    def _next_below(self, request: SearchRequest) -> int | None:
        for index in range(len(self._next) - 1, -1, -1):
            while self._next[index] and self._next[index][0] >= request.floor:
                id, self._next[index] = self._next[index][0], self._next[index][1:]
                if id not in self._known:
                    return id
                self._absent_in_a_row += id in self.probed.absent
                if self._absent_in_a_row >= self.most_absent:
                    return None
        self._next = [one for one in self._next if one]
        return None

    async def _ask(self, id: int) -> None:
        try:
            task = await self.flow.tasks.get(id)
        except (BadRequest, Forbidden, NotFound):
            self._absent_in_a_row += 1
            self.probed.absent.add(id)
        except (DecodeError, ServerError) as error:
            self._failed[id] = error
        else:
            self._take(id, task)
        self._asking.discard(id)
        for request in self._requests:
            request.on_answer()
        self._wake()

    def _take(self, id: int, task: Task) -> None:
        self._absent_in_a_row = 0
        if task.task_completed or is_deleted(task):
            self.note_ids([id])  # any other task is in a list, or was created meanwhile
        if task.task_created:
            self._created[id] = task.task_created
        self._found[task.project_id][id] = task
        self.probed.note_task(task.project_id or 0, id, deleted=is_deleted(task))
        for request in self._requests:
            request.count(task)
            if task.task_created:
                request.note_age(id, task.task_created)

    def state(self) -> str | None:
        """What the next export has to know. Ids above those of all tasks may be tasks by then."""
        absent = {id for id in self.probed.absent if id < self._highest}
        return evolve(self.probed, absent=absent).text()

    def _give_back(self, ids: set[int]) -> None:
        if ids:
            self._next += [range(id, id - 1, -1) for id in sorted(ids)]
            self.budget += len(ids)
            self._asking -= ids
            self._wake()

    def _wake(self) -> None:
        self._answered.set()
        self._answered = anyio.Event()

    async def _list(self, project_id: int) -> None:
        try:
            tasks = await self.flow.tasks.all(project_id)
        except (ApiError, DecodeError):
            tasks = []  # the reading of that project will meet the error
        self.note_listed(project_id, [one.task_id for one in tasks])


def _is_lasting(error: CallError) -> bool:
    return not isinstance(error, ServerError) or error.status == _SERVER_ERROR
