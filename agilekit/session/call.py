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

A hook is told of an attempt just before it is SENT, and then once how it ended.

What its end means, and whether it is made again, is the table of session/retry.py.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from enum import Enum
from functools import partial
from typing import Final, Literal, TypeAlias

import anyio
from anyio.lowlevel import checkpoint_if_cancelled
from attrs import define, field

from agilekit.errors import (
    AnswerTooLarge,
    CallError,
    ConnectionLost,
    DeadlineExceeded,
    NotSent,
    UnknownOutcome,
)
from agilekit.events import (
    Attempt,
    AttemptStarted,
    CallEnded,
    CallStarted,
    EventContext,
    EventHook,
    Wait,
)
from agilekit.session.concurrency_limit import Permit
from agilekit.session.connection import Connection, Lost, Sink, TooLarge, Unsent
from agilekit.session.pause import PauseRequest
from agilekit.session.pool import Slots
from agilekit.session.rate_limiter import RateLimiter
from agilekit.session.retry import AttemptEnd, AttemptResult, Backoff
from agilekit.session.state import CallSettings
from agilekit.session.teller import EndDetails, Teller, error_of, error_text
from agilekit.wire.credential import Pairs
from agilekit.wire.dialect import Dialect
from agilekit.wire.redaction import Redactor
from agilekit.wire.request import Request, RequestTemplate
from agilekit.wire.response import Answer, Response
from agilekit.wire.times import http_date, retry_after

__all__ = ["Call", "OnSend"]

OnSend: TypeAlias = Callable[[], Awaitable[Callable[[], object] | None]]
"""Is awaited before each attempt, when it may leave. What it returns is called if that attempt
certainly came to nothing and may be repeated, before the wait."""

_BACKOFF: Final = Backoff(first=0.2, longest=20.0)
_NO_RETRY_LEFT: Final = "too many retries were waiting"

_TIMEOUT: Final = "timeout"
_ERROR_TYPES: Final[Mapping[type[Exception], str]] = {
    Unsent: NotSent.__name__,
    Lost: ConnectionLost.__name__,
    TooLarge: AnswerTooLarge.__name__,
}

WaitReason: TypeAlias = Literal["retry", "budget", "pace"]


class _Stage(Enum):
    QUEUED = "no connection was free"
    CONNECTED = "its turn did not come"
    SENT = "sent"


@define(eq=False, repr=False)  # frozen, it would take twice as long to make, for every request
class Call:
    """One call of a session, to be made once."""

    settings: CallSettings
    template: RequestTemplate
    """What the request was made of."""
    request: Request
    context: EventContext
    """Of what its events are."""
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

    def told(self) -> AbstractContextManager[None]:
        """Tells the hook of what goes on inside of it, as of this call: its attempts, and what is
        made of its answer.
        """
        method, path = self.request.method, self.request.path

        def started() -> CallStarted:
            return CallStarted(method, path, context=self.context)

        def ended(end: EndDetails) -> CallEnded:
            status = self.attempts[-1].status if self.attempts else None
            how = (end.seconds, len(self.attempts), status, end.error, end.error_type)
            return CallEnded(method, path, *how, context=self.context)

        return Teller(self.settings.on_event, self.context, self.redactor).told(started, ended)

    async def answer(self) -> Answer:
        """The last answer of the call, whatever its status.

        Raises NotSent, ConnectionLost, DeadlineExceeded, AnswerTooLarge or UnknownOutcome if there
        is no answer.
        """
        last, maybe_applied = await _Attempt(self).result(), False
        for number in range(1, self.settings.retries + 1):
            if not last.may_repeat(safe=self.safe) or not await self._back_off(number, last):
                break
            if not self.settings.state.is_ready:  # closed meanwhile: what is known ends the call
                break
            maybe_applied = maybe_applied or last.maybe_applied
            last = await _Attempt(self).result(after=last)
        if last.response is None:
            raise self._unanswered(last, maybe_applied=maybe_applied or last.maybe_applied)
        return Answer(
            self.template.route,
            self.request,
            last.response,
            self.attempts,
            maybe_applied,
            self.dialect,
            self.redactor,
        )

    @property
    def redactor(self) -> Redactor:
        """Takes out of messages what must not show."""
        return self.settings.credential.redactor.knowing(self.request.secret)

    def emit_wait(self, reason: WaitReason, seconds: float) -> None:
        hook = self.settings.on_event
        if hook is not None:
            after = self.attempts[-1] if reason == "retry" and self.attempts else None
            method, path = self.request.method, self.request.path
            hook(Wait(method, path, seconds, reason, after, context=self.context))

    async def _back_off(self, number: int, last: AttemptResult) -> bool:
        return await _BACKOFF.sleep(
            number,
            at_least=last.retry_after or 0.0,
            deadline=self.deadline,
            on_wait=partial(self.emit_wait, "retry"),
        )

    def _unanswered(self, last: AttemptResult, *, maybe_applied: bool) -> CallError:
        """The error of a call whose last attempt brought no answer."""
        too_late = last.end is AttemptEnd.TOO_LATE
        reason = str(last.error if too_late else self.attempts[-1])
        received = any(attempt.maybe_received for attempt in self.attempts)
        cls: type[CallError]
        if self.template.route.writes and maybe_applied:
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
            method=self.template.route.method,
            path=self.request.path,
            attempts=self.attempts,
        )


class _Attempt:
    """One attempt of a call: its stage, and what it holds until it has ended."""

    def __init__(self, call: Call) -> None:
        self._call = call
        slots, limiter = call.settings.state.ready()
        self._slots: Slots = slots
        self._limiter: RateLimiter = limiter
        self._locks = call.settings.state.locks  # a session that is opened again has others
        self._stage = _Stage.QUEUED
        self._connection: Connection | None = None
        self._permit = Permit()
        self._locked: str | None = None
        self._came_to_nothing: Callable[[], object] | None = None
        # From when it is SENT: the moment, by both clocks, and the seconds that it may take.
        self._sent = 0.0
        self._sent_at: datetime | None = None
        self._timeout = 0.0

    async def result(self, after: AttemptResult | None = None) -> AttemptResult:
        """Sends the request, or says why it was not sent.

        after: the attempt that this one repeats.
        """
        call = self._call
        if after is not None and not await self._has_retry(after):
            return AttemptResult(AttemptEnd.TOO_LATE, error=Unsent(_NO_RETRY_LEFT))
        again = after is not None and after.end is AttemptEnd.THROTTLED
        response: Response | None = None
        failure: Unsent | Lost | TooLarge | None = None
        try:
            await checkpoint_if_cancelled()
            now = anyio.current_time()
            may_leave = self._acquire_nowait(now)
            deadline = self._answer_deadline(now) if may_leave else call.deadline
            with anyio.CancelScope(deadline=deadline) as scope:
                if not may_leave:
                    may_leave = await self._acquire(again=again)
                    now = anyio.current_time()
                    scope.deadline = deadline = self._answer_deadline(now)
                connection = self._connection
                if connection and may_leave and now < call.deadline and not scope.cancel_called:
                    added = self._send(now, deadline)
                    # Only the connection knows what a late end means for the request.
                    response = await connection.exchange(call.request, added=added, sink=call.sink)
        except (Unsent, Lost, TooLarge) as error:
            failure = error
        except BaseException as error:  # cancelled, or what the caller's own transport raises
            if self._stage is _Stage.SENT:
                self._record_broken_off(error, received=self._is_maybe_received())
            raise
        finally:
            await self._release(clean=self._stage is not _Stage.SENT or response is not None)
        result = self._result_of(response, failure)
        if self._came_to_nothing is not None and result.may_repeat(safe=call.safe):
            self._came_to_nothing()
        return result

    async def _has_retry(self, after: AttemptResult) -> bool:
        """Waits until the budget has a retry; False if that is not before the deadline."""
        if after.end is AttemptEnd.THROTTLED:
            return True
        on_wait = partial(self._call.emit_wait, "budget")
        return await self._limiter.budget.acquire(self._call.deadline, on_wait)

    def _acquire_nowait(self, now: float) -> bool:
        """Whether the request may leave at once, because there is nothing to wait for."""
        if self._call.request.locks is not None:
            return False
        self._connection = self._slots.acquire_nowait()
        if self._connection is None:
            return False
        self._stage = _Stage.CONNECTED
        return self._call.on_send is None and self._limiter.acquire_nowait(now, self._permit)

    def _answer_deadline(self, now: float) -> float:
        """By when its answer must be here, if the request leaves now."""
        return min(now + self._call.settings.timeout, self._call.deadline)

    async def _acquire(self, *, again: bool) -> bool:
        """Waits until the request may leave; False if that is not before the deadline.

        again: whether it repeats one that was answered with 429.
        """
        call = self._call
        if call.request.locks is not None:
            await self._locks.acquire(call.request.locks)
            self._locked = call.request.locks
        if self._connection is None:
            self._connection = await self._slots.acquire()
            self._stage = _Stage.CONNECTED
        on_wait = partial(call.emit_wait, "pace")
        limiter = self._limiter
        if not await limiter.acquire(call.deadline, on_wait, self._permit, again=again):
            return False
        if call.on_send is not None:
            self._came_to_nothing = await call.on_send()
        return True

    def _send(self, now: float, deadline: float) -> Pairs:
        """The request leaves now, with these further headers."""
        call = self._call
        self._sent, self._sent_at = now, datetime.now(UTC)
        self._timeout = deadline - now
        hook = call.settings.on_event
        added = () if hook is None else self._tell_start(hook)
        self._stage = _Stage.SENT
        if not call.attempts:
            self._limiter.budget.add_call()
        return added

    def _tell_start(self, hook: EventHook) -> Pairs:
        """Returns the headers that the hook adds."""
        call = self._call
        started = AttemptStarted(
            call.request.method,
            call.request.path,
            number=len(call.attempts) + 1,
            url=f"{call.settings.origin}{call.request.path}",
            url_template=call.template.url_template,
            context=call.context,
        )
        try:
            hook(started)
            return call.request.check_added(started.headers, call.settings.credential.headers)
        except BaseException as error:
            if self._came_to_nothing is not None:
                self._came_to_nothing()
            self._record_broken_off(error, received=False)
            raise

    async def _release(self, *, clean: bool) -> None:
        """Gives back what it holds. clean: whether another request may go over the connection."""
        try:
            if self._connection is not None and clean:
                await self._slots.release(self._connection)
            elif self._connection is not None:
                await self._slots.discard(self._connection)
        finally:
            self._permit.release()
            if self._locked is not None:
                self._locks.release(self._locked)

    def _result_of(
        self, response: Response | None, failure: Unsent | Lost | TooLarge | None
    ) -> AttemptResult:
        if self._stage is not _Stage.SENT:
            why, pause = self._stage.value, self._limiter.pause_reason()
            return AttemptResult(
                AttemptEnd.TOO_LATE, error=Unsent(f"{why}: {pause}" if pause else why)
            )
        if response is not None:
            response = response.unwrapped(self._call.dialect)
            self._record(response.status, received=True)
            return self._answered(response)
        timed_out = failure is None
        failure = failure or self._timed_out()
        unsent = isinstance(failure, Unsent)
        why = error_text(failure, self._call.redactor)
        word = _TIMEOUT if timed_out else _ERROR_TYPES[type(failure)]
        self._record(None, why, word, received=not unsent)
        return AttemptResult(AttemptEnd.UNSENT if unsent else AttemptEnd.LOST, error=failure)

    def _is_maybe_received(self) -> bool:
        return self._connection is not None and self._connection.maybe_received

    def _timed_out(self) -> Unsent | Lost:
        if self._is_maybe_received():
            return Lost(f"no answer within {self._timeout:.4g} s")
        return Unsent(f"no connection within {self._timeout:.4g} s")

    def _answered(self, response: Response) -> AttemptResult:
        """What an answer means to the rate limiter, and whether the attempt may be repeated."""
        if response.status < 500 and response.status != 429:  # as nearly all are
            if not response.is_cross_origin:
                self._limiter.accepted(self._sent)
            return AttemptResult.of_response(response, None)
        seconds = None
        now = datetime.now(UTC)
        if response.status in (429, 503):
            # The clocks of the two sides may differ, so a date counts from the server's own.
            theirs = http_date(response.headers.get("date")) or now
            seconds = retry_after(response.headers.get("retry-after"), now=theirs)
        if response.is_cross_origin:  # it says nothing about the service's limits
            return AttemptResult.of_response(response, seconds)
        sent = self._call.request
        request = PauseRequest(response.status, f"{sent.method} {sent.path}", seconds or 0.0, now)
        if response.status == 429:
            self._limiter.throttled(self._sent, request.seconds, request)
        elif seconds:
            self._limiter.unavailable(seconds, request)
        return AttemptResult.of_response(response, seconds)

    def _record_broken_off(self, error: BaseException, *, received: bool) -> None:
        """The attempt ends by something that is not an end of its request."""
        self._record(None, *error_of(error, self._call.redactor), received=received)

    def _record(
        self,
        status: int | None,
        error: str | None = None,
        error_type: str | None = None,
        *,
        received: bool,
    ) -> None:
        call = self._call
        attempt = Attempt(
            call.request.method,
            call.request.path,
            number=len(call.attempts) + 1,
            seconds=anyio.current_time() - self._sent,
            status=status,
            error=error,
            maybe_received=received,
            sent_at=self._sent_at if received else None,
            error_type=error_type,
            context=call.context,
        )
        call.attempts.append(attempt)
        if call.settings.on_event is not None:
            call.settings.on_event(attempt)
