"""What lies on a board of flow: projects with columns, types of tasks and tasks; and members."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from agilekit.flow import Flow
from agilekit.flow.models import Column, Member, Project, Task, TaskType
from agilekit.lookup.item import Branch, Hierarchy, ItemKind

__all__ = ["FLOW"]

# Source: flow API Reference, "GET /project_id/tasks.format": the list has no more of the tasks in
# the Done column.
_MOST_SHOWN: Final = 50
# Source: flow API Reference, "GET /project_id/cols.format".
_COLUMN_TYPES: Final = {"B": "backlog", "D": "done"}
# Source: flow API Reference, "PUT /task/task_id.format".
_STATUSES: Final = {"R": "ready", "B": "blocked", "D": "deleted"}


def _hidden(tasks: Sequence[Task]) -> str:
    sizes = Counter(task.col_id for task in tasks)
    if _MOST_SHOWN not in sizes.values():
        return ""
    return f"flow lists only the first {_MOST_SHOWN} tasks of a Done column; there may be more"


_PROJECTS: Final = ItemKind[Flow](
    "projects",
    "project",
    Project,
    lambda project: project.project_title,
    lambda project: "archived" if project.archived else "",
)
_MEMBERS: Final = ItemKind[Flow]("members", "member", Member, lambda member: member.user_name)
_COLUMNS: Final = ItemKind[Flow](
    "columns",
    "column",
    Column,
    lambda column: column.col_title,
    lambda column: _COLUMN_TYPES.get(column.col_type, ""),
)
_TASK_TYPES: Final = ItemKind[Flow](
    "task-types", "task type", TaskType, lambda kind: kind.task_type_text
)
_TASKS: Final = ItemKind[Flow](
    "tasks",
    "task",
    Task,
    lambda task: task.task_text,
    lambda task: _STATUSES.get(task.task_status, ""),
    is_content=True,
    get=lambda flow, ids: flow.tasks.get(ids[-1]),
    gap=_hidden,
)

FLOW: Final = Hierarchy[Flow](
    branches=(
        Branch(None, (_PROJECTS,), lambda flow, _: flow.projects.all()),
        Branch(None, (_MEMBERS,), lambda flow, _: flow.members.all()),
        Branch(_PROJECTS, (_COLUMNS,), lambda flow, ids: flow.columns.all(ids[-1])),
        Branch(_PROJECTS, (_TASK_TYPES,), lambda flow, ids: flow.task_types.all(ids[-1])),
        Branch(_PROJECTS, (_TASKS,), lambda flow, ids: flow.tasks.all(ids[-1])),
    ),
    overview=(_PROJECTS, _MEMBERS, _COLUMNS, _TASK_TYPES),
    subject=_TASKS,
)
