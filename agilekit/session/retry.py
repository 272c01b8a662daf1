"""What may be sent again, when, and how often.

A write has four outcomes: not sent, refused, applied, unknown. An attempt has one of these ends:

=============  =========================  ==================  ==========================
its end        what happened              a safe call         a write that is not safe
=============  =========================  ==================  ==========================
UNSENT         no connection              again               again
LOST           no complete answer         again               ends: unknown
THROTTLED      429                        again               again: it was not applied
UNAVAILABLE    502, 503, 504              again               ends: unknown
ANSWERED       any other status           ends                ends
TOO_LATE       not sent before the        ends                ends
               deadline
=============  =========================  ==================  ==========================

A retry after UNSENT, LOST and UNAVAILABLE takes from the budget of session/retry_budget.py.

500 is ANSWERED: a read ends with it, and no write is ever resent after it.

How long is waited before a call that failed, or met a conflict, is made again: `Backoff`. Looking
for something that has yet to come has pauses of its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum
from math import inf
from random import uniform
from typing import TYPE_CHECKING, Final, TypeVar

import anyio
from attrs import frozen

from agilekit.first_use import FirstUse
from agilekit.session.connection import TooLarge
from agilekit.wire.response import Response

if TYPE_CHECKING:
    import tenacity
else:
    tenacity = FirstUse("tenacity")

__all__ = ["AttemptEnd", "AttemptResult", "Backoff"]

T = TypeVar("T")

_MOST_DOUBLINGS: Final = 64


class AttemptEnd(Enum):
    UNSENT = "not sent"
    LOST = "no answer"
    THROTTLED = "429"
    UNAVAILABLE = "502, 503 or 504"
    ANSWERED = "answered"
    TOO_LATE = "too late"


_AGAIN: Final = {
    # end: (a safe call, a write that is not safe)
    AttemptEnd.UNSENT: (True, True),
    AttemptEnd.LOST: (True, False),
    AttemptEnd.THROTTLED: (True, True),
    AttemptEnd.UNAVAILABLE: (True, False),
    AttemptEnd.ANSWERED: (False, False),
    AttemptEnd.TOO_LATE: (False, False),
}


@frozen(eq=False)
class AttemptResult:
    """How one attempt ended, and what it brought."""

    end: AttemptEnd
    response: Response | None = None
    error: Exception | None = None
    retry_after: float | None = None
    """The seconds that the server asked for."""

    @classmethod
    def of_response(cls, response: Response, retry_after: float | None) -> AttemptResult:
        if response.status == 429:
            return cls(AttemptEnd.THROTTLED, response, retry_after=retry_after)
        if response.status in (502, 503, 504):
            return cls(AttemptEnd.UNAVAILABLE, response, retry_after=retry_after)
        return cls(AttemptEnd.ANSWERED, response)

    @property
    def maybe_applied(self) -> bool:
        """Whether a write may have been made, although nothing says so."""
        return self.end in (AttemptEnd.LOST, AttemptEnd.UNAVAILABLE)

    def may_repeat(self, *, safe: bool) -> bool:
        """What the table says, but for an answer that would be too large the next time, too."""
        return not isinstance(self.error, TooLarge) and _AGAIN[self.end][0 if safe else 1]


@frozen(eq=False, repr=False)
class Backoff:
    """Waits between attempts, with full jitter: each is a random part of a time that doubles, up to
    a cap, so that callers who failed together do not come again together.
    """

    first: float
    """Seconds, at most, after the first attempt."""
    longest: float
    """Seconds; the cap."""

    def seconds(self, attempt: int) -> float:
        """The wait after an attempt, counted from 1."""
        doubled = self.first * 2.0 ** min(attempt - 1, _MOST_DOUBLINGS)
        return uniform(0.0, min(doubled, self.longest))  # noqa: S311 - no secret

    async def sleep(
        self,
        attempt: int,
        *,
        at_least: float = 0.0,
        deadline: float = inf,
        on_wait: Callable[[float], object] | None = None,
    ) -> bool:
        """Waits after an attempt, counted from 1.

        at_least: seconds, as a server may ask for them.
        deadline: by `anyio.current_time`.
        on_wait: is told the seconds before the wait.

        False, at once, if the wait would not end before the deadline.
        """
        seconds = max(self.seconds(attempt), at_least)
        if anyio.current_time() + seconds >= deadline:
            return False
        if on_wait is not None:
            on_wait(seconds)
        await anyio.sleep(seconds)
        return True

    async def repeat(
        self,
        call: Callable[[], Awaitable[T]],
        *,
        attempts: int,
        again: Callable[[BaseException], bool],
    ) -> T:
        """Makes a call up to so many `attempts`, while its error is one after which to try `again`.

        Raises the error of the last.
        """
        try:
            return await call()
        except Exception as error:
            if attempts == 1 or not again(error):
                raise
        await self.sleep(1)
        repeated = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(again),
            stop=tenacity.stop_after_attempt(attempts - 1),
            wait=lambda state: self.seconds(1 + state.attempt_number),
            sleep=anyio.sleep,
            reraise=True,
        )

        async def attempt() -> T:
            return await call()

        return await repeated(attempt)
