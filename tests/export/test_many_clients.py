"""Thousands of connections: few of them are open at once, and what one holds is given back."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path
from typing import Final

import pytest

from agilekit import Event, KanbanTool
from agilekit.export import Exportable, Progress, export
from agilekit.sandbox import Faults, Sandbox
from tests.export.accounts import account, client_of
from tests.sizes import FULL

NUMBERS: Final = (70, 250 if FULL else 130)

pytestmark = pytest.mark.anyio


def clients_of(sandbox: Sandbox, number: int) -> dict[str, Exportable]:
    return {f"c{n}": client_of(sandbox, f"host{n}") for n in range(number)}


async def most_open(clients: dict[str, Exportable], to: Path) -> int:
    """Exports them, and tells how many were open at the same time."""
    most = 0

    def look(progress: Progress) -> None:
        nonlocal most
        if progress.step == "reading":
            most = max(most, sum(client.is_open for client in clients.values()))

    report = await export(clients, to, on_progress=look)
    assert len(report.succeeded) == len(clients)
    assert [one.connection for one in report.projects] == [*clients]
    return most


async def test_few_clients_are_open_at_once(tmp_path: Path) -> None:
    sandbox = account(boards=1, tasks=1)
    sandbox.faults = Faults()
    clients = clients_of(sandbox, 70)
    assert 1 < await most_open(clients, tmp_path / "x.sqlite") <= 64
    assert not any(client.is_open for client in clients.values())


async def test_a_client_that_its_user_has_opened_stays_open(tmp_path: Path) -> None:
    sandbox = account(boards=1, tasks=1)
    async with client_of(sandbox, "host") as client:
        await export([client], tmp_path / "x.sqlite")
        assert client.is_open
        await client.boards.all()


async def test_a_client_is_closed_whose_export_fails(tmp_path: Path) -> None:
    sandbox = account(boards=1, tasks=1)
    client = client_of(sandbox, "host")

    def fail(event: Event) -> None:
        raise ZeroDivisionError

    failing = KanbanTool(
        token="t",
        base_url="https://other.invalid/api/v1",
        transport=sandbox.transport(),
        on_event=fail,
    )
    with pytest.raises(ZeroDivisionError):
        await export([client, failing], tmp_path / "x.sqlite")
    assert not client.is_open
    assert not failing.is_open


@pytest.mark.slow
async def test_little_memory_is_left_of_a_client_that_is_done(tmp_path: Path) -> None:
    sandbox = account(boards=1, tasks=1)
    sandbox.faults = Faults()
    left: list[int] = []
    for number in NUMBERS:
        clients = clients_of(sandbox, number)
        gc.collect()
        tracemalloc.start()
        assert await most_open(clients, tmp_path / f"{number}.sqlite") <= 64
        gc.collect()  # when it runs by itself, nobody knows
        left.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
    # What is left of each is what its client has learned of its server.
    assert (left[1] - left[0]) / (NUMBERS[1] - NUMBERS[0]) < 20_000
