"""The table of the calls, in the order of the Flying Donut API document; others apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agilekit.sandbox.flyingdonut.handlers import (
    buckets,
    cards,
    milestones,
    project,
    sprints,
    tasks,
)
from agilekit.sandbox.routing import Route

if TYPE_CHECKING:
    from agilekit.sandbox.flyingdonut.call import Call

_PROJECT: Final = "/projects/{projectId}"
_BUCKET: Final = f"{_PROJECT}/backlog/buckets/{{bucketId}}"
_SPRINT: Final = f"{_PROJECT}/iterations/{{iterationId}}"
_CARD: Final = f"{_PROJECT}/items/{{itemId}}"
_TASK: Final = f"{_PROJECT}/tasks/{{taskId}}"

ROUTES: Final[tuple[Route[Call], ...]] = (
    Route("GET", _PROJECT, project.fetch_project),
    Route("GET", f"{_PROJECT}/backlog/items", cards.fetch_backlog_cards),
    Route("GET", f"{_PROJECT}/backlog/buckets", buckets.fetch_backlog_buckets),
    Route("GET", _BUCKET, buckets.fetch_backlog_bucket),
    Route("GET", f"{_BUCKET}/items", cards.fetch_backlog_bucket_cards),
    Route("POST", f"{_BUCKET}/items", cards.create_backlog_bucket_card),
    Route("GET", f"{_PROJECT}/iterations", sprints.fetch_sprints),
    Route("GET", _SPRINT, sprints.fetch_sprint),
    Route("GET", f"{_SPRINT}/items", sprints.fetch_sprint_cards),
    Route("GET", f"{_SPRINT}/burndown-chart", sprints.fetch_sprint_burndown_chart),
    Route("GET", _CARD, cards.fetch_card),
    Route("PUT", _CARD, cards.update_card),
    Route("GET", f"{_CARD}/tasks", tasks.fetch_card_tasks),
    Route("POST", f"{_CARD}/tasks", tasks.create_card_task),
    Route("GET", _TASK, tasks.fetch_task),
    Route("PUT", _TASK, tasks.update_task),
)

UNDOCUMENTED: Final[tuple[Route[Call], ...]] = (
    Route("GET", f"{_PROJECT}/milestones", milestones.fetch_milestones),
    Route("GET", f"{_PROJECT}/milestones/{{milestoneId}}/items", milestones.fetch_milestone_cards),
)
"""Calls that recordings show and no document; served only if ``RecordedForms.milestones``."""
