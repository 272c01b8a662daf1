"""When a job stops because the service, and not a draft, is to blame.

What such a failure of a request does:

=========================  ==================================================================
answer                     the job stops
=========================  ==================================================================
401, a redirect            at once
429, after every retry     at once, unless something was created since the request began. So it is
or up to the deadline      if the deadline passed while the call waited to try once more
403, 404                   after ten such answers with nothing created between them: the draft may
                           be to blame, too, if it names something that does not exist
no connection, no answer,  after ten such failures *in a row* with nothing created between them.
502, 503, 504              Requests that were under way at the same time count as one. From the
                           third on there is a pause of 0.5, 1, 2, 4, 4, … s before the next, so
                           that ten take 20 s at least. A container that cannot be read while
                           drafts are looked for counts, too.
=========================  ==================================================================
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable
from math import inf
from typing import Final, TypeVar

import anyio
from attrs import evolve

from agilekit.bulk.spec import Creation
from agilekit.errors import (
    CallError,
    ConnectionLost,
    DeadlineExceeded,
    Forbidden,
    NotFound,
    NotSent,
    RateLimited,
    Redirected,
    ServerError,
    Unauthorized,
    UnknownOutcome,
)

__all__ = ["CircuitBreaker", "is_down", "reporting_failures"]

T = TypeVar("T")

_IN_A_ROW: Final = 10
_WITHOUT_PAUSE: Final = 2
_FIRST_PAUSE: Final = 0.5  # seconds
_LONGEST_PAUSE: Final = 4.0
_GATEWAY: Final = (502, 503, 504)


class CircuitBreaker:
    """Counts the failures for which no draft is to blame."""

    def __init__(self) -> None:
        self.moment: int = 0
        """The present, by a count of its own: a clock may show the same for one thing after the
        other."""
        self._count = 0
        self._counted_at = 0
        self._created_at = 0
        self._resume_at = -inf

    @property
    def pause(self) -> float:
        """For how many seconds nothing should be sent."""
        return self._resume_at - anyio.current_time()

    def succeeded(self) -> None:
        """Something was created: whatever failed before, the service works again."""
        self._created_at = self._tick()
        self._count, self._resume_at = 0, -inf

    def trips(self, error: CallError, *, began: int) -> bool:
        """Whether the job has to stop after this failure of a request.

        began: when the request began, by `moment`.
        """
        if isinstance(error, Unauthorized | Redirected):
            return True
        if _is_throttled(error):
            return self._created_at <= began
        if isinstance(error, Forbidden | NotFound):
            self._count += 1
        elif not is_down(error):
            if not isinstance(error, ServerError):
                self._count = 0  # a refusal of a draft: the service answers
        elif began >= self._counted_at:  # not one of those that failed together
            self._count += 1
            self._counted_at = self._tick()
            self._resume_at = anyio.current_time() + self._next_pause()
        return self._count >= _IN_A_ROW

    def _tick(self) -> int:
        self.moment += 1
        return self.moment

    def _next_pause(self) -> float:
        doubled = self._count - _WITHOUT_PAUSE - 1
        return 0.0 if doubled < 0 else min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**doubled)


def is_down(error: CallError) -> bool:
    """Whether the service, or the way to it, may be down."""
    if isinstance(error, ServerError):
        return error.status in _GATEWAY
    is_lost = isinstance(error, NotSent | ConnectionLost | DeadlineExceeded | UnknownOutcome)
    return is_lost and not _is_throttled(error)


def _is_throttled(error: CallError) -> bool:
    """Whether the service is there, and takes no request: it last said 429."""
    is_late = isinstance(error, DeadlineExceeded) and bool(error.attempts)
    return isinstance(error, RateLimited) or (is_late and error.attempts[-1].status == 429)


def reporting_failures(
    creation: Creation[T], breaker: CircuitBreaker, on_failure: Callable[[CallError, int], None]
) -> Creation[T]:
    """The same, but each listing that fails is reported.

    on_failure: is called with the error, and when the listing began, by `breaker.moment`.
    """

    def listing(look: Callable[[], AsyncIterable[T]]) -> Callable[[], AsyncIterable[T]]:
        async def reporting() -> AsyncIterator[T]:
            began = breaker.moment
            try:
                async for item in look():
                    yield item
            except CallError as error:
                on_failure(error, began)
                raise

        return reporting

    exact = creation.exact_listing
    return evolve(
        creation,
        listing=listing(creation.listing),
        exact_listing=None if exact is None else listing(exact),
    )
