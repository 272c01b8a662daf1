"""flow: a board, and the 13 calls of its API Reference."""

from agilekit.sandbox.flow.board import Board
from agilekit.sandbox.flow.service import Flow
from agilekit.sandbox.flow.state import (
    Change,
    Column,
    Edit,
    Group,
    Member,
    Metrics,
    Project,
    Task,
    TaskType,
)

__all__ = [
    "Board",
    "Change",
    "Column",
    "Edit",
    "Flow",
    "Group",
    "Member",
    "Metrics",
    "Project",
    "Task",
    "TaskType",
]
