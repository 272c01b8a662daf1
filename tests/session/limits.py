"""Servers with limits of every kind: what each lets in, and when it says 429."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from random import Random
from typing import Protocol, TypeAlias

import anyio
import httpx
from attrs import define, field

Changing: TypeAlias = Callable[[float], float]
"""A number that depends on the time."""


class Limit(Protocol):
    """What a server lets in. A moment is in seconds, and counts from the server's first request."""

    def lets_in(self, now: float, /) -> bool: ...

    def done(self) -> None:
        """A request that was let in is answered."""

    def capacity(self, begin: float, end: float) -> float:
        """How many requests could have been served in that time."""
        ...


class _Endless:
    """What all limits have in common that do not ask how many are in flight."""

    def done(self) -> None:
        return


@define
class Unlimited(_Endless):
    """Takes all that comes: so many callers, each of whom is answered after so many seconds."""

    callers: int
    seconds: float

    def lets_in(self, _now: float) -> bool:
        return True

    def capacity(self, begin: float, end: float) -> float:
        return (end - begin) * self.callers / self.seconds


@define
class TokenBucket(_Endless):
    """So many a second, and as many more as were saved up."""

    rate: float
    burst: float
    _tokens: float = field(init=False)
    _at: float = 0.0

    def __attrs_post_init__(self) -> None:
        self._tokens = self.burst

    def lets_in(self, now: float) -> bool:
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def capacity(self, begin: float, end: float) -> float:
        return (end - begin) * self.rate + (self.burst if begin == 0 else 0)


@define
class FixedWindow(_Endless):
    """So many in each second or minute of the server's clock, and none in the rest of it."""

    limit: int
    seconds: float = 1.0
    _window: float = -1.0
    _taken: int = 0

    def lets_in(self, now: float) -> bool:
        window = now // self.seconds
        self._taken = self._taken + 1 if window == self._window else 1
        self._window = window
        return self._taken <= self.limit

    def capacity(self, begin: float, end: float) -> float:
        return (end - begin) / self.seconds * self.limit


@define
class SlidingWindow(_Endless):
    """So many in the last second, whenever that is asked. Others take some of them."""

    limit: float | Changing
    others: Changing = lambda _: 0.0
    _taken: deque[float] = field(factory=deque[float])

    def lets_in(self, now: float) -> bool:
        while self._taken and self._taken[0] <= now - 1:
            self._taken.popleft()
        if len(self._taken) >= self._free(now):
            return False
        self._taken.append(now)
        return True

    def capacity(self, begin: float, end: float) -> float:
        steps = 1000
        moments = (begin + (end - begin) * (step + 0.5) / steps for step in range(steps))
        return sum(map(self._free, moments)) / steps * (end - begin)

    def _free(self, now: float) -> float:
        limit = self.limit if isinstance(self.limit, int | float) else self.limit(now)
        return limit - self.others(now)


@define
class InFlight:
    """So many at once, each of which takes so many seconds."""

    limit: int
    seconds: float
    _in_flight: int = 0

    def lets_in(self, _now: float) -> bool:
        if self._in_flight >= self.limit:
            return False
        self._in_flight += 1
        return True

    def done(self) -> None:
        self._in_flight -= 1

    def capacity(self, begin: float, end: float) -> float:
        return (end - begin) * self.limit / self.seconds


@define
class LimitedServer(httpx.AsyncBaseTransport):
    """Serves what its limit lets in, and refuses some of it for no reason."""

    limit: Limit
    seconds: float = field(default=0.04, kw_only=True)
    """Until a request that was let in is answered."""
    late: float = field(default=0.0, kw_only=True)
    """Seconds until a refusal is answered."""
    retry_after: str | None = field(default=None, kw_only=True)
    """What each 429 asks for."""
    stray: float = field(default=0.0, kw_only=True)
    """The part of all requests that is refused whatever the limit says."""
    early: int = field(default=0, kw_only=True)
    """The number of one request that is refused whatever the limit says."""
    answers: list[tuple[float, bool]] = field(factory=list[tuple[float, bool]], init=False)
    """When each request came, by its own clock, and whether it was served."""
    _began: float = field(default=-1.0, init=False)
    _random: Random = field(factory=lambda: Random(1), init=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._began < 0:
            self._began = anyio.current_time()
        await anyio.sleep(self._random.uniform(0, min(0.015, self.seconds)))
        now = anyio.current_time() - self._began
        is_stray = self._random.random() < self.stray or len(self.answers) + 1 == self.early
        served = not is_stray and self.limit.lets_in(now)
        self.answers.append((now, served))
        if not served:
            await anyio.sleep(self.late)
            headers = {"retry-after": self.retry_after} if self.retry_after is not None else {}
            return httpx.Response(429, headers=headers, request=request)
        try:
            await anyio.sleep(self.seconds)
        finally:
            self.limit.done()
        return httpx.Response(200, json=[1], request=request)

    def use(self, begin: float, end: float) -> tuple[float, float]:
        """The part of the limit that was used in that time, and the part of 429 in all answers."""
        served = [served for time, served in self.answers if begin <= time < end]
        used = sum(served) / self.limit.capacity(begin, end)
        return used, 1 - sum(served) / max(1, len(served))
