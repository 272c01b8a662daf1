"""The entities of flow, as rows of the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Literal, TypeAlias

from attrs import Factory, field, frozen

from agilekit.export.project import ProjectRef, Stay
from agilekit.export.table import Row, id_text, json_text
from agilekit.flow import Change, Column, Member, Project, Task, TaskType
from agilekit.wire.merge import merge_raw

__all__ = ["SERVICE", "Entity", "Rows", "is_deleted", "is_done", "stays_of"]

SERVICE: Final = "flow"

Entity: TypeAlias = Literal["card", "column", "task_type", "project"]
"""What a change is about."""

# Source: flow API Reference, notes of "GET /project_id/tasks.format".
_DELETED: Final = "D"
_STATES: Final[Mapping[str, str]] = {
    "R": "ready",
    "B": "blocked",
    _DELETED: "deleted",
    "U": "undeleted",
}
# Source: flow API Reference, notes of "GET /project_id/cols.format".
_DONE: Final = "D"
_BACKLOG: Final = "B"


def is_done(column: Column) -> bool:
    """Whether it is the Done column."""
    return column.col_type == _DONE


def is_deleted(task: Task) -> bool:
    return task.task_status == _DELETED


def stays_of(changes: Iterable[tuple[int | None, Change]]) -> dict[int, Stay]:
    """By their ids, the changes that delete a task, and those that bring it back, which any other
    status does.

    changes: of tasks, with the ids of these.
    """
    deleted, stays = set[int | None](), dict[int, Stay]()
    for id, change in sorted(changes, key=lambda pair: pair[1].change_id):
        status = change.change_content.get("task_status")
        if status == _DELETED:
            deleted.add(id)
            stays[change.change_id] = "ends"
        elif status is not None and id in deleted:
            deleted.remove(id)
            stays[change.change_id] = "resumes"
    return stays


def _places(rows: Rows) -> Mapping[int, int]:
    """The Backlog comes first, whatever its order; the others follow, the highest order first."""
    ordered = sorted(
        (one.col_type != _BACKLOG, -(one.col_order or 0), id)
        for id, one in rows.columns.items()
        if one.col_order is not None or one.col_type == _BACKLOG
    )
    return {id: place for place, (*_, id) in enumerate(ordered, 1)}


@frozen
class Rows:
    """The rows of one project."""

    ref: ProjectRef
    columns: Mapping[int, Column]
    _place: Mapping[int, int] = field(init=False, default=Factory(_places, takes_self=True))

    @property
    def names_of_columns(self) -> dict[int, str | None]:
        return {id: one.col_title for id, one in self.columns.items()}

    def project(self, project: Project, history: Iterable[Change]) -> Row:
        return self.ref.row(
            "projects",
            title=project.project_title,
            state="archived" if project.archived else None,
            updated_at=_last(history),
            raw=json_text(project.raw),
        )

    def column(self, column: Column, history: Iterable[Change]) -> Row:
        return self.ref.row(
            "columns",
            kind="column",
            id=str(column.col_id),
            title=column.col_title,
            card_limit=column.col_limit or None,
            is_done=self._is_done(column),
            place=self._place.get(column.col_id),
            position=column.col_order,
            updated_at=_last(history),
            raw=json_text(column.raw),
        )

    def person(self, member: Member) -> Row:
        return self.ref.row(
            "people",
            id=str(member.user_id),
            name=member.user_name,
            raw=json_text(member.raw),
        )

    def card(
        self,
        task: Task,
        listed: Task | None,
        *,
        column: Column | None,
        kind: TaskType | None,
        history: Iterable[Change],
    ) -> Row:
        """A task as it was read by itself, and as the list shows it, which adds its assignments."""
        done = column is not None and self._is_done(column) and not is_deleted(task)
        assigned = task.assignments or (listed.assignments if listed else ())
        metrics = task.task_metrics
        return self.ref.row(
            "cards",
            id=str(task.task_id),
            title=task.task_text,
            kind=kind.task_type_text if kind else None,
            state="done" if done else _STATES.get(task.task_status, task.task_status or None),
            is_done=None if column is None else done,
            column_id=id_text(task.col_id),
            assignees=json_text([*map(str, assigned)]) if assigned else None,
            position=task.task_order,
            created_at=task.task_created,
            updated_at=_last(history),
            completed_at=task.task_completed,
            working_seconds=metrics.working_cycle_time if metrics else None,
            raw=json_text(merge_raw(task.raw, *([listed.raw] if listed else []))),
        )

    def change(
        self, change: Change, entity: Entity, item_id: int | None, stay: Stay | None = None
    ) -> Row:
        column = change.change_content.get("col_id") if entity == "card" else None
        return self.ref.row(
            "changes",
            id=str(change.change_id),
            entity=entity,
            entity_id=id_text(item_id),
            what=change.change_type or None,
            value=json_text(change.change_content),
            column_id=str(column) if isinstance(column, int | str) else None,
            stay=stay,
            person_id=id_text(change.user_id),
            made_at=change.change_made,
            raw=json_text(change.raw),
        )

    def _is_done(self, column: Column) -> bool:
        named = self.ref.done.ids_among(self.names_of_columns)
        return is_done(column) if named is None else column.col_id in named

    def task_type(self, kind: TaskType) -> Row:
        return self.ref.row(
            "extras",
            kind="task_type",
            id=str(kind.task_type_id),
            title=kind.task_type_text,
            raw=json_text(kind.raw),
        )


def _last(history: Iterable[Change]) -> datetime | None:
    """When the last of the changes was made."""
    return max((one.change_made for one in history if one.change_made), default=None)
