"""Which projects are under way: at least one of each queue, and more while little is held.

| the next project of a queue | begins |
|---|---|
| alone in its queue | always: no queue waits for another |
| beside others of it | if they are fewer than may have a request in flight, and there is room |

There is room if its rows, and those that are held or expected of all that are under way, are at
most `MOST_ROWS` together. A project is expected to have the rows that it had when it was exported
before; else as many as those that ended in its queue, on average; before any has, `_UNKNOWN`.

Beside others, the queues begin theirs in turn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeAlias

import anyio
from anyio.abc import TaskGroup
from attrs import define, field

__all__ = ["MOST_ROWS", "Held", "Job", "Queue", "do_in_turn"]

MOST_ROWS: Final = 100_000
_UNKNOWN: Final = MOST_ROWS // 8


@define
class Held:
    """What the memory holds of one project that is under way, in rows."""

    expected: int
    rows: int = 0
    """So far."""

    @property
    def most(self) -> int:
        """Of what is there and what is still to come."""
        return max(self.expected, self.rows)


Job: TypeAlias = Callable[[Held], Awaitable[object]]
"""Exports one project, and tells how many rows it holds meanwhile."""


@define
class Queue:
    """The projects that are read with one credential from one host, in their order."""

    width: int = 0
    """How many of its requests may be in flight."""
    _waiting: deque[tuple[Job, int | None]] = field(
        init=False, factory=deque[tuple[Job, int | None]]
    )
    _under_way: int = field(init=False, default=0)
    _ended: int = field(init=False, default=0)
    _rows: int = field(init=False, default=0)

    def add(self, job: Job, rows: int | None) -> None:
        """rows: as many as it had before; None if nothing is known of it."""
        self._waiting.append((job, rows))

    def may_begin(self, room: int) -> bool:
        """Whether its next one may; room: for so many rows."""
        if not self._waiting:
            return False
        return not self._under_way or (self._under_way < self.width and self._next_rows() <= room)

    def begin(self) -> tuple[Job, Held]:
        held = Held(self._next_rows())
        self._under_way += 1
        return self._waiting.popleft()[0], held

    def end(self, held: Held) -> None:
        self._under_way -= 1
        if held.rows:
            self._ended += 1
            self._rows += held.rows

    def _next_rows(self) -> int:
        known = self._waiting[0][1]
        if known is not None:
            return known
        return self._rows // self._ended if self._ended else _UNKNOWN


async def do_in_turn(queues: Iterable[Queue], *, most_rows: int = MOST_ROWS) -> None:
    """Does all the jobs of all queues. The first error cancels the others, and is raised alone."""
    doing = _Doing(deque(queues), most_rows)
    async with anyio.create_task_group() as tasks:
        doing.begin_more(tasks)
    if doing.errors:
        raise doing.errors[0]


@define
class _Doing:
    queues: deque[Queue]
    """The one whose turn it is to begin another comes first."""
    most_rows: int
    under_way: list[Held] = field(init=False, factory=list[Held])
    errors: list[Exception] = field(init=False, factory=list[Exception])

    def begin_more(self, tasks: TaskGroup) -> None:
        if self.errors:
            return
        passed = 0
        room = self.most_rows - sum(held.most for held in self.under_way)
        while passed < len(self.queues):
            queue = self.queues[0]
            self.queues.rotate(-1)
            passed += 1
            if queue.may_begin(room):
                job, held = queue.begin()
                self.under_way.append(held)
                room -= held.most
                passed = 0
                tasks.start_soon(self._do, tasks, queue, job, held)

    async def _do(self, tasks: TaskGroup, queue: Queue, job: Job, held: Held) -> None:
        try:
            await job(held)
        except Exception as error:  # noqa: BLE001 - raised by do_in_turn
            self.errors.append(error)
            tasks.cancel_scope.cancel()
            return
        queue.end(held)
        self.under_way = [one for one in self.under_way if one is not held]
        self.begin_more(tasks)
