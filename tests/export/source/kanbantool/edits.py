"""Every write that Kanban Tool documents, made on whatever a sandbox's board holds just then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Final, TypeAlias, TypeVar, get_args

from attrs import frozen

from agilekit import KanbanTool
from agilekit.kanbantool.tasks import Direction
from agilekit.sandbox import Sandbox
from agilekit.sandbox.kanbantool import Board, Task

T = TypeVar("T")

_MORNING: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
_NOON: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)


@frozen
class Editor:
    """Somebody who works on a board through the API."""

    sandbox: Sandbox
    board: Board
    kanban: KanbanTool
    random: Random

    async def edit(self, name: str) -> None:
        """Makes the write of this route, where the board has anything for it."""
        await EDITS[name](self)

    def tasks(self, *, archived: bool = False, done: bool | None = None) -> list[Task]:
        last = self.board.columns()[-1].id
        return [
            task
            for task in self.board.tasks.values()
            if (task.archived_at is not None) == archived
            and (done is None or (task.workflow_stage_id == last) == done)
        ]

    def one_of(self, things: Sequence[T]) -> list[T]:
        """One of them, if there is any."""
        return [self.random.choice(things)] if things else []


Edit: TypeAlias = Callable[[Editor], Awaitable[None]]


async def create_task(by: Editor) -> None:
    stage = by.random.choice(by.board.columns())
    await by.kanban.tasks.create(
        by.board.id, name=f"New {by.random.random()}", workflow_stage_id=stage.id
    )


async def update_task(by: Editor) -> None:
    for task in by.one_of(by.tasks()):
        text = str(by.random.random())
        await by.kanban.tasks.update(by.board.id, task.id, description=text, tags=text)


async def move_by_direction(by: Editor) -> None:
    for task in by.one_of(by.tasks()):
        direction = by.random.choice(get_args(Direction))
        await by.kanban.tasks.move(by.board.id, task.id, direction=direction, override="now")


async def move_to_place(by: Editor) -> None:
    for task in by.one_of(by.tasks()):
        stage = by.random.choice(by.board.columns())
        await by.kanban.tasks.move(by.board.id, task.id, stage=stage.id, override="now")


async def delete_task(by: Editor) -> None:
    for task in by.one_of(by.tasks()):
        await by.kanban.tasks.delete(by.board.id, task.id)


async def archive_task(by: Editor) -> None:
    for task in by.one_of(by.tasks(done=True)):
        await by.kanban.tasks.archive(by.board.id, task.id)


async def unarchive_task(by: Editor) -> None:
    for task in by.one_of(by.tasks(archived=True)):
        await by.kanban.tasks.unarchive(by.board.id, task.id)


async def create_subtask(by: Editor) -> None:
    for task in by.one_of([*by.board.tasks.values()]):
        await by.kanban.subtasks.create(by.board.id, task.id, name=str(by.random.random()))


async def update_subtask(by: Editor) -> None:
    for task in by.one_of([one for one in by.board.tasks.values() if one.subtasks]):
        subtask = by.random.choice(task.subtasks)
        await by.kanban.subtasks.update(
            by.board.id, task.id, subtask.id, name=str(by.random.random())
        )


async def delete_subtask(by: Editor) -> None:
    for task in by.one_of([one for one in by.board.tasks.values() if one.subtasks]):
        await by.kanban.subtasks.delete(by.board.id, task.id, by.random.choice(task.subtasks).id)


async def reorder_subtasks(by: Editor) -> None:
    for task in by.one_of([one for one in by.board.tasks.values() if len(one.subtasks) > 1]):
        order = [one.id for one in task.subtasks]
        await by.kanban.subtasks.reorder(by.board.id, task.id, [*order[1:], order[0]])


async def create_comment(by: Editor) -> None:
    for task in by.one_of([*by.board.tasks.values()]):
        await by.kanban.comments.create(by.board.id, task.id, content=str(by.random.random()))


async def delete_comment(by: Editor) -> None:
    user = by.sandbox.kanbantool.user.id
    mine = [
        one for one in by.board.tasks.values() if one.comments and one.comments[-1].user_id == user
    ]
    for task in by.one_of(mine):
        await by.kanban.comments.delete(by.board.id, task.id, task.comments[-1].id)


async def create_timer(by: Editor) -> None:
    for task in by.one_of([*by.board.tasks.values()]):
        await by.kanban.timers.create(
            board_id=by.board.id, task_id=task.id, started_at=_MORNING, ended_at=_NOON
        )


def _timers(by: Editor) -> list[int]:
    timers = by.sandbox.kanbantool.time_trackers.values()
    return [one.id for one in timers if one.board_id == by.board.id]


async def update_timer(by: Editor) -> None:
    for timer in by.one_of(_timers(by)):
        ended = _NOON.replace(minute=by.random.randrange(60), second=by.random.randrange(60))
        await by.kanban.timers.update(timer, ended_at=ended)


async def delete_timer(by: Editor) -> None:
    for timer in by.one_of(_timers(by)):
        await by.kanban.timers.delete(timer)


EDITS: Final[Mapping[str, Edit]] = {
    "CREATE_TASK": create_task,
    "UPDATE_TASK": update_task,
    "MOVE_TASK_BY_DIRECTION": move_by_direction,
    "MOVE_TASK_TO_LOCATION": move_to_place,
    "DELETE_TASK": delete_task,
    "ARCHIVE_TASK": archive_task,
    "UNARCHIVE_TASK": unarchive_task,
    "CREATE_SUBTASK": create_subtask,
    "UPDATE_SUBTASK": update_subtask,
    "DELETE_SUBTASK": delete_subtask,
    "REORDER_SUBTASKS": reorder_subtasks,
    "CREATE_COMMENT": create_comment,
    "DELETE_COMMENT": delete_comment,
    "CREATE_TIMER": create_timer,
    "UPDATE_TIMER": update_timer,
    "DELETE_TIMER": delete_timer,
}
"""By the names of the routes."""


def lively(sandbox: Sandbox) -> Board:
    """A small board that has something for every write."""
    account = sandbox.kanbantool
    board = account.add_board("Lively", swimlanes=("Top", "Bottom"))
    omar = account.add_user("Omar", initials="OH")
    account.share(board, omar)
    for number, stage in enumerate([*board.columns(), board.columns()[-1], board.columns()[0]]):
        task = account.add_task(board, f"Task {number}", stage=stage)
        account.add_subtask(task, "First", assigned_user_id=omar.id)
        account.add_subtask(task, "Second")
        account.add_comment(task, "From Omar", by=omar)
        account.add_comment(task, "From me")
        account.add_time_tracker(task, started_at=_MORNING, ended_at=_NOON)
    account.add_task(board, "Long gone", stage=board.columns()[-1], archived_at=_MORNING)
    return board
