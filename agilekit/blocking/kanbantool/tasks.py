"""The tasks of a board.

Generated from `agilekit.kanbantool.tasks` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack, overload

from agilekit.blocking.drafts import taken_here
from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.first_use import FirstUse
from agilekit.kanbantool.models import Board, Swimlane, Task, WorkflowStage
from agilekit.kanbantool.params import TaskChanges, TaskDraft
from agilekit.kanbantool.tasks import Direction
from agilekit.kanbantool.tasks import Tasks as AsyncTasks

if TYPE_CHECKING:
    from agilekit import bulk
else:
    bulk = FirstUse("agilekit.bulk")

__all__ = ["Tasks"]


class Tasks(WrappedResource[AsyncTasks]):
    """``kanban.tasks``"""

    def all(
        self,
        board: Board | int | str,
        *,
        swimlane: Swimlane | int | str | None = None,
        stage: WorkflowStage | int | str | None = None,
        per_page: int | None = None,
        stable: bool = False,
    ) -> Listing[Task]:
        """Lists the tasks that are not archived: of a board at once, of a part of it in pages.

        swimlane: only the tasks in this one.
        stage: only the tasks in this one, too.
        per_page: how many of a part are read at once, from 1 to 175; 175 if it is None.
        stable: read the pages so that a task that stays where it is all along is never missed while
            others come, go and move. Pages may be read again.

        Raises PagesShifted if a stable reading does not come to its end.

        Source: KanbanTool API v1.1 Guide, "Listing tasks from given board" and "Listing tasks from
        given board, swimlane and workflow stage".
        """
        listing = self._resource.all(
            board, swimlane=swimlane, stage=stage, per_page=per_page, stable=stable
        )
        return self._list(listing)

    def archived(
        self,
        board: Board | int | str,
        *,
        swimlane: Swimlane | int | str | None = None,
        stage: WorkflowStage | int | str | None = None,
        per_page: int | None = None,
        stable: bool = False,
    ) -> Listing[Task]:
        """Lists the archived tasks, the latest archived first.

        swimlane: only the tasks of this one.
        stage: only the tasks of this one, too.
        per_page: how many are read at once, from 1 to 175; 175 if it is None.
        stable: read the pages so that a task that is archived all along is never missed while
            others are archived and unarchived. Pages may be read again.

        Raises PagesShifted if a stable reading does not come to its end.

        Source: KanbanTool API v1.1 Guide, "Listing archived tasks from given board" and "Listing
        tasks from given board, swimlane and workflow stage".
        """
        listing = self._resource.archived(
            board, swimlane=swimlane, stage=stage, per_page=per_page, stable=stable
        )
        return self._list(listing)

    def get(self, board: Board | int | str, task: Task | int | str) -> Task:
        """Reads one task, archived or not, with its comments, changes and subtasks.

        Source: KanbanTool API v1.1 Guide, "Viewing task details".
        """
        return self._run(self._resource.get, board, task)

    def create(self, board: Board | int | str, **draft: Unpack[TaskDraft]) -> Task:
        """Creates one task, by default in the first stage of the first swimlane.

        Raises UnknownOutcome if nothing tells whether it was created; it is never sent twice.

        Source: KanbanTool API v1.1 Guide, "Creating tasks".
        """
        return self._run(self._resource.create, board, **draft)

    def create_many(
        self,
        board: Board | int | str,
        drafts: bulk.Drafts[TaskDraft],
        **options: Unpack[bulk.BulkOptions],
    ) -> bulk.BulkReport[Task]:
        """Creates a task for each draft, exactly once, and reports what became of each.

        Source: KanbanTool API v1.1 Guide, "Creating tasks".
        """
        return self._run(self._resource.create_many, board, taken_here(drafts), **options)

    def update(
        self, board: Board | int | str, task: Task | int | str, **changes: Unpack[TaskChanges]
    ) -> Task:
        """Changes attributes of a task; what is left out stays, None clears. `move` moves it.

        Source: KanbanTool API v1.1 Guide, "Modifying/Updating tasks".
        """
        return self._run(self._resource.update, board, task, **changes)

    @overload
    def move(
        self,
        board: Board | int | str,
        task: Task | int | str,
        *,
        direction: Direction,
        override: str | None = None,
    ) -> Task: ...

    @overload
    def move(
        self,
        board: Board | int | str,
        task: Task | int | str,
        *,
        stage: WorkflowStage | int | str | None = None,
        swimlane: Swimlane | int | str | None = None,
        override: str | None = None,
    ) -> Task: ...

    def move(
        self,
        board: Board | int | str,
        task: Task | int | str,
        *,
        direction: Direction | None = None,
        stage: WorkflowStage | int | str | None = None,
        swimlane: Swimlane | int | str | None = None,
        override: str | None = None,
    ) -> Task:
        """Moves a task one step in a direction, or to the bottom of a stage, a swimlane or both.

        The document's ``position`` is not supported by the service yet.

        override: the reason to exceed the limit of the stage; without one, that is refused (409).

        Raises UnknownOutcome if nothing tells whether a step in a direction was made; it is never
        sent twice.

        Source: KanbanTool API v1.1 Guide, "Moving tasks".
        """
        return self._portal.run(
            self._resource.move,
            board,
            task,
            direction=direction,
            stage=stage,
            swimlane=swimlane,
            override=override,
        )

    def delete(self, board: Board | int | str, task: Task | int | str) -> Task | None:
        """Deletes a task that is not archived, and returns it as it was.

        None if a first attempt got no answer and a second found the task gone.

        Source: KanbanTool API v1.1 Guide, "Deleting tasks".
        """
        return self._run(self._resource.delete, board, task)

    def archive(self, board: Board | int | str, task: Task | int | str) -> Task:
        """Archives a task that is in the last stage. Raises Unprocessable for any other.

        Source: KanbanTool API v1.1 Guide, "Archiving tasks".
        """
        return self._run(self._resource.archive, board, task)

    def unarchive(self, board: Board | int | str, task: Task | int | str) -> Task:
        """Takes a task out of the archive. Raises Unprocessable for one that is not in it.

        Source: KanbanTool API v1.1 Guide, "Unarchiving tasks".
        """
        return self._run(self._resource.unarchive, board, task)
