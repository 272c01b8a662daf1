"""The entities of Kanban Tool, as rows of the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import Factory, field, frozen

from agilekit.export.project import ProjectRef, Stay
from agilekit.export.source.kanbantool.history import completed_at
from agilekit.export.source.kanbantool.stages import card_limit, columns_of, done_columns
from agilekit.export.table import Row, id_text, json_text
from agilekit.kanbantool import (
    Board,
    BoardUser,
    CardType,
    Change,
    Comment,
    Subtask,
    Swimlane,
    Task,
    TimeTracker,
    WorkflowStage,
)
from agilekit.wire.json import JSON
from agilekit.wire.merge import merge_raw

__all__ = ["SERVICE", "Rows"]

SERVICE: Final = "kanbantool"


def _done_columns(rows: Rows) -> frozenset[int]:
    return done_columns(rows.board.workflow_stages or (), rows.ref.done)


def _places(rows: Rows) -> Mapping[int, int]:
    columns = columns_of(rows.board.workflow_stages or ())
    return {stage.id: place for place, stage in enumerate(columns, 1)}


def _names_of_types(rows: Rows) -> Mapping[int | None, str | None]:
    return {kind.id: kind.name for kind in rows.board.card_types or ()}


def _names_of_stages(rows: Rows) -> Mapping[int, str | None]:
    return {stage.id: stage.name for stage in rows.board.workflow_stages or ()}


@frozen
class Rows:
    """The rows of one board."""

    ref: ProjectRef
    board: Board
    _done: frozenset[int] = field(init=False, default=Factory(_done_columns, takes_self=True))
    _place: Mapping[int, int] = field(init=False, default=Factory(_places, takes_self=True))
    names_of_stages: Mapping[int, str | None] = field(
        init=False, default=Factory(_names_of_stages, takes_self=True)
    )
    _types: Mapping[int | None, str | None] = field(
        init=False, default=Factory(_names_of_types, takes_self=True)
    )

    def project(self, listed: Board | None) -> Row:
        board = self.board
        return self.ref.row(
            "projects",
            title=board.name,
            description=board.description,
            created_at=board.created_at,
            version=board.version,
            raw=json_text(merge_raw(board.raw, *([listed.raw] if listed else []))),
        )

    def folder(self, listed: Board | None) -> list[Row]:
        folder = self.board.folder or (listed.folder if listed else None)
        if folder is None:
            return []
        return [self._extra("folder", folder.id, folder.name, dict(folder.raw))]

    def stage(self, stage: WorkflowStage) -> Row:
        return self.ref.row(
            "columns",
            kind="stage",
            id=str(stage.id),
            title=stage.name,
            parent_id=id_text(stage.parent_id),
            card_limit=card_limit(stage),
            is_done=stage.id in self._done,
            place=self._place.get(stage.id),
            position=stage.position,
            raw=json_text(stage.raw),
        )

    def swimlane(self, lane: Swimlane) -> Row:
        return self.ref.row(
            "columns",
            kind="swimlane",
            id=str(lane.id),
            title=lane.name,
            card_limit=lane.limit,
            position=lane.position,
            raw=json_text(lane.raw),
        )

    def card_type(self, kind: CardType) -> Row:
        return self._extra("card_type", kind.id, kind.name, dict(kind.raw))

    def time_report(self, report: JSON) -> Row:
        return self._extra("time_report", self.board.id, None, report)

    def person(self, user: BoardUser) -> Row:
        return self.ref.row(
            "people",
            id=str(user.user_id or (user.user.id if user.user else None) or user.id),
            name=None if user.user is None else user.user.name,
            raw=json_text(user.raw),
        )

    def card(self, task: Task, listed: Task | None, changes: Sequence[Change]) -> Row:
        """A task with its changes, in order."""
        archived = task.archived_at is not None
        done = archived or task.workflow_stage_id in self._done
        return self.ref.row(
            "cards",
            id=str(task.id),
            title=task.name,
            description=task.description,
            kind=self._types.get(task.card_type_id),
            estimate=task.size_estimate,
            state="archived" if archived else self.names_of_stages.get(task.workflow_stage_id or 0),
            is_done=done,
            priority=task.priority,
            column_id=id_text(task.workflow_stage_id),
            swimlane_id=id_text(task.swimlane_id),
            assignees=_assignees(task.assigned_user_id),
            tags=task.tags or None,
            due_on=None if task.due_date is None else task.due_date.isoformat(),
            position=task.position,
            created_at=task.created_at,
            updated_at=task.updated_at,
            completed_at=completed_at(changes, self._done, task.archived_at) if done else None,
            archived_at=task.archived_at,
            raw=json_text(merge_raw(task.raw, *([listed.raw] if listed else []))),
        )

    def task(self, subtask: Subtask, card: Task) -> Row:
        states = {True: "done", False: "todo", None: None}
        return self.ref.row(
            "tasks",
            id=str(subtask.id),
            card_id=str(card.id),
            title=subtask.name,
            state=states[subtask.is_completed],
            assignees=_assignees(subtask.assigned_user_id),
            position=subtask.position,
            created_at=subtask.created_at,
            updated_at=subtask.updated_at,
            raw=json_text(subtask.raw),
        )

    def comment(self, comment: Comment, card: Task) -> Row:
        return self.ref.row(
            "comments",
            id=str(comment.id),
            card_id=str(card.id),
            person_id=id_text(comment.user_id),
            text=comment.content,
            created_at=comment.created_at,
            updated_at=comment.updated_at,
            raw=json_text(comment.raw),
        )

    def change(
        self,
        logged: Change | None,
        inside: Change | None,
        card_id: int | None,
        stay: Stay | None,
    ) -> Row:
        """A change, as the board's changelog shows it, a task's details, or both.

        card_id: the task. Its details do not name it.
        """
        shown = [one for one in (logged, inside) if one is not None]
        change = shown[0]
        kind = change.changed_object_type or (None if card_id is None else "Task")
        is_card = kind == "Task"
        return self.ref.row(
            "changes",
            id=str(change.id),
            entity="card" if is_card else (kind or "").lower() or None,
            entity_id=id_text(change.changed_object_id or (card_id if is_card else None)),
            what=change.what,
            value=change.description,
            column_id=id_text(change.workflow_stage_id),
            stay=stay,
            person_id=id_text(change.user_id),
            made_at=change.created_at,
            raw=json_text(merge_raw(*(one.raw for one in shown))),
        )

    def time_entry(self, timer: TimeTracker) -> Row:
        return self.ref.row(
            "time_entries",
            id=str(timer.id),
            card_id=id_text(timer.task_id),
            person_id=id_text(timer.user_id),
            started_at=timer.started_at,
            ended_at=timer.ended_at,
            created_at=timer.created_at,
            updated_at=timer.updated_at,
            raw=json_text(timer.raw),
        )

    def _extra(self, kind: str, id: int, title: str | None, raw: JSON) -> Row:
        return self.ref.row("extras", kind=kind, id=str(id), title=title, raw=json_text(raw))


def _assignees(*ids: int | None) -> str | None:
    found: Sequence[str] = [str(id) for id in ids if id]
    return json_text([*found]) if found else None
