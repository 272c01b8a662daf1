"""The tasks of a board."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, Unpack, get_args, overload

from agilekit.checks import check_count, id_of
from agilekit.errors import InvalidInput
from agilekit.first_use import FirstUse
from agilekit.kanbantool.models import Board, Swimlane, Task, WorkflowStage
from agilekit.kanbantool.params import (
    CREATE_ONLY,
    TASK_CHANGES,
    TaskChanges,
    TaskDraft,
    task_ids,
)
from agilekit.kanbantool.routes import (
    ARCHIVE_TASK,
    CREATE_TASK,
    DELETE_TASK,
    LIST_ARCHIVED_TASKS,
    LIST_TASKS,
    LIST_TASKS_AT_LOCATION,
    MOVE_TASK_BY_DIRECTION,
    MOVE_TASK_TO_LOCATION,
    UNARCHIVE_TASK,
    UPDATE_TASK,
    VIEW_TASK,
)
from agilekit.session.listing import Listing
from agilekit.session.resource import Resource
from agilekit.session.session import Session
from agilekit.wire.encode import encode_changes, encode_draft, non_empty, one_of
from agilekit.wire.json import JSON
from agilekit.wire.paginators import MaybePaged, OverlappingPages, PageNumbers
from agilekit.wire.paging import Paginator

if TYPE_CHECKING:
    from agilekit import bulk
    from agilekit.kanbantool import specs
else:
    bulk = FirstUse("agilekit.bulk")
    specs = FirstUse("agilekit.kanbantool.specs")

__all__ = ["Direction", "Tasks"]

Direction: TypeAlias = Literal[
    "up", "down", "prev_stage", "next_stage", "prev_swimlane", "next_swimlane"
]

_LARGEST_PAGE: Final = 175
_MOVE: Final = {"direction": one_of(*get_args(Direction)), "override": non_empty}


class Tasks(Resource):
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
        ids = {"board_id": id_of(board, Board)}
        location = _location(swimlane, stage)
        paginator = _paginator(per_page, stable, _active_mark)
        # Source: KanbanTool API v1.1 Guide, "Listing tasks from given board": it has no pages.
        if location:
            return self._session.listing(LIST_TASKS_AT_LOCATION, ids, location, paginator=paginator)
        if per_page is not None:
            raise InvalidInput("there are pages only of a swimlane or a stage: leave out per_page")
        return self._session.listing(LIST_TASKS, ids, paginator=lambda: MaybePaged(_id))

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
        ids = {"board_id": id_of(board, Board)}
        location = _location(swimlane, stage)
        route = LIST_TASKS_AT_LOCATION if location else LIST_ARCHIVED_TASKS
        paginator = _paginator(per_page, stable, _archived_mark)
        return self._session.listing(route, ids, {"archived": 1, **location}, paginator=paginator)

    async def get(self, board: Board | int | str, task: Task | int | str) -> Task:
        """Reads one task, archived or not, with its comments, changes and subtasks.

        Source: KanbanTool API v1.1 Guide, "Viewing task details".
        """
        return await self._session.call(VIEW_TASK, task_ids(board, task))

    async def create(self, board: Board | int | str, **draft: Unpack[TaskDraft]) -> Task:
        """Creates one task, by default in the first stage of the first swimlane.

        Raises UnknownOutcome if nothing tells whether it was created; it is never sent twice.

        Source: KanbanTool API v1.1 Guide, "Creating tasks".
        """
        ids = {"board_id": id_of(board, Board)}
        fields = specs.TASKS.encode(draft)
        return await self._session.call(CREATE_TASK, ids, {"task": fields})

    async def create_many(
        self,
        board: Board | int | str,
        drafts: bulk.Drafts[TaskDraft],
        **options: Unpack[bulk.BulkOptions],
    ) -> bulk.BulkReport[Task]:
        """Creates a task for each draft, exactly once, and reports what became of each.

        Source: KanbanTool API v1.1 Guide, "Creating tasks".
        """
        ids = {"board_id": id_of(board, Board)}

        async def survey(session: Session, above: int) -> bulk.Survey[Task]:
            tasks = Tasks(session)
            found = [*await tasks.archived(board, stable=True), *await tasks.all(board)]
            return bulk.Survey([task for task in found if task.id > above])

        creation = specs.TASKS.within(self._session, ids, survey=survey)
        return await bulk.create_many(creation, drafts, **options)

    async def update(
        self, board: Board | int | str, task: Task | int | str, **changes: Unpack[TaskChanges]
    ) -> Task:
        """Changes attributes of a task; what is left out stays, None clears. `move` moves it.

        Source: KanbanTool API v1.1 Guide, "Modifying/Updating tasks".
        """
        ids = task_ids(board, task)
        for name in changes.keys() & set(CREATE_ONLY):
            raise InvalidInput(f"{name} has no effect in an update: use tasks.move(…)")
        return await self._session.call(
            UPDATE_TASK, ids, {"task": encode_changes(changes, TASK_CHANGES)}
        )

    @overload
    async def move(
        self,
        board: Board | int | str,
        task: Task | int | str,
        *,
        direction: Direction,
        override: str | None = None,
    ) -> Task: ...

    @overload
    async def move(
        self,
        board: Board | int | str,
        task: Task | int | str,
        *,
        stage: WorkflowStage | int | str | None = None,
        swimlane: Swimlane | int | str | None = None,
        override: str | None = None,
    ) -> Task: ...

    async def move(
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
        ids, location = task_ids(board, task), _location(swimlane, stage)
        if (direction is None) == (not location):
            raise InvalidInput("a task is moved either by direction=, or to stage= or swimlane=")
        given = {"direction": direction, "override": override}
        how = encode_draft({name: it for name, it in given.items() if it is not None}, _MOVE)
        route = MOVE_TASK_TO_LOCATION if location else MOVE_TASK_BY_DIRECTION
        return await self._session.call(route, ids, {**location, **how})

    async def delete(self, board: Board | int | str, task: Task | int | str) -> Task | None:
        """Deletes a task that is not archived, and returns it as it was.

        None if a first attempt got no answer and a second found the task gone.

        Source: KanbanTool API v1.1 Guide, "Deleting tasks".
        """
        return await self._session.call(DELETE_TASK, task_ids(board, task))

    async def archive(self, board: Board | int | str, task: Task | int | str) -> Task:
        """Archives a task that is in the last stage. Raises Unprocessable for any other.

        Source: KanbanTool API v1.1 Guide, "Archiving tasks".
        """
        return await self._session.call(ARCHIVE_TASK, task_ids(board, task))

    async def unarchive(self, board: Board | int | str, task: Task | int | str) -> Task:
        """Takes a task out of the archive. Raises Unprocessable for one that is not in it.

        Source: KanbanTool API v1.1 Guide, "Unarchiving tasks".
        """
        return await self._session.call(UNARCHIVE_TASK, task_ids(board, task))


def _location(
    swimlane: Swimlane | int | str | None, stage: WorkflowStage | int | str | None
) -> dict[str, JSON]:
    location: dict[str, JSON] = {}
    if swimlane is not None:
        location["swimlane_id"] = id_of(swimlane, Swimlane)
    if stage is not None:
        location["workflow_stage_id"] = id_of(stage, WorkflowStage, name="stage")
    return location


def _id(task: Task) -> int:
    return task.id


def _archived_mark(task: Task) -> tuple[int, datetime | None]:
    return task.id, task.archived_at


# What orders tasks that are not archived is documented nowhere: a change of either may move them.
def _active_mark(task: Task) -> tuple[int, int | None, datetime | None]:
    return task.id, task.position, task.updated_at


def _paginator(
    per_page: int | None, stable: bool, mark: Callable[[Task], tuple[object, ...]]
) -> Callable[[], Paginator[Task]]:
    if stable:
        if per_page is not None:
            raise InvalidInput(
                "a stable reading chooses the sizes of its pages: leave out per_page"
            )
        return lambda: OverlappingPages(_LARGEST_PAGE, _id, mark)
    size = _LARGEST_PAGE if per_page is None else per_page
    check_count("per_page", size, least=1)
    if size > _LARGEST_PAGE:
        raise InvalidInput(f"per_page must be {_LARGEST_PAGE} at most, not {size}")
    return lambda: PageNumbers(size, _id)
