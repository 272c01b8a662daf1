"""The clock of the tests jumps over what nobody works in, and stands while a thread works."""

from __future__ import annotations

import time
from pathlib import Path

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest

from tests.virtual_time import in_virtual_time, pass_time


def test_time_jumps_to_the_next_deadline(anyio_backend: str) -> None:
    async def main() -> float:
        await anyio.sleep(1_000_000)  # noqa: ASYNC116 - that it ends is the point
        return anyio.current_time()

    begin = time.monotonic()
    assert in_virtual_time(anyio_backend, main) == 1_000_000
    assert time.monotonic() - begin < 5


def test_real_time_does_not_count(anyio_backend: str) -> None:
    async def main() -> float:
        time.sleep(0.05)  # noqa: ASYNC251 - the loop is to be held up
        await anyio.sleep(0.25)
        return anyio.current_time()

    assert in_virtual_time(anyio_backend, main) == 0.25


def test_time_stands_while_a_thread_is_at_work(anyio_backend: str) -> None:
    ends: list[tuple[str, float]] = []

    async def sleep() -> None:
        await anyio.sleep(10)
        ends.append(("slept", anyio.current_time()))

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(sleep)
            with anyio.fail_after(5):
                await anyio.to_thread.run_sync(time.sleep, 0.3)
            ends.append(("worked", anyio.current_time()))

    in_virtual_time(anyio_backend, main)
    assert ends == [("worked", 0), ("slept", 10)]


def test_time_stands_until_the_last_of_several_threads_is_done(anyio_backend: str) -> None:
    limiter_of_one: list[anyio.CapacityLimiter] = []

    async def work(seconds: float) -> None:
        with anyio.fail_after(1):
            await anyio.to_thread.run_sync(time.sleep, seconds, limiter=limiter_of_one[0])

    async def main() -> float:
        limiter_of_one.append(anyio.CapacityLimiter(1))
        async with anyio.create_task_group() as tasks:
            for seconds in (0.02, 0.05, 0.02):
                tasks.start_soon(work, seconds)
        return anyio.current_time()

    assert in_virtual_time(anyio_backend, main) == 0


def test_time_goes_on_after_a_job_that_fails(anyio_backend: str) -> None:
    async def main() -> float:
        with pytest.raises(FileNotFoundError):
            await anyio.to_thread.run_sync(Path("/no such folder").stat)
        await anyio.sleep(3)
        return anyio.current_time()

    assert in_virtual_time(anyio_backend, main) == 3


def test_files_are_read_in_no_time(anyio_backend: str, tmp_path: Path) -> None:
    async def main() -> tuple[str, float]:
        with anyio.fail_after(1):
            path = anyio.Path(tmp_path / "note")
            await path.write_text("kept")
            return await path.read_text(), anyio.current_time()

    assert in_virtual_time(anyio_backend, main) == ("kept", 0)


def test_a_deadline_fires_at_its_time(anyio_backend: str) -> None:
    async def main() -> float:
        with anyio.move_on_after(7.5):
            await anyio.sleep_forever()
        return anyio.current_time()

    assert in_virtual_time(anyio_backend, main) == 7.5


def test_time_that_passes_at_once_makes_the_others_late(anyio_backend: str) -> None:
    ends: list[float] = []

    async def sleep() -> None:
        await anyio.sleep(2)
        ends.append(anyio.current_time())

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(sleep)
            await anyio.sleep(1)
            pass_time(5)

    in_virtual_time(anyio_backend, main)
    assert ends == [6]


def test_outside_of_it_the_threads_are_as_they_were(anyio_backend: str) -> None:
    before = anyio.to_thread.run_sync

    async def main() -> None:
        await anyio.lowlevel.checkpoint()

    in_virtual_time(anyio_backend, main)
    assert anyio.to_thread.run_sync is before
