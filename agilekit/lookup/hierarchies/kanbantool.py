"""What lies in an account of Kanban Tool: boards with swimlanes, stages, types of cards and users,
tasks, and in these subtasks and comments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from agilekit.kanbantool import KanbanTool
from agilekit.kanbantool.models import (
    Board,
    BoardUser,
    CardType,
    Comment,
    Subtask,
    Swimlane,
    Task,
    WorkflowStage,
)
from agilekit.lookup.item import Branch, Hierarchy, Id, ItemKind

__all__ = ["KANBANTOOL"]

_BOARDS: Final = ItemKind[KanbanTool](
    "boards",
    "board",
    Board,
    lambda board: board.name,
    get=lambda kanban, ids: kanban.boards.get(ids[-1]),
)
_SWIMLANES: Final = ItemKind[KanbanTool]("swimlanes", "swimlane", Swimlane, lambda lane: lane.name)
_STAGES: Final = ItemKind[KanbanTool]("stages", "stage", WorkflowStage, lambda stage: stage.name)
_CARD_TYPES: Final = ItemKind[KanbanTool](
    "card-types",
    "card type",
    CardType,
    lambda kind: kind.name,
    lambda kind: "disabled" if kind.is_disabled else "",
)
# Source: KanbanTool API v1.1 Guide, "Listing users and permissions for given board": tasks name
# the user; the id of the entry is that of the permission.
_USERS: Final = ItemKind[KanbanTool](
    "users",
    "user",
    BoardUser,
    lambda entry: entry.user and (entry.user.name or entry.user.initials),
    lambda entry: "suspended" if entry.user and entry.user.is_suspended else "",
    id=lambda entry: entry.user_id,
)
_TASKS: Final = ItemKind[KanbanTool](
    "tasks",
    "task",
    Task,
    lambda task: task.name,
    lambda task: "archived" if task.archived_at else "",
    ids=2,
    is_content=True,
    get=lambda kanban, ids: kanban.tasks.get(*ids),
)
_SUBTASKS: Final = ItemKind[KanbanTool](
    "subtasks",
    "subtask",
    Subtask,
    lambda subtask: subtask.name,
    lambda subtask: "completed" if subtask.is_completed else "",
    ids=3,
    is_content=True,
    get=lambda kanban, ids: kanban.subtasks.get(*ids),
)
_COMMENTS: Final = ItemKind[KanbanTool](
    "comments",
    "comment",
    Comment,
    lambda comment: comment.content,
    ids=3,
    is_content=True,
    get=lambda kanban, ids: kanban.comments.get(*ids),
)


async def _structure(kanban: KanbanTool, ids: Sequence[Id]) -> Iterable[object]:
    board = await kanban.boards.get(ids[-1])
    # Source: KanbanTool API v1.1 Guide, "Viewing board structure and settings": the root of all
    # stages has no name, and holds no task.
    stages = [one for one in board.workflow_stages or () if one.name or one.parent_id]
    return *(board.swimlanes or ()), *stages, *(board.card_types or ())


async def _tasks(kanban: KanbanTool, ids: Sequence[Id]) -> Iterable[object]:
    # In this order, a task that is archived meanwhile is in both.
    active = await kanban.tasks.all(ids[-1])
    archived = await kanban.tasks.archived(ids[-1], stable=True)
    return {task.id: task for task in (*active, *archived)}.values()


KANBANTOOL: Final = Hierarchy[KanbanTool](
    branches=(
        Branch(None, (_BOARDS,), lambda kanban, _: kanban.boards.all()),
        Branch(_BOARDS, (_SWIMLANES, _STAGES, _CARD_TYPES), _structure),
        Branch(_BOARDS, (_USERS,), lambda kanban, ids: kanban.boards.users(ids[-1])),
        Branch(_BOARDS, (_TASKS,), _tasks),
        Branch(_TASKS, (_SUBTASKS,), lambda kanban, ids: kanban.subtasks.all(*ids[-2:])),
        Branch(_TASKS, (_COMMENTS,), lambda kanban, ids: kanban.comments.all(*ids[-2:])),
    ),
    overview=(_BOARDS, _SWIMLANES, _STAGES, _CARD_TYPES),
    subject=_TASKS,
)
