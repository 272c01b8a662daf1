"""The rows that an export of a sandbox's project has to hold, made from the sandbox's state."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TypeAlias

from agilekit.sandbox.flyingdonut import Card, Project, Sprint, Task
from agilekit.sandbox.flyingdonut.state import Number

Rows: TypeAlias = list[dict[str, object]]


def expected(project: Project) -> dict[str, Rows]:
    """By table, sorted, without ``service``, ``project_id``, ``raw`` and what is null."""
    tables: dict[str, Rows] = {
        "projects": [
            {
                "title": project.title.value,
                "description": "",
                "owner_id": project.owner,
                "timezone": project.timezone,
                "starts_at": moment(project.start.value),
                "ends_at": moment(project.end.value),
                "version": project.version,
            }
        ],
        "columns": [
            {"kind": "bucket", "id": bucket.id, "title": bucket.title, "position": float(place)}
            for place, bucket in enumerate(project.buckets.values())
        ],
        "sprints": [_sprint(sprint) for sprint in project.sprints.values()],
        "people": [{"id": name, "name": name} for name in sorted(_people(project))],
        "cards": [_card(project, card) for card in project.cards.values()],
        "tasks": [_task(project, task) for task in project.tasks.values()],
        "comments": [],
        "changes": [change for task in project.tasks.values() for change in _changes(task)],
        "time_entries": [],
        "burndown": _burndown(project),
        "extras": [],
    }
    return {
        name: sorted(map(_shown, rows), key=lambda row: str(row.get("id", "")))
        for name, rows in tables.items()
    }


def moment(time: datetime) -> str:
    # The service's times have milliseconds.
    text = time.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "000Z")


def _shown(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if value is not None}


def _number(value: Number | None) -> float | None:
    return None if value is None else float(value)


def _rank(place: int) -> str:
    return f"{place + 1:09d}.0"


def _people(project: Project) -> set[str]:
    tasks = project.tasks.values()
    users = {name for task in tasks for one in task.users for name in (one.user, one.who)}
    return {project.owner, *users, *(left.who for task in tasks for left in task.time_remaining)}


def _sprint(sprint: Sprint) -> dict[str, object]:
    return {
        "id": sprint.id,
        "title": sprint.title.value,
        "description": sprint.summary.value,
        "state": sprint.phase,
        "starts_at": moment(sprint.start.value),
        "ends_at": moment(sprint.end.value),
        "estimate": _number(sprint.estimate.value),
        "task_hours": _number(sprint.task_estimate.value),
        "position": float(sprint.order),
        "version": sprint.version,
    }


def _card(project: Project, card: Card) -> dict[str, object]:
    counters = card.task_counters.value
    return {
        "id": card.id,
        "number": card.cid,
        "title": card.title.value,
        "description": None if card.is_placeholder else card.summary.value,
        "kind": "placeholder" if card.is_placeholder else None,
        "estimate": _number(card.estimate.value),
        "task_hours": _number(card.task_estimate.value),
        "state": None if counters is None else counters.status,
        "is_done": None if counters is None else int(counters.status == "done"),
        "column_id": card.state.value,
        "sprint_id": card.iteration.value,
        "position": float(_place(project, card)),
        "rank": _rank(card.order.value),
        "version": card.version,
    }


def _place(project: Project, card: Card) -> int:
    """In a sprint, cards and tasks are counted together."""
    sprint = project.sprints.get(card.iteration.value or "")
    if sprint is None:
        return card.order.value
    before = [one for one in project.cards_in(sprint) if one.order.value < card.order.value]
    return sum(1 + len(one.tasks) for one in before)


def _task(project: Project, task: Task) -> dict[str, object]:
    names = [one.user for one in task.users]
    return {
        "id": task.id,
        "card_id": task.owner,
        "number": task.cid,
        "title": task.title.value,
        "description": task.summary.value,
        "estimate": _number(task.estimate.value),
        "state": task.state.value,
        "assignees": json.dumps(names, separators=(",", ":")) if names else None,
        "time_entries_total": float(task.time_entries_total),
        "position": float(task.order.value),
        "rank": _rank(task.order.value),
        "version": task.version,
    }


def _changes(task: Task) -> Rows:
    users: Rows = [
        {
            "id": f"{task.id}/users/{place}",
            "entity": "task",
            "entity_id": task.id,
            "what": "users",
            "value": one.user,
            "person_id": one.who,
            "made_at": moment(one.when),
        }
        for place, one in enumerate(task.users)
    ]
    hours: Rows = [
        {
            "id": f"{task.id}/timeRemaining/{place}",
            "entity": "task",
            "entity_id": task.id,
            "what": "timeRemaining",
            "value": str(left.duration),
            "person_id": left.who,
            "made_at": moment(left.when),
        }
        for place, left in enumerate(task.time_remaining)
    ]
    return users + hours


def _burndown(project: Project) -> Rows:
    rows: Rows = []
    for sprint_id, chart in sorted(project.burndowns.items()):
        days = zip(*(item.remaining for item in chart.items), strict=True)
        hours = [sum(item.original for item in chart.items), *map(sum, days)]
        for day, left in enumerate(hours):
            rows.append(
                {
                    "id": f"{sprint_id}/{day}",
                    "sprint_id": sprint_id,
                    "line": "actual",
                    "step": day,
                    "day": None,
                    "remaining": float(left),
                    "unit": "hours",
                }
            )
    return rows
