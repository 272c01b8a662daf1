"""The documented calls of Kanban Tool, in the document's order.

Source: KanbanTool API v1.1 Guide. A move by direction is relative: sent twice, it moves twice.
"""

from typing import Final

from agilekit.kanbantool.decoders import DECODER, previous_timer
from agilekit.kanbantool.models import (
    Board,
    BoardUser,
    Change,
    Comment,
    Subtask,
    Task,
    TimeTracker,
)
from agilekit.wire.json import JSON
from agilekit.wire.route import Route


def _as_it_came(data: JSON) -> JSON:
    return data


LIST_BOARDS: Final = Route(
    "Listing accessible boards",
    "GET",
    "/boards",
    DECODER.entities(Board),
)
VIEW_BOARD: Final = Route(
    "Viewing board structure and settings",
    "GET",
    "/boards/{board_id}",
    DECODER.entity(Board),
    entity_id="board_id",
)
LIST_USERS: Final = Route(
    "Listing users and permissions for given board",
    "GET",
    "/boards/{board_id}/users",
    DECODER.entities(BoardUser),
)
LIST_CHANGES: Final = Route(
    "Listing recent activity for board",
    "GET",
    "/boards/{board_id}/changelog",
    DECODER.entities(Change),
)
LIST_TASKS: Final = Route(
    "Listing tasks from given board",
    "GET",
    "/boards/{board_id}/tasks",
    DECODER.entities(Task),
)
LIST_ARCHIVED_TASKS: Final = Route(
    "Listing archived tasks from given board",
    "GET",
    "/boards/{board_id}/tasks",
    DECODER.entities(Task),
)
LIST_TASKS_AT_LOCATION: Final = Route(
    "Listing tasks from given board, swimlane and workflow stage",
    "GET",
    "/boards/{board_id}/tasks",
    DECODER.entities(Task),
)
VIEW_TASK: Final = Route(
    "Viewing task details",
    "GET",
    "/boards/{board_id}/tasks/{task_id}",
    DECODER.entity(Task),
    entity_id="task_id",
)
CREATE_TASK: Final = Route(
    "Creating tasks",
    "POST",
    "/boards/{board_id}/tasks",
    DECODER.entity(Task),
)
UPDATE_TASK: Final = Route(
    "Modifying/Updating tasks",
    "PUT",
    "/boards/{board_id}/tasks/{task_id}",
    DECODER.entity(Task),
    safe_write=True,
    entity_id="task_id",
)
MOVE_TASK_BY_DIRECTION: Final = Route(
    "Moving tasks",
    "PUT",
    "/boards/{board_id}/tasks/{task_id}/move",
    DECODER.entity(Task),
    entity_id="task_id",
)
MOVE_TASK_TO_LOCATION: Final = Route(
    "Moving tasks",
    "PUT",
    "/boards/{board_id}/tasks/{task_id}/move",
    DECODER.entity(Task),
    safe_write=True,
    entity_id="task_id",
)
DELETE_TASK: Final = Route(
    "Deleting tasks",
    "DELETE",
    "/boards/{board_id}/tasks/{task_id}",
    DECODER.entity_or_none(Task),
    safe_write=True,
    entity_id="task_id",
)
ARCHIVE_TASK: Final = Route(
    "Archiving tasks",
    "PUT",
    "/boards/{board_id}/tasks/{task_id}/archive",
    DECODER.entity(Task),
    safe_write=True,
    entity_id="task_id",
)
UNARCHIVE_TASK: Final = Route(
    "Unarchiving tasks",
    "PUT",
    "/boards/{board_id}/tasks/{task_id}/unarchive",
    DECODER.entity(Task),
    safe_write=True,
    entity_id="task_id",
)
LIST_SUBTASKS: Final = Route(
    "Listing subtasks for given task",
    "GET",
    "/boards/{board_id}/tasks/{task_id}/subtasks",
    DECODER.entities(Subtask),
)
VIEW_SUBTASK: Final = Route(
    "Viewing subtask details",
    "GET",
    "/boards/{board_id}/tasks/{task_id}/subtasks/{subtask_id}",
    DECODER.entity(Subtask),
    entity_id="subtask_id",
)
CREATE_SUBTASK: Final = Route(
    "Creating new subtasks",
    "POST",
    "/boards/{board_id}/tasks/{task_id}/subtasks",
    DECODER.entity(Subtask),
)
UPDATE_SUBTASK: Final = Route(
    "Updating existing subtasks",
    "PUT",
    "/boards/{board_id}/tasks/{task_id}/subtasks/{subtask_id}",
    DECODER.entity(Subtask),
    safe_write=True,
    entity_id="subtask_id",
)
DELETE_SUBTASK: Final = Route(
    "Deleting subtasks",
    "DELETE",
    "/boards/{board_id}/tasks/{task_id}/subtasks/{subtask_id}",
    DECODER.entity_or_none(Subtask),
    safe_write=True,
    entity_id="subtask_id",
)
REORDER_SUBTASKS: Final = Route(
    "Reordering subtasks list",
    "PUT",
    "/boards/{board_id}/tasks/{task_id}/subtasks/reorder",
    DECODER.entities(Subtask),
    safe_write=True,
)
LIST_COMMENTS: Final = Route(
    "Listing comments for given task",
    "GET",
    "/boards/{board_id}/tasks/{task_id}/comments",
    DECODER.entities(Comment),
)
VIEW_COMMENT: Final = Route(
    "Viewing comment details",
    "GET",
    "/boards/{board_id}/tasks/{task_id}/comments/{comment_id}",
    DECODER.entity(Comment),
    entity_id="comment_id",
)
CREATE_COMMENT: Final = Route(
    "Posting new comments",
    "POST",
    "/boards/{board_id}/tasks/{task_id}/comments",
    DECODER.entity(Comment),
)
DELETE_COMMENT: Final = Route(
    "Deleting recent comments",
    "DELETE",
    "/boards/{board_id}/tasks/{task_id}/comments/{comment_id}",
    DECODER.entity_or_none(Comment),
    safe_write=True,
    entity_id="comment_id",
)
LIST_TIMERS: Final = Route(
    "Listing timers for current user",
    "GET",
    "/time_trackers",
    DECODER.entities(TimeTracker),
    json_only=True,
)
CREATE_TIMER: Final = Route(
    "Creating new time entries for current user",
    "POST",
    "/time_trackers",
    DECODER.entity(TimeTracker),
    json_only=True,
)
UPDATE_TIMER: Final = Route(
    "Updating existing time entries",
    "PUT",
    "/time_trackers/{time_tracker_id}",
    DECODER.entity(TimeTracker),
    safe_write=True,
    json_only=True,
    entity_id="time_tracker_id",
)
DELETE_TIMER: Final = Route(
    "Deleting time entries",
    "DELETE",
    "/time_trackers/{time_tracker_id}",
    previous_timer,
    safe_write=True,
    json_only=True,
)
REPORT_TIME: Final = Route(
    "Generating time report",
    "GET",
    "/time_report",
    _as_it_came,
    json_only=True,
)
