"""Kanban Tool: the client, the entities, and what may be written."""

from agilekit.kanbantool.boards import board_id_from_url
from agilekit.kanbantool.client import KanbanTool
from agilekit.kanbantool.models import (
    Board,
    BoardUser,
    CardType,
    Change,
    Comment,
    Folder,
    Subtask,
    Swimlane,
    Task,
    TimeTracker,
    UserSummary,
    WorkflowStage,
)
from agilekit.kanbantool.params import (
    CommentDraft,
    SubtaskChanges,
    SubtaskDraft,
    TaskAttributes,
    TaskChanges,
    TaskDraft,
    TimerChanges,
    TimerDraft,
)
from agilekit.kanbantool.reports import GroupBy, ReportType
from agilekit.kanbantool.tasks import Direction

__all__ = [
    "Board",
    "BoardUser",
    "CardType",
    "Change",
    "Comment",
    "CommentDraft",
    "Direction",
    "Folder",
    "GroupBy",
    "KanbanTool",
    "ReportType",
    "Subtask",
    "SubtaskChanges",
    "SubtaskDraft",
    "Swimlane",
    "Task",
    "TaskAttributes",
    "TaskChanges",
    "TaskDraft",
    "TimeTracker",
    "TimerChanges",
    "TimerDraft",
    "UserSummary",
    "WorkflowStage",
    "board_id_from_url",
]
