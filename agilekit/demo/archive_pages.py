"""Reads an archive while others archive and restore tasks, so that the pages shift."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from agilekit import KanbanTool
from agilekit.demo.checks import check


async def main(kanban: KanbanTool, staying: Collection[int]) -> int:
    """Returns how many of `staying` are found page by page.

    staying: the ids of the tasks that nobody moves.
    """
    board, *_ = await kanban.boards.all()

    plain = {task.id for task in await kanban.tasks.archived(board)}
    seen = len(plain.intersection(staying))
    print(f"page by page   {seen} of the {len(staying)}")

    found = Counter[int]()
    async with kanban.tasks.archived(board, stable=True).pages(prefetch=4) as pages:
        async for page in pages:
            found.update(task.id for task in page)
    once = sum(found[id] == 1 for id in staying)
    print(f"stable=True    {once} of the {len(staying)}, each once, 4 pages read ahead")
    check("tasks read once", once, len(staying))
    return seen
