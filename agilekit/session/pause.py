"""The pause that a server asked for with ``Retry-After``. Source: RFC 9110, 10.2.3.

Whoever asks for an hour may be well in a minute, and a 503 may be about one address only. So single
requests try the server meanwhile, and an answer to one of them that is neither 429 nor 5xx ends the
pause for all. A server that takes nothing, and names no time, gets such a pause, too:

=============================  ===================  ============================================
the server said                the first one tries  then
=============================  ===================  ============================================
429, and a time                after 60 s           every 60 s
503, and a time                at once              after 1 s, then twice as long each time, to
                                                    60 s
429 to everything, and no      after 0.1 s          after 0.2 s, then twice as long each time,
time                                                to 10 s
=============================  ===================  ============================================

The last one holds until a request is served, or until a 429 names a time, which counts from then;
like all, for 600 s at most.
"""

from __future__ import annotations

from datetime import datetime
from math import inf
from typing import Final

import anyio
from attrs import frozen

__all__ = ["Pause", "PauseRequest", "Tries"]

_LONGEST: Final = 600.0
"""Seconds that a pause is kept: a slip of a server must not stop a program for good."""


@frozen(eq=False, repr=False)
class Tries:
    """When single requests try the server during a pause, in seconds."""

    first: float
    interval: float
    """Between the first two; it doubles with each one"""
    longest: float
    """up to this."""

    @classmethod
    def of_limit(cls) -> Tries:
        """A limit is about every request of the credential: to try it too early may extend it."""
        return cls(first=60.0, interval=60.0, longest=60.0)

    @classmethod
    def of_failure(cls) -> Tries:
        """It may be about one address only."""
        return cls(first=0.0, interval=1.0, longest=60.0)

    @classmethod
    def of_exhausted(cls) -> Tries:
        """Nothing tells for how long: a tenth of a second is lost of a limit by the second, and ten
        of one by the minute."""
        return cls(first=0.1, interval=0.2, longest=10.0)


@frozen(eq=False)
class PauseRequest:
    """Who asked for a pause, for how long, and when."""

    status: int
    call: str
    """Method and path of the request that was answered so."""
    seconds: float
    at: datetime


class Pause:
    """The one pause of a rate limiter. Times are of `anyio.current_time`, in seconds."""

    def __init__(self) -> None:
        self._end = -inf
        self._try = inf
        self._interval = self._longest = inf
        self._tried_at = inf  # when the first request tried
        self._request: PauseRequest | None = None
        self._began = -inf
        self._is_unnamed = False  # whether the server named no time
        self._over = anyio.Event()

    @property
    def opens(self) -> float:
        """When the next request may leave: at the end, or to try the server."""
        return min(self._end, self._try)

    def holds(self, now: float) -> bool:
        return now < self._end

    def begin(self, seconds: float, request: PauseRequest | None, tries: Tries) -> None:
        """Holds requests back for so long, or longer if that is asked already.

        seconds: infinite if the server named no time.
        """
        now = anyio.current_time()
        if self._is_unnamed and tries.first > 0:
            self._stop(now)
        end = now + min(seconds, _LONGEST)
        if not self.holds(now):
            self._is_unnamed = seconds == inf
            self._try = -inf
            self._over = anyio.Event()
            self._interval, self._longest, self._tried_at = tries.interval, tries.longest, inf
        if end > self._end:
            self._end, self._request, self._began = end, request, now
        if tries.first > 0:
            self._interval, self._longest, self._tried_at = tries.interval, tries.longest, inf
        self._try = max(self._try, now + min(seconds, tries.first))

    def leaves(self, now: float) -> None:
        """A request leaves: if a pause holds, it tries the server."""
        if self.holds(now):
            self._tried_at = min(self._tried_at, now)
            self._try = now + self._interval
            self._interval = min(2 * self._interval, self._longest)

    def was_tried(self, sent: float) -> bool:
        """Whether a request that left at `sent` tries the server, in a pause that still holds."""
        return self._tried_at <= sent and self.holds(anyio.current_time())

    def served(self, sent: float) -> None:
        """A request that left at `sent` was served, which ends the pause if it tried the server."""
        if self.was_tried(sent):
            self._stop(anyio.current_time())

    def _stop(self, now: float) -> None:
        self._end = min(self._end, now)
        self._over.set()

    async def sleep_until(self, moment: float) -> float:
        """Sleeps until then, or until the pause has ended before. Returns the time that it is."""
        over = self._over
        if self.holds(anyio.current_time()):
            with anyio.CancelScope(deadline=moment):
                await over.wait()
                return anyio.current_time()
        else:
            await anyio.sleep_until(moment)
        return max(moment, anyio.current_time())  # some clocks wake a little early

    def reason(self) -> str:
        """Who asked for it, when, and what is left, for messages; empty if nothing holds."""
        now = anyio.current_time()
        if self._request is None or not self.holds(now):
            return ""
        left = self._began + self._request.seconds - now
        return (
            f"the server asked for a pause of {self._request.seconds:,.0f} s with "
            f"{self._request.status} to {self._request.call} at {self._request.at:%H:%M:%S} UTC; "
            f"{left:,.0f} s of it are left, and a request may leave in "
            f"{max(0.0, self.opens - now):,.0f} s"
        )
