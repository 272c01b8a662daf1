"""The table of the calls, in the order of the flow API Reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agilekit.sandbox.flow.handlers import (
    columns,
    history,
    keys,
    members,
    projects,
    task_types,
    tasks,
)
from agilekit.sandbox.routing import Route

if TYPE_CHECKING:
    from agilekit.sandbox.flow.call import Call

ROUTES: Final[tuple[Route[Call], ...]] = (
    Route("GET", "/members", members.list_members),
    Route("GET", "/projects", projects.list_projects),
    Route("GET", "/{project_id}/cols", columns.list_columns),
    Route("GET", "/{project_id}/task_types", task_types.list_task_types),
    Route("GET", "/{project_id}/tasks", tasks.list_tasks),
    Route("GET", "/{project_id}/tasks/recent_activity", history.recent_activity),
    Route("GET", "/item_history/{item_type}/{item_id}", history.item_history),
    Route("GET", "/task/{task_id}", tasks.get_task),
    Route("POST", "/task", tasks.add_task),
    Route("POST", "/authentication", keys.add_key),
    Route("PUT", "/task/{task_id}", tasks.edit_task),
    Route("DELETE", "/task/{task_id}", tasks.delete_task),
    Route("DELETE", "/authentication/{key}", keys.delete_key),
)
