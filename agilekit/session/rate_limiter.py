"""The rate limiter: when the next request of one credential may leave for one host.

All tasks and all clients of one event loop that use the same credential at the same host share one
rate limiter. Until a client names a rate, or the server says 429, nothing limits and nobody waits.
Then requests leave one by one, in the order in which they asked, at the lower of two rates:

- the *ceiling*, which is the lowest rate that an open client asked for;
- the *adaptive rate*. A 429 sets it below what the server was seen to accept, and it rises with
  every answer that is none: slowly up to the limit that was met, fast if no limit is known.

A request that left before a 429 arrived says nothing about the rate that this 429 has set.

What a server asks for with ``Retry-After`` is a *pause* of session/pause.py: nothing leaves, but
now and then a request that tries the server.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Final
from weakref import WeakValueDictionary

import anyio
from anyio.lowlevel import RunVar

from agilekit.session.concurrency_limit import Permit
from agilekit.session.pause import Pause, PauseRequest
from agilekit.session.retry_budget import RetryBudget
from agilekit.wire.credential import Credential
from agilekit.wire.request import Server

__all__ = ["RateLimiter"]

_USED: Final = 0.98
"""The part of the ceiling that is used: requests that come up to 20 ms closer together than they
should then do not exceed a limit that the server counts by the second."""
_LATE: Final = 0.02
"""Seconds that a request may leave late without moving those behind it."""
_CUT: Final = 0.9
"""The part of a limit that is left after a 429."""
_ONE_CUT: Final = 1.0
"""Seconds in which every 429 has the same cause."""
_CLIMB: Final = 0.005
"""Of the limit that was met: how much faster, after a second of full use."""
_RUSH: Final = 0.5
"""Requests a second: how much faster after each answer, if no limit is known."""
_MOVED: Final = 1.1
"""A limit that is exceeded so far without a 429 is not the limit any more."""
_GUESS: Final = 10.0
"""Requests a second: the lowest that the first 429 sets, when little may be known."""
_LEAST: Final = 1.0
"""And the lowest that others set. A longer pause is for the server to ask."""


class RateLimiter:
    """Lets requests leave one after another. Times are of `anyio.current_time`, in seconds."""

    def __init__(self) -> None:
        self.budget: RetryBudget = RetryBudget()
        self._queue = anyio.Lock(fast_acquire=True)  # fair, on both backends
        self._next = -inf
        self._pause = Pause()
        self._rates: list[float] = []  # of the clients that are open
        self._ceiling = inf
        self._rate: float | None = inf  # None from a 429 until the next request leaves
        self._before = inf  # the rate at that 429
        self._limit = 0.0  # as a 429 has shown it; 0 is unknown
        self._throttled_at = -inf  # when the last 429 that counts arrived
        # How many requests left within a second, less those that were answered with 429.
        self._second = -inf
        self._sent = self._sent_before = 0

    def __repr__(self) -> str:
        rate = "no limit" if self._now == inf else f"{self._now:.1f} requests a second"
        return f"<RateLimiter: {rate}, {self._waiting()} waiting>"

    @staticmethod
    def key(server: Server, credential: Credential) -> tuple[str, int]:
        """What shares one rate limiter."""
        return server.origin, credential.fingerprint

    @staticmethod
    def of(server: Server, credential: Credential) -> RateLimiter:
        """The one rate limiter of this credential at this host."""
        try:
            limiters = _limiters.get()
        except LookupError:
            limiters = WeakValueDictionary[tuple[str, int], RateLimiter]()
            _limiters.set(limiters)
        key = RateLimiter.key(server, credential)
        limiter = limiters.get(key)
        if limiter is None:
            limiter = limiters[key] = RateLimiter()
        return limiter

    def join(self, rate: float | None) -> None:
        """A client opens. Its `rate`, in requests a second, holds for all until it leaves."""
        self._rates.append(inf if rate is None else rate * _USED)
        self._ceiling = min(self._rates)

    def leave(self, rate: float | None) -> None:
        self._rates.remove(inf if rate is None else rate * _USED)
        self._ceiling = min(self._rates, default=inf)

    def pause(self, seconds: float, request: PauseRequest | None = None) -> None:
        """Holds every request back for so long."""
        self._pause.begin(seconds, request, is_limit=True)

    def unavailable(self, seconds: float, request: PauseRequest | None = None) -> None:
        """A request was answered with 503, and asked for so many seconds."""
        self._pause.begin(seconds, request, is_limit=False)

    def throttled(self, sent: float, seconds: float, request: PauseRequest | None = None) -> None:
        """A request that left at `sent` was answered with 429, and asked for so many seconds."""
        self.pause(seconds, request)
        if sent >= self._second:
            self._sent -= 1
        else:
            self._sent_before -= 1
        if self._rate is not None and sent >= self._throttled_at + _ONE_CUT:
            self._throttled_at = anyio.current_time()
            self._before, self._rate = min(self._rate, self._ceiling), None

    def accepted(self, sent: float) -> None:
        """A request that left at `sent` was served."""
        self._pause.served(sent)
        if self._rate is None or self._rate == inf or sent <= self._throttled_at:
            return
        known = self._rate < self._limit * _MOVED
        self._rate += _CLIMB * self._limit / self._rate if known else _RUSH

    async def acquire(
        self, deadline: float, on_wait: Callable[[float], object], permit: Permit | None = None
    ) -> bool:
        """Returns when a request may leave; False if that is known not to be before `deadline`.

        `on_wait` is told the seconds before each wait, as far as they can be known. `permit` is
        acquired with it; until it can be, those behind wait, too.
        """
        permit = permit or Permit()
        if self._is_free(anyio.current_time()):
            await permit.acquire()
            now = anyio.current_time()
            if self._is_free(now):
                self._leaves(now)
                return True
            permit.release()  # a 429 arrived meanwhile
        now = anyio.current_time()
        earliest = max(self._pause.opens, self._next)
        if earliest >= deadline:
            return False
        announced = max(now, earliest) + self._ahead() / self._now
        if announced > now:
            on_wait(announced - now)
        async with self._queue:
            now = anyio.current_time()
            while True:
                while (earliest := max(self._pause.opens, self._next)) > now:
                    if earliest >= deadline:
                        return False
                    if self._pause.opens > announced:  # a pause has begun since
                        on_wait(self._pause.opens - now)
                        announced = self._pause.opens
                    now = await self._pause.sleep_until(earliest)
                await permit.acquire()
                now = max(now, anyio.current_time())
                if self._pause.opens <= now:
                    break
                permit.release()  # a 429 arrived meanwhile
            if self._rate is None:
                self._rate = self._lowered()
            on_time = now - self._next <= _LATE
            self._next = (self._next if on_time else now) + 1 / self._now
            self._leaves(now)
        return True

    def acquire_nowait(self, now: float, permit: Permit) -> bool:
        """Whether a request may leave at once, because nothing limits; it then has left."""
        if not self._is_free(now) or not permit.acquire_nowait():
            return False
        self._leaves(now)
        return True

    def pause_reason(self) -> str:
        """Which pause holds requests back, for messages; empty if none does."""
        return self._pause.reason()

    def _is_free(self, now: float) -> bool:
        """Whether nothing limits."""
        return self._rate == self._ceiling == inf and not self._pause.holds(now)

    def _leaves(self, now: float) -> None:
        self._pause.leaves(now)
        if now >= self._second + 1:
            self._sent_before = self._sent if now < self._second + 2 else 0
            self._second, self._sent = now, 0
        self._sent += 1

    def _waiting(self) -> int:
        return self._queue.statistics().tasks_waiting

    def _ahead(self) -> int:
        """How many requests leave before one that asks now."""
        return self._waiting() + 1 if self._queue.locked() else 0

    @property
    def _now(self) -> float:
        """The requests a second that may leave now."""
        return min(self._ceiling, self._before if self._rate is None else self._rate)

    def _lowered(self) -> float:
        """The rate that a 429 sets."""
        # Decided after the pause, when all that was refused has been answered.
        taken = max(self._sent, self._sent_before)
        if self._before == inf:  # what was taken may have been a burst, and is no limit yet
            return _CUT * max(_GUESS, taken)
        self._limit = max(_LEAST, min(self._before, taken))
        return max(_LEAST, _CUT * self._limit)


_limiters: Final = RunVar["WeakValueDictionary[tuple[str, int], RateLimiter]"]("agilekit.limiters")
