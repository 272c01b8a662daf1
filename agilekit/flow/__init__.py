"""flow: the client, the entities, and what may be written."""

from agilekit.flow.client import Flow
from agilekit.flow.history import ItemType
from agilekit.flow.models import (
    Change,
    Column,
    EditedTask,
    IdleTimes,
    Member,
    Project,
    Task,
    TaskMetrics,
    TaskType,
)
from agilekit.flow.params import TaskChanges, TaskDraft, TaskStatus

__all__ = [
    "Change",
    "Column",
    "EditedTask",
    "Flow",
    "IdleTimes",
    "ItemType",
    "Member",
    "Project",
    "Task",
    "TaskChanges",
    "TaskDraft",
    "TaskMetrics",
    "TaskStatus",
    "TaskType",
]
