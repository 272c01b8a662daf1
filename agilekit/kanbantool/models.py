"""The entities of Kanban Tool, as its document shows them.

What may be missing or null is None; a tuple of parts is None where the call does not send them.
Times are aware.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from attrs import field, frozen

from agilekit.kanbantool.structure import (
    Board,
    BoardUser,
    CardType,
    Folder,
    Id,
    Swimlane,
    UserSummary,
    WorkflowStage,
)
from agilekit.wire.decode import to_int
from agilekit.wire.decoder import Decoder
from agilekit.wire.json import JSON
from agilekit.wire.model import Model, raw_field, undocumented
from agilekit.wire.times import from_iso

__all__ = [
    "Board",
    "BoardUser",
    "CardType",
    "Change",
    "Comment",
    "Folder",
    "Subtask",
    "Swimlane",
    "Task",
    "TimeTracker",
    "UserSummary",
    "WorkflowStage",
]


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
    """What JSON alone adds, as it came."""
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class Comment(Model):
    """Source: KanbanTool API v1.1 Guide, "Viewing comment details"."""

    id: Id = 0
    content: str | None = None
    user_id: int | None = None
    """None where the user was deleted."""
    user: UserSummary | None = None
    """Sent in a task's details alone."""
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
    """Sent in a task's details alone."""
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
    """Sent where ``expand=True`` asks for it, as are the next two."""
    workflow_stage: WorkflowStage | None = None
    card_type: CardType | None = None
    raw: Mapping[str, JSON] = raw_field()


def _id(value: object, _: object) -> int:
    return 0 if value is None else to_int(value)


# Source: KanbanTool API v1.1 Guide, "JSON response format warning".
MODELS: Final = Decoder(
    time=from_iso,
    keys=str,
    envelopes={
        Board: "board",
        BoardUser: "shared_item_user",
        CardType: "card_type",
        Change: "changelog",
        Comment: "comment",
        Folder: "folder",
        Subtask: "subtask",
        Swimlane: "swimlane",
        Task: "task",
        TimeTracker: "time_tracker",
        UserSummary: "user",
        WorkflowStage: "workflow_stage",
    },
    hooks={Id: _id},
)

_ENVELOPE: Final = "time_tracker"
_TRACKER: Final = MODELS.entity(TimeTracker)


# Source: KanbanTool API v1.1 Guide, "Deleting time entries": there may be no previous timer.
def previous_timer(data: JSON) -> TimeTracker | None:
    """The timer that an answer holds; None where it holds none."""
    if isinstance(data, dict) and "id" not in data and data.get(_ENVELOPE, data) is None:
        return None
    return None if data in (None, {}) else _TRACKER(data)
