"""Flying Donut: the client, the entities, and what may be written."""

from agilekit.flyingdonut.client import FlyingDonut
from agilekit.flyingdonut.models import (
    Bucket,
    BucketCards,
    Burndown,
    BurndownItem,
    Card,
    Oid,
    Project,
    RichText,
    Sprint,
    SprintCards,
    SprintItem,
    Task,
    TaskCounters,
    TaskState,
    TaskUser,
    TimeRemaining,
    UserCounters,
)
from agilekit.flyingdonut.writing import CardChanges, CardDraft, TaskChanges, TaskDraft

__all__ = [
    "Bucket",
    "BucketCards",
    "Burndown",
    "BurndownItem",
    "Card",
    "CardChanges",
    "CardDraft",
    "FlyingDonut",
    "Oid",
    "Project",
    "RichText",
    "Sprint",
    "SprintCards",
    "SprintItem",
    "Task",
    "TaskChanges",
    "TaskCounters",
    "TaskDraft",
    "TaskState",
    "TaskUser",
    "TimeRemaining",
    "UserCounters",
]
