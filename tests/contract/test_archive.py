"""An archive of a thousand tasks: few requests, read ahead, and whole while it changes."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from random import Random

import anyio
import pytest

from agilekit.sandbox import Faults, Sandbox
from agilekit.wire.dialect import Format
from tests.contract.clients import START, empty, kanban_tool
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.anyio

SIZE = 1000
PAGES = ceil(SIZE / 175)


def archive(size: int = SIZE) -> tuple[Sandbox, int, list[int]]:
    """A sandbox, its board, and the tasks in the archive of that board."""
    sandbox = empty()
    fake = sandbox.kanbantool
    board = next(iter(fake.boards.values()))
    last = board.columns()[-1]
    tasks = [
        fake.add_task(board, f"Task {n}", stage=last, archived_at=START - timedelta(minutes=n))
        for n in range(size)
    ]
    return sandbox, board.id, [task.id for task in tasks]


@pytest.mark.parametrize("format", ["json", "xml", "jsonp"])
async def test_an_archive_is_read_in_as_few_requests_as_there_are_pages(format: Format) -> None:
    sandbox, board, ids = archive()
    async with kanban_tool(sandbox, format=format) as kanban:
        tasks = await kanban.tasks.archived(board)
    assert [task.id for task in tasks] == ids
    assert sandbox.count() == PAGES == 6


def test_an_archive_is_read_ahead_more_than_twice_as_fast(anyio_backend: str) -> None:
    async def seconds(prefetch: int) -> float:
        sandbox, board, ids = archive()
        sandbox.faults = Faults(latency=0.05)
        async with kanban_tool(sandbox) as kanban:
            began = anyio.current_time()
            async with kanban.tasks.archived(board).pages(prefetch=prefetch) as pages:
                assert [task.id for page in [p async for p in pages] for task in page] == ids
            return anyio.current_time() - began

    serially = in_virtual_time(anyio_backend, lambda: seconds(0))
    ahead = in_virtual_time(anyio_backend, lambda: seconds(4))
    assert serially == pytest.approx(PAGES * 0.05)
    assert serially / ahead >= 2.5


@pytest.mark.quick(2)
@pytest.mark.parametrize("prefetch", [0, 4])
@pytest.mark.parametrize("format", ["json", "xml"])
async def test_what_stays_archived_is_read_once_while_another_client_archives_and_restores(
    format: Format, prefetch: int
) -> None:
    sandbox, board, ids = archive()
    sandbox.faults = Faults(latency=0.001)
    random = Random(7)
    churning = set(random.sample(ids, 200))
    stayed = set(ids) - churning
    restored: list[int] = []

    async def churn() -> None:
        async with kanban_tool(sandbox) as other:
            while True:
                if restored and random.random() < 0.5:
                    await other.tasks.archive(board, restored.pop())
                elif churning:
                    gone = churning.pop()
                    await other.tasks.unarchive(board, gone)
                    restored.append(gone)
                else:
                    await anyio.sleep(0.001)

    found: list[int] = []
    async with kanban_tool(sandbox, format=format) as kanban, anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(churn)
        async with kanban.tasks.archived(board, stable=True).pages(prefetch=prefetch) as pages:
            async for page in pages:
                found += [task.id for task in page]
                await anyio.sleep(0.005)
        tasks.cancel_scope.cancel()
    assert len(found) == len(set(found))
    assert stayed <= set(found)
    assert sandbox.count("PUT") > 20


async def test_without_it_a_task_that_moves_to_an_earlier_page_is_missed() -> None:
    """What `stable` is for: the same changes, read page by page."""
    sandbox, board, ids = archive(400)
    async with kanban_tool(sandbox) as kanban:
        found: list[int] = []
        async for task in kanban.tasks.archived(board):
            if len(found) == 10:
                for gone in ids[:10]:
                    await kanban.tasks.unarchive(board, gone)
            found.append(task.id)
    assert len(found) == len(set(found)) == 390


async def test_pages_that_another_client_shifts_all_the_time_lose_nothing_when_read_stably() -> (
    None
):
    sandbox, board, ids = archive()
    fake = sandbox.kanbantool
    fake.shift_pages = True
    fake.churn.extend(ids[::7])
    async with kanban_tool(sandbox) as kanban:
        tasks = await kanban.tasks.archived(board, stable=True)
    found = [task.id for task in tasks]
    assert len(found) == len(set(found))
    assert set(ids) - set(ids[::7]) <= set(found)
