"""Pace: when the next request of one credential may leave for one host.

All tasks and all clients of one event loop that use the same credential at the same host share one
pace. It spaces requests to the rate that was asked for, and once a server has said 429, every one
of them waits until the time that it named.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from weakref import WeakValueDictionary

import anyio
from anyio.lowlevel import RunVar

from agilekit.wire.request import Credential, Server

__all__ = ["Pace"]


class Pace:
    """A clock that gives out turns. Times are of `anyio.current_time`, in seconds."""

    def __init__(self) -> None:
        self._next = float("-inf")
        self._open = float("-inf")

    @staticmethod
    def of(server: Server, credential: Credential) -> Pace:
        """The one pace of this credential at this host."""
        try:
            paces = _paces.get()
        except LookupError:
            paces = WeakValueDictionary[tuple[str, int], Pace]()
            _paces.set(paces)
        key = (server.origin, credential.fingerprint)
        pace = paces.get(key)
        if pace is None:
            pace = paces[key] = Pace()
        return pace

    def pause(self, seconds: float) -> None:
        """Holds every request back for so long."""
        self._open = max(self._open, anyio.current_time() + seconds)

    async def turn(self, rate: float | None, until: float, waits: Callable[[float], None]) -> bool:
        """Returns when a request may leave; at once, and False, where that is not before `until`.

        `waits` is told the seconds before each wait.
        """
        while True:
            now = anyio.current_time()
            earliest = max(now, self._open)
            if rate is not None:
                earliest = max(earliest, self._next)
            if earliest >= until:
                return False
            if rate is not None:
                self._next = earliest + 1 / rate
            if earliest <= now:
                return True
            waits(earliest - now)
            await anyio.sleep_until(earliest)
            if self._open <= earliest:
                return True


_paces: Final = RunVar["WeakValueDictionary[tuple[str, int], Pace]"]("agilekit.paces")
