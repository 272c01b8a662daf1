"""Reads everything that the boards of a Kanban Tool account hold, board by board.

One request for all boards, and one for the time trackers, which the service shows of the token's
user alone. For each board one each for its structure, its users, its tasks and its time report; one
for each page of the archive and of the changelog; and one for each task, whose details alone hold
its comments, its to-do list and its own changes. Where the details lack a documented attribute of a
comment or a subtask, or hold fewer than the task counts, one more request lists them.

A board counts its changes. Where something happened while the lists were read, or where no count
tells, they are read again, up to three times: a task that is archived or restored meanwhile is in
one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Final, TypeVar

import anyio
from attrs import define, evolve, field

from agilekit.errors import ApiError, Forbidden, NotFound, PagesShifted
from agilekit.export.joining import joined
from agilekit.export.kanbantool_rows import SERVICE, Rows
from agilekit.export.model import Found, Part, Row
from agilekit.export.reader import Tell, Turns, checked_id, host_of
from agilekit.kanbantool import (
    Board,
    BoardUser,
    Change,
    Comment,
    KanbanTool,
    Subtask,
    Task,
    TimeTracker,
)
from agilekit.session.concurrently import run_all
from agilekit.session.listing import Listing
from agilekit.wire.json import JSON

__all__ = ["KanbanToolReader"]

Child = TypeVar("Child", Comment, Subtask)

_ROUNDS: Final = 3
# The document does not say what a report without a timeframe is about.
_ALWAYS: Final = (date(2000, 1, 1), date(2100, 1, 1))
_REFUSALS: Final = range(400, 500)
# A wrong token, and what may pass by itself.
_NO_REFUSALS: Final = (401, 408, 429)
# Source: KanbanTool API v1.1 Guide, "Viewing comment details" and "Viewing subtask details".
_COMMENT: Final = frozenset(("content", "created_at", "id", "updated_at", "user_id"))
_SUBTASK: Final = frozenset(
    (
        *("assigned_user_id", "created_at", "id", "is_completed", "name", "position"),
        *("task_id", "updated_at"),
    )
)


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
            Found(SERVICE, nothing.host, id, nothing.base_url, one.name, _watermark(one))
            for id, one in self._listed.items()
        ]

    async def watermark(self, project: Found) -> str | None:
        return project.watermark

    async def read(self, project: Found, tell: Tell) -> Part:
        reading = _Reading(self.kanban, self.turns, project, tell)
        await run_all(
            [
                reading.read_tasks,
                partial(self.turns.one, reading.read_changes),
                partial(self.turns.one, reading.read_users),
                partial(self.turns.one, reading.read_report),
                self._read_shared,
            ],
            at_once=5,
        )
        return reading.part((self._listed or {}).get(project.project_id), self._timers or [])

    async def _read_shared(self) -> None:
        """What one answer holds for all boards, once."""
        async with self._lock:
            if self._listed is None:
                self._listed = await self._list()
            if self._timers is None:
                try:
                    self._timers = await self.turns.one(lambda: self.kanban.timers.all())
                except ApiError as error:
                    self._timers = f"the time trackers were refused: {_refusal(error)}"

    async def _list(self) -> Mapping[str, Board]:
        boards = await self.turns.one(lambda: self.kanban.boards.all())
        return {str(one.id): one for one in boards if one.id}


@define
class _Reading:
    """The answers so far, each entity once."""

    kanban: KanbanTool
    turns: Turns
    found: Found
    tell: Tell
    board: Board = field(factory=Board)
    users: Sequence[BoardUser] = ()
    listed: dict[int, Task] = field(factory=dict[int, Task])
    """As the newest list shows them."""
    details: dict[int, Task] = field(factory=dict[int, Task])
    subtasks: dict[int, tuple[Subtask, Task]] = field(factory=dict[int, tuple[Subtask, Task]])
    comments: dict[int, tuple[Comment, Task]] = field(factory=dict[int, tuple[Comment, Task]])
    changes: dict[int, Change] = field(factory=dict[int, Change])
    """As the board's changelog shows them."""
    task_changes: dict[int, tuple[Change, int]] = field(factory=dict[int, tuple[Change, int]])
    """As the details of a task show them, with its id."""
    report: JSON = None
    gaps: list[str] = field(factory=list[str])

    @property
    def id(self) -> int:
        return int(self.found.project_id)

    async def read_tasks(self) -> None:
        await self._read_lists()
        await self.turns.all(partial(self._read_details, one) for one in [*self.listed.values()])

    async def _read_lists(self) -> None:
        """The tasks and the archive, until nothing happens on the board meanwhile."""
        before, shifted, whole = self.found.watermark, None, False
        for _ in range(_ROUNDS):
            # A task that is archived meanwhile is in the second list, if not in both.
            await self.turns.one(self._read_active)
            try:
                await self.turns.one(self._read_archive)
            except PagesShifted as error:
                shifted = error
            else:
                shifted, whole = None, True
            self.board = await self.turns.one(lambda: self.kanban.boards.get(self.id))
            now = _watermark(self.board)
            if now is not None and now == before and shifted is None:
                return
            before = now
        if shifted is not None and not whole:
            raise shifted

    async def _read_active(self) -> None:
        self._take(await self.kanban.tasks.all(self.id))

    async def _read_archive(self) -> None:
        self._take(await self.kanban.tasks.archived(self.id, stable=True))

    def _take(self, tasks: Sequence[Task]) -> None:
        self.listed.update((checked_id(one.id, "task"), one) for one in tasks)
        self._told()

    async def read_users(self) -> None:
        try:
            self.users = await self.kanban.boards.users(self.id)
        except Forbidden as error:
            self.gaps.append(f"the users of the board were refused: {_refusal(error)}")

    async def read_changes(self) -> None:
        for change in await self.kanban.boards.changes(self.id):
            self.changes[checked_id(change.id, "change")] = change

    async def read_report(self) -> None:
        since, until = _ALWAYS
        try:
            self.report = await self.kanban.reports.time(
                report_type="detailed", board_id=[self.id], since=since, until=until
            )
        except ApiError as error:
            self.gaps.append(f"the time report was refused: {_refusal(error)}")

    async def _read_details(self, listed: Task) -> None:
        try:
            task = await self.kanban.tasks.get(self.id, listed.id)
        except NotFound:
            # Source: KanbanTool API v1.1 Guide, "Deleting tasks": an archived one cannot be.
            if listed.archived_at is None:
                return
            task = listed
        task = task if task.id else evolve(task, id=listed.id)
        comments = await _whole(
            task.comments, task.comments_count, _COMMENT, self.kanban.comments.all(self.id, task.id)
        )
        subtasks = await _whole(
            task.subtasks, task.subtasks_count, _SUBTASK, self.kanban.subtasks.all(self.id, task.id)
        )
        self.details[listed.id] = task
        self.comments.update((checked_id(one.id, "comment"), (one, task)) for one in comments)
        self.subtasks.update((checked_id(one.id, "subtask"), (one, task)) for one in subtasks)
        for change in task.changelogs or ():
            self.task_changes[checked_id(change.id, "change")] = change, task.id
        self._told()

    def part(self, listed: Board | None, timers: Sequence[TimeTracker] | str) -> Part:
        rows = Rows(self.found, self.board)
        gaps = [*self.gaps, *self.found.done.unmatched(rows.names_of_stages)]
        if isinstance(timers, str):
            gaps.append(timers)
            timers = ()
        timers = [one for one in timers if self._is_here(one)]
        by_table: dict[str, list[Row]] = {
            "projects": [rows.project(listed)],
            "columns": [
                *map(rows.stage, self.board.workflow_stages or ()),
                *map(rows.swimlane, self.board.swimlanes or ()),
            ],
            "people": [*{row[3]: row for row in map(rows.person, self.users)}.values()],
            "cards": [rows.card(task, self.listed[id]) for id, task in self.details.items()],
            "tasks": [rows.task(one, card) for one, card in self.subtasks.values()],
            "comments": [rows.comment(one, card) for one, card in self.comments.values()],
            "changes": [
                rows.change(self.changes.get(id), *self.task_changes.get(id, (None, None)))
                for id in {**self.changes, **self.task_changes}
            ],
            "time_entries": [
                *{
                    checked_id(one.id, "time tracker"): rows.time_entry(one) for one in timers
                }.values()
            ],
            "extras": [
                *map(rows.card_type, self.board.card_types or ()),
                *rows.folder(listed),
                *([] if self.report is None else [rows.time_report(self.report)]),
            ],
        }
        return self.found.part(by_table, title=self.board.name, gaps=gaps)

    def _is_here(self, timer: TimeTracker) -> bool:
        if timer.board_id is None:
            return timer.task_id in self.details
        return timer.board_id == self.id

    def _told(self) -> None:
        tasks, children = len(self.listed) + len(self.details), len(self.comments)
        self.tell(self.found.title, 1 + tasks + children + len(self.subtasks))


def _watermark(board: Board) -> str | None:
    return None if board.version is None else f"version {board.version}"


async def _whole(
    inside: Sequence[Child] | None,
    count: int | None,
    documented: frozenset[str],
    listing: Listing[Child],
) -> Sequence[Child]:
    """What came inside a task where that is all and has every documented attribute, or the list.

    count: how many the task says that it has.
    """
    held = inside or ()
    least = int(inside is None) if count is None else count
    if len(held) >= least and all(documented <= one.raw.keys() for one in held):
        return held
    found: dict[int, Child] = {one.id: one for one in held}
    try:
        for one in await listing:
            same = [found[one.id].raw] if one.id in found else []
            found[one.id] = evolve(one, raw=joined(one.raw, *same))
    except NotFound:
        pass
    return list(found.values())


def _refusal(error: ApiError) -> str:
    """What is not given to this user. Raises the error where it is no refusal."""
    if error.status not in _REFUSALS or error.status in _NO_REFUSALS:
        raise error
    return f"{error.status} {error.message}"
