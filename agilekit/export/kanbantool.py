"""Reads everything that the boards of a Kanban Tool account hold, board by board.

One request for all boards, and one for the time trackers, which the service shows of the token's
user alone. For each board one each for its structure, its users, its tasks and its time report; one
for each page of the archive and of the changelog; and one for each task, whose details alone hold
its comments, its to-do list and its own changes.

A board counts its changes. Where something happened while the lists were read, they are read again,
up to three times: a task that is archived or restored meanwhile is in one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from typing import Final, TypeVar

import anyio
from attrs import define, field

from agilekit.errors import (
    ApiError,
    BadRequest,
    Forbidden,
    NotFound,
    PagesShifted,
    Unprocessable,
)
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
from agilekit.session.concurrently import Job, run_all
from agilekit.session.listing import Listing
from agilekit.wire.json import JSON

__all__ = ["KanbanToolReader"]

T = TypeVar("T")

_ROUNDS: Final = 3
# The document does not say what a report without a timeframe is about.
_ALWAYS: Final = (date(2000, 1, 1), date(2100, 1, 1))
_REFUSALS: Final = (BadRequest, Forbidden, NotFound, Unprocessable)


@define
class KanbanToolReader:
    """A `Reader`. A client of this service leads to all boards that its user may read."""

    kanban: KanbanTool
    turns: Turns
    _listed: dict[str, Board] = field(init=False, factory=dict[str, Board])
    _timers: list[TimeTracker] | str | None = field(init=False, default=None)
    """The time trackers, or why there are none; None until they were asked for."""
    _lock: anyio.Lock = field(init=False, factory=anyio.Lock)

    @property
    def nothing(self) -> Found:
        return Found(SERVICE, host_of(self.kanban.base_url), "", self.kanban.base_url)

    async def projects(self) -> list[Found]:
        nothing = self.nothing
        boards = await self.turns.one(lambda: self.kanban.boards.all())
        self._listed = {str(one.id): one for one in boards if one.id}
        return [
            Found(SERVICE, nothing.host, id, nothing.base_url, one.name, _watermark(one))
            for id, one in self._listed.items()
        ]

    async def read(self, project: Found, tell: Tell) -> Part:
        reading = _Reading(self.kanban, self.turns, project, tell)
        await run_all(
            [
                reading.read_lists,
                partial(self.turns.all, [reading.read_users, reading.read_changes]),
                partial(self.turns.one, reading.read_report),
                self._read_timers,
            ],
            at_once=4,
        )
        await self.turns.all(reading.of_tasks())
        return reading.part(self._listed.get(project.project_id), self._timers or [])

    async def _read_timers(self) -> None:
        async with self._lock:
            if self._timers is None:
                try:
                    self._timers = await self.turns.one(lambda: self.kanban.timers.all())
                except _REFUSALS as error:
                    self._timers = f"the time trackers were refused: {_reason(error)}"


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
    changes: dict[int, tuple[Change, int | None]] = field(
        factory=dict[int, tuple[Change, int | None]]
    )
    report: JSON = None
    gaps: list[str] = field(factory=list[str])

    @property
    def id(self) -> int:
        return int(self.found.project_id)

    async def read_lists(self) -> None:
        """The tasks and the archive, until nothing happens on the board meanwhile."""
        before = self.found.watermark
        for left in reversed(range(_ROUNDS)):
            shifted = False
            # A task that is archived meanwhile is in the second list, if not in both.
            await self.turns.one(self._read_tasks)
            try:
                await self.turns.one(self._read_archive)
            except PagesShifted:
                shifted = True
                if not left:
                    raise
            self.board = await self.turns.one(lambda: self.kanban.boards.get(self.id))
            now = _watermark(self.board)
            if now == before and not shifted:
                return
            before = now

    async def _read_tasks(self) -> None:
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
            self.gaps.append(f"the users of the board were refused: {_reason(error)}")

    async def read_changes(self) -> None:
        for change in await self.kanban.boards.changes(self.id):
            self.changes[checked_id(change.id, "change")] = change, None

    async def read_report(self) -> None:
        since, until = _ALWAYS
        try:
            self.report = await self.kanban.reports.time(
                report_type="detailed", board_id=[self.id], since=since, until=until
            )
        except _REFUSALS as error:
            self.gaps.append(f"the time report was refused: {_reason(error)}")

    def of_tasks(self) -> Iterator[Job]:
        for task in [*self.listed.values()]:
            yield partial(self._read_details, task)

    async def _read_details(self, listed: Task) -> None:
        try:
            task = await self.kanban.tasks.get(self.id, listed.id)
        except NotFound:
            # Source: KanbanTool API v1.1 Guide, "Deleting tasks": an archived one cannot be.
            if listed.archived_at is None:
                return
            task = listed
        comments, subtasks = task.comments, task.subtasks
        if len(comments or ()) < _least(task.comments_count, comments is None):
            comments = await self._or_none(self.kanban.comments.all(self.id, task.id))
        if len(subtasks or ()) < _least(task.subtasks_count, subtasks is None):
            subtasks = await self._or_none(self.kanban.subtasks.all(self.id, task.id))
        self.details[listed.id] = task
        self.comments.update((checked_id(one.id, "comment"), (one, task)) for one in comments or ())
        self.subtasks.update((checked_id(one.id, "subtask"), (one, task)) for one in subtasks or ())
        for change in task.changelogs or ():
            self.changes.setdefault(checked_id(change.id, "change"), (change, task.id))
        self._told()

    async def _or_none(self, listing: Listing[T]) -> tuple[T, ...]:
        try:
            return tuple(await listing)
        except NotFound:
            return ()

    def part(self, listed: Board | None, timers: Sequence[TimeTracker] | str) -> Part:
        rows = Rows(self.found, self.board)
        gaps = [*self.gaps]
        if isinstance(timers, str):
            gaps.append(timers)
            timers = ()
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
            "changes": [rows.change(one, card_id) for one, card_id in self.changes.values()],
            "time_entries": [rows.time_entry(one) for one in timers if one.board_id == self.id],
            "extras": [
                *map(rows.card_type, self.board.card_types or ()),
                *rows.folder(listed),
                *([] if self.report is None else [rows.time_report(self.report)]),
            ],
        }
        return self.found.part(by_table, title=self.board.name, gaps=gaps)

    def _told(self) -> None:
        tasks, children = len(self.listed) + len(self.details), len(self.comments)
        self.tell(self.found.title, 1 + tasks + children + len(self.subtasks))


def _watermark(board: Board) -> str | None:
    return None if board.version is None else f"version {board.version}"


def _least(count: int | None, absent: bool) -> int:
    """How many there must be; where no count says it, one if the answer has no list."""
    return int(absent) if count is None else count


def _reason(error: ApiError) -> str:
    return f"{error.status} {error.message}"
