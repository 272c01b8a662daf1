"""Which projects are under way: at least one of each queue, and more while memory allows.

| the next project of a queue | begins |
|---|---|
| as the only one of its queue | always: no queue waits for another |
| beside others of it | if they are fewer than may have a request in flight, and there is room |

There is room if its rows, and those that are held or expected of all that are under way, are at
most `MOST_ROWS` together. A project is expected to have the rows that it had when it was exported
before; else as many as those that ended in its queue, on average; before any has, `_UNKNOWN`.

The queues take turns: after one has begun a project, the next one may.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeAlias

import anyio
from anyio.abc import TaskGroup
from attrs import define, field

__all__ = ["MOST_ROWS", "ProjectJob", "ProjectLoad", "ProjectQueue", "run_queues"]

MOST_ROWS: Final = 100_000
_UNKNOWN: Final = MOST_ROWS // 8


@define
class ProjectLoad:
    """What one project that is under way takes of the memory, in rows."""

    expected: int
    rows: int = 0
    """So far."""

    @property
    def most(self) -> int:
        """What is there, or what is still to come."""
        return max(self.expected, self.rows)


ProjectJob: TypeAlias = Callable[[ProjectLoad], Awaitable[object]]
"""Exports one project, and notes in the load how many rows it holds."""


@define
class ProjectQueue:
    """The projects that are read with one credential from one host, in their order."""

    width: int = 0
    """How many of its requests may be in flight."""
    _waiting: deque[tuple[ProjectJob, int | None]] = field(
        init=False, factory=deque[tuple[ProjectJob, int | None]]
    )
    _under_way: int = field(init=False, default=0)
    _ended: int = field(init=False, default=0)
    _rows: int = field(init=False, default=0)

    def add(self, job: ProjectJob, rows: int | None) -> None:
        """rows: as many as it had before; None if nothing is known of it."""
        self._waiting.append((job, rows))

    def may_begin(self, room: int) -> bool:
        """Whether its next one may; room: for so many rows."""
        if not self._waiting:
            return False
        return not self._under_way or (self._under_way < self.width and self._next_rows() <= room)

    def begin(self) -> tuple[ProjectJob, ProjectLoad]:
        load = ProjectLoad(self._next_rows())
        self._under_way += 1
        return self._waiting.popleft()[0], load

    def end(self, load: ProjectLoad) -> None:
        self._under_way -= 1
        if load.rows:
            self._ended += 1
            self._rows += load.rows

    def _next_rows(self) -> int:
        known = self._waiting[0][1]
        if known is not None:
            return known
        return self._rows // self._ended if self._ended else _UNKNOWN


async def run_queues(queues: Iterable[ProjectQueue], *, most_rows: int = MOST_ROWS) -> None:
    """Runs all jobs of all queues. The first error cancels the others, and only it is raised."""
    schedule = _Schedule(deque(queues), most_rows)
    async with anyio.create_task_group() as tasks:
        schedule.begin_more(tasks)
    if schedule.errors:
        raise schedule.errors[0]


@define
class _Schedule:
    queues: deque[ProjectQueue]
    """The one that may begin the next project comes first."""
    most_rows: int
    under_way: list[ProjectLoad] = field(init=False, factory=list[ProjectLoad])
    errors: list[Exception] = field(init=False, factory=list[Exception])

    def begin_more(self, tasks: TaskGroup) -> None:
        if self.errors:
            return
        passed = 0
        room = self.most_rows - sum(load.most for load in self.under_way)
        while passed < len(self.queues):
            queue = self.queues[0]
            self.queues.rotate(-1)
            passed += 1
            if queue.may_begin(room):
                job, load = queue.begin()
                self.under_way.append(load)
                room -= load.most
                passed = 0  # with other projects under way, another queue may begin one
                tasks.start_soon(self._run, tasks, queue, job, load)

    async def _run(
        self, tasks: TaskGroup, queue: ProjectQueue, job: ProjectJob, load: ProjectLoad
    ) -> None:
        try:
            await job(load)
        except Exception as error:  # noqa: BLE001 - raised by run_queues
            self.errors.append(error)
            tasks.cancel_scope.cancel()
            return
        queue.end(load)
        self.under_way = [one for one in self.under_way if one is not load]
        self.begin_more(tasks)
