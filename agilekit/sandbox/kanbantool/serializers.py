"""The wire form of each entity, its attributes in the order of the document's samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import frozen

from agilekit.sandbox.renderer import Items, Null

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, tzinfo

    from agilekit.sandbox.kanbantool.state import (
        Board,
        CardType,
        Change,
        Comment,
        Folder,
        Share,
        Stage,
        Subtask,
        Swimlane,
        Task,
        TimeTracker,
        User,
    )
    from agilekit.sandbox.renderer import Value

    Form: TypeAlias = "dict[str, Value]"


Keys: TypeAlias = Literal["documented", "2013", "2017", "newest"]
Positions: TypeAlias = Literal["place", "all 1"]


def integer(number: int | None) -> Value:
    return Null("integer") if number is None else number


@frozen
class Serializer:
    """How the entities of an account are written.

    ``keys`` other than "documented" add some that no document knows.
    """

    users: Mapping[int, User]
    zone: tzinfo
    keys: Keys
    custom_fields: int
    positions: Positions

    def time(self, moment: datetime | None) -> Value:
        return Null("datetime") if moment is None else moment.astimezone(self.zone)

    def user(self, user: User) -> Form:
        return {"initials": user.initials, "name": user.name}

    def folder(self, it: Folder) -> Form:
        return {
            "created_at": self.time(it.created_at),
            "description": it.description,
            "id": it.id,
            "name": it.name,
            "position": it.position,
        }

    def board(self, it: Board) -> Form:
        extras: Form = {} if self.keys == "documented" else {"owner_id": it.owner_id}
        if self.keys == "2013":
            extras |= {
                "board_template_id": Null("integer"),
                "cumulative_flow_updated_at": self.time(it.created_at),
                "deleted_at": Null("datetime"),
                "external_id_sequence": 0,
                "position": Null("integer"),
            }
        return {
            "created_at": self.time(it.created_at),
            "description": it.description,
            "folder_id": integer(it.folder_id),
            "id": it.id,
            "last_activity_on": it.last_activity_on,
            "name": it.name,
            "position": it.position,
            "version": it.version,
            **extras,
        }

    def structure(self, it: Board) -> Form:
        """A board with what it is made of."""
        lanes, stages = list(it.swimlanes.values()), list(it.workflow_stages.values())
        if self.positions == "all 1":
            lanes.sort(key=lambda lane: lane.position)
            stages.sort(key=lambda stage: stage.position)
        return {
            **self.board(it),
            "swimlanes": Items("swimlane", [self.swimlane(one) for one in lanes]),
            "workflow_stages": Items("workflow_stage", [self.stage(one) for one in stages]),
            "card_types": Items(
                "card_type", [self.card_type(one) for one in it.card_types.values()]
            ),
        }

    def swimlane(self, it: Swimlane) -> Form:
        return {
            "board_id": it.board_id,
            "id": it.id,
            "limit": integer(it.limit),
            "name": it.name,
            "position": self._position(it.position),
        }

    def stage(self, it: Stage) -> Form:
        extras: Form = {}
        if self.keys == "2013":
            extras = {"description": None, "lane_type_id": Null("integer")}
        elif self.keys == "newest":
            extras = {"archive_enabled": False, "lane_type": None}
        return {
            "board_id": it.board_id,
            "id": it.id,
            "lane_width": it.lane_width,
            "wip_limit" if self.keys == "newest" else "limit": integer(it.limit),
            "name": it.name,
            "parent_id": integer(it.parent_id),
            "position": self._position(it.position),
            **extras,
        }

    def _position(self, position: int) -> int:
        return position if self.positions == "place" else 1

    def card_type(self, it: CardType) -> Form:
        return {
            "board_id": it.board_id,
            "color_ref": it.color_ref,
            "id": it.id,
            "is_default": it.is_default,
            "is_disabled": it.is_disabled,
            "name": it.name,
            "position": it.position,
        }

    def share(self, it: Share, user: User) -> Form:
        return {
            "can_create_tasks": "create" in it.rights,
            "can_delete_tasks": "delete" in it.rights,
            "can_move_tasks": "move" in it.rights,
            "can_read_tasks": "read" in it.rights,
            "can_update_tasks": "update" in it.rights,
            "id": it.id,
            "updated_at": self.time(it.updated_at),
            "user_id": user.id,
            "user": {
                "id": user.id,
                "initials": user.initials,
                "is_suspended": user.is_suspended,
                "name": user.name,
            },
        }

    def change(self, it: Change) -> Form:
        extras: Form = {"data": {}} if self.keys in ("2017", "newest") else {}
        return {
            "id": it.id,
            "changed_object_type": it.changed_object_type,
            "changed_object_id": it.changed_object_id,
            "user_id": integer(it.user_id),
            "swimlane_id": integer(it.swimlane_id),
            "workflow_stage_id": integer(it.workflow_stage_id),
            "what": it.what,
            "description": it.description,
            "created_at": self.time(it.created_at),
            **extras,
        }

    def task(self, it: Task, board: Board) -> Form:
        """A task in a list."""
        custom: Form = {
            f"custom_field_{n}": it.custom_fields.get(n) for n in range(1, self.custom_fields + 1)
        }
        return {
            "archived_at": self.time(it.archived_at),
            "assigned_user_id": integer(it.assigned_user_id),
            "card_type_id": it.card_type_id,
            "comments_count": len(it.comments),
            "created_at": self.time(it.created_at),
            **custom,
            "description": it.description,
            "due_date": it.due_date or Null("date"),
            "external_link": it.external_link,
            "id": it.id,
            "name": it.name,
            "position": it.position,
            "priority": it.priority,
            "size_estimate": it.size_estimate,
            "subtasks_completed_count": sum(one.is_completed for one in it.subtasks),
            "subtasks_count": len(it.subtasks),
            "swimlane_id": it.swimlane_id,
            "tags": it.tags,
            "updated_at": self.time(it.updated_at),
            "workflow_stage_id": it.workflow_stage_id,
            **self._undocumented(it, board),
            **self._assigned(it.assigned_user_id),
        }

    def details(self, it: Task, board: Board) -> Form:
        """A task by itself, with what hangs on it."""
        return {
            **self.task(it, board),
            "comments": Items("comment", [self._inner_comment(one) for one in it.comments]),
            "changelogs": Items("changelog", [self._inner_change(one) for one in it.changelog]),
            "subtasks": Items(
                "subtask",
                [
                    {**self.subtask(one), **self._assigned(one.assigned_user_id)}
                    for one in it.subtasks
                ],
            ),
        }

    def comment(self, it: Comment) -> Form:
        return {
            "id": it.id,
            "created_at": self.time(it.created_at),
            "updated_at": self.time(it.updated_at),
            "user_id": integer(it.user_id),
            "content": it.content,
        }

    def subtask(self, it: Subtask) -> Form:
        return {
            "id": it.id,
            "name": it.name,
            "position": it.position,
            "task_id": it.task_id,
            "created_at": self.time(it.created_at),
            "is_completed": it.is_completed,
            "updated_at": self.time(it.updated_at),
            "assigned_user_id": integer(it.assigned_user_id),
        }

    def time_tracker(self, it: TimeTracker, all_trackers: Iterable[TimeTracker]) -> Form:
        resumed = sum(
            one.seconds(one.started_at)
            for one in all_trackers
            if (one.user_id, one.task_id) == (it.user_id, it.task_id)
            and one.started_at < it.started_at
        )
        return {
            "id": it.id,
            "user_id": it.user_id,
            "board_id": it.board_id,
            "task_id": it.task_id,
            "listed": it.listed,
            "started_at": self.time(it.started_at),
            "ended_at": self.time(it.ended_at),
            "seconds_from_resumed_sprint": resumed,
            "created_at": self.time(it.created_at),
            "updated_at": self.time(it.updated_at),
        }

    def _assigned(self, user_id: int | None) -> Form:
        """``assigned_user``, which is absent rather than null."""
        user = self.users.get(user_id or 0)
        return {"assigned_user": self.user(user)} if user else {}

    def _inner_comment(self, it: Comment) -> Form:
        user = self.users.get(it.user_id or 0)
        author: Form = {"user": self.user(user)} if user else {}
        return {**self.comment(it), **author}

    def _inner_change(self, it: Change) -> Form:
        """A change without what it is a change of."""
        hidden = {"changed_object_type", "changed_object_id", "data"}
        return {name: value for name, value in self.change(it).items() if name not in hidden}

    def _undocumented(self, it: Task, board: Board) -> Form:
        if self.keys == "documented":
            return {}
        if self.keys == "2013":
            return {"block_reason": None, "external_id": None, "subtask_search_tags": None}
        stopped = (one for one in it.time_trackers if one.ended_at)
        return {
            "block_reason": None,
            "board_id": it.board_id,
            "board_version": board.version,
            "external_id": None,
            "owner_id": it.owner_id,
            "timers_total": sum(one.seconds(one.started_at) for one in stopped),
            "version": it.version,
        }
