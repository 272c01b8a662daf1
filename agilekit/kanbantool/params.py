"""What calls to Kanban Tool take: ids, drafts and changes, and how these go over the wire."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, Required, TypeAlias, TypedDict

from agilekit.checks import id_of, parse_id
from agilekit.kanbantool.models import (
    Board,
    BoardUser,
    CardType,
    Comment,
    Subtask,
    Swimlane,
    Task,
    UserSummary,
    WorkflowStage,
)
from agilekit.wire.encode import (
    Encode,
    boolean,
    integer,
    iso_date,
    iso_time,
    non_empty,
    nullable,
    number,
    reference,
    string,
)

__all__ = [
    "COMMENT_FIELDS",
    "CREATE_ONLY",
    "CUSTOM_FIELDS",
    "SUBTASK_FIELDS",
    "TASK_CHANGES",
    "TASK_DRAFT",
    "TIMER_CHANGES",
    "TIMER_DRAFT",
    "CommentDraft",
    "SubtaskChanges",
    "SubtaskDraft",
    "TaskAttributes",
    "TaskChanges",
    "TaskDraft",
    "TimerChanges",
    "TimerDraft",
    "User",
    "comment_ids",
    "parse_user_id",
    "subtask_ids",
    "task_ids",
    "user_id_of",
]

User: TypeAlias = BoardUser | UserSummary | int | str


class TaskAttributes(TypedDict, total=False):
    """What both a new task and an update may set.

    Source: KanbanTool API v1.1 Guide, "Creating tasks".

    The document does not list ``size_estimate``, but its default and its error; nor ``tags``, nor
    custom fields above 10, but the service's answers have them.
    """

    description: str | None
    """HTML."""
    assigned_user_id: User | None
    card_type_id: CardType | int | str
    due_date: date | str | None
    external_link: str | None
    priority: int
    """Below 0 low, 0 normal, above 0 high."""
    size_estimate: float
    tags: str | None
    custom_field_1: str | None
    custom_field_2: str | None
    custom_field_3: str | None
    custom_field_4: str | None
    custom_field_5: str | None
    custom_field_6: str | None
    custom_field_7: str | None
    custom_field_8: str | None
    custom_field_9: str | None
    custom_field_10: str | None
    custom_field_11: str | None
    custom_field_12: str | None
    custom_field_13: str | None
    custom_field_14: str | None
    custom_field_15: str | None


class TaskDraft(TaskAttributes, total=False):
    """A task to be created. Source: KanbanTool API v1.1 Guide, "Creating tasks"."""

    name: Required[str]
    swimlane_id: Swimlane | int | str | None
    """The top one, if it is left out or None."""
    workflow_stage_id: WorkflowStage | int | str | None
    """The leftmost one, if it is left out or None."""


class TaskChanges(TaskAttributes, total=False):
    """What an update of a task may set.

    Source: KanbanTool API v1.1 Guide, "Modifying/Updating tasks".
    """

    name: str


class SubtaskDraft(TypedDict, total=False):
    """A subtask to be created. Source: KanbanTool API v1.1 Guide, "Creating new subtasks"."""

    name: Required[str]
    is_completed: bool
    assigned_user_id: User | None


class SubtaskChanges(TypedDict, total=False):
    """What an update of a subtask may set.

    Source: KanbanTool API v1.1 Guide, "Updating existing subtasks".
    """

    name: str
    is_completed: bool
    assigned_user_id: User | None


class CommentDraft(TypedDict):
    """A comment to be added. Source: KanbanTool API v1.1 Guide, "Posting new comments"."""

    content: str


class TimerDraft(TypedDict, total=False):
    """A time tracker to be added.

    Source: KanbanTool API v1.1 Guide, "Creating new time entries for current user".
    """

    board_id: Required[Board | int | str]
    task_id: Required[Task | int | str]
    started_at: Required[datetime | str]
    """Aware, or ISO 8601 with an offset."""
    ended_at: datetime | str | None
    """None, or left out, while it runs."""


class TimerChanges(TypedDict, total=False):
    """What an update of a time tracker may set.

    Source: KanbanTool API v1.1 Guide, "Updating existing time entries".
    """

    started_at: datetime | str
    """Aware, or ISO 8601 with an offset."""
    ended_at: datetime | str | None
    """None lets it run."""


def task_ids(board: Board | int | str, task: Task | int | str) -> dict[str, int]:
    """The ids of a call, by the document's names. Raises InvalidInput, as the next two do."""
    return {"board_id": id_of(board, Board), "task_id": id_of(task, Task)}


def subtask_ids(
    board: Board | int | str, task: Task | int | str, subtask: Subtask | int | str
) -> dict[str, int]:
    return {**task_ids(board, task), "subtask_id": id_of(subtask, Subtask)}


def comment_ids(
    board: Board | int | str, task: Task | int | str, comment: Comment | int | str
) -> dict[str, int]:
    return {**task_ids(board, task), "comment_id": id_of(comment, Comment)}


def user_id_of(user: object) -> int:
    """The id of a person: a `BoardUser` has an id of its own, that of the permission."""
    if isinstance(user, UserSummary):
        return id_of(user, UserSummary, name="user")
    return id_of(user, BoardUser, attribute="user_id", name="user")


def parse_user_id(user: object) -> int:
    """As `user_id_of`. Raises ValueError with what is wrong."""
    if isinstance(user, UserSummary):
        return parse_id(user, UserSummary)
    return parse_id(user, BoardUser, attribute="user_id")


CUSTOM_FIELDS: Final = tuple(f"custom_field_{number}" for number in range(1, 16))
# Source: KanbanTool API v1.1 Guide, "Moving tasks": an update does not move a task.
CREATE_ONLY: Final = ("swimlane_id", "workflow_stage_id")

TASK_CHANGES: Final[Mapping[str, Encode]] = {
    "name": non_empty,
    "description": nullable(string),
    "assigned_user_id": nullable(parse_user_id),
    "card_type_id": reference(CardType),
    "due_date": nullable(iso_date),
    "external_link": nullable(string),
    "priority": integer,
    "size_estimate": number,
    "tags": nullable(string),
    **dict.fromkeys(CUSTOM_FIELDS, nullable(string)),
}
TASK_DRAFT: Final[Mapping[str, Encode]] = {
    **TASK_CHANGES,
    "swimlane_id": nullable(reference(Swimlane)),
    "workflow_stage_id": nullable(reference(WorkflowStage)),
}
SUBTASK_FIELDS: Final[Mapping[str, Encode]] = {
    "name": non_empty,
    "is_completed": boolean,
    "assigned_user_id": nullable(parse_user_id),
}
COMMENT_FIELDS: Final[Mapping[str, Encode]] = {"content": non_empty}
TIMER_CHANGES: Final[Mapping[str, Encode]] = {
    "started_at": iso_time,
    "ended_at": nullable(iso_time),
}
TIMER_DRAFT: Final[Mapping[str, Encode]] = {
    "board_id": reference(Board),
    "task_id": reference(Task),
    **TIMER_CHANGES,
}
