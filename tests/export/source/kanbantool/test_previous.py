"""Kanban Tool: a second export is equal to a full one after any edits, and asks for little."""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agilekit import KanbanTool
from agilekit.export import export, verify
from agilekit.export.project import ProjectData
from agilekit.export.source.kanbantool.reader import KanbanToolReader
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import ignore_read
from agilekit.export.table import Row
from agilekit.export.tables import BY_NAME
from agilekit.export.target.sqlite import SQLite
from agilekit.kanbantool import routes
from agilekit.sandbox import Sandbox
from agilekit.sandbox.kanbantool import Board
from agilekit.wire.route import Route
from tests.export.source.kanbantool.edits import EDITS, Editor, lively
from tests.export.source.kanbantool.test_reader import Answer, Change, Server, client
from tests.sizes import FULL

pytestmark = pytest.mark.anyio

NOON: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Exported:
    """A `PreviousExport` of what was read before."""

    reader_state = None

    def __init__(self, data: ProjectData) -> None:
        self._data = data

    async def rows(self, table: str) -> list[Row] | None:
        return [*self._data.rows[table]]


async def read(kanban: KanbanTool, before: ProjectData | None = None) -> ProjectData:
    reader = KanbanToolReader(kanban, ReadLimiter(16))
    found = next(one for one in await reader.projects() if one.title in ("Lively", "Large"))
    return await reader.read(found, ignore_read, None if before is None else Exported(before))


async def requests_of_one_more(
    sandbox: Sandbox, edit: Callable[[], Awaitable[object] | object], change: Change | None = None
) -> int:
    """How many requests a second export takes after an edit; it is equal to a full one."""
    server = Server(sandbox, change)
    async with client(sandbox, server) as kanban:
        before = await read(kanban)
        edit()
        server.asked.clear()
        again = await read(kanban, before)
        asked = server.asked.total()
        full = await read(kanban)
    assert again.rows == full.rows
    return asked


def large(sandbox: Sandbox) -> Board:
    """A board of 1,000 tasks, a quarter of them archived, with some thousand changes."""
    account, random = sandbox.kanbantool, Random(3)
    board = account.add_board("Large")
    for number in range(1000):
        archived = NOON + timedelta(minutes=number) if number % 4 == 0 else None
        stage = board.columns()[-1] if archived else random.choice(board.columns())
        task = account.add_task(board, f"Task {number}", stage=stage, archived_at=archived)
        if number % 2:
            account.add_comment(task, "A comment")
        account.add_subtask(task, "A subtask")
    return board


@pytest.mark.slow
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"] if FULL else ["asyncio"])
async def test_one_change_on_a_board_of_a_thousand_tasks_takes_twenty_requests() -> None:
    sandbox = Sandbox("empty")
    board = large(sandbox)
    task = [*board.tasks.values()][501]
    server = Server(sandbox)
    async with client(sandbox, server) as kanban:
        before = await read(kanban)
        sandbox.kanbantool.add_comment(task, "Hi")
        server.asked.clear()
        again = await read(kanban, before)
    assert server.asked.total() <= 20
    assert len(again.rows["cards"]) == 1000
    assert len(again.rows["comments"]) == len(before.rows["comments"]) + 1
    assert len(again.rows["changes"]) == len(before.rows["changes"]) + 1


async def test_a_move_that_shifts_all_its_neighbours_takes_no_request_for_each() -> None:
    sandbox = Sandbox("empty")
    board = lively(sandbox)

    def shift() -> None:
        for task in board.tasks.values():
            task.position += 1  # without an entry, and without a time of change

    asked = await requests_of_one_more(sandbox, shift)
    assert asked == await requests_of_one_more(sandbox, lambda: None)


@pytest.mark.quick(4)
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"] if FULL else ["asyncio"])
@pytest.mark.parametrize("edit", sorted(EDITS))
async def test_a_second_export_over_xml_is_equal_to_a_full_one(edit: str) -> None:
    sandbox = Sandbox("empty")
    board, server = lively(sandbox), Server(sandbox)
    async with client(sandbox, server, "xml") as kanban, client(sandbox) as other:
        before = await read(kanban)
        await Editor(sandbox, board, other, Random(2)).edit(edit)
        server.asked.clear()
        again = await read(kanban, before)
        assert sum(server.asked[f"/boards/{board.id}/tasks/{id}"] for id in board.tasks) <= 2
        assert again.rows == (await read(kanban)).rows


async def test_a_row_that_differs_without_any_change_is_read_again() -> None:
    sandbox = Sandbox("empty")
    board = lively(sandbox)
    task = [*board.tasks.values()][2]

    def silently() -> None:
        task.name = "Another name"
        task.subtasks[0].name = "Another, too"

    quiet = await requests_of_one_more(sandbox, lambda: None)
    assert await requests_of_one_more(sandbox, silently) == quiet + 1


async def test_the_new_name_of_a_person_is_read_wherever_answers_show_it() -> None:
    sandbox = Sandbox("empty")
    board = lively(sandbox)
    (omar,) = [one for one in sandbox.kanbantool.users.values() if one.name == "Omar"]
    assert any(
        comment.user_id == omar.id for one in board.tasks.values() for comment in one.comments
    )

    def rename() -> None:
        omar.name = "Omar H."

    await requests_of_one_more(sandbox, rename)


@pytest.mark.parametrize("kind", ["Sprint", None])
async def test_a_change_of_something_unknown_is_a_reason_to_read_everything(
    kind: str | None,
) -> None:
    sandbox = Sandbox("empty")
    board = lively(sandbox)
    shown = False

    def change(path: str, answer: Answer) -> Answer:
        more = {"id": 9_999_999, "changed_object_type": kind, "what": "renamed"}
        return [{"changelog": more}, *answer] if shown and path.endswith("changelog") else answer

    def show() -> None:
        nonlocal shown
        shown = True

    assert await requests_of_one_more(sandbox, show, change) > len(board.tasks)


async def test_a_former_export_that_is_damaged_is_not_relied_upon(tmp_path: Path) -> None:
    sandbox, target = Sandbox("empty"), SQLite(tmp_path / "a.sqlite")
    board, server = lively(sandbox), Server(sandbox)

    async def asked() -> int:
        server.asked.clear()
        report = await export([client(sandbox, server)], to=target.file)
        assert not report.failed
        return sum(server.asked[f"/boards/{board.id}/tasks/{id}"] for id in board.tasks)

    assert await asked() == len(board.tasks)
    assert await asked() == 0
    with target._database.transaction() as database:  # pyright: ignore[reportPrivateUsage]
        database.execute(
            "UPDATE comments SET text = 'Never said' WHERE id = (SELECT id FROM comments)"
        )
    assert await asked() == len(board.tasks)
    assert await asked() == 0


@pytest.mark.quick(1)
@pytest.mark.parametrize("damage", [b'{"id": "1"}', b"[1]"])
async def test_a_former_row_of_other_columns_is_read_anew(tmp_path: Path, damage: bytes) -> None:
    sandbox, to = Sandbox("empty"), tmp_path / "backup"
    board, server = lively(sandbox), Server(sandbox)
    await export([client(sandbox, server)], to=to)
    file = next(iter((to / ".agilekit/parts").glob(f"*-{board.id}-*")))
    lines = gzip.decompress(file.read_bytes()).split(b"\n")
    head = next(index for index, line in enumerate(lines) if b'{"table":"comments"' in line)
    lines[head + 1] = damage
    file.write_bytes(gzip.compress(b"\n".join(lines)))
    server.asked.clear()
    report = await export([client(sandbox, server)], to=to)
    assert not report.failed
    assert sum(server.asked[f"/boards/{board.id}/tasks/{id}"] for id in board.tasks) == len(
        board.tasks
    )
    assert verify(to).ok


async def test_an_export_that_begins_anew_reads_every_task(tmp_path: Path) -> None:
    sandbox = Sandbox("empty")
    board, server = lively(sandbox), Server(sandbox)
    for _ in range(2):
        server.asked.clear()
        await export([client(sandbox, server)], to=tmp_path / "a.sqlite", resume=False)
        assert all(server.asked[f"/boards/{board.id}/tasks/{id}"] == 1 for id in board.tasks)


def test_every_documented_write_is_among_the_edits() -> None:
    writes = {name for name, op in vars(routes).items() if isinstance(op, Route) and op.writes}
    assert EDITS.keys() == writes


def rows_of_one(file: Path, key: tuple[str, str, str]) -> dict[str, list[Row]]:
    target = SQLite(file)
    return {name: [*target.rows_of(key, table)] for name, table in BY_NAME.items()}


BOTH: Final = [(backend, seconds) for backend in ("asyncio", "trio") for seconds in (0, 1)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("anyio_backend", "seconds"), BOTH if FULL else [("asyncio", 0), ("trio", 1)]
)
async def test_every_documented_write_is_seen_if_only_what_changed_is_exported(
    tmp_path: Path, seconds: int
) -> None:
    sandbox, file, now = Sandbox("empty"), tmp_path / "kept.sqlite", NOON
    sandbox.kanbantool.clock = lambda: now
    board = lively(sandbox)
    async with client(sandbox) as kanban:
        by = Editor(sandbox, board, kanban, Random(1))

        async def again() -> bool:
            """Whether the board was taken to be as it was; it is equal to a full export."""
            report = await export([kanban], to=file, changed_only=True)
            full = await read(kanban)
            assert rows_of_one(file, full.project.key) == full.rows, name
            return str(board.id) in [one.project_id for one in report.skipped]

        name = "nothing"
        assert not await again()
        assert await again()
        # Every second time on what the first has left: a timer of a task that is gone, too.
        for name in (*EDITS, "DELETE_TIMER", "UPDATE_TIMER"):
            now += timedelta(seconds=seconds)
            await by.edit(name)
            assert not await again(), name
        for task in [*board.tasks.values()]:
            if task.archived_at is None:
                await kanban.tasks.delete(board.id, task.id)
        name = "gone"
        await again()
        for name in ("UPDATE_TIMER", "DELETE_TIMER"):
            now += timedelta(seconds=seconds)
            await by.edit(name)
            assert not await again(), name
        assert await again()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@settings(max_examples=100 if FULL else 3, deadline=None)
@given(st.lists(st.lists(st.sampled_from(sorted(EDITS)), max_size=6), max_size=4), st.integers())
def test_a_second_export_is_equal_to_a_full_one_after_any_edits(
    backend: str, runs: list[list[str]], seed: int
) -> None:
    async def main() -> None:
        sandbox = Sandbox("empty")
        board = lively(sandbox)
        async with client(sandbox) as kanban:
            by = Editor(sandbox, board, kanban, Random(seed))
            known = await read(kanban)
            for edits in runs:
                for name in edits:
                    await by.edit(name)
                known = await read(kanban, known)
                full = await read(kanban)
                assert known.rows == full.rows, edits
                assert known.gaps == ()

    anyio.run(main, backend=backend)
