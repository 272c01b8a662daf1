"""The entities of flow -> the rows of the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from agilekit.export.joining import joined
from agilekit.export.model import Found, Row, json_text
from agilekit.flow import Change, Column, Member, Project, Task, TaskType

__all__ = ["DELETED", "DONE", "SERVICE", "Rows"]

SERVICE: Final = "flow"
# Source: flow API Reference, "GET /project_id/cols.format" and "GET /project_id/tasks.format".
DONE: Final = "D"  # of a column
DELETED: Final = "D"  # of a task
_STATES: Final[Mapping[str, str]] = {
    "R": "ready",
    "B": "blocked",
    "D": "deleted",
    "U": "undeleted",
}


@frozen
class Rows:
    """The rows of one project."""

    found: Found

    def project(self, project: Project) -> Row:
        return self.found.row(
            "projects",
            title=project.project_title,
            state="archived" if project.archived else None,
            raw=json_text(dict(project.raw)),
        )

    def column(self, column: Column) -> Row:
        return self.found.row(
            "columns",
            kind="column",
            id=str(column.col_id),
            title=column.col_title,
            card_limit=column.col_limit or None,
            is_done=column.col_type == DONE,
            position=column.col_order,
            raw=json_text(dict(column.raw)),
        )

    def task_type(self, kind: TaskType) -> Row:
        return self.found.row(
            "extras",
            kind="task_type",
            id=str(kind.task_type_id),
            title=kind.task_type_text,
            raw=json_text(dict(kind.raw)),
        )

    def person(self, member: Member) -> Row:
        return self.found.row(
            "people",
            id=str(member.user_id),
            name=member.user_name,
            raw=json_text(dict(member.raw)),
        )

    def card(
        self,
        task: Task,
        listed: Task | None,
        *,
        column: Column | None,
        kind: TaskType | None,
        history: Sequence[Change],
    ) -> Row:
        """A task as it was read by itself; the list alone has its assignments."""
        deleted = task.task_status == DELETED
        done = column is not None and column.col_type == DONE and not deleted
        assigned = task.assignments or (listed.assignments if listed else ())
        moments = [one.change_made for one in history if one.change_made]
        return self.found.row(
            "cards",
            id=str(task.task_id),
            title=task.task_text,
            kind=None if kind is None else kind.task_type_text,
            state=_STATES.get(task.task_status, "done" if done else None),
            is_done=None if column is None else done,
            column_id=None if task.col_id is None else str(task.col_id),
            assignees=json_text([str(one) for one in assigned]) if assigned else None,
            position=task.task_order,
            created_at=task.task_created,
            updated_at=max(moments, default=None),
            completed_at=task.task_completed,
            working_seconds=None
            if task.task_metrics is None
            else task.task_metrics.working_cycle_time,
            raw=json_text(joined(task.raw, *([listed.raw] if listed else []))),
        )

    def change(self, change: Change, entity: str) -> Row:
        column = change.change_content.get("col_id") if entity == "card" else None
        return self.found.row(
            "changes",
            id=str(change.change_id),
            entity=entity,
            entity_id=None if change.item_id is None else str(change.item_id),
            what=change.change_type,
            value=json_text(dict(change.change_content)),
            column_id=None if column is None else str(column),
            person_id=None if change.user_id is None else str(change.user_id),
            made_at=change.change_made,
            raw=json_text(dict(change.raw)),
        )
