"""Something has changed: look again whether what you wait for has come."""

from __future__ import annotations

from collections import deque

import anyio

__all__ = ["Signal"]


class Signal:
    """Wakes every task that waits at the moment, or one of those that wait in line."""

    def __init__(self) -> None:
        self._event = anyio.Event()
        self._line: deque[anyio.Event] = deque()

    def notify(self) -> None:
        self._event.set()
        self._event = anyio.Event()
        while self._line:
            self.notify_one()

    def notify_one(self) -> None:
        """Wakes the task that has waited in line for longest, if there is one."""
        if self._line:
            self._line.popleft().set()

    async def wait(self) -> None:
        """Returns when something has changed since the call."""
        await self._event.wait()

    async def wait_in_line(self) -> None:
        """The same, or when it is this task that is woken alone."""
        event = anyio.Event()
        self._line.append(event)
        try:
            await event.wait()
        finally:
            if not event.is_set():
                self._line.remove(event)
