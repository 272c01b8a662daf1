"""What an account holds. Everything compares by value and can be deep-copied for a snapshot.

The columns of a board are the workflow stages without stages inside. A task takes a place in the
cell of its column and swimlane; an archived one keeps both and has no place.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypedDict, get_args

from attrs import define, field

if TYPE_CHECKING:
    from datetime import date, datetime

Right: TypeAlias = Literal["create", "delete", "move", "read", "update"]

RIGHTS: Final[tuple[Right, ...]] = get_args(Right)


@define(kw_only=True)
class User:
    id: int
    name: str
    initials: str
    token: str = field(repr=False)
    is_suspended: bool = False
    is_admin: bool = False
    """Whether the user administers the account, and so may change the timers of others."""


@define(kw_only=True)
class Share:
    """What a user may do with the tasks of a board; the API calls it a shared item user."""

    id: int
    user_id: int
    rights: frozenset[Right]
    updated_at: datetime


@define(kw_only=True)
class Folder:
    id: int
    name: str
    description: str
    position: int
    created_at: datetime


@define(kw_only=True)
class Swimlane:
    id: int
    board_id: int
    name: str
    position: int
    limit: int | None = None


@define(kw_only=True)
class Stage:
    id: int
    board_id: int
    name: str | None
    position: int
    parent_id: int | None
    limit: int | None = None
    lane_width: int = 1


@define(kw_only=True)
class CardType:
    id: int
    board_id: int
    name: str
    color_ref: str
    position: int
    is_default: bool = False
    is_disabled: bool = False


@define(kw_only=True)
class Comment:
    id: int
    user_id: int | None
    """None if the user was deleted."""
    content: str
    created_at: datetime
    updated_at: datetime


@define(kw_only=True)
class Subtask:
    id: int
    task_id: int
    name: str
    position: int
    created_at: datetime
    updated_at: datetime
    is_completed: bool = False
    assigned_user_id: int | None = None


@define(kw_only=True)
class Change:
    """An entry of the changelog of a board."""

    id: int
    changed_object_type: str
    changed_object_id: int
    user_id: int | None
    swimlane_id: int | None
    workflow_stage_id: int | None
    what: str
    description: str
    created_at: datetime


@define(kw_only=True)
class TimeTracker:
    id: int
    user_id: int
    board_id: int
    task_id: int
    started_at: datetime
    ended_at: datetime | None
    created_at: datetime
    updated_at: datetime
    listed: bool = True

    def seconds(self, now: datetime) -> int:
        """How long it has run, until it was stopped or until now."""
        return int(((self.ended_at or now) - self.started_at).total_seconds())


class TaskFields(TypedDict, total=False):
    """What may be written to a task besides its name and its place."""

    description: str | None
    assigned_user_id: int | None
    card_type_id: int
    due_date: date | None
    external_link: str | None
    priority: int
    size_estimate: Decimal
    tags: str
    custom_fields: dict[int, str | None]


@define(kw_only=True)
class Task:
    id: int
    board_id: int
    name: str
    swimlane_id: int
    workflow_stage_id: int
    position: int
    card_type_id: int
    owner_id: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None
    description: str | None = None
    assigned_user_id: int | None = None
    due_date: date | None = None
    external_link: str | None = None
    priority: int = 0
    size_estimate: Decimal = Decimal("1.0")
    tags: str = ""
    custom_fields: dict[int, str | None] = field(factory=dict[int, "str | None"], repr=False)
    version: int = 1
    comments: list[Comment] = field(factory=list[Comment], repr=False)
    subtasks: list[Subtask] = field(factory=list[Subtask], repr=False)
    """In the order of their positions."""
    changelog: list[Change] = field(factory=list[Change], repr=False)
    """Its own part of the changelog of its board."""
    time_trackers: list[TimeTracker] = field(factory=list[TimeTracker], repr=False)


@define(kw_only=True)
class Board:
    """A board; every dict has the id as its key and keeps the order of creation."""

    id: int
    name: str
    description: str
    folder_id: int | None
    owner_id: int
    position: int
    created_at: datetime
    last_activity_on: date
    version: int = 0
    shares: dict[int, Share] = field(factory=dict[int, Share], repr=False)
    """By the id of the user."""
    swimlanes: dict[int, Swimlane] = field(factory=dict[int, Swimlane], repr=False)
    workflow_stages: dict[int, Stage] = field(factory=dict[int, Stage], repr=False)
    card_types: dict[int, CardType] = field(factory=dict[int, CardType], repr=False)
    tasks: dict[int, Task] = field(factory=dict[int, Task], repr=False)
    changelog: list[Change] = field(factory=list[Change], repr=False)
    """Oldest first."""
    bottoms: dict[tuple[int, int], int] = field(factory=dict[tuple[int, int], int], repr=False)
    """The lowest position that was ever taken, by swimlane and column."""

    def columns(self) -> list[Stage]:
        """The stages that hold tasks, from left to right."""
        return self._leaves(None)

    def _leaves(self, parent: int | None) -> list[Stage]:
        inside = [stage for stage in self.workflow_stages.values() if stage.parent_id == parent]
        leaves: list[Stage] = []
        for stage in sorted(inside, key=lambda stage: stage.position):
            leaves += self._leaves(stage.id) or [stage]
        return leaves

    def rows(self) -> list[Swimlane]:
        """The swimlanes, from top to bottom."""
        return sorted(self.swimlanes.values(), key=lambda lane: lane.position)

    def default_card_type(self) -> CardType:
        return next(kind for kind in self.card_types.values() if kind.is_default)

    def in_column(self, stage_id: int) -> list[Task]:
        """The tasks in a column that are not archived, of all swimlanes, by position."""
        inside = (
            task
            for task in self.tasks.values()
            if task.workflow_stage_id == stage_id and task.archived_at is None
        )
        return sorted(inside, key=lambda task: task.position)

    def bottom(self, swimlane_id: int, stage_id: int) -> int:
        """Take the position at the bottom of a cell."""
        cell = swimlane_id, stage_id
        self.bottoms[cell] = self.bottoms.get(cell, 0) + 1
        return self.bottoms[cell]
