"""The entities of Kanban Tool, as its document shows them.

What may be missing or null is None; a tuple of parts is None if the call does not send them.
Times are aware.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, TypeAlias

from attrs import field, frozen

from agilekit.wire.json import JSON
from agilekit.wire.model import Model, raw_field, undocumented

__all__ = [
    "Board",
    "BoardUser",
    "CardType",
    "Change",
    "Comment",
    "Folder",
    "Id",
    "Subtask",
    "Swimlane",
    "Task",
    "TimeTracker",
    "UserSummary",
    "WorkflowStage",
]

# Always a number, so that it can be handed on to the next call as it is.
Id: TypeAlias = Annotated[int, "0 if the answer held none"]


@frozen(repr=False)
class UserSummary(Model):
    """Somebody, as boards, tasks and comments name them."""

    id: int | None = None
    """Sent only with the users of a board."""
    initials: str | None = None
    name: str | None = None
    is_suspended: bool | None = None
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class Folder(Model):
    """What boards are kept in."""

    id: Id = 0
    name: str | None = None
    description: str | None = None
    position: int | None = None
    created_at: datetime | None = None
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class Swimlane(Model):
    """A row of a board."""

    id: Id = 0
    name: str | None = None
    board_id: int | None = None
    limit: int | None = None
    """The most tasks that should be in it."""
    position: int | None = None
    """From 1, top to bottom."""
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class WorkflowStage(Model):
    """A column of a board, or a part of one."""

    id: Id = 0
    name: str | None = None
    """None for the root of all stages."""
    board_id: int | None = None
    parent_id: int | None = None
    """The stage that it is a part of."""
    lane_width: int | None = None
    limit: int | None = None
    """The most tasks that should be in it."""
    position: int | None = None
    """From 1, left to right."""
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class CardType(Model):
    """A kind of task, with its colour."""

    id: Id = 0
    name: str | None = None
    board_id: int | None = None
    color_ref: str | None = None
    is_default: bool | None = None
    is_disabled: bool | None = None
    position: int | None = None
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class Board(Model):
    """Source: KanbanTool API v1.1 Guide, "Listing accessible boards" and
    "Viewing board structure and settings".

    The list has the folder, the view of one board has what follows it.
    """

    id: Id = 0
    """20 less than the number in its web address."""
    name: str | None = None
    description: str | None = None
    folder_id: int | None = None
    position: int | None = None
    version: int | None = None
    """Counts its changes."""
    last_activity_on: date | None = None
    created_at: datetime | None = None
    folder: Folder | None = None
    swimlanes: tuple[Swimlane, ...] | None = None
    workflow_stages: tuple[WorkflowStage, ...] | None = None
    card_types: tuple[CardType, ...] | None = None
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class BoardUser(Model):
    """What somebody may do on a board.

    Source: KanbanTool API v1.1 Guide, "Listing users and permissions for given board".
    """

    id: Id = 0
    """Of the permission; the person's own is `user_id`."""
    user_id: int | None = None
    user: UserSummary | None = None
    can_read_tasks: bool | None = None
    can_create_tasks: bool | None = None
    can_update_tasks: bool | None = None
    can_move_tasks: bool | None = None
    can_delete_tasks: bool | None = None
    updated_at: datetime | None = None
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class Change(Model):
    """Something that happened.

    Source: KanbanTool API v1.1 Guide, "Listing recent activity for board".

    In a task's details, the object that was changed is the task and is not named.
    """

    id: Id = 0
    what: str | None = None
    """``"created"``, ``"comment_added"``, …"""
    description: str | None = None
    """A sentence for people."""
    changed_object_type: str | None = None
    """``"Task"``, …"""
    changed_object_id: int | None = None
    user_id: int | None = None
    swimlane_id: int | None = None
    workflow_stage_id: int | None = None
    created_at: datetime | None = None
    data: JSON = field(default=None, eq=False)
    """What only JSON adds, as it came."""
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class Comment(Model):
    """Source: KanbanTool API v1.1 Guide, "Viewing comment details"."""

    id: Id = 0
    content: str | None = None
    user_id: int | None = None
    """None if the user was deleted."""
    user: UserSummary | None = None
    """Sent only in a task's details."""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class Subtask(Model):
    """An entry of a task's to-do list.

    Source: KanbanTool API v1.1 Guide, "Viewing subtask details".
    """

    id: Id = 0
    name: str | None = None
    task_id: int | None = None
    position: int | None = None
    """From 1, top to bottom."""
    is_completed: bool | None = None
    assigned_user_id: int | None = None
    assigned_user: UserSummary | None = None
    """Sent only in a task's details."""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class Task(Model):
    """Source: KanbanTool API v1.1 Guide, "Viewing task details".

    A list sends it without its last parts.
    """

    id: Id = 0
    name: str | None = None
    description: str | None = None
    """HTML."""
    card_type_id: int | None = None
    swimlane_id: int | None = None
    workflow_stage_id: int | None = None
    position: int | None = None
    """From 1, top to bottom, in its swimlane and stage."""
    priority: int | None = None
    """Below 0 low, 0 normal, above 0 high."""
    size_estimate: float | None = None
    due_date: date | None = None
    tags: str | None = None
    external_link: str | None = None
    # No document shows a value of one.
    custom_field_1: str | None = field(default=None, metadata=undocumented())
    custom_field_2: str | None = field(default=None, metadata=undocumented())
    custom_field_3: str | None = field(default=None, metadata=undocumented())
    custom_field_4: str | None = field(default=None, metadata=undocumented())
    custom_field_5: str | None = field(default=None, metadata=undocumented())
    custom_field_6: str | None = field(default=None, metadata=undocumented())
    custom_field_7: str | None = field(default=None, metadata=undocumented())
    custom_field_8: str | None = field(default=None, metadata=undocumented())
    custom_field_9: str | None = field(default=None, metadata=undocumented())
    custom_field_10: str | None = field(default=None, metadata=undocumented())
    custom_field_11: str | None = field(default=None, metadata=undocumented())
    custom_field_12: str | None = field(default=None, metadata=undocumented())
    custom_field_13: str | None = field(default=None, metadata=undocumented())
    custom_field_14: str | None = field(default=None, metadata=undocumented())
    custom_field_15: str | None = field(default=None, metadata=undocumented())
    comments_count: int | None = None
    subtasks_count: int | None = None
    subtasks_completed_count: int | None = None
    assigned_user_id: int | None = None
    assigned_user: UserSummary | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    archived_at: datetime | None = None
    comments: tuple[Comment, ...] | None = None
    changelogs: tuple[Change, ...] | None = None
    subtasks: tuple[Subtask, ...] | None = None
    raw: Mapping[str, JSON] = raw_field()

    @property
    def custom_fields(self) -> dict[int, str]:
        """The custom fields that are set, by their numbers."""
        found: dict[int, str | None] = {
            number: getattr(self, f"custom_field_{number}") for number in range(1, 16)
        }
        return {number: value for number, value in found.items() if value}


@frozen(repr=False)
class TimeTracker(Model):
    """A stretch of work on a task.

    Source: KanbanTool API v1.1 Guide, "Time Tracker object reference".
    """

    id: Id = 0
    user_id: int | None = None
    board_id: int | None = None
    task_id: int | None = None
    listed: bool | None = None
    """Whether the timers in the side panel show it."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    """None while it runs."""
    seconds_from_resumed_sprint: int | None = None
    """Of earlier trackers of the same user and task."""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    task: Task | None = None
    """Sent if ``expand=True`` asks for it, as are the next two."""
    workflow_stage: WorkflowStage | None = None
    card_type: CardType | None = None
    raw: Mapping[str, JSON] = raw_field()
