"""The entities of the document's samples, as a reader of the document expects them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from attrs import evolve

from agilekit.kanbantool import (
    Board,
    BoardUser,
    CardType,
    Change,
    Comment,
    Folder,
    Subtask,
    Swimlane,
    Task,
    TimeTracker,
    UserSummary,
    WorkflowStage,
)

_CET: Final = timezone(timedelta(hours=1))
_CEST: Final = timezone(timedelta(hours=2))

BOARD_IN_LIST: Final = Board(
    id=6,
    name="Kanban Tool",
    description="Main project board",
    folder_id=1,
    position=1,
    version=3860,
    last_activity_on=date(2011, 2, 7),
    created_at=datetime(2010, 1, 14, 13, 2, 22, tzinfo=_CET),
    folder=Folder(
        id=1,
        name="Kanban Tool",
        description="kanbantool.com development & support",
        position=2,
        created_at=datetime(2010, 1, 9, 18, 40, 47, tzinfo=_CET),
    ),
)

SWIMLANE: Final = Swimlane(id=1, name="", board_id=1, limit=None, position=1)
STAGES: Final = (
    WorkflowStage(id=1, name=None, board_id=1, lane_width=1, position=1),
    WorkflowStage(id=2, name="Doing", board_id=1, lane_width=2, position=2),
    WorkflowStage(id=3, name="Done", board_id=1, lane_width=1, position=3),
)
BOARD: Final = Board(
    id=1,
    name="Kanban board",
    description="Web development tool",
    folder_id=1,
    position=4,
    version=904,
    last_activity_on=date(2011, 2, 11),
    created_at=datetime(2010, 1, 9, 18, 44, 6, tzinfo=_CET),
    swimlanes=(SWIMLANE,),
    workflow_stages=STAGES,
    card_types=(
        CardType(
            id=1,
            name="Feature",
            board_id=1,
            color_ref="yellow",
            is_default=True,
            is_disabled=False,
            position=1,
        ),
        CardType(
            id=2,
            name="Bug",
            board_id=1,
            color_ref="red",
            is_default=False,
            is_disabled=False,
            position=2,
        ),
    ),
)

USERS: Final = [
    BoardUser(
        id=id,
        user_id=user.id,
        user=user,
        can_read_tasks=True,
        can_create_tasks=True,
        can_update_tasks=True,
        can_move_tasks=True,
        can_delete_tasks=True,
        updated_at=moment,
    )
    for id, moment, user in (
        (
            153,
            datetime(2011, 4, 22, 14, 0, 12, tzinfo=_CEST),
            UserSummary(id=1, initials="API", name="API Access - Joe Six-Pack", is_suspended=False),
        ),
        (
            156,
            datetime(2011, 4, 26, 17, 39, 28, tzinfo=_CEST),
            UserSummary(id=3, initials="BZ", name="Bernard Zent", is_suspended=False),
        ),
        (
            165,
            datetime(2011, 4, 22, 14, 13, 12, tzinfo=_CEST),
            UserSummary(id=2330, initials="AL", name="Adam Lee", is_suspended=True),
        ),
    )
]

CHANGES: Final = [
    Change(
        id=2554580,
        what="comment_deleted",
        description="Adam has deleted recent comment",
        changed_object_type="Task",
        changed_object_id=383844,
        user_id=6305,
        swimlane_id=24185,
        created_at=datetime(2011, 11, 25, 12, 31, 31, tzinfo=UTC),
    ),
    Change(
        id=2954579,
        what="comment_added",
        description="Adam has commented on task 'Buy wine': dry or sweet?",
        changed_object_type="Task",
        changed_object_id=383844,
        user_id=6305,
        swimlane_id=24185,
        created_at=datetime(2011, 11, 25, 12, 31, 27, tzinfo=UTC),
    ),
]

_JOE: Final = UserSummary(initials="JS", name="Joe Stuart")
TASK_IN_LIST: Final = Task(
    id=1,
    name="Add API to KanbanTool",
    description="We need to finally add some API to KT",
    card_type_id=5,
    swimlane_id=1,
    workflow_stage_id=2,
    position=4,
    priority=0,
    size_estimate=1.0,
    tags="",
    comments_count=1,
    subtasks_count=1,
    subtasks_completed_count=0,
    assigned_user_id=3,
    assigned_user=_JOE,
    created_at=datetime(2010, 1, 9, 18, 48, 6, tzinfo=_CET),
    updated_at=datetime(2011, 2, 9, 15, 12, 35, tzinfo=_CET),
)
TASK_IN_PART: Final = Task(id=1, assigned_user_id=3, card_type_id=5)
TASK: Final = evolve(
    TASK_IN_LIST,
    comments=(
        Comment(
            id=12946,
            content="Sample Comment",
            user_id=3,
            user=_JOE,
            created_at=datetime(2011, 2, 9, 11, 39, 39, tzinfo=_CET),
            updated_at=datetime(2011, 2, 9, 11, 39, 39, tzinfo=_CET),
        ),
    ),
    changelogs=(
        Change(
            id=1,
            what="created",
            description="JS added task Add API to KanbanTool to the board",
            created_at=datetime(2010, 1, 9, 18, 48, 6, tzinfo=_CET),
        ),
        Change(
            id=581070,
            what="comment_added",
            description="JS has commented on task 'Add API to KanbanTool': Sample Comment",
            swimlane_id=1,
            user_id=1,
            created_at=datetime(2011, 2, 9, 11, 39, 40, tzinfo=_CET),
        ),
    ),
    subtasks=(
        Subtask(
            id=21598,
            name="ToDo1",
            task_id=1,
            position=1,
            is_completed=False,
            assigned_user_id=3,
            assigned_user=_JOE,
            created_at=datetime(2011, 2, 9, 11, 39, 31, tzinfo=_CET),
            updated_at=datetime(2011, 2, 9, 11, 39, 31, tzinfo=_CET),
        ),
    ),
)

SUBTASKS: Final = [
    Subtask(
        id=102448,
        name="A first ToDo entry",
        task_id=383248,
        position=1,
        is_completed=True,
        created_at=datetime(2011, 12, 5, 14, 4, 55, tzinfo=UTC),
        updated_at=datetime(2011, 12, 5, 14, 11, 44, tzinfo=UTC),
    ),
    Subtask(
        id=102445,
        name="A second and last ToDo entry",
        task_id=383248,
        position=2,
        is_completed=False,
        created_at=datetime(2011, 12, 5, 13, 59, 7, tzinfo=UTC),
        updated_at=datetime(2011, 12, 5, 14, 11, 44, tzinfo=UTC),
    ),
]

COMMENTS: Final = [
    Comment(
        id=51999,
        content="A first comment",
        user_id=6405,
        created_at=datetime(2011, 12, 5, 13, 28, 19, tzinfo=UTC),
        updated_at=datetime(2011, 12, 5, 13, 28, 19, tzinfo=UTC),
    ),
    Comment(
        id=52000,
        content="A second, and last comment.",
        user_id=None,
        created_at=datetime(2011, 12, 5, 13, 31, 35, tzinfo=UTC),
        updated_at=datetime(2011, 12, 5, 13, 31, 35, tzinfo=UTC),
    ),
]

TIMER: Final = TimeTracker(
    id=7001,
    user_id=6305,
    board_id=11619,
    task_id=383844,
    listed=True,
    started_at=datetime(2013, 3, 4, 8, tzinfo=UTC),
    ended_at=datetime(2013, 3, 4, 9, 30, tzinfo=UTC),
    seconds_from_resumed_sprint=1800,
    created_at=datetime(2013, 3, 4, 8, 0, 1, tzinfo=UTC),
    updated_at=datetime(2013, 3, 4, 9, 30, 2, tzinfo=UTC),
)
RUNNING_TIMER: Final = TimeTracker(
    id=7002,
    user_id=6305,
    board_id=11619,
    task_id=383844,
    listed=False,
    started_at=datetime(2013, 3, 5, 8, tzinfo=UTC),
    ended_at=None,
    seconds_from_resumed_sprint=5400,
    created_at=datetime(2013, 3, 5, 8, 0, 1, tzinfo=UTC),
    updated_at=datetime(2013, 3, 5, 8, 0, 1, tzinfo=UTC),
)
EXPANDED_TIMER: Final = evolve(
    TIMER,
    task=Task(id=383844, name="Buy wine"),
    workflow_stage=WorkflowStage(id=2, name="Doing"),
    card_type=CardType(id=5, name="Feature"),
)
