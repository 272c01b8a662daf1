"""One authenticated request to a documented call, and what it may touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from attrs import frozen

from agilekit.sandbox.kanbantool.params import Fields, number
from agilekit.sandbox.messages import Json, Refusal, Response

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agilekit.sandbox.kanbantool.response_format import Dress
    from agilekit.sandbox.kanbantool.serializers import Forms
    from agilekit.sandbox.kanbantool.service import KanbanTool
    from agilekit.sandbox.kanbantool.state import (
        Board,
        Comment,
        Right,
        Subtask,
        Task,
        TimeTracker,
        User,
    )

T = TypeVar("T")

PER_PAGE: Final = 50
LARGEST_PAGE: Final = 175


@frozen
class Call:
    """Source of the permissions: Permissions, and Listing users and permissions for given board."""

    service: KanbanTool
    user: User
    ids: Mapping[str, str]
    parameters: Mapping[str, Json]
    dress: Dress

    @property
    def forms(self) -> Forms:
        return self.service.forms()

    def parameter(self, name: str) -> str | None:
        """A parameter as text, None where it is absent or blank."""
        value = self.parameters.get(name)
        if isinstance(value, bool):
            return "1" if value else "0"
        text = str(value) if isinstance(value, str | int | float) else ""
        return text.strip() or None

    def numbers(self, name: str) -> frozenset[int] | None:
        """The ids in a list with commas, None where the parameter is absent or blank."""
        text = self.parameter(name)
        if text is None:
            return None
        return frozenset(found for part in text.split(",") if (found := number(part)) is not None)

    def fields(self, name: str) -> Fields:
        """The attributes of an entity; they need no ``task[…]`` around them, wherever they are."""
        given = self.parameters.get(name)
        return Fields(given if isinstance(given, dict) else self.parameters, self.service.rewriting)

    def board(self, right: Right | None = None) -> Board:
        board = self._found("Board", self.service.boards.get(self._id("board_id")))
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
        tracker = self._found("Time tracker", self.service.time_trackers.get(identifier))
        owner = self.service.boards[tracker.board_id].owner_id
        if not self.user.is_admin and self.user.id not in (tracker.user_id, owner):
            reason = f"Permission to update time tracker required for user {self.user.id}"
            raise Refusal(403, reason)
        return tracker

    def details(self, task: Task, *, status: int = 200) -> Response:
        board = self.service.boards[task.board_id]
        return self.dress.one("task", self.forms.details(task, board), status=status)

    def tasks(self, board: Board, tasks: Sequence[Task], *, paged: bool) -> Response:
        bare = self.service.envelopes == "2017"
        pagination = None
        if paged:
            tasks, pagination = self._page(tasks)
        forms = self.forms
        rows = [forms.task(task, board) for task in tasks]
        return self.dress.many("task", rows, bare=bare, pagination=pagination)

    def _page(self, tasks: Sequence[Task]) -> tuple[Sequence[Task], Mapping[str, str]]:
        """Listing archived tasks from given board: page, per_page and the pagination."""
        size = min(self._positive("per_page", PER_PAGE), LARGEST_PAGE)
        page = self._positive("page", 1)
        last = max(1, -(-len(tasks) // size))
        return tasks[(page - 1) * size : page * size], {
            "page": str(page),
            "total_pages": str(last),
            "total_entries": str(len(tasks)),
            "previous_page": str(page - 1) if page > 1 else "",
            "next_page": str(page + 1) if page < last else "",
        }

    def _positive(self, name: str, default: int) -> int:
        found = number(self.parameter(name) or "")
        return found if found and found > 0 else default

    def _id(self, name: str) -> int:
        return number(self.ids[name]) or 0

    def _found(self, kind: str, entity: T | None) -> T:
        if entity is None:
            raise Refusal(404, f"{kind} not found")
        return entity
