"""A board: its entities by id, the changes that can be made to it, and the history of each item."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from attrs import define, field

from agilekit.sandbox.clock import utc_now
from agilekit.sandbox.flow import serializers
from agilekit.sandbox.flow.state import (
    Change,
    Column,
    ColumnType,
    Edit,
    Group,
    ItemType,
    Member,
    Project,
    Task,
    TaskStatus,
    TaskType,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from agilekit.sandbox.flow.renderer import Value

# GET /project_id/cols and /project_id/task_types: as in their samples.
_COLUMNS: Final[tuple[tuple[str, ColumnType, int, float], ...]] = (
    ("Backlog", "B", 0, 4),
    ("To-do", "", 5, 5),
    ("In-progress", "", 2, 2),
    ("Done", "D", 0, -1000),
)
_TASK_TYPES: Final = (("Feature", "EEEE99", 1), ("Improvement", "77EE77", 0), ("Bug", "EE9977", -1))
_AVATAR: Final = "http://files.flow.io/avatars/default.gif"
_DAY: Final = timedelta(hours=24)


@define(repr=False)
class Board:
    """A board, with its entities by id.

    ``clock`` gives the time of a change, aware; assign another to choose it. Wherever a method
    takes ``at``, the clock is what it defaults to; ``user_id`` defaults to the first member.
    """

    board_name: str = "lighthouse"
    clock: Callable[[], datetime] = field(default=utc_now, eq=False)
    members: dict[int, Member] = field(init=False, factory=dict[int, Member])
    groups: dict[int, Group] = field(init=False, factory=dict[int, Group])
    projects: dict[int, Project] = field(init=False, factory=dict[int, Project])
    columns: dict[int, Column] = field(init=False, factory=dict[int, Column])
    task_types: dict[int, TaskType] = field(init=False, factory=dict[int, TaskType])
    tasks: dict[int, Task] = field(init=False, factory=dict[int, Task])
    changes: dict[int, Change] = field(init=False, factory=dict[int, Change])
    """The histories of all items, oldest first."""
    _history: dict[tuple[ItemType, int], list[Change]] = field(
        init=False, factory=dict[tuple[ItemType, int], list[Change]]
    )

    def __repr__(self) -> str:
        projects, tasks = len(self.projects), len(self.tasks)
        return f"<Board {self.board_name!r}: projects={projects}, tasks={tasks}>"

    def add_member(
        self, name: str, *, avatar: str = _AVATAR, joined: datetime | None = None
    ) -> Member:
        member = Member(len(self.members) + 1, name, joined or self.clock(), avatar)
        self.members[member.id] = member
        return member

    def add_group(
        self,
        title: str,
        *,
        user_ids: Sequence[int] = (),
        user_id: int | None = None,
        at: datetime | None = None,
    ) -> Group:
        group = Group(len(self.groups) + 1, title, tuple(user_ids))
        self.groups[group.id] = group
        self._record("group", group.id, 0, self._user(user_id), serializers.group(group), at)
        return group

    def add_project(
        self,
        title: str,
        *,
        archived: bool = False,
        user_id: int | None = None,
        at: datetime | None = None,
    ) -> Project:
        """Add a project with the four columns and the three task types of the samples."""
        number, user = len(self.projects) + 1, self._user(user_id)
        project = Project(number, title, number - 0.5, user, archived)
        self.projects[number] = project
        self._record("project", number, number, user, serializers.project(project), at)
        for name, kind, limit, order in _COLUMNS:
            owner = 0 if kind else user
            self.add_column(
                project, name, type=kind, limit=limit, order=order, user_id=owner, at=at
            )
        for text, color, order in _TASK_TYPES:
            self.add_task_type(project, text, color=color, order=order, user_id=user, at=at)
        return project

    def add_column(
        self,
        project: Project,
        title: str,
        *,
        type: ColumnType = "",
        limit: int = 0,
        order: float = 1,
        user_id: int | None = None,
        at: datetime | None = None,
    ) -> Column:
        """Add a column; the one with the highest order comes first, after Backlog."""
        user = self._user(user_id)
        column = Column(len(self.columns) + 1, project.id, title, type, limit, order, user)
        self.columns[column.id] = column
        project.columns.append(column.id)
        self._record("col", column.id, project.id, user, serializers.column(column, 0), at)
        return column

    def add_task_type(
        self,
        project: Project,
        text: str,
        *,
        color: str = "CCCCCC",
        order: float = -2,
        user_id: int | None = None,
        at: datetime | None = None,
    ) -> TaskType:
        user = self._user(user_id)
        kind = TaskType(len(self.task_types) + 1, project.id, color, text, order, user)
        self.task_types[kind.id] = kind
        project.task_types.append(kind.id)
        self._record("task_type", kind.id, project.id, user, serializers.task_type(kind), at)
        return kind

    def add_task(
        self,
        project: Project,
        text: str,
        *,
        column: Column | None = None,
        task_type: TaskType | None = None,
        status: TaskStatus = "",
        user_ids: Sequence[int] = (),
        user_id: int | None = None,
        at: datetime | None = None,
        moved: datetime | None = None,
    ) -> Task:
        """Add a task on top of Backlog, and edit it once if anything else is asked for.

        ``at`` is when it was added, ``moved`` (``at``) when it was edited.
        """
        at, user = at or self.clock(), self._user(user_id)
        backlog = self.column_of(project, "B")
        backlog.top += 1
        task = Task(
            id=len(self.tasks) + 1,
            project_id=project.id,
            col_id=backlog.id,
            task_type_id=task_type.id if task_type else project.task_types[0],
            text=text,
            order=backlog.top,
            user_id=user,
            created=at,
            since=at,
        )
        self.tasks[task.id] = task
        project.tasks.append(task.id)
        self._record("task", task.id, project.id, user, serializers.added_task(task), at)
        edit = Edit(column=column, status=status, user_ids=tuple(user_ids))
        self.edit_task(task, edit, user_id=user, at=moved or at)
        return task

    def edit_task(
        self,
        task: Task,
        edit: Edit,
        *,
        user_id: int | None = None,
        at: datetime | None = None,
    ) -> Mapping[str, Value]:
        """Change a task and record it; what changed, as it goes over the wire.

        The history has what changed and some old values, the answer only what changed.
        A value that is the same has not changed, and an edit without changes leaves no trace.
        """
        at, user = at or self.clock(), self._user(user_id)
        changed: dict[str, Value] = {}
        old: dict[str, Value] = {"old_task_text": task.text}
        if edit.text is not None and edit.text != task.text:
            changed["task_text"] = task.text = edit.text
        if edit.task_type is not None and edit.task_type.id != task.task_type_id:
            changed["task_type_id"] = task.task_type_id = edit.task_type.id
        if edit.status is not None and edit.status != task.status:
            task.elapse(self.columns[task.col_id], at)
            changed["task_status"] = task.status = edit.status
        if edit.user_ids is not None and edit.user_ids != task.assignments:
            task.assignments = edit.user_ids
            changed["user_ids"] = serializers.user_ids(edit.user_ids)
        column = edit.column or self.columns[task.col_id]
        if column.id != task.col_id or edit.after is not None:
            order = self._order_after(task, column, edit.after)
            self._move(task, column, order, at, changed, old)
        if changed:
            task.user_id = user
            self._record("task", task.id, task.project_id, user, {**changed, **old}, at)
        return changed

    def column_of(self, project: Project, type: Literal["B", "D"]) -> Column:
        """The Backlog or the Done column of a project."""
        return next(one for one in self.columns_of(project) if one.type == type)

    def columns_of(self, project: Project) -> list[Column]:
        """In descending order, Backlog first whatever its order."""
        columns = [self.columns[number] for number in project.columns]
        return sorted(columns, key=lambda one: (one.type != "B", -one.order))

    def tasks_of(self, project: Project) -> list[Task]:
        """The tasks that are not deleted, from the top of each column, column by column."""
        rank = {column.id: n for n, column in enumerate(self.columns_of(project))}
        tasks = [self.tasks[number] for number in project.tasks]
        return sorted(
            (one for one in tasks if one.status != "D"),
            key=lambda one: (rank[one.col_id], -one.order),
        )

    def history(self, item_type: ItemType, item_id: int) -> Sequence[Change]:
        """The changes of an item, oldest first."""
        return self._history.get((item_type, item_id), [])

    def recent_activity(self, project: Project) -> list[Change]:
        """The changes of its tasks in the last 24 hours, newest first."""
        since = self.clock() - _DAY
        return [
            one
            for one in reversed(self.changes.values())
            if one.item_type == "task" and one.project_id == project.id and one.made >= since
        ]

    def _user(self, user_id: int | None) -> int:
        return next(iter(self.members), 0) if user_id is None else user_id

    def _record(
        self,
        item_type: ItemType,
        item_id: int,
        project_id: int,
        user_id: int,
        content: Mapping[str, Value],
        at: datetime | None,
    ) -> None:
        change = Change(
            len(self.changes) + 1,
            at or self.clock(),
            item_type,
            item_id,
            project_id,
            user_id,
            content,
        )
        self.changes[change.id] = change
        self._history.setdefault((item_type, item_id), []).append(change)

    def _move(
        self,
        task: Task,
        column: Column,
        order: float,
        at: datetime,
        changed: dict[str, Value],
        old: dict[str, Value],
    ) -> None:
        """Move a task within its column or to another, and note what that changes."""
        source = self.columns[task.col_id]
        if column is source and order == task.order:
            return
        if column is not source:
            task.elapse(source, at)
            changed["col_id"] = task.col_id = column.id
        old["old_task_order"] = task.order
        changed["task_order"] = task.order = order
        if column is not source:
            # As in the samples, this is the title of the new column, whatever its name says.
            old["old_col_title"] = column.title
            changed |= _completed(task, source, column, at)

    def _order_after(
        self, task: Task, column: Column, after: float | Literal["none"] | None
    ) -> float:
        """An order between the task of the order ``after`` and the next one, or on top of all."""
        if after is None or after == "none":
            column.top += 1
            return column.top
        others = [
            one.order
            for one in self.tasks_of(self.projects[task.project_id])
            if one.col_id == column.id and one is not task and one.order < after
        ]
        order = (after + max(others)) / 2 if others else after - 1
        column.top = max(column.top, order)
        return order


def _completed(task: Task, source: Column, target: Column, at: datetime) -> Mapping[str, Value]:
    """What else changes with a move into Done; a move out of it clears that, and shows nothing."""
    if "D" not in (source.type, target.type) or source.type == target.type:
        return {}
    if source.type == "D":
        task.completed = task.metrics = None
        return {}
    task.completed, task.metrics = at, deepcopy(task.running)
    return {"task_completed": at, "task_metrics": serializers.metrics(task.metrics)}
