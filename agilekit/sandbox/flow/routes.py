"""The table of the calls, in the order of the flow API Reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agilekit.sandbox.flow import handlers as on
from agilekit.sandbox.routing import Route

if TYPE_CHECKING:
    from agilekit.sandbox.flow.call import Call

ROUTES: Final[tuple[Route[Call], ...]] = (
    Route("GET", "/members", on.members),
    Route("GET", "/projects", on.projects),
    Route("GET", "/{project_id}/cols", on.cols),
    Route("GET", "/{project_id}/task_types", on.task_types),
    Route("GET", "/{project_id}/tasks", on.tasks),
    Route("GET", "/{project_id}/tasks/recent_activity", on.recent_activity),
    Route("GET", "/item_history/{item_type}/{item_id}", on.item_history),
    Route("GET", "/task/{task_id}", on.get_task),
    Route("POST", "/task", on.add_task),
    Route("POST", "/authentication", on.add_key),
    Route("PUT", "/task/{task_id}", on.edit_task),
    Route("DELETE", "/task/{task_id}", on.delete_task),
    Route("DELETE", "/authentication/{key}", on.delete_key),
)
