"""Reads everything that one board holds.

One request each for its structure, its users and its time report; one for each page of its
changelog, and one that asks for the newest change again; two for its tasks, one for each page of
the archive between them, and one that asks for what was archived last; and one for each task: only
its details hold its comments, its to-do list and its own changes. If the details lack a documented
attribute of a comment or a subtask, or hold fewer than the task counts, one more request lists
them. Of a board that was exported before, only the tasks that previous.py names are read. How the
lists are read while tasks move stands in lists.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Final

from attrs import define, evolve, field

from agilekit.errors import ApiError, Forbidden, NotFound
from agilekit.export.project import ProjectData, ProjectRef, Stay
from agilekit.export.source.kanbantool.changelog import TASK, Changelog
from agilekit.export.source.kanbantool.children import all_comments, all_subtasks
from agilekit.export.source.kanbantool.entities import with_ids
from agilekit.export.source.kanbantool.history import in_order, stays
from agilekit.export.source.kanbantool.lists import TaskLists
from agilekit.export.source.kanbantool.previous import PreviousBoard, people_of
from agilekit.export.source.kanbantool.refusals import refusal
from agilekit.export.source.kanbantool.revision import revision_of
from agilekit.export.source.kanbantool.rows import Rows
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import OnRead
from agilekit.export.table import Row, value_of
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
from agilekit.session.workers import run_all
from agilekit.wire.json import JSON

__all__ = ["ProjectFetch"]

# The document does not say what a report without a timeframe is about.
_ALWAYS: Final = (date(2000, 1, 1), date(2100, 1, 1))


@define
class ProjectFetch:
    """The answers so far, each entity once."""

    kanban: KanbanTool
    limiter: ReadLimiter
    ref: ProjectRef
    on_read: OnRead
    exported: PreviousBoard | None
    """As the last export holds it; the changelog tells whether that can be relied upon."""
    changelog: Changelog = field(init=False)
    lists: TaskLists = field(init=False)
    users: Sequence[BoardUser] | None = field(init=False, default=None)
    """None if they were refused."""
    details: dict[int, Task] = field(init=False, factory=dict[int, Task])
    subtasks: dict[int, tuple[Subtask, Task]] = field(
        init=False, factory=dict[int, tuple[Subtask, Task]]
    )
    comments: dict[int, tuple[Comment, Task]] = field(
        init=False, factory=dict[int, tuple[Comment, Task]]
    )
    task_changes: dict[int, tuple[Change, int]] = field(
        init=False, factory=dict[int, tuple[Change, int]]
    )
    """As the details of a task show them, with its id."""
    report: JSON = field(init=False, default=None)
    gaps: list[str] = field(init=False, factory=list[str])

    def __attrs_post_init__(self) -> None:
        of_board = (self.kanban, self.limiter, self.id)
        self.changelog = Changelog(*of_board, self.exported, self.gaps)
        self.lists = TaskLists(*of_board, self.changelog, self.gaps, self._tell_count)

    @property
    def id(self) -> int:
        return int(self.ref.project_id)

    async def read(self) -> None:
        """Everything. What tells of changes is read before what may change."""
        read_changes = partial(self.limiter.run, self.changelog.read)
        await run_all([read_changes, self.read_beside], at_once=2)
        await self.lists.read(self.ref.revision)
        await self._read_tasks()

    async def read_beside(self) -> None:
        """What the board does not count: its users and its time report."""
        await self.limiter.run_all([self._read_users, self._read_report])

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

    async def _read_tasks(self) -> None:
        """The details of all tasks, or of those that the last export does not tell of."""
        tasks, previous = self.lists.tasks, self.changelog.previous
        wanted = {*tasks}
        if previous is not None:
            changed = self.changelog.changed_tasks
            people = None if self.users is None else people_of(self.users)
            wanted = previous.outdated(tasks, changed=changed, people=people)
            for id in tasks.keys() - wanted:
                self._take_previous(previous, tasks[id])
        await self.limiter.run_all(
            partial(self._read_details, one) for id, one in tasks.items() if id in wanted
        )

    def _take_previous(self, board: PreviousBoard, listed: Task) -> None:
        comments, subtasks = board.comments.get(listed.id, ()), board.subtasks.get(listed.id, ())
        self._take_details(board.as_listed(listed), listed, comments, subtasks)

    async def _read_details(self, listed: Task) -> None:
        try:
            task = await self.kanban.tasks.get(self.id, listed.id)
        except NotFound:
            if listed.archived_at is None:
                return  # it was deleted meanwhile
            # Source: KanbanTool API v1.1 Guide, "Deleting tasks": an archived one cannot be.
            task = listed
        task = task if task.id else evolve(task, id=listed.id)
        comments = await all_comments(task, self.kanban.comments.all(self.id, task.id))
        subtasks = await all_subtasks(task, self.kanban.subtasks.all(self.id, task.id))
        self._take_details(task, listed, comments, subtasks)

    def _take_details(
        self, task: Task, listed: Task, comments: Sequence[Comment], subtasks: Sequence[Subtask]
    ) -> None:
        self.details[listed.id] = task
        comments = with_ids(comments, f"comment of task {task.id}", self.gaps)
        subtasks = with_ids(subtasks, f"subtask of task {task.id}", self.gaps)
        changes = with_ids(task.changelogs or (), f"change of task {task.id}", self.gaps)
        self.comments.update((one.id, (one, task)) for one in comments)
        self.subtasks.update((one.id, (one, task)) for one in subtasks)
        self.task_changes.update((one.id, (one, task.id)) for one in changes)
        self._tell_count()

    def data(self, listed: Board | None, timers: Sequence[TimeTracker] | str) -> ProjectData:
        rows = Rows(self.ref, self.lists.board)
        gaps = [*self.gaps, *self.ref.done.unmatched(rows.names_of_stages)]
        revision = self.revision(listed, timers)
        if isinstance(timers, str):
            gaps.append(timers)
            timers = ()
        timers = with_ids(
            [one for one in timers if self._is_of_board(one)], "time tracker", self.gaps
        )
        gaps += [gap for gap in self.gaps if gap not in gaps]
        histories = self._histories()
        ends = self._stays(histories)
        people, persons = BY_NAME["people"], map(rows.person, self.users or ())
        by_table: dict[str, Iterable[Row]] = {
            "projects": [rows.project(listed)],
            "columns": [
                *map(rows.stage, self.lists.board.workflow_stages or ()),
                *map(rows.swimlane, self.lists.board.swimlanes or ()),
            ],
            "people": [*{value_of(row, people, "id"): row for row in persons}.values()],
            "cards": (
                rows.card(task, self.lists.tasks[id], histories.get(id, ()))
                for id, task in self.details.items()
            ),
            "tasks": (rows.task(one, card) for one, card in self.subtasks.values()),
            "comments": (rows.comment(one, card) for one, card in self.comments.values()),
            "changes": (
                rows.change(self.changelog.changes.get(id), inside, card_id, ends.get(id))
                for id in {**self.changelog.changes, **self.task_changes}
                for inside, card_id in [self.task_changes.get(id, (None, None))]
            ),
            "time_entries": [*{one.id: rows.time_entry(one) for one in timers}.values()],
            "extras": [
                *map(rows.card_type, self.lists.board.card_types or ()),
                *rows.folder(listed),
                *([] if self.report is None else [rows.time_report(self.report)]),
            ],
        }
        ref = evolve(self.ref, revision=revision)
        return ref.data(by_table, title=self.lists.board.name, gaps=gaps)

    def revision(self, listed: Board | None, timers: Sequence[TimeTracker] | str) -> str | None:
        """What proves that the board is still as it was read."""
        beside: list[JSON] = [self.report, *sorted(self.gaps)]
        beside.append(None if listed is None else dict(listed.raw))
        beside += [dict(one.raw) for one in self.users or ()]
        if isinstance(timers, str):
            beside.append(timers)
        else:
            beside += [dict(one.raw) for one in timers if one.board_id in (None, self.id)]
        return revision_of(self.ref.revision, self.changelog.newest, beside)

    def _histories(self) -> dict[int, list[Change]]:
        """The changes of each task, in order."""
        found = defaultdict[int, list[Change]](list[Change])
        for id in {**self.changelog.changes, **self.task_changes}:
            logged = self.changelog.changes.get(id)
            inside, task_id = self.task_changes.get(id, (None, None))
            if logged is not None and logged.changed_object_type == TASK:
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

    def _is_of_board(self, timer: TimeTracker) -> bool:
        if timer.board_id is None:
            return timer.task_id in self.details
        return timer.board_id == self.id

    def _tell_count(self) -> None:
        tasks, children = len(self.lists.tasks) + len(self.details), len(self.comments)
        self.on_read(self.ref.title, 1 + tasks + children + len(self.subtasks))
