"""Who waits is woken by what concerns it, and by no more."""

from __future__ import annotations

import anyio
import pytest

from agilekit.bulk.signal import Signal

pytestmark = pytest.mark.anyio


async def wait_for_turn(signal: Signal, number: int, woken: list[int]) -> None:
    await signal.wait_for_turn()
    woken.append(number)


async def test_a_turn_goes_to_the_one_that_has_waited_longest() -> None:
    signal, woken = Signal(), list[int]()
    async with anyio.create_task_group() as tasks:
        for number in range(3):
            tasks.start_soon(wait_for_turn, signal, number, woken)
            await anyio.wait_all_tasks_blocked()
        tasks.start_soon(signal.wait)
        for number in range(3):
            signal.pass_turn()
            await anyio.wait_all_tasks_blocked()
            assert woken == list(range(number + 1))
        signal.notify()


async def test_a_change_wakes_everybody() -> None:
    signal, woken = Signal(), list[int]()
    async with anyio.create_task_group() as tasks:
        for number in range(3):
            tasks.start_soon(wait_for_turn, signal, number, woken)
        tasks.start_soon(signal.wait)
        await anyio.wait_all_tasks_blocked()
        signal.notify()
    assert sorted(woken) == [0, 1, 2]


async def test_who_has_left_is_given_no_turn() -> None:
    signal, woken = Signal(), list[int]()
    with anyio.move_on_after(0):
        await signal.wait_for_turn()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait_for_turn, signal, 1, woken)
        await anyio.wait_all_tasks_blocked()
        signal.pass_turn()
    assert woken == [1]


async def test_a_turn_that_nobody_waits_for_is_not_kept() -> None:
    signal = Signal()
    signal.pass_turn()
    with anyio.move_on_after(0) as scope:
        await signal.wait_for_turn()
    assert scope.cancelled_caught
