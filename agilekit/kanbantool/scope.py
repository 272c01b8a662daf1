"""The ids of a call, by the document's names."""

from __future__ import annotations

from typing import TypeAlias

from agilekit.checks import id_in, number_of
from agilekit.kanbantool.models import Board, BoardUser, Comment, Subtask, Task, UserSummary

__all__ = ["User", "comment_ids", "id_of_user", "subtask_ids", "task_ids", "user_id_of"]

User: TypeAlias = BoardUser | UserSummary | int | str


def task_ids(board: Board | int | str, task: Task | int | str) -> dict[str, int]:
    """Raises InvalidInput, as all of these do."""
    return {"board_id": number_of(board, Board), "task_id": number_of(task, Task)}


def subtask_ids(
    board: Board | int | str, task: Task | int | str, subtask: Subtask | int | str
) -> dict[str, int]:
    return {**task_ids(board, task), "subtask_id": number_of(subtask, Subtask)}


def comment_ids(
    board: Board | int | str, task: Task | int | str, comment: Comment | int | str
) -> dict[str, int]:
    return {**task_ids(board, task), "comment_id": number_of(comment, Comment)}


def user_id_of(user: object) -> int:
    """The id of a person; the id of a `BoardUser` is that of a permission."""
    if isinstance(user, UserSummary):
        return number_of(user, UserSummary, name="user")
    return number_of(user, BoardUser, attribute="user_id", name="user")


def id_of_user(user: object) -> int:
    """As `user_id_of`. Raises ValueError with what is wrong."""
    if isinstance(user, UserSummary):
        return id_in(user, UserSummary)
    return id_in(user, BoardUser, attribute="user_id")
