"""Something has changed: look again whether what you wait for has come."""

from __future__ import annotations

from collections import deque

import anyio

__all__ = ["Signal"]


class Signal:
    """Wakes every task that waits at the moment, or one of those that wait for their turn."""

    def __init__(self) -> None:
        self._event = anyio.Event()
        self._for_turn: deque[anyio.Event] = deque()

    def notify(self) -> None:
        self._event.set()
        self._event = anyio.Event()
        while self._for_turn:
            self._for_turn.popleft().set()

    def pass_turn(self) -> None:
        """Wakes the task that has waited longest for its turn."""
        if self._for_turn:
            self._for_turn.popleft().set()

    async def wait(self) -> None:
        """Returns when something has changed since the call."""
        await self._event.wait()

    async def wait_for_turn(self) -> None:
        """The same, or when the turn was passed to this task."""
        turn = anyio.Event()
        self._for_turn.append(turn)
        try:
            await turn.wait()
        finally:
            if not turn.is_set():
                self._for_turn.remove(turn)
