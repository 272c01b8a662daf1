"""Creates that take turns: where a server counts what is there before it adds to it, unlocked."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Final

import anyio

__all__ = ["Writers"]

_BESIDE_OTHERS: Final = nullcontext()


class Writers:
    """Lets one request at a time write into each container."""

    def __init__(self) -> None:
        self._locks: dict[str, anyio.Lock] = {}

    def alone_in(self, container: str | None) -> AbstractAsyncContextManager[None]:
        """Waits until nobody else writes there, first come, first served; None waits for nobody."""
        return _BESIDE_OTHERS if container is None else self._alone_in(container)

    @asynccontextmanager
    async def _alone_in(self, container: str) -> AsyncGenerator[None]:
        lock = self._locks.setdefault(container, anyio.Lock())
        try:
            async with lock:
                yield
        finally:
            state = lock.statistics()
            if not state.locked and not state.tasks_waiting:
                self._locks.pop(container, None)
