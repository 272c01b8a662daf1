"""What a board holds. Everything compares by value; times are aware and in UTC.

Names are those of the API Reference, without the prefix that repeats the entity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import Factory, define, field, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from agilekit.sandbox.flow.renderer import Value

ColumnType: TypeAlias = Literal["", "B", "D"]
TaskStatus: TypeAlias = Literal["", "R", "B", "D", "U"]
ItemType: TypeAlias = Literal["task", "task_type", "col", "project", "group"]


@frozen
class Member:
    id: int
    name: str
    joined: datetime
    avatar: str

    @property
    def escaped(self) -> str:
        return self.name.replace(" ", "-")


@frozen
class Group:
    """A user group, of which the API shows only the history."""

    id: int
    title: str
    user_ids: tuple[int, ...]


@define
class Project:
    """A project, with the ids of what is in it."""

    id: int
    title: str
    order: float
    user_id: int
    archived: bool = False
    columns: list[int] = Factory(list[int])
    task_types: list[int] = Factory(list[int])
    tasks: list[int] = Factory(list[int])


@define
class Column:
    """A column; ``limit`` 0 is none, ``top`` is the highest order that a task in it ever had."""

    id: int
    project_id: int
    title: str
    type: ColumnType
    limit: int
    order: float
    user_id: int
    top: float = 0


@define
class TaskType:
    id: int
    project_id: int
    color: str
    text: str
    order: float
    user_id: int


@define
class Metrics:
    """Seconds: in each column but Done, ready, blocked, and neither of these nor in Backlog."""

    phase_times: dict[int, int] = Factory(dict[int, int])
    ready: int = 0
    blocked: int = 0
    working: int = 0

    @property
    def cycle(self) -> int:
        return sum(self.phase_times.values())

    def add(self, column: Column, status: TaskStatus, seconds: int) -> None:
        if column.type == "D":
            return
        self.phase_times[column.id] = self.phase_times.get(column.id, 0) + seconds
        if status == "R":
            self.ready += seconds
        elif status == "B":
            self.blocked += seconds
        elif column.type != "B":
            self.working += seconds


@define(kw_only=True)
class Task:
    """A task. ``running`` are its metrics up to ``since``, ``metrics`` those when it was done."""

    id: int
    project_id: int
    col_id: int
    task_type_id: int
    text: str
    order: float
    user_id: int
    created: datetime
    since: datetime
    status: TaskStatus = ""
    completed: datetime | None = None
    metrics: Metrics | None = None
    running: Metrics = field(factory=Metrics)
    assignments: tuple[int, ...] = ()

    def elapse(self, column: Column, at: datetime) -> None:
        """Count the time since the last change to the column where the task was."""
        self.running.add(column, self.status, max(0, int((at - self.since).total_seconds())))
        self.since = at


@frozen(kw_only=True)
class Edit:
    """New values of a task; None leaves a value as it is.

    ``after`` is the order of the task before it, "none" moves it to the top of its column.
    """

    text: str | None = None
    task_type: TaskType | None = None
    status: TaskStatus | None = None
    user_ids: tuple[int, ...] | None = None
    column: Column | None = None
    after: float | Literal["none"] | None = None


@frozen
class Change:
    """An entry of a history; ``content`` is as it goes over the wire."""

    id: int
    made: datetime
    item_type: ItemType
    item_id: int
    project_id: int
    user_id: int
    content: Mapping[str, Value]
