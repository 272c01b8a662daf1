"""The 13 documented calls of flow, in the document's order.

Source: flow API Reference. What an edit sends is absolute, so sending the same one twice does no
more than sending it once.
"""

from typing import Final

from agilekit.flow.decoders import DECODER, list_of, or_empty, positive_id, single_value
from agilekit.flow.models import Change, Column, EditedTask, Member, Project, Task, TaskType
from agilekit.wire.decode import to_str
from agilekit.wire.route import Route

_CHANGES: Final = list_of(DECODER.entity(Change), "change_id")
_EDITED: Final = or_empty(DECODER.part(EditedTask), EditedTask)
_KEY: Final = single_value("authentication_key", to_str)

GET_MEMBERS: Final = Route(
    "GET /members.format",
    "GET",
    "/members",
    list_of(DECODER.entity(Member), "user_id"),
)
GET_PROJECTS: Final = Route(
    "GET /projects.format",
    "GET",
    "/projects",
    list_of(DECODER.entity(Project), "project_id"),
)
GET_COLS: Final = Route(
    "GET /project_id/cols.format",
    "GET",
    "/{project_id}/cols",
    list_of(DECODER.entity(Column), "col_id"),
)
GET_TASK_TYPES: Final = Route(
    "GET /project_id/task_types.format",
    "GET",
    "/{project_id}/task_types",
    list_of(DECODER.entity(TaskType), "task_type_id"),
)
GET_TASKS: Final = Route(
    "GET /project_id/tasks.format",
    "GET",
    "/{project_id}/tasks",
    list_of(DECODER.entity(Task), "task_id"),
)
GET_RECENT_ACTIVITY: Final = Route(
    "GET /project_id/tasks/recent_activity.format",
    "GET",
    "/{project_id}/tasks/recent_activity",
    _CHANGES,
    empty_is_404=True,
)
GET_ITEM_HISTORY: Final = Route(
    "GET /item_history/item_type/item_id.format",
    "GET",
    "/item_history/{item_type}/{item_id}",
    _CHANGES,
)
GET_TASK: Final = Route(
    "GET /task/task_id.format",
    "GET",
    "/task/{task_id}",
    DECODER.entity(Task),
    entity_id="task_id",
)
POST_TASK: Final = Route(
    "POST /task.format",
    "POST",
    "/task",
    single_value("task_id", positive_id),
)
POST_AUTHENTICATION: Final = Route(
    "POST /authentication.format",
    "POST",
    "/authentication",
    _KEY,
)
PUT_TASK: Final = Route(
    "PUT /task/task_id.format",
    "PUT",
    "/task/{task_id}",
    _EDITED,
    safe_write=True,
    entity_id="task_id",
)
DELETE_TASK: Final = Route(
    "DELETE /task/task_id.format",
    "DELETE",
    "/task/{task_id}",
    lambda data: None if data is None else _EDITED(data),
    safe_write=True,
    entity_id="task_id",
)
DELETE_AUTHENTICATION: Final = Route(
    "DELETE /authentication/key.format",
    "DELETE",
    "/authentication/{key}",
    lambda data: None if data is None else _KEY(data),
    safe_write=True,
    secret_id="key",  # noqa: S106 - the name of the id
)
