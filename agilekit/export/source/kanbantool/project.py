"""Reads everything that one board holds.

One request each for its structure, its users and its time report; one for each page of its
changelog, and one that asks for the newest change again; two for its tasks, one for each page of
the archive between them, and one that asks for what was archived last; and one for each task: only
its details hold its comments, its to-do list and its own changes. If the details lack a documented
attribute of a comment or a subtask, or hold fewer than the task counts, one more request lists
them. Of a board that was exported before, only the tasks that previous.py names are read.

A task that is archived or restored while the lists are read may be in neither of them:

| what is seen | what is done |
|---|---|
| version, newest change, last archived and ids of the tasks are as before | the lists are whole |
| one of them is not | the lists are read again, up to three times; what was in one of them counts |
| still not, and the changelog goes on | the tasks that it names are read, in a list or not |
| still not, and the changelog stands still | a gap |
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Final, TypeAlias, TypeVar

from attrs import define, evolve, field

from agilekit.errors import ApiError, Forbidden, NotFound, PagesShifted
from agilekit.export.project import ProjectData, ProjectRef, Stay
from agilekit.export.source.kanbantool.children import all_comments, all_subtasks
from agilekit.export.source.kanbantool.history import in_order, stays
from agilekit.export.source.kanbantool.previous import PreviousBoard, people_of
from agilekit.export.source.kanbantool.refusals import refusal
from agilekit.export.source.kanbantool.revision import counters_of, revision_of
from agilekit.export.source.kanbantool.rows import Rows
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import OnRead
from agilekit.export.table import Row
from agilekit.export.tables import BY_NAME
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
from agilekit.wire.json import JSON

__all__ = ["ProjectFetch"]

E = TypeVar("E", Change, Comment, Subtask, Task, TimeTracker)

LastArchived: TypeAlias = tuple[int, datetime | None] | None
"""The task that was archived last, and when; None if the archive is empty."""

_ROUNDS: Final = 3
# The document does not say what a report without a timeframe is about.
_ALWAYS: Final = (date(2000, 1, 1), date(2100, 1, 1))
_TASK: Final = "Task"
# Changes of these are seen in the structure of the board.
_OF_STRUCTURE: Final = ("Board", "CardType", "Folder", "Swimlane", "WorkflowStage")


@define
class ProjectFetch:
    """The answers so far, each entity once."""

    kanban: KanbanTool
    limiter: ReadLimiter
    ref: ProjectRef
    on_read: OnRead
    previous: PreviousBoard | None
    """None to read everything."""
    board: Board = field(factory=Board)
    users: Sequence[BoardUser] | None = None
    """None if they were refused."""
    listed: dict[int, Task] = field(factory=dict[int, Task])
    """As the newest list shows them."""
    details: dict[int, Task] = field(factory=dict[int, Task])
    subtasks: dict[int, tuple[Subtask, Task]] = field(factory=dict[int, tuple[Subtask, Task]])
    comments: dict[int, tuple[Comment, Task]] = field(factory=dict[int, tuple[Comment, Task]])
    changes: dict[int, Change] = field(factory=dict[int, Change])
    """As the board's changelog shows them."""
    newest: int | None = None
    """The id of the newest change, before anything else was read."""
    changed: set[int] = field(factory=set[int])
    """The tasks that are named by changes which the last export does not have."""
    task_changes: dict[int, tuple[Change, int]] = field(factory=dict[int, tuple[Change, int]])
    """As the details of a task show them, with its id."""
    report: JSON = None
    gaps: list[str] = field(factory=list[str])

    @property
    def id(self) -> int:
        return int(self.ref.project_id)

    async def read(self) -> None:
        """Everything. What tells of changes is read before what may change."""
        await run_all([partial(self.limiter.run, self.read_changes), self.read_beside], at_once=2)
        await self._read_lists()
        await self._read_tasks()

    async def read_beside(self) -> None:
        """What the board does not count: its users and its time report."""
        await self.limiter.run_all([self._read_users, self._read_report])

    async def read_newest(self) -> None:
        """Only the newest change of the changelog."""
        self.newest = await self._newest()

    async def read_changes(self) -> None:
        """The changelog, down to what the last export has of it."""
        self.newest = None
        async with self.kanban.boards.changes(self.id).pages() as pages:
            try:
                async for page in pages:
                    if self.newest is None and page:
                        self.newest = page[0].id
                    if self._take_changes(page):
                        return
            except PagesShifted:
                shown = len(self.changes)
                self.gaps.append(f"the changelog shows its latest {shown} changes, and no others")

    def _take_changes(self, page: Sequence[Change]) -> bool:
        """Takes a page of the changelog. Whether all that follows is in the last export."""
        page = self._with_ids(page, "change")
        new = [one for one in page if self.previous is None or not self.previous.has(one)]
        self.changes.update((one.id, one) for one in page)
        for change in new:
            self._note_changed_task(change)
        if self.previous is None or new or not page:
            return False
        older = {id: one for id, one in self.previous.changes.items() if id not in self.changes}
        if _are_older([*older.values()], page):
            self.changes |= older
            return True
        return False

    def _note_changed_task(self, change: Change) -> None:
        """Notes which task a new change is about."""
        if change.changed_object_type == _TASK and change.changed_object_id is not None:
            self.changed.add(change.changed_object_id)
        elif change.changed_object_type not in _OF_STRUCTURE:
            self.previous = None  # it may be about any task: all are read

    async def _read_users(self) -> None:
        try:
            self.users = await self.kanban.boards.users(self.id)
        except Forbidden as error:
            self.gaps.append(f"the users of the board were refused: {refusal(error)}")

    async def _read_report(self) -> None:
        since, until = _ALWAYS
        try:
            self.report = await self.kanban.reports.time(
                report_type="detailed", board_id=[self.id], since=since, until=until
            )
        except ApiError as error:
            self.gaps.append(f"the time report was refused: {refusal(error)}")

    async def _newest(self) -> int | None:
        newest = await self.limiter.run(lambda: self.kanban.boards.changes(self.id, limit=1))
        return newest[0].id if newest else None

    async def _read_lists(self) -> None:
        """The tasks and the archive, until nothing happens on the board meanwhile."""
        version, newest, shifted, whole = self.ref.revision, self.newest, None, False
        active = await self._read_active()
        for _ in range(_ROUNDS):
            archived: LastArchived = None
            try:
                archived = await self.limiter.run(self._read_archive)
            except PagesShifted as error:
                shifted = error
            else:
                shifted, whole = None, True
            self.board = await self.limiter.run(lambda: self.kanban.boards.get(self.id))
            before = version, newest, active, archived
            version, active = counters_of(self.board), await self._read_active()
            newest = await self._newest()
            last = await self.limiter.run(self._last_archived)
            if before == (version, newest, active, last) and shifted is None:
                return
        if shifted is not None and not whole:
            raise shifted
        await self._read_what_moved(newest)

    async def _read_what_moved(self, newest: int | None) -> None:
        """The tasks that the changelog has named since it was read, in a list or not."""
        if newest == self.newest:
            self.gaps.append(
                "the board changed while it was read, and its changelog does not tell how: what "
                "was archived or restored meanwhile may be missing"
            )
            return
        # The whole changelog is read once more, as if nothing were known.
        previous, changed, seen = self.previous, self.changed, {*self.changes}
        self.previous, self.changed = None, set()
        await self.limiter.run(self.read_changes)
        moved = {
            one.changed_object_id
            for id, one in self.changes.items()
            if id not in seen and one.changed_object_type == _TASK and one.changed_object_id
        }
        self.previous, self.changed = previous, changed | moved
        self.listed |= {id: Task(id=id) for id in moved - self.listed.keys()}

    async def _read_active(self) -> set[int]:
        tasks = await self.limiter.run(lambda: self.kanban.tasks.all(self.id))
        self._take(tasks)
        return {one.id for one in tasks}

    async def _read_archive(self) -> LastArchived:
        """Gives what was archived last."""
        tasks = await self.kanban.tasks.archived(self.id, stable=True)
        self._take(tasks)
        return _last_of(tasks)

    async def _last_archived(self) -> LastArchived:
        async with self.kanban.tasks.archived(self.id, per_page=1).pages() as pages:
            return _last_of(await anext(pages))

    def _take(self, tasks: Sequence[Task]) -> None:
        self.listed.update((one.id, one) for one in self._with_ids(tasks, "task"))
        self._tell_count()

    async def _read_tasks(self) -> None:
        """The details of all tasks, or of those that the last export does not tell of."""
        wanted = {*self.listed}
        if self.previous is not None:
            people = None if self.users is None else people_of(self.users)
            wanted = self.previous.outdated(self.listed, changed=self.changed, people=people)
            for id in self.listed.keys() - wanted:
                self._take_previous(self.previous, self.listed[id])
        await self.limiter.run_all(
            partial(self._read_details, one) for id, one in self.listed.items() if id in wanted
        )

    def _take_previous(self, board: PreviousBoard, listed: Task) -> None:
        comments, subtasks = board.comments.get(listed.id, ()), board.subtasks.get(listed.id, ())
        self._take_details(board.as_listed(listed), listed, comments, subtasks)

    async def _read_details(self, listed: Task) -> None:
        try:
            task = await self.kanban.tasks.get(self.id, listed.id)
        except NotFound:
            # Source: KanbanTool API v1.1 Guide, "Deleting tasks": an archived one cannot be.
            if listed.archived_at is None:
                return
            task = listed
        task = task if task.id else evolve(task, id=listed.id)
        comments = await all_comments(task, self.kanban.comments.all(self.id, task.id))
        subtasks = await all_subtasks(task, self.kanban.subtasks.all(self.id, task.id))
        self._take_details(task, listed, comments, subtasks)

    def _take_details(
        self, task: Task, listed: Task, comments: Sequence[Comment], subtasks: Sequence[Subtask]
    ) -> None:
        self.details[listed.id] = task
        comments = self._with_ids(comments, f"comment of task {task.id}")
        subtasks = self._with_ids(subtasks, f"subtask of task {task.id}")
        changes = self._with_ids(task.changelogs or (), f"change of task {task.id}")
        self.comments.update((one.id, (one, task)) for one in comments)
        self.subtasks.update((one.id, (one, task)) for one in subtasks)
        self.task_changes.update((one.id, (one, task.id)) for one in changes)
        self._tell_count()

    def data(self, listed: Board | None, timers: Sequence[TimeTracker] | str) -> ProjectData:
        rows = Rows(self.ref, self.board)
        gaps = [*self.gaps, *self.ref.done.unmatched(rows.names_of_stages)]
        revision = self.revision(listed, timers)
        if isinstance(timers, str):
            gaps.append(timers)
            timers = ()
        timers = self._with_ids([one for one in timers if self._is_of_board(one)], "time tracker")
        gaps += [gap for gap in self.gaps if gap not in gaps]
        histories = self._histories()
        ends = self._stays(histories)
        people, persons = BY_NAME["people"], map(rows.person, self.users or ())
        by_table: dict[str, list[Row]] = {
            "projects": [rows.project(listed)],
            "columns": [
                *map(rows.stage, self.board.workflow_stages or ()),
                *map(rows.swimlane, self.board.swimlanes or ()),
            ],
            "people": [*{people.value(row, "id"): row for row in persons}.values()],
            "cards": [
                rows.card(task, self.listed[id], histories.get(id, ()))
                for id, task in self.details.items()
            ],
            "tasks": [rows.task(one, card) for one, card in self.subtasks.values()],
            "comments": [rows.comment(one, card) for one, card in self.comments.values()],
            "changes": [
                rows.change(self.changes.get(id), inside, card_id, ends.get(id))
                for id in {**self.changes, **self.task_changes}
                for inside, card_id in [self.task_changes.get(id, (None, None))]
            ],
            "time_entries": [*{one.id: rows.time_entry(one) for one in timers}.values()],
            "extras": [
                *map(rows.card_type, self.board.card_types or ()),
                *rows.folder(listed),
                *([] if self.report is None else [rows.time_report(self.report)]),
            ],
        }
        ref = evolve(self.ref, revision=revision)
        return ref.data(by_table, title=self.board.name, gaps=gaps)

    def revision(self, listed: Board | None, timers: Sequence[TimeTracker] | str) -> str | None:
        """What proves that the board is still as it was read."""
        beside: list[JSON] = [self.report, *sorted(self.gaps)]
        beside.append(None if listed is None else dict(listed.raw))
        beside += [dict(one.raw) for one in self.users or ()]
        if isinstance(timers, str):
            beside.append(timers)
        else:
            beside += [dict(one.raw) for one in timers if one.board_id in (None, self.id)]
        return revision_of(self.ref.revision, self.newest, beside)

    def _histories(self) -> dict[int, list[Change]]:
        """The changes of each task, in order."""
        found = defaultdict[int, list[Change]](list[Change])
        for id in {**self.changes, **self.task_changes}:
            logged, (inside, task_id) = (
                self.changes.get(id),
                self.task_changes.get(id, (None, None)),
            )
            if logged is not None and logged.changed_object_type == _TASK:
                task_id = logged.changed_object_id
            change = logged or inside
            if change is not None and task_id is not None:
                found[task_id].append(change)
        return {id: in_order(changes) for id, changes in found.items()}

    def _stays(self, histories: Mapping[int, Sequence[Change]]) -> dict[int, Stay]:
        found: dict[int, Stay] = {}
        for id, changes in histories.items():
            task = self.details.get(id)
            archived = task is not None and task.archived_at is not None
            found |= stays(changes, on_board=task is not None and not archived, archived=archived)
        return found

    def _with_ids(self, found: Sequence[E], what: str) -> list[E]:
        """Those that have an id, which every row needs; a gap tells of the others."""
        kept = [one for one in found if one.id]
        gap = f"a {what} is left out: it has no id"
        if len(kept) < len(found) and gap not in self.gaps:
            self.gaps.append(gap)
        return kept

    def _is_of_board(self, timer: TimeTracker) -> bool:
        if timer.board_id is None:
            return timer.task_id in self.details
        return timer.board_id == self.id

    def _tell_count(self) -> None:
        tasks, children = len(self.listed) + len(self.details), len(self.comments)
        self.on_read(self.ref.title, 1 + tasks + children + len(self.subtasks))


def _last_of(archive: Sequence[Task]) -> LastArchived:
    return (archive[0].id, archive[0].archived_at) if archive else None


def _are_older(changes: Sequence[Change], page: Sequence[Change]) -> bool:
    """Whether changes follow after a page, as far as their times tell."""
    newest = max((one.created_at for one in page if one.created_at), default=None)
    return newest is not None and all(
        one.created_at is not None and one.created_at <= newest for one in changes
    )
