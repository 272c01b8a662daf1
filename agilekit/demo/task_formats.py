"""One life of a task in each format: what JSON, XML and JSONP say of it is equal."""

from __future__ import annotations

from attrs import Attribute, asdict

from agilekit import KanbanTool
from agilekit.demo.checks import check
from agilekit.kanbantool import Task

NAME = "Trim the wick & sweep"
# What no two tasks have in common.
OWN = frozenset({"id", "task_id", "changed_object_id", "position", "created_at", "updated_at"})


async def main(in_json: KanbanTool, in_xml: KanbanTool, in_jsonp: KanbanTool) -> None:
    """Each client has another ``format``."""
    expected = asdict(await live(in_json), filter=is_common)
    for name, kanban in {"XML": in_xml, "JSONP": in_jsonp}.items():
        found = asdict(await live(kanban), filter=is_common)
        check(f"what differs in {name}", [key for key in found if found[key] != expected[key]], [])
    print("The three tasks are equal, with their subtasks, comments and histories.")


async def live(kanban: KanbanTool) -> Task:
    """A task's life; the task as it was before it was deleted."""
    first, *_ = await kanban.boards.all()
    board = await kanban.boards.get(first)
    last = list(board.workflow_stages or [])[-1]
    task = await kanban.tasks.create(board, name=NAME, size_estimate=2.5)
    subtask = await kanban.subtasks.create(board, task, name="Find the scissors")
    await kanban.subtasks.update(board, task, subtask, is_completed=True)
    await kanban.comments.create(board, task, content="Done by <noon>?")
    await kanban.tasks.update(board, task, tags="lamp,weekly", description=None)
    await kanban.tasks.move(board, task, stage=last)
    await kanban.tasks.archive(board, task)
    await kanban.tasks.unarchive(board, task)
    read = await kanban.tasks.get(board, task)
    await kanban.tasks.delete(board, task)
    left = [one.id for one in await kanban.tasks.all(board) if one.id == task.id]
    check("tasks that were deleted and are there", left, [])
    return read


def is_common(attribute: Attribute[object], _: object) -> bool:
    # What does not count in a comparison is what only one of the formats holds.
    return bool(attribute.eq) and attribute.name not in OWN
