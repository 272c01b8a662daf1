"""The samples of flow's document, whole and in its order, in JSON and in XML.

Each constant is named after the heading that its sample stands under. The document shows JSON
without quotes and braces, and no XML: there, a map is written as children that hold their own id,
and one of plain values in the ways that are left, a different one in each place.

Source: flow API Reference.
"""

from typing import Final

from tests.payloads.samples import Samples

_samples = Samples("flow")

# GET /members.format
GET_MEMBERS: Final = _samples.entity("get-members")
GET_MEMBERS_XML: Final = _samples.xml("get-members")

# GET /projects.format
GET_PROJECTS: Final = _samples.entity("get-projects")
GET_PROJECTS_XML: Final = _samples.xml("get-projects")

# GET /project_id/cols.format
GET_COLS: Final = _samples.entity("get-cols")
GET_COLS_XML: Final = _samples.xml("get-cols")

# GET /project_id/task_types.format
GET_TASK_TYPES: Final = _samples.entity("get-task-types")
GET_TASK_TYPES_XML: Final = _samples.xml("get-task-types")

# GET /project_id/tasks.format
GET_TASKS: Final = _samples.entity("get-tasks")
GET_TASKS_XML: Final = _samples.xml("get-tasks")

# GET /project_id/tasks/recent_activity.format
GET_RECENT_ACTIVITY: Final = _samples.entity("get-recent-activity")
GET_RECENT_ACTIVITY_XML: Final = _samples.xml("get-recent-activity")

# GET /item_history/item_type/item_id.format
GET_ITEM_HISTORY: Final = _samples.entity("get-item-history")
GET_ITEM_HISTORY_XML: Final = _samples.xml("get-item-history")

# GET /task/task_id.format
GET_TASK: Final = _samples.entity("get-task")
GET_TASK_XML: Final = _samples.xml("get-task")

# POST /task.format
POST_TASK: Final = _samples.entity("post-task")
POST_TASK_XML: Final = _samples.xml("post-task")

# POST /authentication.format
POST_AUTHENTICATION: Final = _samples.entity("post-authentication")
POST_AUTHENTICATION_XML: Final = _samples.xml("post-authentication")

# PUT /task/task_id.format
PUT_TASK: Final = _samples.entity("put-task")
PUT_TASK_XML: Final = _samples.xml("put-task")

# DELETE /task/task_id.format
DELETE_TASK: Final = _samples.entity("delete-task")
DELETE_TASK_XML: Final = _samples.xml("delete-task")

# DELETE /authentication/key.format
DELETE_AUTHENTICATION: Final = _samples.entity("delete-authentication")
DELETE_AUTHENTICATION_XML: Final = _samples.xml("delete-authentication")
