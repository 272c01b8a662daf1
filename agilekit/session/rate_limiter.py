"""The rate limiter: when the next request of one credential may leave for one host.

All tasks and all clients of one event loop that use the same credential at the same host share one
rate limiter. Until a client names a rate, or the server says 429, nothing limits and nobody waits.
Then requests leave one by one, in the order in which they asked, at the lower of two rates. Those
that repeat one that was refused stand in a line of their own, and the two lines take turns: so who
asks for one thing that is always refused keeps nobody else waiting. The rates are:

- the *ceiling*, which is the lowest rate that an open client asked for;
- the rate of session/rate_estimate.py, which finds the limit of the server by the share of 429.

What a 429 holds back:

=====================================  ==========================================================
the 429                                holds back
=====================================  ==========================================================
names a time with ``Retry-After``      everything, for so long: a pause of session/pause.py. RFC
                                       9110, 10.2.3, tells the time, and not for which requests
names none, or 0 s                     its own request, which backs off; the rest goes on at the
                                       rate, which falls if the share of 429 is too large
is one of five in a row, and too       everything but single requests that try the server, until
many of all are                        one is served
=====================================  ==========================================================
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Final
from weakref import WeakValueDictionary

import anyio
from anyio.lowlevel import RunVar

from agilekit.session.concurrency_limit import Permit
from agilekit.session.pause import Pause, PauseRequest, Tries
from agilekit.session.rate_estimate import RateEstimate
from agilekit.session.retry_budget import RetryBudget
from agilekit.wire.credential import Credential
from agilekit.wire.request import Server

__all__ = ["RateLimiter"]

_USED: Final = 0.98
"""The part of the ceiling that is used: requests that come up to 20 ms closer together than they
should then do not exceed a limit that the server counts by the second."""
_LATE: Final = 0.02
"""Seconds that a request may leave late without moving those behind it."""


class RateLimiter:
    """Lets requests leave one after another. Times are of `anyio.current_time`, in seconds."""

    def __init__(self) -> None:
        self.budget: RetryBudget = RetryBudget()
        self._queue = anyio.Lock(fast_acquire=True)  # fair, on both backends
        self._lines = {again: anyio.Lock(fast_acquire=True) for again in (False, True)}
        self._next = -inf
        self._pause = Pause()
        self._rates: list[float] = []  # of the clients that are open
        self._ceiling = inf
        self._estimate = RateEstimate()

    def __repr__(self) -> str:
        rate = "no limit" if self._rate == inf else f"{self._rate:.1f} requests a second"
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
        self._pause.begin(seconds, request, Tries.of_limit())

    def unavailable(self, seconds: float, request: PauseRequest | None = None) -> None:
        """A request was answered with 503, and asked for so many seconds."""
        self._pause.begin(seconds, request, Tries.of_failure())

    def throttled(self, sent: float, seconds: float, request: PauseRequest | None = None) -> None:
        """A request that left at `sent` was answered with 429, and asked for so many seconds; for 0
        if it named none."""
        if not self._pause.was_tried(sent):
            self._estimate.refused(sent, asks=seconds > 0)
        now = anyio.current_time()
        if seconds > 0:
            self.pause(seconds, request)
        elif self._estimate.is_exhausted(now) and not self._pause.holds(now):
            self._pause.begin(inf, None, Tries.of_exhausted())

    def accepted(self, sent: float) -> None:
        """A request that left at `sent` was served."""
        self._pause.served(sent)
        self._estimate.served(sent)

    async def acquire(
        self,
        deadline: float,
        on_wait: Callable[[float], object],
        permit: Permit,
        *,
        again: bool = False,
    ) -> bool:
        """Returns when a request may leave; False if that is known not to be before `deadline`.

        `on_wait` is told the seconds before each wait, as far as they can be known. `permit` is
        acquired with it; until it can be, those behind wait, too.

        again: whether it repeats one that was answered with 429.
        """
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
        announced = max(now, earliest) + self._ahead(again) / self._rate
        if announced > now:
            on_wait(announced - now)
        async with self._lines[again], self._queue:  # of each line, the first is in the queue
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
            self._leaves(now)
            on_time = now - self._next <= _LATE
            self._next = (self._next if on_time else now) + 1 / self._rate
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
        return self._estimate.is_free and self._ceiling == inf and not self._pause.holds(now)

    def _leaves(self, now: float) -> None:
        if not self._pause.holds(now):  # one that tries the server tells nothing of the rate
            self._estimate.leaves(now, self._ceiling)
        self._pause.leaves(now)

    def _waiting(self) -> int:
        locks = self._queue, *self._lines.values()
        return sum(lock.statistics().tasks_waiting for lock in locks)

    def _ahead(self, again: bool) -> int:
        """How many requests leave before one that asks now."""
        own, other = (self._length(self._lines[line]) for line in (again, not again))
        return own + min(other, own + 1)

    @staticmethod
    def _length(line: anyio.Lock) -> int:
        """How many requests are in a line; the first of them holds its lock."""
        return line.statistics().tasks_waiting + 1 if line.locked() else 0

    @property
    def _rate(self) -> float:
        """The requests a second that may leave now."""
        return min(self._ceiling, self._estimate.rate)


_limiters: Final = RunVar["WeakValueDictionary[tuple[str, int], RateLimiter]"]("agilekit.limiters")
