"""The rows that an export of a sandbox's board has to hold, made from the sandbox's state."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeAlias

from agilekit.sandbox.kanbantool import Account, Board, Task

Rows: TypeAlias = list[dict[str, object]]


def expected(account: Account, board: Board) -> dict[str, Rows]:
    """By table, sorted by kind and id, without ``raw``, the ids of the project and what is null.

    The last column is the rightmost one. Everything there is done, and so is what is archived.
    """
    tasks = [*board.tasks.values()]
    tables: dict[str, Rows] = {
        "projects": [
            {
                "title": board.name,
                "description": board.description or None,
                "created_at": moment(board.created_at),
                "version": board.version,
            }
        ],
        "columns": [*_stages(board), *_swimlanes(board)],
        "sprints": [],
        "people": [{"id": str(id), "name": account.users[id].name} for id in board.shares],
        "cards": [_card(board, task) for task in tasks],
        "tasks": [row for task in tasks for row in _subtasks(task)],
        "comments": [row for task in tasks for row in _comments(task)],
        "changes": [*_changes(board)],
        "time_entries": [*_timers(account, board)],
        "burndown": [],
        "extras": [*_extras(account, board)],
    }
    return {name: in_order(map(_shown, rows)) for name, rows in tables.items()}


STAYS = {"deleted": "ends", "archived": "ends", "unarchived": "resumes"}


def completed_at(board: Board, task: Task) -> datetime | None:
    """When it came into the last column last, or when it was archived, if that was before."""
    done = board.columns()[-1].id
    if task.archived_at is None and task.workflow_stage_id != done:
        return None
    history = sorted(task.changelog, key=lambda change: (change.created_at, change.id))
    placed = [change for change in history if change.workflow_stage_id is not None]
    left = max((n for n, one in enumerate(placed) if one.workflow_stage_id != done), default=-1)
    # A change that is the first of all enters nothing, unless it is the making or a move.
    first = placed[left + 1 : left + 2]
    found = [one.created_at for one in first if left >= 0 or one.what in ("created", "moved")]
    return min([*found, *([task.archived_at] if task.archived_at else [])], default=None)


def in_order(rows: Iterable[dict[str, object]]) -> Rows:
    return sorted(rows, key=lambda row: (str(row.get("kind", "")), str(row.get("id", ""))))


def moment(time: datetime | None) -> str | None:
    if time is None:
        return None
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _shown(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if value is not None}


def _text(id: int | None) -> str | None:
    return None if id is None else str(id)


def _assigned(id: int | None) -> str | None:
    return None if id is None else f'["{id}"]'


def _stages(board: Board) -> Rows:
    places = {one.id: place for place, one in enumerate(board.columns(), 1)}
    return [
        {
            "kind": "stage",
            "id": str(one.id),
            "title": one.name,
            "parent_id": _text(one.parent_id),
            "card_limit": one.limit,
            "is_done": int(one.id == board.columns()[-1].id),
            "place": places.get(one.id),
            "position": float(one.position),
        }
        for one in board.workflow_stages.values()
    ]


def _swimlanes(board: Board) -> Rows:
    return [
        {
            "kind": "swimlane",
            "id": str(one.id),
            "title": one.name or None,
            "card_limit": one.limit,
            "position": float(one.position),
        }
        for one in board.swimlanes.values()
    ]


def _card(board: Board, task: Task) -> dict[str, object]:
    is_archived = task.archived_at is not None
    stage = board.workflow_stages[task.workflow_stage_id]
    return {
        "id": str(task.id),
        "title": task.name,
        "description": task.description,
        "kind": board.card_types[task.card_type_id].name,
        "estimate": float(task.size_estimate),
        "state": "archived" if is_archived else stage.name,
        "is_done": int(is_archived or stage.id == board.columns()[-1].id),
        "priority": task.priority,
        "column_id": str(task.workflow_stage_id),
        "swimlane_id": str(task.swimlane_id),
        "assignees": _assigned(task.assigned_user_id),
        "tags": task.tags or None,
        "due_on": task.due_date.isoformat() if task.due_date else None,
        "position": float(task.position),
        "created_at": moment(task.created_at),
        "updated_at": moment(task.updated_at),
        "completed_at": moment(completed_at(board, task)),
        "archived_at": moment(task.archived_at),
    }


def _subtasks(task: Task) -> Rows:
    return [
        {
            "id": str(one.id),
            "card_id": str(task.id),
            "title": one.name,
            "state": "done" if one.is_completed else "todo",
            "assignees": _assigned(one.assigned_user_id),
            "position": float(one.position),
            "created_at": moment(one.created_at),
            "updated_at": moment(one.updated_at),
        }
        for one in task.subtasks
    ]


def _comments(task: Task) -> Rows:
    return [
        {
            "id": str(one.id),
            "card_id": str(task.id),
            "person_id": _text(one.user_id),
            "text": one.content,
            "created_at": moment(one.created_at),
            "updated_at": moment(one.updated_at),
        }
        for one in task.comments
    ]


def _changes(board: Board) -> Rows:
    return [
        {
            "id": str(one.id),
            "entity": "card",
            "entity_id": str(one.changed_object_id),
            "what": one.what,
            "value": one.description,
            "column_id": _text(one.workflow_stage_id),
            "stay": STAYS.get(one.what),
            "person_id": _text(one.user_id),
            "made_at": moment(one.created_at),
        }
        for one in board.changelog
    ]


def _timers(account: Account, board: Board) -> Rows:
    return [
        {
            "id": str(one.id),
            "card_id": str(one.task_id),
            "person_id": str(one.user_id),
            "started_at": moment(one.started_at),
            "ended_at": moment(one.ended_at),
            "created_at": moment(one.created_at),
            "updated_at": moment(one.updated_at),
        }
        for one in account.time_trackers.values()
        if one.board_id == board.id and one.user_id == account.user.id
    ]


def _extras(account: Account, board: Board) -> Rows:
    rows: Rows = [
        {"kind": "card_type", "id": str(one.id), "title": one.name}
        for one in board.card_types.values()
    ]
    if board.folder_id is not None:
        name = account.folders[board.folder_id].name
        rows.append({"kind": "folder", "id": str(board.folder_id), "title": name})
    return [*rows, {"kind": "time_report", "id": str(board.id)}]
