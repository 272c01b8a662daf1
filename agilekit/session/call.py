"""One call under way: its attempts, one after another, until one ends it.

An attempt goes through these stages, and back out of them whatever ends it:

===========  =========================================  ================================
stage        what it waits for                          if the deadline passes meanwhile
===========  =========================================  ================================
QUEUED       nobody else writes into its container,     it certainly was not sent
             and a slot has a connection for it
CONNECTED    the rate limiter lets it leave, and the    it certainly was not sent
             caller's ``on_send`` has noted that
SENT         the answer                                 only the connection knows
===========  =========================================  ================================

What its end means, and whether it is made again, is the table of session/retry.py.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from enum import Enum
from functools import partial
from math import inf
from typing import Final, Literal, TypeAlias

import anyio
from attrs import field, frozen

from agilekit.errors import (
    AnswerTooLarge,
    CallError,
    ConnectionLost,
    DeadlineExceeded,
    NotSent,
    UnknownOutcome,
)
from agilekit.events import Attempt, Wait
from agilekit.session.concurrency_limit import Permit
from agilekit.session.connection import Lost, Sink, TooLarge, Unsent
from agilekit.session.pause import PauseRequest
from agilekit.session.rate_limiter import RateLimiter
from agilekit.session.retry import AttemptEnd, AttemptResult, Backoff
from agilekit.session.state import CallSettings
from agilekit.wire.dialect import Dialect
from agilekit.wire.redaction import Redactor
from agilekit.wire.request import Request
from agilekit.wire.response import Answer, Response
from agilekit.wire.route import Route
from agilekit.wire.times import http_date, retry_after

__all__ = ["Call", "OnSend"]

OnSend: TypeAlias = Callable[[], Awaitable[Callable[[], object] | None]]
"""Is awaited before each attempt, when it may leave. What it returns is called if that attempt
certainly came to nothing and may be repeated, before the wait."""

_BACKOFF: Final = Backoff(first=0.2, longest=20.0)
_PAUSE_UNASKED: Final = 0.5  # seconds, if a 429 names none
_NO_RETRY_LEFT: Final = "too many retries were waiting"

_Reason: TypeAlias = Literal["retry", "budget", "pace"]


class _Stage(Enum):
    QUEUED = "no connection was free"
    CONNECTED = "its turn did not come"
    SENT = "sent"


class _Progress:
    """How far an attempt has come."""

    def __init__(self) -> None:
        self.stage = _Stage.QUEUED
        self.began = inf
        """When it was sent, by `anyio.current_time`."""
        self.sent_at: datetime | None = None
        """The same by the wall clock."""

    def send(self, now: float) -> None:
        self.stage, self.began, self.sent_at = _Stage.SENT, now, datetime.now(UTC)


@frozen
class Call:
    """One call of a session, to be made once."""

    settings: CallSettings
    route: Route[object]
    request: Request
    deadline: float = field(kw_only=True)
    """By `anyio.current_time`."""
    dialect: Dialect = field(kw_only=True)
    safe: bool = field(kw_only=True)
    """Whether it may be sent again when nothing tells whether it arrived."""
    on_send: OnSend | None = field(default=None, kw_only=True)
    sink: Sink | None = field(default=None, kw_only=True)
    """Takes the body of a successful answer."""
    attempts: list[Attempt] = field(factory=list[Attempt], init=False)
    """Those that were sent, oldest first."""

    async def answer(self) -> Answer:
        """The last answer of the call, whatever its status.

        Raises NotSent, ConnectionLost, DeadlineExceeded, AnswerTooLarge or UnknownOutcome if there
        is no answer.
        """
        last, maybe_applied = await self._attempt(), False
        for number in range(1, self.settings.retries + 1):
            if not last.may_repeat(safe=self.safe) or not await self._back_off(number, last):
                break
            maybe_applied = maybe_applied or last.maybe_applied
            last = await self._attempt(after=last)
        if last.response is None:
            raise self._unanswered(last, maybe_applied=maybe_applied or last.maybe_applied)
        return Answer(
            self.route,
            self.request,
            last.response,
            self.attempts,
            maybe_applied,
            self.dialect,
            self._redactor,
        )

    async def _back_off(self, number: int, last: AttemptResult) -> bool:
        return await _BACKOFF.sleep(
            number,
            at_least=last.retry_after or 0.0,
            deadline=self.deadline,
            on_wait=partial(self._emit_wait, "retry"),
        )

    async def _attempt(self, after: AttemptResult | None = None) -> AttemptResult:
        """Sends the request, or says why it was not sent.

        after: the attempt that this one repeats.
        """
        state = self.settings.state
        slots, limiter = state.ready()
        if after is not None and after.end is not AttemptEnd.THROTTLED:
            on_wait = partial(self._emit_wait, "budget")
            if not await limiter.budget.acquire(self.deadline, on_wait):
                return AttemptResult(AttemptEnd.TOO_LATE, error=Unsent(_NO_RETRY_LEFT))
        progress = _Progress()
        came_to_nothing: Callable[[], object] | None = None
        response: Response | None = None
        failure: Unsent | Lost | TooLarge | None = None
        try:
            with anyio.CancelScope(deadline=self.deadline) as queue, Permit() as permit:
                async with state.locks.hold(self.request.locks), slots.take() as connection:
                    progress.stage = _Stage.CONNECTED
                    on_wait = partial(self._emit_wait, "pace")
                    may_leave = await limiter.acquire(self.deadline, on_wait, permit)
                    if may_leave and self.on_send is not None:
                        came_to_nothing = await self.on_send()
                    now = anyio.current_time()
                    if may_leave and now < self.deadline and not queue.cancel_called:
                        # From here the connection watches the time: only it knows what a late end
                        # means for the request.
                        queue.deadline = inf
                        progress.send(now)
                        if not self.attempts:
                            limiter.budget.add_call()
                        response = await connection.exchange(
                            self.request,
                            timeout=min(self.settings.timeout, self.deadline - now),
                            sink=self.sink,
                        )
        except (Unsent, Lost, TooLarge) as error:
            failure = error
        except anyio.get_cancelled_exc_class():
            if progress.stage is _Stage.SENT:
                self._record(progress, None, "cancelled", received=True)
            raise
        result = self._result(progress, response, failure, limiter)
        if came_to_nothing is not None and result.may_repeat(safe=self.safe):
            came_to_nothing()
        return result

    def _result(
        self,
        progress: _Progress,
        response: Response | None,
        failure: Unsent | Lost | TooLarge | None,
        limiter: RateLimiter,
    ) -> AttemptResult:
        if progress.stage is not _Stage.SENT:
            why, pause = progress.stage.value, limiter.pause_reason()
            return AttemptResult(
                AttemptEnd.TOO_LATE, error=Unsent(f"{why}: {pause}" if pause else why)
            )
        if response is not None:
            response = response.unwrapped(self.dialect)
            self._record(progress, response.status, None, received=True)
            return self._answered(response, progress.began, limiter)
        unsent = isinstance(failure, Unsent)
        self._record(progress, None, self._redactor.text(str(failure)), received=not unsent)
        return AttemptResult(AttemptEnd.UNSENT if unsent else AttemptEnd.LOST, error=failure)

    def _answered(self, response: Response, sent: float, limiter: RateLimiter) -> AttemptResult:
        """What an answer means to the rate limiter, and whether the attempt may be repeated."""
        seconds = None
        now = datetime.now(UTC)
        if response.status in (429, 503):
            # The clocks of the two sides may differ, so a date counts from the server's own.
            theirs = http_date(response.headers.get("date")) or now
            seconds = retry_after(response.headers.get("retry-after"), now=theirs)
        if response.status == 429 and seconds is None:
            seconds = _PAUSE_UNASKED
        if response.is_cross_origin:  # it says nothing about the service's limits
            return AttemptResult.of_response(response, seconds)
        call = f"{self.request.method} {self.request.path}"
        request = PauseRequest(response.status, call, seconds or 0.0, now)
        if response.status == 429:
            limiter.throttled(sent, request.seconds, request)
        elif seconds:
            limiter.unavailable(seconds, request)
        elif response.status < 500:
            limiter.accepted(sent)
        return AttemptResult.of_response(response, seconds)

    def _record(
        self, progress: _Progress, status: int | None, error: str | None, *, received: bool
    ) -> None:
        attempt = Attempt(
            self.request.method,
            self.request.path,
            number=len(self.attempts) + 1,
            seconds=anyio.current_time() - progress.began,
            status=status,
            error=error,
            maybe_received=received,
            sent_at=progress.sent_at if received else None,
        )
        self.attempts.append(attempt)
        self.settings.emit(attempt)

    def _emit_wait(self, reason: _Reason, seconds: float) -> None:
        self.settings.emit(Wait(self.request.method, self.request.path, seconds, reason))

    @property
    def _redactor(self) -> Redactor:
        """Takes out of messages what must not show."""
        return self.settings.credential.redactor.knowing(self.request.secret)

    def _unanswered(self, last: AttemptResult, *, maybe_applied: bool) -> CallError:
        """The error of a call whose last attempt brought no answer."""
        too_late = last.end is AttemptEnd.TOO_LATE
        reason = str(last.error if too_late else self.attempts[-1])
        received = any(attempt.maybe_received for attempt in self.attempts)
        cls: type[CallError]
        if self.route.writes and maybe_applied:
            cls, message = UnknownOutcome, f"nothing tells whether the write was made: {reason}"
        elif isinstance(last.error, TooLarge):
            cls = AnswerTooLarge
            message = f"{reason}: to read it, open the client with a larger largest_body="
        elif too_late or anyio.current_time() >= self.deadline:
            cls, message = DeadlineExceeded, f"not done before the deadline: {reason}"
        elif isinstance(last.error, Unsent) and not received:
            cls, message = NotSent, f"not sent: {reason}"
        else:
            cls, message = ConnectionLost, f"no answer: {reason}"
        return cls(
            message,
            method=self.route.method,
            path=self.request.path,
            attempts=self.attempts,
        )
