"""Something has changed: look again whether what you wait for has come."""

from __future__ import annotations

import anyio

__all__ = ["Signal"]


class Signal:
    """Wakes every task that waits at the moment."""

    def __init__(self) -> None:
        self._event = anyio.Event()

    def notify(self) -> None:
        self._event.set()
        self._event = anyio.Event()

    async def wait(self) -> None:
        """Returns when something has changed since the call."""
        await self._event.wait()
