"""easyBacklog: its accounts, and the calls of its API documentation."""

from agilekit.sandbox.easybacklog.race import Race
from agilekit.sandbox.easybacklog.service import EasyBacklog
from agilekit.sandbox.easybacklog.state import (
    Account,
    Backlog,
    Company,
    Criterion,
    Sprint,
    SprintStory,
    Story,
    Theme,
)
from agilekit.sandbox.easybacklog.store import Store

__all__ = [
    "Account",
    "Backlog",
    "Company",
    "Criterion",
    "EasyBacklog",
    "Race",
    "Sprint",
    "SprintStory",
    "Store",
    "Story",
    "Theme",
]
