"""What calls to flow take: ids, drafts and changes, and how these go over the wire."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, Required, TypeAlias, TypedDict, cast

from agilekit import checks
from agilekit.flow.models import Column, Member, Project, Task, TaskType
from agilekit.wire.encode import Encode, non_empty, nullable, number, one_of
from agilekit.wire.json import JSON

__all__ = [
    "TASK_CHANGES",
    "TASK_DRAFT",
    "Entity",
    "TaskChanges",
    "TaskDraft",
    "TaskStatus",
    "id_of",
]

Entity: TypeAlias = Column | Member | Project | Task | TaskType

_ID_NAMES: Final[Mapping[type[Entity], str]] = {
    Column: "col_id",
    Member: "user_id",
    Project: "project_id",
    Task: "task_id",
    TaskType: "task_type_id",
}

TaskStatus: TypeAlias = Literal["", "R", "B", "D", "U"]
"""None of the others, Ready, Blocked, Deleted, Undeleted."""


class TaskDraft(TypedDict, total=False):
    """A task to be added. Source: flow API Reference, "POST /task.format"."""

    task_text: Required[str]
    task_type_id: Required[TaskType | int | str]


class TaskChanges(TypedDict, total=False):
    """What an edit of a task may set. Source: flow API Reference, "PUT /task/task_id.format"."""

    task_text: str
    task_type_id: TaskType | int | str
    task_status: TaskStatus | None
    """None is the same as ``""``."""
    user_ids: Sequence[Member | int | str] | str | None
    """Who is to do it: members, their ids, or ids as text with commas between them. Empty, or None:
    nobody."""
    col_id: Column | int | str
    """The column to move it to."""
    prev_task_order: float | Literal["none"]
    """The ``task_order`` of the task to put it behind; ``"none"`` moves it to the top."""


def id_of(entity: object, kind: type[Entity]) -> int:
    """The id of a `kind`, or an id as it is. Raises InvalidInput for anything else."""
    return checks.id_of(entity, kind, attribute=_ID_NAMES[kind])


def _reference(kind: type[Entity]) -> Encode:
    return lambda value: checks.parse_id(value, kind, attribute=_ID_NAMES[kind])


_MEMBER: Final = _reference(Member)


def _user_ids(value: object) -> JSON:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",")] if value.strip() else ()
    if not isinstance(value, Sequence) or isinstance(value, bytes):
        raise ValueError(f"must be members, or ids with commas between them, not {value!r:.60}")
    members = cast("Sequence[object]", value)
    return ",".join(str(_MEMBER(member)) for member in members)


def _prev_task_order(value: object) -> JSON:
    return "none" if value == "none" else number(value)


TASK_DRAFT: Final[Mapping[str, Encode]] = {
    "task_text": non_empty,
    "task_type_id": _reference(TaskType),
}
TASK_CHANGES: Final[Mapping[str, Encode]] = {
    **TASK_DRAFT,
    "task_status": nullable(one_of("", "R", "B", "D", "U")),
    "user_ids": nullable(_user_ids),
    "col_id": _reference(Column),
    "prev_task_order": _prev_task_order,
}
