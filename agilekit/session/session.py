"""A session makes a service's calls: slot -> pace -> transport, and retries around them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from copy import copy
from datetime import UTC, datetime
from math import inf
from types import TracebackType
from typing import Final, Self, TypeAlias, TypedDict, TypeVar

import anyio
from anyio.lowlevel import EventLoopToken, current_token
from attrs import evolve

from agilekit.checks import check_count, check_positive
from agilekit.errors import (
    AnswerTooLarge,
    CallError,
    ConnectionLost,
    DeadlineExceeded,
    InvalidInput,
    NotSent,
    UnknownOutcome,
)
from agilekit.events import Attempt, Event, EventHook, Wait
from agilekit.session.concurrency_limit import Flight
from agilekit.session.container_locks import Writers
from agilekit.session.decode_worker import Decoder
from agilekit.session.http_library import HttpLibrary, TransportLike
from agilekit.session.listing import Listing
from agilekit.session.pause import Asked
from agilekit.session.pool import Slots, close_soon
from agilekit.session.rate_limiter import Pace
from agilekit.session.retry import Fate, Outcome, retrying
from agilekit.session.transport import Lost, Sink, TooLarge, Transport, Unsent
from agilekit.wire.dialect import Dialect
from agilekit.wire.json import JSON
from agilekit.wire.paging import Page, Reader, Step, Whole
from agilekit.wire.redaction import Redactor
from agilekit.wire.request import Credential, Request, Server
from agilekit.wire.response import Answer, Response
from agilekit.wire.route import Op
from agilekit.wire.times import http_date, retry_after

__all__ = ["OnSend", "Options", "Session"]

T = TypeVar("T")

OnSend: TypeAlias = Callable[[], Awaitable[Callable[[], object] | None]]
"""Is awaited before each attempt, when it is its turn to leave. What it gives is called if that
attempt certainly came to nothing and may be repeated, before the wait."""

_JSON: Final = Dialect()
_PAUSE_UNASKED: Final = 0.5  # seconds, where a 429 names none
_COMMITS_AFTER_TIMEOUT: Final = 10.0  # seconds; who gave up on a request may have it still made


class Options(TypedDict, total=False):
    """The keywords that every client takes."""

    concurrency: int
    """How many requests may be in flight at once, each on a connection of its own. 16."""
    rate: float | None
    """Requests a second at most, for all clients of this credential at this host. No limit."""
    timeout: float
    """Seconds for one attempt, from its first byte to its last. 30."""
    deadline: float
    """Seconds for a call with all its attempts and waits. 120."""
    settle_after: float
    """Seconds from sending for which a server may still be at work on a request whose reply was
    lost; never less than `timeout` and 10 more. 40."""
    retries: int
    """How often an attempt may be repeated. 5."""
    largest_body: int
    """The most bytes of an answer, unpacked. 67,108,864 (64 MiB)."""
    transport: TransportLike | None
    """An `httpx.AsyncBaseTransport`, or an `httpx.AsyncClient` to borrow. Own connections."""
    http: HttpLibrary | None
    """The library that sends: ``"httpx"`` or ``"httpx2"``, whatever else is installed. Not together
    with `transport`, which is of one. httpx."""
    on_event: EventHook | None
    """Is told every attempt, wait and conflict."""
    allow_http: bool
    """Whether the base URL may be plain HTTP beyond this machine. False."""


class _Opened:
    """What a session has while it is open, and all its views with it."""

    slots: Slots | None = None
    pace: Pace | None = None
    writers: Writers
    decoder: Decoder
    loop: EventLoopToken
    """There are these three from when it was opened first."""


class Session:
    """The calls of one client. To be entered once, with ``async with``."""

    def __init__(
        self,
        base_url: str,
        credential: Credential,
        dialect: Dialect = _JSON,
        *,
        concurrency: int = 16,
        rate: float | None = None,
        timeout: float = 30.0,
        deadline: float = 120.0,
        settle_after: float = 40.0,
        retries: int = 5,
        largest_body: int = 64 << 20,
        transport: TransportLike | None = None,
        http: HttpLibrary | None = None,
        on_event: EventHook | None = None,
        allow_http: bool = False,
    ) -> None:
        """Raises InvalidInput for a base URL or an option that cannot be right."""
        check_positive("timeout", timeout)
        check_positive("deadline", deadline)
        check_positive("settle_after", settle_after)
        if rate is not None:
            check_positive("rate", rate)
        check_count("concurrency", concurrency, least=1)
        check_count("retries", retries, least=0)
        check_count("largest_body", largest_body, least=1)
        self.server: Server = Server.at(base_url, allow_http=allow_http)
        self.concurrency: int = concurrency
        self.dialect: Dialect = evolve(dialect, largest_body=largest_body)
        self.least_settle_after: float = timeout + _COMMITS_AFTER_TIMEOUT
        self.settle_after: float = max(settle_after, self.least_settle_after)
        self._credential = credential
        self._rate = rate
        self._timeout = timeout
        self._deadline = deadline
        self._retries = retries
        self._on_event = on_event
        self._transport = Transport(
            self.server, credential, transport, largest_body=largest_body, http=http
        )
        self._opened = _Opened()

    async def __aenter__(self) -> Self:
        if self.is_open:
            raise InvalidInput("this client is open already")
        self._opened.pace = Pace.of(self.server, self._credential)
        self._opened.pace.join(self._rate)
        self._opened.writers = Writers()
        self._opened.decoder = Decoder()
        self._opened.loop = current_token()
        self._opened.slots = Slots(self.concurrency, self._transport.connection)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        slots, self._opened.slots = self._opened.slots, None
        if slots is not None and self._opened.pace is not None:
            self._opened.pace.leave(self._rate)
            await slots.aclose()
            await close_soon(self._transport)

    @property
    def is_open(self) -> bool:
        return self._opened.slots is not None

    @property
    def pace_key(self) -> tuple[str, int]:
        """Names the pace, which all clients of this credential at this host share."""
        return Pace.key(self.server, self._credential)

    @property
    def http(self) -> HttpLibrary:
        """The name of the library that sends."""
        return self._transport.library.name

    def view(self, *, deadline: float) -> Session:
        """The same session with another deadline: same connections, same pace.

        Raises InvalidInput for a deadline that cannot be right.
        """
        check_positive("deadline", deadline)
        view = copy(self)
        vars(view).update(_deadline=deadline)
        return view

    def exact(self) -> Session | None:
        """The same session in a format that shows each character; None where any format does."""
        if not self.dialect.json_is_narrow:
            return None
        view = copy(self)
        view.dialect = evolve(self.dialect, format="xml")
        return view

    def shows_secret(self, path: str) -> bool:
        """Whether a path holds what must not show in messages."""
        return self._credential.redactor.text(path) != path

    def until(self) -> float:
        """When a call that begins now has to end, by `anyio.current_time`."""
        return anyio.current_time() + self._deadline

    def emit(self, event: Event) -> None:
        """Tells the hook."""
        if self._on_event is not None:
            self._on_event(event)

    async def call(
        self,
        op: Op[T],
        ids: Mapping[str, object],
        body: JSON | None = None,
        *,
        query: Mapping[str, JSON] | None = None,
        until: float | None = None,
        on_send: OnSend | None = None,
    ) -> T:
        """Makes a call and decodes its answer. Raises every kind of `CallError`.

        on_send: as in `answer`.
        """
        until = until or self.until()
        answer = await self.answer(op, ids, body, query=query, until=until, on_send=on_send)
        return await self.decode(answer, lambda it: it.value(op), until=until)

    def listing(
        self,
        op: Op[list[T]],
        ids: Mapping[str, object],
        query: Mapping[str, JSON] | None = None,
        *,
        reader: Callable[[], Reader[T]] = Whole,
    ) -> Listing[T]:
        """The listing that a call gives, read by `reader`.

        Raises InvalidInput at once for a wrong id.
        """
        filters = dict(query or {})
        self.server.request(op, ids, query=filters, dialect=self.dialect)

        async def fetch(step: Step) -> Page[T]:
            until = self.until()
            answer = await self.answer(op, ids, query={**filters, **step}, until=until)
            return Page(*await self.decode(answer, lambda it: it.page(op), until=until))

        return Listing(fetch, reader)

    async def answer(
        self,
        op: Op[object],
        ids: Mapping[str, object],
        body: JSON | None = None,
        *,
        query: Mapping[str, JSON] | None = None,
        until: float | None = None,
        safe: bool | None = None,
        on_send: OnSend | None = None,
    ) -> Answer:
        """Makes a call and gives its last answer, whatever its status.

        on_send: is awaited before each attempt: see `OnSend`.
        safe: whether it may be sent again when nothing tells whether it arrived; by default, as
            its `op` says.

        Raises NotSent, ConnectionLost, DeadlineExceeded, AnswerTooLarge or UnknownOutcome
        where there is no answer.
        """
        dialect = self.dialect.showing(body)
        request = self.server.request(op, ids, body, query=query, dialect=dialect)
        return await self._exchange(
            op,
            request,
            until or self.until(),
            dialect=dialect.of(op),
            safe=op.safe if safe is None else safe,
            on_send=on_send,
        )

    async def decode(self, answer: Answer, make: Callable[[Answer], T], *, until: float) -> T:
        """What `make` makes of an answer, in a thread where the answer is large.

        until: when it has to be done, by `anyio.current_time`.

        Raises what `make` does, and DeadlineExceeded, or UnknownOutcome for a write.
        """
        return await self._opened.decoder.decode(answer, make, until=until)

    async def stream(
        self,
        op: Op[object],
        ids: Mapping[str, object],
        query: Mapping[str, JSON],
        *,
        accept: str,
        types: Collection[str],
        sink: Sink,
    ) -> Answer:
        """Makes a call whose answer, in another format than the client's, goes to `sink`.

        types: the media types of what is asked for. An answer of another one is DecodeError; one
            that does not name any is believed.

        Raises the errors of `call`.
        """
        request = self.server.request(op, ids, query=query, dialect=self.dialect, accept=accept)
        dialect = self.dialect.of(op)
        answer = await self._exchange(
            op, request, self.until(), sink, dialect=dialect, safe=op.safe
        )
        if not answer.accepted:
            raise answer.refusal()
        if answer.media_type not in ("", *types):
            asked = " or ".join(types)
            raise answer.malformed(f"asked for {asked}, but the answer is {answer.shown_type}")
        return answer

    async def _exchange(
        self,
        op: Op[object],
        request: Request,
        until: float,
        sink: Sink | None = None,
        *,
        dialect: Dialect,
        safe: bool,
        on_send: OnSend | None = None,
    ) -> Answer:
        attempts: list[Attempt] = []
        outcomes: list[Outcome] = []
        came_to_nothing: Callable[[], object] | None = None

        async def leaves() -> None:
            nonlocal came_to_nothing
            came_to_nothing = None if on_send is None else await on_send()

        async def attempt() -> Outcome:
            if not outcomes or await self._may_repeat(request, until, outcomes[-1]):
                outcome = await self._attempt(request, until, attempts, sink, leaves)
            else:
                outcome = Outcome(Fate.TOO_LATE, error=Unsent("too many retries were waiting"))
            outcomes.append(outcome)
            if came_to_nothing is not None and outcome.again(safe=safe):
                came_to_nothing()
            return outcome

        def waits(seconds: float) -> None:
            self.emit(Wait(request.method, request.path, seconds, "retry"))

        last = await attempt()
        if last.again(safe=safe):
            last = await retrying(
                last, attempt, safe=safe, retries=self._retries, until=until, waits=waits
            )
        maybe_applied = any(outcome.maybe_applied for outcome in outcomes[:-1])
        if last.response is not None:
            redactor = self._redactor(request)
            return Answer(op, request, last.response, attempts, maybe_applied, dialect, redactor)
        raise _unanswered(
            op,
            request,
            attempts,
            last,
            late=anyio.current_time() >= until,
            maybe_applied=maybe_applied or last.maybe_applied,
        )

    async def _may_repeat(self, request: Request, until: float, last: Outcome) -> bool:
        pace = self._opened.pace
        if pace is None or last.fate is Fate.THROTTLED:
            return True

        def waits(seconds: float) -> None:
            self.emit(Wait(request.method, request.path, seconds, "budget"))

        return await pace.budget.take(until, waits)

    async def _attempt(
        self,
        request: Request,
        until: float,
        attempts: list[Attempt],
        sink: Sink | None,
        leaves: Callable[[], Awaitable[None]],
    ) -> Outcome:
        pace, slots = self._opened.pace, self._opened.slots
        if slots is None or pace is None:
            raise InvalidInput("the client is not open: make its calls inside `async with`")
        if self._opened.loop != current_token():
            raise InvalidInput(
                "the client was opened in another event loop: open one in each, with `async with`"
            )

        def waits(seconds: float) -> None:
            self.emit(Wait(request.method, request.path, seconds, "pace"))

        def made(status: int | None, error: str | None, *, received: bool) -> None:
            attempt = Attempt(
                request.method,
                request.path,
                number=len(attempts) + 1,
                seconds=anyio.current_time() - began,
                status=status,
                error=error,
                maybe_received=received,
                sent_at=left if received else None,
            )
            attempts.append(attempt)
            self.emit(attempt)

        began, why = inf, "no connection was free"
        left: datetime | None = None
        response: Response | None = None
        failure: Unsent | Lost | TooLarge | None = None
        try:
            with anyio.CancelScope(deadline=until) as waiting, Flight() as flight:
                async with (
                    self._opened.writers.alone_in(request.writes_alone_in),
                    slots.take() as connection,
                ):
                    why = "its turn did not come"
                    in_time = await pace.turn(until, waits, flight)
                    if in_time:
                        await leaves()
                    now = anyio.current_time()
                    if in_time and now < until and not waiting.cancel_called:
                        # From here the connection watches the time: only it knows what a late end
                        # means for the request.
                        waiting.deadline = inf
                        began, left = now, datetime.now(UTC)
                        if not attempts:
                            pace.budget.add()
                        received = await connection.exchange(
                            request, timeout=min(self._timeout, until - now), sink=sink
                        )
                        response = received.out_of(self.dialect)
        except (Unsent, Lost, TooLarge) as error:
            failure = error
        except anyio.get_cancelled_exc_class():
            if began < inf:
                made(None, "cancelled", received=True)
            raise
        if began == inf:
            paused = pace.paused()
            return Outcome(Fate.TOO_LATE, error=Unsent(f"{why}: {paused}" if paused else why))
        if response is not None:
            made(response.status, None, received=True)
            return self._outcome(request, response, began, pace)
        unsent = isinstance(failure, Unsent)
        made(None, self._redactor(request).text(str(failure)), received=not unsent)
        return Outcome(Fate.UNSENT if unsent else Fate.LOST, error=failure)

    def _redactor(self, request: Request) -> Redactor:
        """Takes out of messages what must not show."""
        return self._credential.redactor.knowing(request.secret)

    def _outcome(self, request: Request, response: Response, left: float, pace: Pace) -> Outcome:
        seconds = None
        now = datetime.now(UTC)
        if response.status in (429, 503):
            # The clocks of the two sides may differ, so a date counts from the server's own.
            theirs = http_date(response.headers.get("date")) or now
            seconds = retry_after(response.headers.get("retry-after"), now=theirs)
        if response.status == 429 and seconds is None:
            seconds = _PAUSE_UNASKED
        asked = Asked(response.status, f"{request.method} {request.path}", seconds or 0.0, now)
        if response.is_abroad:
            return Outcome.of_response(response, seconds)
        if response.status == 429:
            pace.throttled(left, asked.seconds, asked)
        elif seconds:
            pace.unavailable(seconds, asked)
        elif response.status < 500:
            pace.accepted(left)
        return Outcome.of_response(response, seconds)


def _unanswered(
    op: Op[object],
    request: Request,
    attempts: Sequence[Attempt],
    last: Outcome,
    *,
    late: bool,
    maybe_applied: bool,
) -> CallError:
    """The error of a call whose last attempt brought no answer."""
    too_late = last.fate is Fate.TOO_LATE
    reason = str(last.error if too_late else attempts[-1])
    received = any(attempt.maybe_received for attempt in attempts)
    cls: type[CallError]
    if op.writes and maybe_applied:
        cls, message = UnknownOutcome, f"nobody knows whether the write was made: {reason}"
    elif isinstance(last.error, TooLarge):
        cls = AnswerTooLarge
        message = f"{reason}: to read it, open the client with a larger largest_body="
    elif late or too_late:
        cls, message = DeadlineExceeded, f"not done before the deadline: {reason}"
    elif isinstance(last.error, Unsent) and not received:
        cls, message = NotSent, f"not sent: {reason}"
    else:
        cls, message = ConnectionLost, f"no answer: {reason}"
    return cls(message, method=op.method, path=request.path, attempts=attempts)
