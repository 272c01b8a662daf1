"""How many reads of one client are under way, and when one is made again.

A whole project depends on each of its reads. So a read that is answered with 500 is made again,
which no other call of the library does: nothing says that it would help a single call.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Final, TypeVar

import anyio

from agilekit.errors import ServerError
from agilekit.session.concurrency_limit import ConcurrencyLimit
from agilekit.session.retry import Backoff
from agilekit.session.workers import Job, run_all

__all__ = ["ReadLimiter"]

T = TypeVar("T")

_SERVER_ERROR: Final = 500
_ATTEMPTS: Final = 10
_BACKOFF: Final = Backoff(first=0.05, longest=2.0)  # seconds


class ReadLimiter:
    """Bounds the reads of one client that are under way, and the requests of all in flight."""

    def __init__(self, at_once: int, in_flight: ConcurrencyLimit | None = None) -> None:
        """
        at_once: how many reads may be under way, including those that wait for their rate limit.
        in_flight: what is shared with other clients; by default there are `at_once` of its own.
        """
        self.at_once: Final[int] = at_once
        self._reads: Final = anyio.CapacityLimiter(at_once)
        self._in_flight: Final = in_flight or ConcurrencyLimit(at_once)

    async def run(self, read: Callable[[], Awaitable[T]]) -> T:
        """One call or listing, as soon as it may begin. It must not run another one inside.

        It is made again if the server answers with 500, so it must do no harm twice.
        """
        async with self._reads:
            with self._in_flight.shared():
                return await _BACKOFF.repeat(read, attempts=_ATTEMPTS, again=_is_500)

    async def run_all(self, reads: Iterable[Job]) -> None:
        """All reads, each as soon as it may begin. The first error cancels the others."""
        await run_all((partial(self.run, read) for read in reads), at_once=self.at_once)

    async def run_unlimited(self, jobs: Iterable[Job]) -> None:
        """All jobs at once: they are not reads themselves, but `run` some. The first error cancels
        the others.
        """
        waiting = [*jobs]
        await run_all(waiting, at_once=min(len(waiting), self.at_once))


def _is_500(error: BaseException) -> bool:
    return isinstance(error, ServerError) and error.status == _SERVER_ERROR
