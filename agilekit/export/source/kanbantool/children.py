"""The comments and the subtasks of a task of Kanban Tool, each with every documented attribute.

Its details hold them. If these lack an attribute, or hold fewer than the task counts, the list is
read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

from attrs import evolve

from agilekit.errors import NotFound
from agilekit.kanbantool import Comment, Subtask, Task
from agilekit.session.listing import Listing
from agilekit.wire.merge import merge_raw

__all__ = ["all_comments", "all_subtasks"]

Child = TypeVar("Child", Comment, Subtask)

# Source: KanbanTool API v1.1 Guide, "Viewing comment details" and "Viewing subtask details".
_COMMENT: Final = frozenset(("content", "created_at", "id", "updated_at", "user_id"))
_SUBTASK: Final = frozenset(
    (
        *("assigned_user_id", "created_at", "id", "is_completed", "name", "position"),
        *("task_id", "updated_at"),
    )
)


async def all_comments(task: Task, listing: Listing[Comment]) -> Sequence[Comment]:
    """The comments of a task: of its details, or else as they are listed."""
    return await _whole(task.comments, task.comments_count, _COMMENT, listing)


async def all_subtasks(task: Task, listing: Listing[Subtask]) -> Sequence[Subtask]:
    """The subtasks of a task: of its details, or else as they are listed."""
    return await _whole(task.subtasks, task.subtasks_count, _SUBTASK, listing)


async def _whole(
    inside: Sequence[Child] | None,
    count: int | None,
    documented: frozenset[str],
    listing: Listing[Child],
) -> Sequence[Child]:
    """What came inside a task, if that is all and has every documented attribute; else the list.

    count: how many the task says that it has.
    """
    held = inside or ()
    least = int(inside is None) if count is None else count
    if len(held) >= least and all(documented <= one.raw.keys() for one in held):
        return held
    found: dict[int, Child] = {one.id: one for one in held}
    try:
        for one in await listing:
            same = [found[one.id].raw] if one.id in found else []
            found[one.id] = evolve(one, raw=merge_raw(one.raw, *same))
    except NotFound:
        pass
    return list(found.values())
