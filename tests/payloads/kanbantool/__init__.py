"""The samples of Kanban Tool's document, in its order, in XML and in JSON.

Each constant is named after the heading that its sample stands under. The document shows XML; the
JSON is written by what is known of the service's answers: an envelope around each entity of most
calls, decimals as text, ``assigned_user`` and ``folder`` left out where there is none. Where the
document cuts a sample short with dots, what is shown stands alone, and texts that it wraps for its
width are on one line.

Source: KanbanTool API v1.1 Guide.
"""

from typing import Final

from tests.payloads.samples import Samples

_samples = Samples("kanbantool")

# "Authentication"
INVALID_TOKEN_XML: Final = _samples.xml("invalid-token")
INVALID_TOKEN: Final = _samples.json("invalid-token")

# "Permissions"
NO_PERMISSION_XML: Final = _samples.xml("no-permission")
NO_PERMISSION: Final = _samples.json("no-permission")

# "Listing accessible boards"
LISTING_BOARDS_XML: Final = _samples.xml("listing-boards")
LISTING_BOARDS: Final = _samples.json("listing-boards")

# "Viewing board structure and settings"
VIEWING_BOARD_XML: Final = _samples.xml("viewing-board")
VIEWING_BOARD: Final = _samples.json("viewing-board")

# "Listing users and permissions for given board"
LISTING_USERS_XML: Final = _samples.xml("listing-users")
LISTING_USERS: Final = _samples.json("listing-users")

# "Listing recent activity for board"
LISTING_ACTIVITY_XML: Final = _samples.xml("listing-activity")
LISTING_ACTIVITY: Final = _samples.json("listing-activity")

# "Listing tasks from given board"
LISTING_TASKS_XML: Final = _samples.xml("listing-tasks")
LISTING_TASKS: Final = _samples.entities("listing-tasks")
LISTING_TASKS_2013: Final[object] = [{"task": task} for task in LISTING_TASKS]

# "Listing archived tasks from given board"
LISTING_ARCHIVED_TASKS_XML: Final = _samples.xml("listing-archived-tasks")

# The page after it, which the document does not show.
LISTING_ARCHIVED_TASKS_LAST_XML: Final = _samples.xml("listing-archived-tasks-last")

# "Listing archived tasks from given board" and "Listing tasks from given board, swimlane and
# workflow stage": the same sample, of which JSON has no pagination.
LISTING_SOME_TASKS_XML: Final = _samples.xml("listing-some-tasks")
LISTING_SOME_TASKS: Final = _samples.json("listing-some-tasks")

# "Viewing task details"
VIEWING_TASK_XML: Final = _samples.xml("viewing-task")
VIEWING_TASK: Final = _samples.json("viewing-task")

# "Creating tasks"
CREATING_ERROR_XML: Final = _samples.xml("creating-error")
CREATING_ERROR: Final = _samples.json("creating-error")

# "Moving tasks"
MOVING_ERROR_XML: Final = _samples.xml("moving-error")
MOVING_ERROR: Final = _samples.json("moving-error")

# "Deleting tasks"
DELETING_ERROR_XML: Final = _samples.xml("deleting-error")
DELETING_ERROR: Final = _samples.json("deleting-error")

# "Archiving tasks"
ARCHIVING_ERROR_XML: Final = _samples.xml("archiving-error")
ARCHIVING_ERROR: Final = _samples.json("archiving-error")

# "Unarchiving tasks"
UNARCHIVING_ERROR_XML: Final = _samples.xml("unarchiving-error")
UNARCHIVING_ERROR: Final = _samples.json("unarchiving-error")

# "Listing subtasks for given task"
LISTING_SUBTASKS_XML: Final = _samples.xml("listing-subtasks")
LISTING_SUBTASKS: Final = _samples.json("listing-subtasks")

# "Viewing subtask details"
VIEWING_SUBTASK_XML: Final = _samples.xml("viewing-subtask")
VIEWING_SUBTASK: Final = _samples.json("viewing-subtask")

# "Creating new subtasks" and "Updating existing subtasks"
SUBTASK_ERROR_XML: Final = _samples.xml("subtask-error")
SUBTASK_ERROR: Final = _samples.json("subtask-error")

# "Reordering subtasks list"
REORDERING_ERROR_XML: Final = _samples.xml("reordering-error")
REORDERING_ERROR: Final = _samples.json("reordering-error")

# "Listing comments for given task"
LISTING_COMMENTS_XML: Final = _samples.xml("listing-comments")
LISTING_COMMENTS: Final = _samples.json("listing-comments")

# "Viewing comment details"
VIEWING_COMMENT_XML: Final = _samples.xml("viewing-comment")
VIEWING_COMMENT: Final = _samples.json("viewing-comment")

# "Posting new comments"
POSTING_ERROR_XML: Final = _samples.xml("posting-error")
POSTING_ERROR: Final = _samples.json("posting-error")

# "Deleting recent comments"
DELETING_COMMENT_ERROR_XML: Final = _samples.xml("deleting-comment-error")
DELETING_COMMENT_ERROR: Final = _samples.json("deleting-comment-error")

# "Time Tracker object reference", with values of these tests.
TIMER: Final = _samples.entity("timer")
RUNNING_TIMER: Final = _samples.entity("running-timer")
# "Listing timers for current user", by ``expand``.
EXPANDED_TIMER: Final = _samples.entity("expanded-timer")

# "Generating time report", of which the document shows nothing.
TIME_REPORT: Final = _samples.json("time-report")
