"""Who waits is woken by what concerns it, and by no more."""

from __future__ import annotations

import anyio
import pytest

from agilekit.bulk.signal import Signal

pytestmark = pytest.mark.anyio


async def wait_in_line(signal: Signal, number: int, woken: list[int]) -> None:
    await signal.wait_in_line()
    woken.append(number)


async def test_one_is_woken_that_has_waited_for_longest() -> None:
    signal, woken = Signal(), list[int]()
    async with anyio.create_task_group() as tasks:
        for number in range(3):
            tasks.start_soon(wait_in_line, signal, number, woken)
            await anyio.wait_all_tasks_blocked()
        tasks.start_soon(signal.wait)
        for number in range(3):
            signal.notify_one()
            await anyio.wait_all_tasks_blocked()
            assert woken == list(range(number + 1))
        signal.notify()


async def test_a_change_wakes_everybody() -> None:
    signal, woken = Signal(), list[int]()
    async with anyio.create_task_group() as tasks:
        for number in range(3):
            tasks.start_soon(wait_in_line, signal, number, woken)
        tasks.start_soon(signal.wait)
        await anyio.wait_all_tasks_blocked()
        signal.notify()
    assert sorted(woken) == [0, 1, 2]


async def test_who_has_left_the_line_is_not_woken_for_another() -> None:
    signal, woken = Signal(), list[int]()
    with anyio.move_on_after(0):
        await signal.wait_in_line()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait_in_line, signal, 1, woken)
        await anyio.wait_all_tasks_blocked()
        signal.notify_one()
    assert woken == [1]


async def test_what_wakes_nobody_is_not_kept() -> None:
    signal = Signal()
    signal.notify_one()
    with anyio.move_on_after(0) as scope:
        await signal.wait_in_line()
    assert scope.cancelled_caught
