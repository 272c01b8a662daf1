"""Kanban Tool: an account with its boards, and the calls of its API document."""

from agilekit.sandbox.kanbantool.account import Account
from agilekit.sandbox.kanbantool.service import KanbanTool
from agilekit.sandbox.kanbantool.state import (
    Board,
    CardType,
    Change,
    Comment,
    Folder,
    Share,
    Stage,
    Subtask,
    Swimlane,
    Task,
    TaskFields,
    TimeTracker,
    User,
)

__all__ = [
    "Account",
    "Board",
    "CardType",
    "Change",
    "Comment",
    "Folder",
    "KanbanTool",
    "Share",
    "Stage",
    "Subtask",
    "Swimlane",
    "Task",
    "TaskFields",
    "TimeTracker",
    "User",
]
