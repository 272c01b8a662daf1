"""What a fresh board holds: a project without tasks, or something to look at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from agilekit.sandbox.flow.state import Edit
from agilekit.sandbox.options import Seed, check_seed

if TYPE_CHECKING:
    from agilekit.sandbox.flow.board import Board
    from agilekit.sandbox.flow.state import Column, Project, Task, TaskType

_FIRST_DAY: Final = datetime(2025, 10, 6, 13, tzinfo=UTC)
# Half past one twice, for the clock goes back: the hour that US Eastern time has two of.
_HALF_PAST_ONE: Final = datetime(2025, 11, 2, 5, 30, tzinfo=UTC)
_HOUR: Final = timedelta(hours=1)


def fill(seed: Seed, board: Board) -> None:
    check_seed(seed)
    board.add_member("Jane Smith", joined=_FIRST_DAY)
    if seed == "empty":
        board.add_project("Empty Logbook", at=_FIRST_DAY)
    else:
        _demo(board)


def _demo(board: Board) -> None:
    omar = board.add_member("Omar Haddad", joined=_FIRST_DAY + _HOUR).id
    liv = board.add_member("Liv Berg", joined=_FIRST_DAY + 2 * _HOUR).id
    board.add_group("Keepers", user_ids=(1, omar), at=_FIRST_DAY)
    _logbook(board, omar, liv)
    _tower(board, liv)
    _pier(board, omar)


def _logbook(board: Board, omar: int, liv: int) -> None:
    project = board.add_project("Lighthouse Logbook", at=_FIRST_DAY)
    _, todo, doing, done = board.columns_of(project)
    feature, improvement, bug = _types(board, project)
    work = _Work(board, project)
    work.add("Count gulls", feature)
    work.add("Log entries by radio", feature)
    work.add("Search the log by flag", feature)
    work.add("Night mode", improvement)
    work.add("Print a day's log", improvement)
    work.add("Fog horn schedule", feature, todo, 2, liv)
    work.add("Show the weather beside the log: wind, sight & swell", feature, todo, 3)
    work.add("Ships with two names appear twice", bug, todo, 5)
    log = work.add("Write down passing ships", feature, doing, 4, 1, omar)
    work.add("Heading is off by <10°>", bug, doing, 6, omar)
    work.add("Keepers sign in", feature, done, 30, 1)
    work.add("Lamp status on the front page", feature, done, 52, omar)
    work.add("Choose a colour scheme", improvement, done, 71)
    board.edit_task(log, Edit(status="B"), user_id=omar, at=_FIRST_DAY + 200 * _HOUR)
    board.edit_task(log, Edit(status=""), user_id=omar, at=_FIRST_DAY + 230 * _HOUR)
    board.edit_task(log, Edit(text="Write down each passing ship"), at=_HALF_PAST_ONE)
    board.edit_task(log, Edit(status="R"), user_id=liv, at=_HALF_PAST_ONE + _HOUR)
    spam = work.add("Cheap lamps, click here", feature)
    board.edit_task(spam, Edit(status="D"), at=_FIRST_DAY + 90 * _HOUR)


def _tower(board: Board, liv: int) -> None:
    project = board.add_project("Tower Repairs", at=_FIRST_DAY, user_id=liv)
    paint = board.add_column(project, "Paint drying", limit=1, order=1, at=_FIRST_DAY)
    _, todo, doing, done = (one for one in board.columns_of(project) if one is not paint)
    kind, *_ = _types(board, project)
    work = _Work(board, project)
    work.add("Grease the lens", kind)
    work.add("Replace the storm glass", kind)
    work.add("Sweep 199 steps", kind, todo, 7, liv)
    rail = work.add("Paint the gallery rail", kind, doing, 11, liv)
    board.edit_task(rail, Edit(column=paint), user_id=liv, at=_FIRST_DAY + 140 * _HOUR)
    work.add("Order red paint", kind, done, 20)
    door = work.add("Oil the door", kind, todo, 1)
    board.edit_task(door, Edit(column=done), at=_FIRST_DAY + 160 * _HOUR)


def _pier(board: Board, omar: int) -> None:
    project = board.add_project("Old Pier", archived=True, at=_FIRST_DAY, user_id=omar)
    _, _, _, done = board.columns_of(project)
    kind, *_ = _types(board, project)
    work = _Work(board, project)
    work.add("Count the planks", kind, done, 9)
    work.add("Moor the boat", kind, done, 15, omar)
    work.add("Read the tide gauge", kind)


def _types(board: Board, project: Project) -> list[TaskType]:
    return [board.task_types[number] for number in project.task_types]


class _Work:
    """Adds one task an hour to a project."""

    def __init__(self, board: Board, project: Project) -> None:
        self._board = board
        self._project = project

    def add(
        self,
        text: str,
        kind: TaskType,
        column: Column | None = None,
        hours: int = 0,
        *user_ids: int,
    ) -> Task:
        """Add a task, and move it to a column some hours later."""
        at = _FIRST_DAY + (1 + len(self._project.tasks)) * _HOUR
        return self._board.add_task(
            self._project,
            text,
            column=column,
            task_type=kind,
            user_ids=user_ids,
            at=at,
            moved=at + hours * _HOUR,
        )
