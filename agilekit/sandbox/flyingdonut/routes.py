"""The table of the calls, in the order of the Flying Donut API document; others apart."""

from __future__ import annotations

from typing import Final

from agilekit.sandbox.flyingdonut import handlers as on
from agilekit.sandbox.routing import Route

_PROJECT: Final = "/projects/{projectId}"
_BUCKET: Final = f"{_PROJECT}/backlog/buckets/{{bucketId}}"
_SPRINT: Final = f"{_PROJECT}/iterations/{{iterationId}}"
_CARD: Final = f"{_PROJECT}/items/{{itemId}}"
_TASK: Final = f"{_PROJECT}/tasks/{{taskId}}"

ROUTES: Final[tuple[Route[on.Call], ...]] = (
    Route("GET", _PROJECT, on.fetch_project),
    Route("GET", f"{_PROJECT}/backlog/items", on.fetch_backlog_cards),
    Route("GET", f"{_PROJECT}/backlog/buckets", on.fetch_backlog_buckets),
    Route("GET", _BUCKET, on.fetch_backlog_bucket),
    Route("GET", f"{_BUCKET}/items", on.fetch_backlog_bucket_cards),
    Route("POST", f"{_BUCKET}/items", on.create_backlog_bucket_card),
    Route("GET", f"{_PROJECT}/iterations", on.fetch_sprints),
    Route("GET", _SPRINT, on.fetch_sprint),
    Route("GET", f"{_SPRINT}/items", on.fetch_sprint_cards),
    Route("GET", f"{_SPRINT}/burndown-chart", on.fetch_sprint_burndown_chart),
    Route("GET", _CARD, on.fetch_card),
    Route("PUT", _CARD, on.update_card),
    Route("GET", f"{_CARD}/tasks", on.fetch_card_tasks),
    Route("POST", f"{_CARD}/tasks", on.create_card_task),
    Route("GET", _TASK, on.fetch_task),
    Route("PUT", _TASK, on.update_task),
)

UNDOCUMENTED: Final[tuple[Route[on.Call], ...]] = (
    Route("GET", f"{_PROJECT}/milestones", on.fetch_milestones),
    Route("GET", f"{_PROJECT}/milestones/{{milestoneId}}/items", on.fetch_milestone_cards),
)
"""Calls that recordings show and no document; served only if ``RecordedForms.milestones``."""
