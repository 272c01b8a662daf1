"""The wire form of each entity, with the keys and the order of the document's sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agilekit.sandbox.flow.renderer import Keyed, Listed, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agilekit.sandbox.flow.state import (
        Change,
        Column,
        Group,
        ItemType,
        Member,
        Metrics,
        Project,
        Task,
        TaskType,
    )

Form = dict[str, Value]

# The samples show only T; the other letters are made up.
CHANGE_TYPES: Final[Mapping[ItemType, str]] = {
    "task": "T",
    "task_type": "Y",
    "col": "C",
    "project": "P",
    "group": "G",
}


def member(it: Member, board_name: str) -> Form:
    return {
        "board_name": board_name,
        "user_id": it.id,
        "user_joined": it.joined,
        "user_name": it.name,
        "user_avatar": it.avatar,
        "user_escaped": it.escaped,
    }


def project(it: Project) -> Form:
    return {
        "project_id": it.id,
        "project_title": it.title,
        "project_order": it.order,
        "user_id": it.user_id,
        "forum_id": it.id,
        "col_id": 2 if it.archived else 1,
    }


def column(it: Column, num_tasks: int) -> Form:
    return {
        "col_id": it.id,
        "project_id": it.project_id,
        "col_title": it.title,
        "col_type": it.type,
        "col_limit": it.limit,
        "col_order": it.order,
        "num_tasks": num_tasks,
        "user_id": it.user_id,
    }


def task_type(it: TaskType) -> Form:
    return {
        "task_type_id": it.id,
        "project_id": it.project_id,
        "task_type_color": it.color,
        "task_type_text": it.text,
        "task_type_order": it.order,
        "user_id": it.user_id,
    }


def group(it: Group) -> Form:
    return {"group_id": it.id, "group_title": it.title, "user_ids": user_ids(it.user_ids)}


def listed_task(it: Task) -> Form:
    form: Form = {
        "task_id": it.id,
        "col_id": it.col_id,
        "topic_id": it.id,
        "task_type_id": it.task_type_id,
        "task_text": it.text,
        "task_status": it.status,
        "task_order": it.order,
    }
    if it.assignments:
        form["assignments"] = Listed("assignment", it.assignments)
    return form


def task(it: Task) -> Form:
    """A task, in full. The sample has no ``assignments``."""
    return {
        "task_id": it.id,
        "project_id": it.project_id,
        "user_id": it.user_id,
        "col_id": it.col_id,
        "task_type_id": it.task_type_id,
        "task_text": it.text,
        "task_order": it.order,
        "task_created": it.created,
        "task_completed": it.completed,
        "task_status": it.status,
        "task_metrics": metrics(it.metrics) if it.metrics else None,
        "topic_id": it.id,
    }


def added_task(it: Task) -> Form:
    """What the history shows of a new task."""
    return {
        "project_id": it.project_id,
        "topic_id": it.id,
        "user_id": it.user_id,
        "col_id": it.col_id,
        "task_type_id": it.task_type_id,
        "task_text": it.text,
        "task_order": it.order,
        "task_created": it.created,
        "task_id": it.id,
    }


def metrics(it: Metrics) -> Form:
    return {
        "phase_times": Keyed("phase_time", {**it.phase_times}),
        "idle_times": {"ready": it.ready, "blocked": it.blocked},
        "cycle_time": it.cycle,
        "working_cycle_time": it.working,
    }


def user_ids(ids: tuple[int, ...]) -> str:
    return ",".join(map(str, ids))


def change(it: Change) -> Form:
    return {
        "change_made": it.made,
        "change_type": CHANGE_TYPES[it.item_type],
        "change_content": it.content,
        "project_id": it.project_id,
        "item_id": it.item_id,
        "user_id": it.user_id,
        "ip": "127.0.0.1",
        "change_id": it.id,
    }
