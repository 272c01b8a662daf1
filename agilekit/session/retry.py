"""What may be sent again, when, and how often.

A write has four outcomes: not sent, refused, applied, unknown. An attempt tells one of these:

=============  =========================  ==================  ==========================
fate           what happened              a safe call         a write that is not safe
=============  =========================  ==================  ==========================
UNSENT         no connection              again               again
LOST           no complete answer         again               ends: unknown
THROTTLED      429                        again               again: it was not applied
UNAVAILABLE    502, 503, 504              again               ends: unknown
ANSWERED       any other status           ends                ends
TOO_LATE       no turn before the         ends                ends
               deadline
=============  =========================  ==================  ==========================

A retry after UNSENT, LOST and UNAVAILABLE takes from the budget of session/retry_budget.py.

500 is ANSWERED: a read ends with it, and no write is ever resent after it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Final

import anyio
from attrs import frozen
from tenacity import AsyncRetrying, RetryCallState, retry_if_result
from tenacity.wait import wait_random_exponential

from agilekit.session.transport import TooLarge
from agilekit.wire.response import Response

__all__ = ["Fate", "Outcome", "retrying"]

_FIRST_WAIT: Final = 0.2  # seconds; doubled with each attempt, then a random part of it
_LONGEST_WAIT: Final = 20.0


class Fate(Enum):
    UNSENT = "not sent"
    LOST = "no answer"
    THROTTLED = "429"
    UNAVAILABLE = "502, 503 or 504"
    ANSWERED = "answered"
    TOO_LATE = "too late"


_AGAIN: Final = {
    # fate: (a safe call, a write that is not safe)
    Fate.UNSENT: (True, True),
    Fate.LOST: (True, False),
    Fate.THROTTLED: (True, True),
    Fate.UNAVAILABLE: (True, False),
    Fate.ANSWERED: (False, False),
    Fate.TOO_LATE: (False, False),
}


@frozen
class Outcome:
    """How one attempt ended."""

    fate: Fate
    response: Response | None = None
    error: Exception | None = None
    retry_after: float | None = None
    """The seconds that the server asked for."""

    @classmethod
    def of_response(cls, response: Response, retry_after: float | None) -> Outcome:
        if response.status == 429:
            return cls(Fate.THROTTLED, response, retry_after=retry_after)
        if response.status in (502, 503, 504):
            return cls(Fate.UNAVAILABLE, response, retry_after=retry_after)
        return cls(Fate.ANSWERED, response)

    @property
    def maybe_applied(self) -> bool:
        """Whether a write may have been made, although nothing says so."""
        return self.fate in (Fate.LOST, Fate.UNAVAILABLE)

    def again(self, *, safe: bool) -> bool:
        return not isinstance(self.error, TooLarge) and _AGAIN[self.fate][0 if safe else 1]


async def retrying(
    first: Outcome,
    attempt: Callable[[], Awaitable[Outcome]],
    *,
    safe: bool,
    retries: int,
    until: float,
    waits: Callable[[float], None],
) -> Outcome:
    """Repeats an attempt by the table, after its `first` outcome, and gives the last.

    The waits have full jitter and never end after `until`. `waits` is told the seconds of each.
    """
    made = [first]

    async def next_outcome() -> Outcome:
        return made.pop() if made else await attempt()

    def wait(state: RetryCallState) -> float:
        return max(_jitter(state), _outcome(state).retry_after or 0.0)

    def stopped(state: RetryCallState) -> bool:
        too_late = anyio.current_time() + state.upcoming_sleep >= until
        return too_late or state.attempt_number > retries

    controller = AsyncRetrying(
        retry=retry_if_result(lambda outcome: outcome.again(safe=safe)),
        stop=stopped,
        wait=wait,
        sleep=anyio.sleep,
        before_sleep=lambda state: waits(state.upcoming_sleep),
        retry_error_callback=_outcome,
    )
    last: Outcome = await controller(next_outcome)
    return last


def _outcome(state: RetryCallState) -> Outcome:
    assert state.outcome is not None  # noqa: S101 - an attempt returns, or its error ends the call
    outcome: Outcome = state.outcome.result()
    return outcome


_jitter: Final = wait_random_exponential(multiplier=_FIRST_WAIT, max=_LONGEST_WAIT)
