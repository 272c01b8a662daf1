"""Flying Donut: its projects, and the 16 calls of its API document."""

from agilekit.sandbox.flyingdonut.edits import Locking
from agilekit.sandbox.flyingdonut.project import Project
from agilekit.sandbox.flyingdonut.service import FlyingDonut
from agilekit.sandbox.flyingdonut.state import (
    Bucket,
    Burndown,
    BurndownItem,
    Card,
    Sprint,
    Task,
    TaskCounters,
    Versioned,
)

__all__ = [
    "Bucket",
    "Burndown",
    "BurndownItem",
    "Card",
    "FlyingDonut",
    "Locking",
    "Project",
    "Sprint",
    "Task",
    "TaskCounters",
    "Versioned",
]
