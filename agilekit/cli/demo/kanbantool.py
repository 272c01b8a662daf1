"""Act 4: an archive that changes while it is read, and one life of a task in three formats."""

from __future__ import annotations

from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from attrs import Attribute, asdict, frozen

from agilekit import KanbanTool
from agilekit.cli.demo.witness import Witness
from agilekit.kanbantool import Board, Task
from agilekit.sandbox import Sandbox

__all__ = ["play"]

_STAYING: Final = 700
_MOVING: Final = 12
_NAME: Final = "Trim the wick & sweep"
_FIRST: Final = datetime(2026, 1, 5, 8, tzinfo=UTC)
_READ: Final = f"""
4. Kanban Tool: read an archive of {_STAYING} tasks while it changes
   Just before each page another client moves 2 tasks of {_MOVING} more out of the
   archive, or back into it."""
_LIVES: Final = """\
   Then the life of a task, in each format: created, given a subtask and a
   comment, changed, moved, archived, unarchived, read and deleted."""


@frozen
class _Way:
    """One way to talk to the service."""

    told: str
    format: Literal["json", "xml", "jsonp"]
    override: bool
    methods: frozenset[str]
    """The methods that its requests may have."""


_WAYS: Final = (
    _Way("JSON", "json", False, frozenset({"GET", "POST", "PUT", "DELETE"})),
    _Way("XML, PUT and DELETE sent as POST", "xml", True, frozenset({"GET", "POST"})),
    _Way("JSONP, everything sent as GET", "jsonp", True, frozenset({"GET"})),
)
# What no two tasks have in common.
_THEIR_OWN: Final = frozenset(
    {"id", "task_id", "changed_object_id", "position", "created_at", "updated_at"}
)


async def play(sandbox: Sandbox, url: str, witness: Witness) -> None:
    fake = sandbox.kanbantool
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(
                KanbanTool(
                    token=fake.token,
                    format=way.format,
                    override=way.override,
                    base_url=f"{url}{fake.base_path}",
                    on_event=witness.see,
                )
            )
            for way in _WAYS
        ]
        board = await clients[0].boards.get((await clients[0].boards.all())[0])
        witness.say(_READ)
        await _read(sandbox, clients[0], board, witness)
        witness.say(_LIVES)
        lives: list[dict[str, object]] = []
        equal = True
        for way, kanban in zip(_WAYS, clients, strict=True):
            begun = len(sandbox.requests)
            task = await _live(kanban, board)
            sent = sandbox.requests[begun:]
            witness.say(f"   {way.told:35}{len(sent)} requests")
            strange = sorted({one.method for one in sent} - way.methods)
            witness.check(f"other methods sent for {way.told}", strange, [])
            lives.append(asdict(task, filter=_is_common))
            differing = [name for name, value in lives[0].items() if lives[-1][name] != value]
            equal &= witness.check(f"what differs in {way.told}", differing, [])
        if equal:
            witness.say(
                "   The three tasks are equal, with their subtasks, comments and histories."
            )
        left = [task.id for task in await clients[0].tasks.all(board) if task.name == _NAME]
        witness.check("tasks that were deleted and are there", left, [])


async def _read(sandbox: Sandbox, kanban: KanbanTool, board: Board, witness: Witness) -> None:
    fake = sandbox.kanbantool
    added = [
        fake.add_task(fake.boards[board.id], f"Task {n}", archived_at=_FIRST + timedelta(hours=n))
        for n in range(_STAYING + _MOVING)
    ]
    staying = [task.id for task in added[:_STAYING]]
    fake.churn.extend(task.id for task in added[_STAYING:])
    fake.shift_pages = True
    begun = sandbox.count()
    plain = {task.id for task in await kanban.tasks.archived(board)}
    seen = len(plain.intersection(staying))
    witness.say(
        f"   Page by page   {seen} of the {_STAYING}, in {sandbox.count() - begun} requests"
    )
    witness.check("whether pages miss tasks", seen < _STAYING, True)
    begun, found = sandbox.count(), Counter[int]()
    async with kanban.tasks.archived(board, stable=True).pages(prefetch=4) as pages:
        async for page in pages:
            found.update(task.id for task in page)
    fake.shift_pages = False
    once = sum(found[id] == 1 for id in staying)
    sent = sandbox.count() - begun
    witness.say(
        f"   stable=True    {once} of the {_STAYING}, each once, in {sent} requests,"
        " 4 pages read ahead"
    )
    witness.check("tasks read once", once, _STAYING)


async def _live(kanban: KanbanTool, board: Board) -> Task:
    """A task's life; the task as it was read last."""
    last = list(board.workflow_stages or [])[-1]
    task = await kanban.tasks.create(board, name=_NAME, size_estimate=2.5)
    subtask = await kanban.subtasks.create(board, task, name="Find the scissors")
    await kanban.subtasks.update(board, task, subtask, is_completed=True)
    await kanban.comments.create(board, task, content="Done by <noon>?")
    await kanban.tasks.update(board, task, tags="lamp,weekly", description=None)
    await kanban.tasks.move(board, task, stage=last)
    await kanban.tasks.archive(board, task)
    await kanban.tasks.unarchive(board, task)
    read = await kanban.tasks.get(board, task)
    await kanban.tasks.delete(board, task)
    return read


def _is_common(attribute: Attribute[object], _: object) -> bool:
    # What does not count in a comparison is what only one of the formats holds.
    return bool(attribute.eq) and attribute.name not in _THEIR_OWN
