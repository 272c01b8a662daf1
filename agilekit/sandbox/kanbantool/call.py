"""One authenticated request as a handler sees it: what its path names, and what it may touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from attrs import frozen

from agilekit.sandbox.kanbantool.params import Params, parse_int
from agilekit.sandbox.messages import Json, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agilekit.sandbox.kanbantool.account import Account
    from agilekit.sandbox.kanbantool.options import Options
    from agilekit.sandbox.kanbantool.response_format import ResponseFormat
    from agilekit.sandbox.kanbantool.serializers import Serializer
    from agilekit.sandbox.kanbantool.state import (
        Board,
        Comment,
        Right,
        Subtask,
        Task,
        TimeTracker,
        User,
    )
    from agilekit.sandbox.rewriting import Rewriting

T = TypeVar("T")


@frozen(kw_only=True)
class Call:
    """A request of a user; ``ids`` are those in its path, ``parameters`` all that it was sent.

    Source of the permissions: Permissions, and Listing users and permissions for given board.
    """

    account: Account
    options: Options
    user: User
    ids: Mapping[str, str]
    parameters: Mapping[str, Json]
    rewriting: Rewriting
    format: ResponseFormat

    @property
    def serializer(self) -> Serializer:
        return self.options.serializer(self.account.users)

    def parameter(self, name: str) -> str | None:
        """A parameter as text, None if it is absent or blank."""
        value = self.parameters.get(name)
        if isinstance(value, bool):
            return "1" if value else "0"
        text = str(value) if isinstance(value, str | int | float) else ""
        return text.strip() or None

    def numbers(self, name: str) -> frozenset[int] | None:
        """The ids in a list with commas, None if the parameter is absent or blank."""
        text = self.parameter(name)
        if text is None:
            return None
        parts = map(parse_int, text.split(","))
        return frozenset(part for part in parts if part is not None)

    def params(self, name: str) -> Params:
        """The attributes of an entity, in ``task[…]`` or without it, of query and body alike."""
        given = self.parameters.get(name)
        return Params(given if isinstance(given, dict) else self.parameters, self.rewriting)

    def board(self, right: Right | None = None) -> Board:
        board = self._found("Board", self.account.boards.get(self._id("board_id")))
        return self.permitted(board, right)

    def permitted(self, board: Board, right: Right | None) -> Board:
        """The board, if the user sees it and has the right; 404 or 403 otherwise."""
        share = self._found("Board", board.shares.get(self.user.id))
        if right and right not in share.rights:
            raise Refusal(403, f"Permission to {right} tasks required for user {self.user.id}")
        return board

    def task(self, right: Right) -> Task:
        return self._found("Task", self.board(right).tasks.get(self._id("task_id")))

    def subtask(self, task: Task) -> Subtask:
        subtasks = {one.id: one for one in task.subtasks}
        return self._found("Subtask", subtasks.get(self._id("subtask_id")))

    def comment(self, task: Task) -> Comment:
        comments = {one.id: one for one in task.comments}
        return self._found("Comment", comments.get(self._id("comment_id")))

    def time_tracker(self) -> TimeTracker:
        """A timer that the user may change: Updating existing time entries."""
        identifier = self._id("time_tracker_id")
        tracker = self._found("Time tracker", self.account.time_trackers.get(identifier))
        owner = self.account.boards[tracker.board_id].owner_id
        if not self.user.is_admin and self.user.id not in (tracker.user_id, owner):
            reason = f"Permission to update time tracker required for user {self.user.id}"
            raise Refusal(403, reason)
        return tracker

    def log(self, task: Task, what: str, did: str) -> None:
        """Note in the changelog what the caller did to a task."""
        self.account.log(task, what, f"{self.user.initials} {did}", by=self.user)

    def _id(self, name: str) -> int:
        return parse_int(self.ids[name]) or 0

    def _found(self, kind: str, entity: T | None) -> T:
        if entity is None:
            raise Refusal(404, f"{kind} not found")
        return entity
