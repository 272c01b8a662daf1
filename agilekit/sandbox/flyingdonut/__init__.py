"""Flying Donut: its projects, the 16 calls of its API document, and what recordings show."""

from agilekit.sandbox.flyingdonut.batches import Batches
from agilekit.sandbox.flyingdonut.locking import Locking
from agilekit.sandbox.flyingdonut.project import Project
from agilekit.sandbox.flyingdonut.recorded import RecordedForms
from agilekit.sandbox.flyingdonut.service import FlyingDonut
from agilekit.sandbox.flyingdonut.state import (
    Bucket,
    Burndown,
    BurndownItem,
    Card,
    Milestone,
    Sprint,
    Task,
    TaskCounters,
)
from agilekit.sandbox.flyingdonut.versioned import Change, History, Versioned

__all__ = [
    "Batches",
    "Bucket",
    "Burndown",
    "BurndownItem",
    "Card",
    "Change",
    "FlyingDonut",
    "History",
    "Locking",
    "Milestone",
    "Project",
    "RecordedForms",
    "Sprint",
    "Task",
    "TaskCounters",
    "Versioned",
]
