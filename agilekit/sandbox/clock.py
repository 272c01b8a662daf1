"""The times of a sandbox: that of the event loop it is used in, and that of the calendar."""

from __future__ import annotations

from datetime import UTC, datetime

import anyio
from anyio.lowlevel import RunVar


def utc_now() -> datetime:
    """The time that services write by default: now, in UTC and whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


class Clock:
    """Counts seconds from the first look at it, by the clock of the event loop that runs.

    Outside of an event loop it stands. In another event loop it goes on from where it was.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._last = RunVar[float]("the last look at a sandbox's clock")

    def now(self) -> float:
        try:
            moment = anyio.current_time()
        except anyio.NoEventLoopError:
            return self._now
        self._now += moment - self._last.get(moment)
        self._last.set(moment)
        return self._now
