"""What can be created in Kanban Tool: a row for each kind of thing, one thing in a request.

A row says what a draft may hold, how it is sent, and by what an item is known as the draft's if the
answer was lost.
"""

from __future__ import annotations

from typing import Final

from agilekit.bulk import one_by_one, spec_of_named_fields
from agilekit.kanbantool.decoders import DECODER
from agilekit.kanbantool.models import Comment, Subtask, Task, TimeTracker
from agilekit.kanbantool.params import (
    COMMENT_FIELDS,
    CREATE_ONLY,
    CUSTOM_FIELDS,
    SUBTASK_FIELDS,
    TASK_DRAFT,
    TIMER_DRAFT,
    CommentDraft,
    SubtaskDraft,
    TaskDraft,
    TimerDraft,
)
from agilekit.kanbantool.routes import (
    CREATE_COMMENT,
    CREATE_SUBTASK,
    CREATE_TASK,
    CREATE_TIMER,
    LIST_COMMENTS,
    LIST_SUBTASKS,
    LIST_TASKS,
    LIST_TIMERS,
)

__all__ = ["COMMENTS", "SUBTASKS", "TASKS", "TIMERS"]

TASKS: Final = spec_of_named_fields(
    name="tasks",
    container=("board",),
    draft=TaskDraft,
    write=TASK_DRAFT,
    omit_none=CREATE_ONLY,  # None leaves it to the server
    send=one_by_one(CREATE_TASK, envelope="task"),
    listing=LIST_TASKS,
    load=DECODER.one(Task),
    key=lambda task: task.id,
    label=("name",),
    places=CREATE_ONLY,
    texts=("name", "description", "external_link", "tags", *CUSTOM_FIELDS),
)
SUBTASKS: Final = spec_of_named_fields(
    name="subtasks",
    container=("board", "task"),
    draft=SubtaskDraft,
    write=SUBTASK_FIELDS,
    send=one_by_one(CREATE_SUBTASK, envelope="subtask"),
    listing=LIST_SUBTASKS,
    load=DECODER.one(Subtask),
    key=lambda subtask: subtask.id,
    label=("name",),
    texts=("name",),
)
COMMENTS: Final = spec_of_named_fields(
    name="comments",
    container=("board", "task"),
    draft=CommentDraft,
    write=COMMENT_FIELDS,
    send=one_by_one(CREATE_COMMENT, envelope="comment"),
    listing=LIST_COMMENTS,
    load=DECODER.one(Comment),
    key=lambda comment: comment.id,
    label=("content",),
    texts=("content",),
)
TIMERS: Final = spec_of_named_fields(
    name="timers",
    container=(),
    draft=TimerDraft,
    write=TIMER_DRAFT,
    send=one_by_one(CREATE_TIMER, envelope="time_tracker"),
    listing=LIST_TIMERS,
    load=DECODER.one(TimeTracker),
    key=lambda timer: timer.id,
    label=("task_id", "started_at"),
)
