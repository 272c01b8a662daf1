"""The table of the calls, in the order of the KanbanTool API Documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agilekit.sandbox.kanbantool.handlers import boards, comments, reports, subtasks, tasks, timers
from agilekit.sandbox.routing import Route

if TYPE_CHECKING:
    from agilekit.sandbox.kanbantool.call import Call

_BOARD: Final = "/boards/{board_id}"
_TASKS: Final = f"{_BOARD}/tasks"
_TASK: Final = f"{_TASKS}/{{task_id}}"
_SUBTASKS: Final = f"{_TASK}/subtasks"
_SUBTASK: Final = f"{_SUBTASKS}/{{subtask_id}}"
_COMMENTS: Final = f"{_TASK}/comments"
_COMMENT: Final = f"{_COMMENTS}/{{comment_id}}"
_TIMER: Final = "/time_trackers/{time_tracker_id}"

# Reordering subtasks list, as the vendor's own program for browsers asks for it.
UNDOCUMENTED: Final[tuple[Route[Call], ...]] = (Route("PUT", _SUBTASKS, subtasks.reorder_subtasks),)

ROUTES: Final[tuple[Route[Call], ...]] = (
    Route("GET", "/boards", boards.list_boards),
    Route("GET", _BOARD, boards.view_board),
    Route("GET", f"{_BOARD}/users", boards.list_users),
    Route("GET", f"{_BOARD}/changelog", boards.list_changes),
    Route("GET", _TASKS, tasks.list_tasks),
    Route("GET", _TASK, tasks.view_task),
    Route("POST", _TASKS, tasks.create_task),
    Route("PUT", _TASK, tasks.update_task),
    Route("PUT", f"{_TASK}/move", tasks.move_task),
    Route("DELETE", _TASK, tasks.delete_task),
    Route("PUT", f"{_TASK}/archive", tasks.archive_task),
    Route("PUT", f"{_TASK}/unarchive", tasks.unarchive_task),
    Route("GET", _SUBTASKS, subtasks.list_subtasks),
    Route("GET", _SUBTASK, subtasks.view_subtask),
    Route("POST", _SUBTASKS, subtasks.create_subtask),
    Route("PUT", _SUBTASK, subtasks.update_subtask),
    Route("DELETE", _SUBTASK, subtasks.delete_subtask),
    Route("PUT", f"{_SUBTASKS}/reorder", subtasks.reorder_subtasks),
    Route("GET", _COMMENTS, comments.list_comments),
    Route("GET", _COMMENT, comments.view_comment),
    Route("POST", _COMMENTS, comments.create_comment),
    Route("DELETE", _COMMENT, comments.delete_comment),
    Route("GET", "/time_trackers", timers.list_timers),
    Route("POST", "/time_trackers", timers.create_timer),
    Route("PUT", _TIMER, timers.update_timer),
    Route("DELETE", _TIMER, timers.delete_timer),
    Route("GET", "/time_report", reports.report_time),
)
