"""What a project holds. Everything compares by value and can be deep-copied for a snapshot.

An entity's own version is the sum of its attributes' versions. The samples of the document agree:
the placeholder card is at 4 with two attributes at 2, the task T1 at 3 with three at 1. Beside it,
its operations are counted, which fits recorded answers better.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import Factory, define, field, frozen

from agilekit.sandbox.flyingdonut.versioned import Versioned

if TYPE_CHECKING:
    from datetime import datetime

Number: TypeAlias = int | float
TaskState: TypeAlias = Literal["todo", "in-progress", "done"]
Phase: TypeAlias = Literal["past", "active", "future"]
Role: TypeAlias = Literal["participant", "observer"]

PLACEHOLDER = "Tasks of this sprint that belong to none of its cards"


@define
class ObjectIds:
    """Ids of 24 hexadecimal digits that increase and are the same in every run."""

    last: int = 0

    def next(self) -> str:
        self.last += 1
        return f"66b1d2a05eed0a61{self.last:08x}"


@define
class Bucket:
    id: str
    title: str
    entered: int = 0
    """How many cards have ever entered; the rank of the next one."""


@frozen
class TaskCounters:
    todo: int = 0
    in_progress: int = 0
    done: int = 0

    @property
    def total(self) -> int:
        return self.todo + self.in_progress + self.done

    @property
    def status(self) -> TaskState:
        if self.done == self.total:
            return "done"
        return "todo" if self.todo == self.total else "in-progress"


@frozen
class ItemCounters:
    """Cards of a sprint, without its placeholder."""

    done: int = 0
    todo: int = 0

    @property
    def total(self) -> int:
        return self.done + self.todo


@define(kw_only=True)
class Card:
    """A card, or the placeholder of a sprint for tasks without a card.

    ``state`` is the id of a bucket, ``iteration`` that of a sprint, ``summary`` is markdown,
    ``tasks`` are ids; ``order`` is the rank in the card's container, from 0.
    """

    id: str
    cid: int
    title: Versioned[str]
    summary: Versioned[str]
    estimate: Versioned[Number | None]
    iteration: Versioned[str | None]
    state: Versioned[str | None]
    order: Versioned[int]
    task_counters: Versioned[TaskCounters | None] = field(factory=lambda: Versioned(None))
    task_estimate: Versioned[Number | None] = field(factory=lambda: Versioned(None))
    value: Versioned[Number | None] = field(factory=lambda: Versioned(None))
    operations: int = 0
    is_placeholder: bool = False
    tasks: list[str] = Factory(list[str])

    @property
    def version(self) -> int:
        return (
            self.title.version
            + self.summary.version
            + self.estimate.version
            + self.iteration.version
            + self.state.version
            + self.order.version
            + self.task_counters.version
            + self.task_estimate.version
            + self.value.version
        )

    @property
    def container(self) -> str | None:
        """The id of the sprint, or else of the bucket, whose listing shows the card."""
        return self.iteration.value or self.state.value


@frozen
class Remaining:
    """Hours that a member found left on a task."""

    duration: Number
    when: datetime
    who: str


@frozen
class Assignment:
    user: str
    when: datetime
    who: str


@define(kw_only=True)
class Task:
    """A task. ``owner`` is the id of its card, ``estimate`` is in hours."""

    id: str
    cid: int
    owner: str
    title: Versioned[str]
    summary: Versioned[str]
    estimate: Versioned[Number | None]
    state: Versioned[TaskState]
    order: Versioned[int]
    operations: int = 0
    time_remaining: list[Remaining] = Factory(list[Remaining])
    users: list[Assignment] = Factory(list[Assignment])
    time_entries_total: Number = 0

    @property
    def version(self) -> int:
        return (
            self.title.version
            + self.summary.version
            + self.estimate.version
            + self.state.version
            + self.order.version
        )


@define(kw_only=True)
class Sprint:
    """A sprint. Its phase is stated, not read off the clock, so that runs repeat."""

    id: str
    title: Versioned[str]
    summary: Versioned[str]
    start: Versioned[datetime]
    end: Versioned[datetime]
    phase: Phase
    order: int
    estimate: Versioned[Number | None] = field(factory=lambda: Versioned(None))
    task_counters: Versioned[TaskCounters | None] = field(factory=lambda: Versioned(None))
    task_estimate: Versioned[Number | None] = field(factory=lambda: Versioned(None))
    item_counters: Versioned[ItemCounters | None] = field(factory=lambda: Versioned(None))
    """Left out of the sprint's version if they are not shown."""
    milestone: Versioned[str | None] = field(factory=lambda: Versioned(None))
    non_working_days: Versioned[tuple[datetime, ...]] = field(factory=lambda: Versioned(()))
    operations: int = 0
    entered: int = 0

    @property
    def version(self) -> int:
        return (
            self.title.version
            + self.summary.version
            + self.start.version
            + self.end.version
            + self.estimate.version
            + self.task_counters.version
            + self.task_estimate.version
            + self.milestone.version
            + self.non_working_days.version
        )


@define(kw_only=True)
class Milestone:
    """What sprints lead up to."""

    id: str
    title: Versioned[str]


@frozen
class BurndownItem:
    """A line of the chart: the hours left at the end of each day."""

    cid: int
    title: str
    original: Number
    remaining: tuple[Number, ...]


@frozen
class Burndown:
    items: tuple[BurndownItem, ...]
    when: datetime
    start: datetime
    end: datetime

    @property
    def days(self) -> int:
        return max((len(item.remaining) for item in self.items), default=0)
