"""Creates that are sent one by one: to a server that counts what is there before it adds to it,
without a lock of its own.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Final

import anyio

__all__ = ["ContainerLocks"]

_NO_LOCK: Final = nullcontext()


class ContainerLocks:
    """Lets one request at a time write into each container."""

    def __init__(self) -> None:
        self._locks: dict[str, anyio.Lock] = {}

    def __repr__(self) -> str:
        return f"<ContainerLocks: {len(self._locks)} held>"

    def hold(self, container: str | None) -> AbstractAsyncContextManager[None]:
        """Waits until nobody else writes there, first come, first served; None waits for nobody."""
        return _NO_LOCK if container is None else self._hold(container)

    @asynccontextmanager
    async def _hold(self, container: str) -> AsyncGenerator[None]:
        lock = self._locks.setdefault(container, anyio.Lock())
        try:
            async with lock:
                yield
        finally:
            state = lock.statistics()
            if not state.locked and not state.tasks_waiting:
                self._locks.pop(container, None)
