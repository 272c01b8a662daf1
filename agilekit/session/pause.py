"""The pause that a server asked for with ``Retry-After``. Source: RFC 9110, 10.2.3.

Whoever asks for an hour may be well in a minute, and a 503 may be about one address only. So single
requests try the server meanwhile, and an answer to one of them that is neither 429 nor 5xx ends the
pause for all:

======  ===================  ==================================================
status  the first one tries  then
======  ===================  ==================================================
429     after 60 s           every 60 s
503     at once              after 1 s, and after twice as long each time, to 60 s
======  ===================  ==================================================
"""

from __future__ import annotations

from datetime import datetime
from math import inf
from typing import Final

import anyio
from attrs import frozen

__all__ = ["Pause", "PauseRequest"]

_LONGEST: Final = 600.0
"""Seconds that a pause is kept: a slip of a server must not stop a program for good."""
_LONG: Final = 60.0
"""Seconds after which a pause is tried, and the most between two tries."""
_SOON: Final = 1.0
"""Seconds between the first two tries after a 503."""


@frozen
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
        self._interval = _LONG
        self._tried_at = inf  # when the first request tried
        self._request: PauseRequest | None = None
        self._began = -inf
        self._over = anyio.Event()

    @property
    def opens(self) -> float:
        """When the next request may leave: at the end, or to try the server."""
        return min(self._end, self._try)

    def holds(self, now: float) -> bool:
        return now < self._end

    def begin(self, seconds: float, request: PauseRequest | None, *, is_limit: bool) -> None:
        """Holds requests back for so long, or longer if that is asked already.

        is_limit: whether it is about every request of the credential, as that of a 429 is.
        """
        now = anyio.current_time()
        end = now + min(seconds, _LONGEST)
        if not self.holds(now):
            self._try = -inf
            self._over = anyio.Event()
            self._interval, self._tried_at = _SOON, inf
        if end > self._end:
            self._end, self._request, self._began = end, request, now
        if is_limit:
            self._interval, self._tried_at = _LONG, inf
            self._try = max(self._try, now + min(seconds, _LONG))
        else:
            self._try = max(self._try, now)

    def leaves(self, now: float) -> None:
        """A request leaves: if a pause holds, it tries the server."""
        if self.holds(now):
            self._tried_at = min(self._tried_at, now)
            self._try = now + self._interval
            self._interval = min(2 * self._interval, _LONG)

    def served(self, sent: float) -> None:
        """A request that left at `sent` was served, which ends the pause if it tried the server."""
        now = anyio.current_time()
        if self.holds(now) and self._tried_at <= sent:
            self._end = now
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
