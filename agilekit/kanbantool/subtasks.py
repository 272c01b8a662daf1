"""The to-do list of a task."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Unpack, cast

from agilekit.checks import id_of
from agilekit.errors import InvalidInput
from agilekit.first_use import FirstUse
from agilekit.kanbantool.models import Board, Subtask, Task
from agilekit.kanbantool.params import (
    SUBTASK_FIELDS,
    SubtaskChanges,
    SubtaskDraft,
    subtask_ids,
    task_ids,
)
from agilekit.kanbantool.routes import (
    CREATE_SUBTASK,
    DELETE_SUBTASK,
    LIST_SUBTASKS,
    REORDER_SUBTASKS,
    UPDATE_SUBTASK,
    VIEW_SUBTASK,
)
from agilekit.session.listing import Listing
from agilekit.session.resource import Resource
from agilekit.wire.encode import encode_changes

if TYPE_CHECKING:
    from agilekit import bulk
    from agilekit.kanbantool import specs
else:
    bulk = FirstUse("agilekit.bulk")
    specs = FirstUse("agilekit.kanbantool.specs")

__all__ = ["Subtasks"]


class Subtasks(Resource):
    """``kanban.subtasks``"""

    def all(self, board: Board | int | str, task: Task | int | str) -> Listing[Subtask]:
        """Lists the subtasks of a task, top to bottom.

        Source: KanbanTool API v1.1 Guide, "Listing subtasks for given task".
        """
        return self._session.listing(LIST_SUBTASKS, task_ids(board, task))

    async def get(
        self, board: Board | int | str, task: Task | int | str, subtask: Subtask | int | str
    ) -> Subtask:
        """Reads one subtask.

        Source: KanbanTool API v1.1 Guide, "Viewing subtask details".
        """
        return await self._session.call(VIEW_SUBTASK, subtask_ids(board, task, subtask))

    async def create(
        self, board: Board | int | str, task: Task | int | str, **draft: Unpack[SubtaskDraft]
    ) -> Subtask:
        """Creates one subtask, at the bottom of the list.

        Raises UnknownOutcome if nothing tells whether it was created; it is never sent twice.

        Source: KanbanTool API v1.1 Guide, "Creating new subtasks".
        """
        ids, fields = task_ids(board, task), specs.SUBTASKS.encode(draft)
        return await self._session.call(CREATE_SUBTASK, ids, {"subtask": fields})

    async def create_many(
        self,
        board: Board | int | str,
        task: Task | int | str,
        drafts: bulk.Drafts[SubtaskDraft],
        **options: Unpack[bulk.BulkOptions],
    ) -> bulk.BulkReport[Subtask]:
        """Creates a subtask for each draft, exactly once, and reports what became of each.

        Source: KanbanTool API v1.1 Guide, "Creating new subtasks".
        """
        creation = specs.SUBTASKS.within(self._session, task_ids(board, task))
        return await bulk.create_many(creation, drafts, **options)

    async def update(
        self,
        board: Board | int | str,
        task: Task | int | str,
        subtask: Subtask | int | str,
        **changes: Unpack[SubtaskChanges],
    ) -> Subtask:
        """Changes attributes of a subtask; what is left out stays. `reorder` moves it.

        Source: KanbanTool API v1.1 Guide, "Updating existing subtasks".
        """
        ids, fields = subtask_ids(board, task, subtask), encode_changes(changes, SUBTASK_FIELDS)
        return await self._session.call(UPDATE_SUBTASK, ids, {"subtask": fields})

    async def delete(
        self, board: Board | int | str, task: Task | int | str, subtask: Subtask | int | str
    ) -> Subtask | None:
        """Deletes a subtask and returns it as it was.

        None if a first attempt got no answer and a second found the subtask gone.

        Source: KanbanTool API v1.1 Guide, "Deleting subtasks".
        """
        return await self._session.call(DELETE_SUBTASK, subtask_ids(board, task, subtask))

    async def reorder(
        self,
        board: Board | int | str,
        task: Task | int | str,
        subtasks: Iterable[Subtask | int | str],
    ) -> list[Subtask]:
        """Puts the subtasks of a task into a new order, and returns them in it.

        subtasks: all that the task has, top to bottom.

        Source: KanbanTool API v1.1 Guide, "Reordering subtasks list".
        """
        ids, order = task_ids(board, task), _order(subtasks)
        return await self._session.call(REORDER_SUBTASKS, ids, {"order": ",".join(map(str, order))})


def _order(subtasks: object) -> list[int]:
    if not isinstance(subtasks, Iterable):
        raise InvalidInput(f"the new order must be a list of subtasks, not {subtasks!r:.60}")
    order = [id_of(subtask, Subtask) for subtask in cast("Iterable[object]", subtasks)]
    # Whether these are all that the task has, only the service knows.
    if not order or len(set(order)) < len(order):
        raise InvalidInput("the new order must name each subtask once")
    return order
