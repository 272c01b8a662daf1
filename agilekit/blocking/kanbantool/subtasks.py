"""The to-do list of a task.

Generated from `agilekit.kanbantool.subtasks` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Unpack

from agilekit.blocking.drafts import taken_here
from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.first_use import FirstUse
from agilekit.kanbantool.models import Board, Subtask, Task
from agilekit.kanbantool.params import SubtaskChanges, SubtaskDraft
from agilekit.kanbantool.subtasks import Subtasks as AsyncSubtasks

if TYPE_CHECKING:
    from agilekit import bulk
else:
    bulk = FirstUse("agilekit.bulk")

__all__ = ["Subtasks"]


class Subtasks(WrappedResource[AsyncSubtasks]):
    """``kanban.subtasks``"""

    def all(self, board: Board | int | str, task: Task | int | str) -> Listing[Subtask]:
        """Lists the subtasks of a task, top to bottom.

        Source: KanbanTool API v1.1 Guide, "Listing subtasks for given task".
        """
        return self._list(self._resource.all(board, task))

    def get(
        self, board: Board | int | str, task: Task | int | str, subtask: Subtask | int | str
    ) -> Subtask:
        """Reads one subtask.

        Source: KanbanTool API v1.1 Guide, "Viewing subtask details".
        """
        return self._run(self._resource.get, board, task, subtask)

    def create(
        self, board: Board | int | str, task: Task | int | str, **draft: Unpack[SubtaskDraft]
    ) -> Subtask:
        """Creates one subtask, at the bottom of the list.

        Raises UnknownOutcome if nothing tells whether it was created; it is never sent twice.

        Source: KanbanTool API v1.1 Guide, "Creating new subtasks".
        """
        return self._run(self._resource.create, board, task, **draft)

    def create_many(
        self,
        board: Board | int | str,
        task: Task | int | str,
        drafts: bulk.Drafts[SubtaskDraft],
        **options: Unpack[bulk.BulkOptions],
    ) -> bulk.BulkReport[Subtask]:
        """Creates a subtask for each draft, exactly once, and reports what became of each.

        Source: KanbanTool API v1.1 Guide, "Creating new subtasks".
        """
        return self._run(self._resource.create_many, board, task, taken_here(drafts), **options)

    def update(
        self,
        board: Board | int | str,
        task: Task | int | str,
        subtask: Subtask | int | str,
        **changes: Unpack[SubtaskChanges],
    ) -> Subtask:
        """Changes attributes of a subtask; what is left out stays. `reorder` moves it.

        Source: KanbanTool API v1.1 Guide, "Updating existing subtasks".
        """
        return self._run(self._resource.update, board, task, subtask, **changes)

    def delete(
        self, board: Board | int | str, task: Task | int | str, subtask: Subtask | int | str
    ) -> Subtask | None:
        """Deletes a subtask and returns it as it was.

        None if a first attempt got no answer and a second found the subtask gone.

        Source: KanbanTool API v1.1 Guide, "Deleting subtasks".
        """
        return self._run(self._resource.delete, board, task, subtask)

    def reorder(
        self,
        board: Board | int | str,
        task: Task | int | str,
        subtasks: Iterable[Subtask | int | str],
    ) -> list[Subtask]:
        """Puts the subtasks of a task into a new order, and returns them in it.

        subtasks: all that the task has, top to bottom.

        Source: KanbanTool API v1.1 Guide, "Reordering subtasks list".
        """
        return self._run(self._resource.reorder, board, task, subtasks)
