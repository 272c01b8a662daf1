"""Looks for the tasks of a flow board that no list shows.

The list of a project shows the first 50 tasks of its Done column; the others can be read by their
ids alone. So ids are asked for, one by one:

- Before the first one, the tasks of all projects are listed, so that no id is asked for in vain
  that some list shows, and so that the largest one is known.
- From there the search goes down to 1, and then up. Only a task that was created meanwhile or is
  hidden itself can be above: the search goes on for 100 ids after the last one that is there.
- It ends where the task that is looked for is found, and goes on from there for the next project:
  each id is asked for once, for all projects. A task of another project is kept for that one.
- After 100,000 ids in a row that are not there it ends, too: a board that numbers its own tasks has
  no such gaps.

An id that the server fails at stops no search, but the projects that miss a task at its end fail.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, KeysView
from functools import partial
from typing import Final

import anyio
from attrs import define, field

from agilekit.errors import (
    ApiError,
    BadRequest,
    CallError,
    DecodeError,
    Forbidden,
    NotFound,
    ServerError,
)
from agilekit.export.flow_rows import is_deleted
from agilekit.export.reader import Turns
from agilekit.flow import Flow, Task
from agilekit.session.concurrently import Job

__all__ = ["Search", "Wanted"]

_FURTHER_UP: Final = 100  # ids
_IN_VAIN: Final = 100_000  # ids
# After so many, who is looking has another look at how many are missing.
_IN_ONE_GO: Final = 500  # ids


@define(eq=False)
class Wanted:
    """So many tasks, which are not deleted, of the columns of a project."""

    project_id: int
    columns: KeysView[int]
    number: float

    def owns(self, task: Task) -> bool:
        """Whether a task is one of this project; by its column, if the answer does not say."""
        if task.project_id is None:
            return task.col_id in self.columns
        return task.project_id == self.project_id

    def meet(self, task: Task) -> None:
        if self.owns(task) and task.col_id in self.columns and not is_deleted(task):
            self.number -= 1


@define(eq=False)
class Search:
    """The search in one board, for all of its projects."""

    flow: Flow
    turns: Turns
    further_up: int = _FURTHER_UP
    in_vain: int = _IN_VAIN
    top: int = field(init=False, default=0)
    """The largest id that a list shows."""
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
    _next: list[Iterator[int]] = field(init=False, factory=list[Iterator[int]])
    _asking: set[int] = field(init=False, factory=set[int])
    _vainly: int = field(init=False, default=0)
    _found: defaultdict[int | None, dict[int, Task]] = field(
        init=False, factory=lambda: defaultdict[int | None, dict[int, Task]](dict[int, Task])
    )
    """By project and id."""
    _left: defaultdict[int, set[int]] = field(
        init=False, factory=lambda: defaultdict[int, set[int]](set[int])
    )
    """The ids that were found of projects whose reading has ended."""
    _failed: dict[int, CallError] = field(init=False, factory=dict[int, CallError])
    _wanted: list[Wanted] = field(init=False, factory=list[Wanted])
    _surveying: anyio.Lock = field(init=False, factory=anyio.Lock)
    _answered: anyio.Event = field(init=False, factory=anyio.Event)

    def list_shows(self, project_id: int, ids: Iterable[int]) -> None:
        """Notes the tasks that the list of a project shows."""
        shown = {*ids}
        self._listed.add(project_id)
        self.top = max(self.top, *shown, 0)
        self.know(shown)
        self.reach(shown)

    def know(self, ids: Iterable[int]) -> None:
        """Notes tasks that need not be asked for."""
        self._known.update(ids)

    def reach(self, ids: Iterable[int]) -> None:
        """Notes tasks that were there before: the search begins at the largest id, or above."""
        self._highest = max(self._highest, *ids, 0)

    async def look(self, wanted: Wanted, projects: Iterable[int]) -> bool:
        """Asks for some ids, until enough was found. False where there is none left to ask for.

        projects: all that the board has.
        """
        async with self._surveying:
            others = [id for id in projects if id not in self._listed]
            await self.turns.all(partial(self._list, id) for id in others)
        mine = set[int]()
        self._wanted.append(wanted)
        try:
            await self.turns.all(self._jobs(wanted, mine))
        finally:
            self._wanted.remove(wanted)
            self._give_back(mine & self._asking)
        return bool(mine or self._asking)

    async def found(self, wanted: Wanted) -> dict[int, Task]:
        """The tasks of a project that were found, by id, deleted ones too. Waits for what has been
        asked for.
        """
        asked = {*self._asking}
        while asked & self._asking:
            await self._answered.wait()
        alike = (self._found[wanted.project_id], self._found[None])
        return {id: one for tasks in alike for id, one in tasks.items() if wanted.owns(one)}

    def begin(self, project_id: int) -> set[int]:
        """The ids that were found when the project was read before."""
        return {*self._left[project_id]}

    def end(self, project_id: int) -> None:
        """Forgets the tasks of a project, but not their ids."""
        self._left[project_id].update(self._found.pop(project_id, ()))

    @property
    def failure(self) -> CallError | None:
        """Why the server failed at an id, if it did."""
        return next(iter(self._failed.values()), None)

    def _jobs(self, wanted: Wanted, mine: set[int]) -> Iterator[Job]:
        while wanted.number > 0 and len(mine) < _IN_ONE_GO:
            id = self._next_id()
            if id is None:
                return
            mine.add(id)
            self._asking.add(id)
            yield partial(self._ask, id)

    def _next_id(self) -> int | None:
        if self._vainly >= self.in_vain:
            return None
        if self._highest > self._reached and not self._is_over:
            # What is newer comes later: it may have been created meanwhile.
            self._next.insert(0, iter(range(self._highest, self._reached, -1)))
            self._reached = self._highest
            self._is_above = False
        while self._next:
            for id in self._next[-1]:
                if id not in self._known:
                    return id
            self._next.pop()
        if self._asking and not self._is_above:
            return None  # what is asked for may be enough
        self._is_above = True
        # Once is enough: otherwise it would go on for as long as somebody creates tasks.
        self._is_over = self._is_over or self._reached >= self._highest + self.further_up
        if self._is_over:
            return None
        self._reached += 1
        return self._reached

    async def _ask(self, id: int) -> None:
        try:
            task = await self.flow.tasks.get(id)
        except (BadRequest, Forbidden, NotFound):
            self._vainly += 1
        except (DecodeError, ServerError) as error:
            self._failed[id] = error
        else:
            self._vainly = 0
            if task.task_completed or is_deleted(task):
                self.reach([id])  # anything else is in a list, or was created meanwhile
            self._found[task.project_id][id] = task
            for wanted in self._wanted:
                wanted.meet(task)
        self._asking.discard(id)
        self._tell()

    def _give_back(self, ids: set[int]) -> None:
        if ids:
            self._next.append(iter(sorted(ids, reverse=True)))
            self._asking -= ids
            self._tell()

    def _tell(self) -> None:
        self._answered.set()
        self._answered = anyio.Event()

    async def _list(self, project_id: int) -> None:
        try:
            tasks = await self.flow.tasks.all(project_id)
        except (ApiError, DecodeError):
            tasks = []  # whoever reads that project will meet the error
        self.list_shows(project_id, [one.task_id for one in tasks])
