"""Many editors of one attribute: no change is lost, none is made twice."""

from __future__ import annotations

import random
from contextlib import AsyncExitStack
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agilekit import DeadlineExceeded, FlyingDonut, Reapply, UnknownOutcome
from agilekit.sandbox import Faults, Sandbox
from tests.virtual_time import in_virtual_time

from .server import CARD, Server
from .test_strategies import connect

STATUSES = pytest.mark.parametrize("status", [200, 409, 412])
SCOPES = pytest.mark.parametrize("scope", ["whole", "attribute"])


def add_one(now: float | None) -> float:
    return (now or 0) + 1


async def _edit(clients: list[FlyingDonut], card: Any, editors: int) -> tuple[int, int]:
    """Each editor adds one. Returns how many succeeded and how many ended unknown."""
    ends = {"applied": 0, "unknown": 0}

    async def edit(client: FlyingDonut) -> None:
        try:
            await client.cards.update(card, estimate=add_one, on_conflict=Reapply(attempts=200))
            ends["applied"] += 1
        except UnknownOutcome:
            ends["unknown"] += 1

    async with anyio.create_task_group() as tasks:
        for number in range(editors):
            tasks.start_soon(edit, clients[number % len(clients)])
    return ends["applied"], ends["unknown"]


async def _race(
    sandbox: Sandbox, *, editors: int, clients: int = 1, faults: Faults | None = None
) -> tuple[float, int, int]:
    async with AsyncExitStack() as stack:
        donuts = [
            await stack.enter_async_context(FlyingDonut(**sandbox.flyingdonut.arguments()))
            for _ in range(clients)
        ]
        bucket = (await donuts[0].buckets.all())[0]
        card = await donuts[0].cards.create(bucket, title="Counter")
        sandbox.faults = faults or Faults()
        applied, unknown = await _edit(donuts, card, editors)
        sandbox.faults = Faults()
        return (await donuts[0].cards.get(card)).estimate.value or 0, applied, unknown


@pytest.mark.quick(1)
@STATUSES
@SCOPES
def test_200_editors_on_one_client_add_up_exactly(
    anyio_backend: str, status: int, scope: Any
) -> None:
    sandbox = Sandbox(seed="empty", conflict_status=status, conflict_scope=scope)
    sums = in_virtual_time(anyio_backend, lambda: _race(sandbox, editors=200))
    assert sums == (200, 200, 0)


@pytest.mark.quick(2)
@pytest.mark.parametrize("status", [409, 412])
@SCOPES
def test_40_editors_on_8_clients_add_up_exactly(
    anyio_backend: str, status: int, scope: Any
) -> None:
    sandbox = Sandbox(seed="empty", conflict_status=status, conflict_scope=scope)
    sums = in_virtual_time(anyio_backend, lambda: _race(sandbox, editors=40, clients=8))
    assert sums == (40, 40, 0)


@pytest.mark.quick(2)
@pytest.mark.parametrize(("status", "scope"), [(200, "whole"), (409, "attribute"), (412, "whole")])
def test_with_lost_replies_the_sum_lies_between_the_certain_and_the_possible(
    anyio_backend: str, status: int, scope: Any
) -> None:
    sandbox = Sandbox(seed="empty", conflict_status=status, conflict_scope=scope)
    faults = Faults(drop_after=0.1, seed=7)
    total, applied, unknown = in_virtual_time(
        anyio_backend, lambda: _race(sandbox, editors=200, faults=faults)
    )
    assert applied + unknown == 200
    assert applied <= total <= applied + unknown


@pytest.mark.anyio
async def test_a_card_read_once_can_be_edited_one_edit_after_another() -> None:
    server = Server(status=200)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        for _ in range(5):
            await donut.cards.update(card, estimate=add_one)
    assert server.values["estimate"] == 10
    assert len(server.puts) == 5


@pytest.mark.quick(1)
@pytest.mark.anyio
async def test_more_cards_than_are_remembered_can_be_edited() -> None:
    server = Server()
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        for number in range(1100):
            await donut.cards.update(f"{number:024x}", title="x" * (number % 2 + 1))
        await donut.cards.update(card, estimate=add_one)
    assert server.values["estimate"] == 6


@pytest.mark.anyio
async def test_waiting_for_other_edits_of_the_card_ends_at_the_deadline() -> None:
    server = Server()
    async with connect(server, deadline=0.2) as slow, anyio.create_task_group() as tasks:
        card = await slow.cards.get(CARD)
        holding = anyio.Event()

        async def hold(request: Any) -> Any:
            holding.set()
            await anyio.sleep_forever()

        server.handle_async_request = hold  # type: ignore[method-assign]

        async def first() -> None:
            with pytest.raises(UnknownOutcome):
                await slow.cards.update(card, title="first")

        tasks.start_soon(first)
        await holding.wait()
        with pytest.raises((DeadlineExceeded, UnknownOutcome)):
            await slow.cards.update(card, title="second")


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    editors=st.integers(1, 25),
    clients=st.integers(1, 4),
    status=st.sampled_from([400, 409, 412]),
    scope=st.sampled_from(["whole", "attribute"]),
    backend=st.sampled_from(["asyncio", "trio"]),
    loss=st.sampled_from([0.0, 0.1, 0.3]),
)
def test_whatever_happens_no_change_is_lost_or_made_twice(
    seed: int, editors: int, clients: int, status: int, scope: Any, backend: Any, loss: float
) -> None:
    sandbox = Sandbox(seed="empty", conflict_status=status, conflict_scope=scope)
    faults = Faults(drop_before=loss / 2, drop_after=loss / 2, seed=seed)
    random.seed(seed)

    async def main() -> tuple[float, int, int]:
        return await _race(sandbox, editors=editors, clients=clients, faults=faults)

    total, applied, unknown = in_virtual_time(backend, main)
    assert applied + unknown == editors
    assert applied <= total <= applied + unknown
