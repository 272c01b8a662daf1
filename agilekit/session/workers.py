"""Several jobs at once, and one error at most."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias

import anyio

__all__ = ["Job", "run_all"]

Job: TypeAlias = Callable[[], Awaitable[object]]


async def run_all(jobs: Iterable[Job], *, at_once: int) -> None:
    """Does all the jobs. The first error cancels the others, and is raised by itself."""
    left = iter(jobs)
    errors: list[Exception] = []

    async def work() -> None:
        for job in left:
            try:
                await job()
            except Exception as error:  # noqa: BLE001 - raised below
                errors.append(error)
                tasks.cancel_scope.cancel()
                return

    async with anyio.create_task_group() as tasks:
        for _ in range(at_once):
            tasks.start_soon(work)
    if errors:
        raise errors[0]
