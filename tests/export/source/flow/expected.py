"""The rows that an export of a project of flow has to hold, made from the sandbox's state."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from agilekit.sandbox.flow import Board, Change, Column, Project, Task
from agilekit.sandbox.flow.state import ItemType

Rows: TypeAlias = list[dict[str, object]]

STATES: Final = {"": None, "R": "ready", "B": "blocked", "D": "deleted", "U": "undeleted"}
ENTITIES: Final[Mapping[ItemType, str]] = {
    "task": "card",
    "task_type": "task_type",
    "col": "column",
    "project": "project",
}
LETTERS: Final[Mapping[ItemType, str]] = {"task": "T", "task_type": "Y", "col": "C", "project": "P"}
SHOWN_OF_DONE: Final = 50


def expected(board: Board, project: Project) -> dict[str, Rows]:
    """By table, sorted, without ``service``, ``host``, ``project_id``, ``raw``, a change's value,
    and what is null. A deleted task is no row.
    """
    tasks = board.tasks_of(project)
    shown = listed(board, project)
    items: list[tuple[ItemType, int]] = [
        ("project", project.id),
        *(("col", id) for id in project.columns),
        *(("task_type", id) for id in project.task_types),
        *(("task", one.id) for one in tasks),
    ]
    tables: dict[str, Rows] = {
        "projects": [
            {
                "title": project.title,
                "state": "archived" if project.archived else None,
                "updated_at": last(board.history("project", project.id)),
            }
        ],
        "columns": [
            _column(board, one, place) for place, one in enumerate(board.columns_of(project), 1)
        ],
        "people": [{"id": str(one.id), "name": one.name} for one in board.members.values()],
        "cards": [_card(board, one, is_listed=one.id in shown) for one in tasks],
        "changes": [_change(one) for item in items for one in board.history(*item)],
        "extras": [
            {"kind": "task_type", "id": str(id), "title": board.task_types[id].text}
            for id in project.task_types
        ],
    }
    return {name: sorted(map(_there, rows), key=_id) for name, rows in tables.items()}


def listed(board: Board, project: Project) -> set[int]:
    """The ids of the tasks that the list of a project shows."""
    done = board.column_of(project, "D").id
    tasks = board.tasks_of(project)
    in_done = [one.id for one in tasks if one.col_id == done]
    return {one.id for one in tasks} - {*in_done[SHOWN_OF_DONE:]}


def moment(time: datetime | None) -> str | None:
    """As US Eastern clocks show it: of a repeated hour, the first one is taken."""
    if time is None:
        return None
    local = time.astimezone(ZoneInfo("America/New_York")).replace(fold=0)
    return local.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def last(changes: Iterable[Change]) -> str | None:
    return max((moment(one.made) or "" for one in changes), default=None)


def _id(row: dict[str, object]) -> str:
    return str(row.get("id", ""))


def _there(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if value is not None}


def _column(board: Board, column: Column, place: int) -> dict[str, object]:
    return {
        "kind": "column",
        "id": str(column.id),
        "title": column.title,
        "card_limit": column.limit or None,
        "is_done": int(column.type == "D"),
        "place": place,
        "position": float(column.order),
        "updated_at": last(board.history("col", column.id)),
    }


def _card(board: Board, task: Task, *, is_listed: bool) -> dict[str, object]:
    done = board.columns[task.col_id].type == "D" and task.status != "D"
    # Only the list shows who is to do a task.
    people = [str(one) for one in task.assignments] if is_listed else []
    return {
        "id": str(task.id),
        "title": task.text,
        "kind": board.task_types[task.task_type_id].text,
        "state": "done" if done else STATES[task.status],
        "is_done": int(done),
        "column_id": str(task.col_id),
        "assignees": json.dumps(people, separators=(",", ":")) if people else None,
        "position": float(task.order),
        "created_at": moment(task.created),
        "updated_at": last(board.history("task", task.id)),
        "completed_at": moment(task.completed),
        "working_seconds": float(task.metrics.working) if task.metrics else None,
    }


def _change(change: Change) -> dict[str, object]:
    column = change.content.get("col_id") if change.item_type == "task" else None
    return {
        "id": str(change.id),
        "entity": ENTITIES[change.item_type],
        "entity_id": str(change.item_id),
        "what": LETTERS[change.item_type],
        "column_id": None if column is None else str(column),
        "person_id": str(change.user_id),
        "made_at": moment(change.made),
    }
