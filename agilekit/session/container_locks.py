"""Creates that are sent one by one: to a server that counts what is there before it adds to it,
without a lock of its own.
"""

from __future__ import annotations

import anyio

__all__ = ["ContainerLocks"]


class ContainerLocks:
    """Lets one request at a time write into each container."""

    def __init__(self) -> None:
        self._locks: dict[str, anyio.Lock] = {}

    def __repr__(self) -> str:
        return f"<ContainerLocks: {len(self._locks)} held>"

    async def acquire(self, container: str) -> None:
        """Waits until nobody else writes there, first come, first served."""
        lock = self._locks.setdefault(container, anyio.Lock())
        try:
            await lock.acquire()
        except BaseException:  # whatever ends the wait, nothing of it stays
            self._forget(container, lock)
            raise

    def release(self, container: str) -> None:
        lock = self._locks[container]
        lock.release()
        self._forget(container, lock)

    def _forget(self, container: str, lock: anyio.Lock) -> None:
        state = lock.statistics()
        if not state.locked and not state.tasks_waiting:
            self._locks.pop(container, None)
