"""A session makes a service's calls, of which each is one `agilekit.session.call.Call`.

What a call passes, and what comes back, is in the modules of this package: a slot of the pool, the
rate limiter, the transport, and retries around them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from copy import copy
from types import TracebackType
from typing import Final, Self, TypeVar

import anyio
from anyio.lowlevel import current_token
from attrs import evolve

from agilekit.checks import check_count, check_positive
from agilekit.errors import InvalidInput
from agilekit.events import EventContext, EventHook
from agilekit.session.call import Call, OnSend
from agilekit.session.connection import Sink
from agilekit.session.container_locks import ContainerLocks
from agilekit.session.decode_worker import DecodeWorker
from agilekit.session.hooks import hook_of
from agilekit.session.http_library import HttpLibrary, TransportLike
from agilekit.session.listing import Listing
from agilekit.session.pool import Slots, close_soon
from agilekit.session.rate_limiter import RateLimiter
from agilekit.session.state import CallSettings, SessionState
from agilekit.session.teller import UNTOLD, Teller, new_id
from agilekit.session.transport import Transport
from agilekit.wire.credential import Credential
from agilekit.wire.dialect import Dialect, Format
from agilekit.wire.json import JSON
from agilekit.wire.paging import Page, PageParams, Paginator, SinglePage
from agilekit.wire.request import RequestTemplate, Server
from agilekit.wire.response import Answer
from agilekit.wire.route import Route

__all__ = ["Session"]

T = TypeVar("T")

_JSON: Final = Dialect()
_MOST_TEMPLATES: Final = 256  # far more than a service has routes; others are used once
_COMMITS_AFTER_TIMEOUT: Final = 10.0  # seconds; who gave up on a request may have it still made


class Session:
    """The calls of one client. To be entered with ``async with``; again only after it was left."""

    def __init__(
        self,
        base_url: str,
        credential: Credential,
        dialect: Dialect = _JSON,
        *,
        service: str = "",
        concurrency: int = 16,
        rate: float | None = None,
        timeout: float = 30.0,
        deadline: float = 120.0,
        settle_after: float = 40.0,
        retries: int = 5,
        largest_body: int = 64 << 20,
        transport: TransportLike | None = None,
        http: HttpLibrary | None = None,
        on_event: EventHook | Sequence[EventHook] | None = None,
        allow_http: bool = False,
    ) -> None:
        """
        service: its name, for events.

        Raises InvalidInput for a base URL or an option that cannot be right.
        """
        check_positive("timeout", timeout)
        check_positive("deadline", deadline)
        check_positive("settle_after", settle_after)
        if rate is not None:
            check_positive("rate", rate)
        check_count("concurrency", concurrency, least=1)
        check_count("retries", retries, least=0)
        check_count("largest_body", largest_body, least=1)
        self.server: Server = Server.at(base_url, allow_http=allow_http, service=service)
        self.concurrency: int = concurrency
        self.least_settle_after: float = timeout + _COMMITS_AFTER_TIMEOUT
        self.settle_after: float = max(settle_after, self.least_settle_after)
        self._credential = credential
        self._rate = rate
        self._deadline = deadline
        self._transport = Transport(
            self.server, credential, transport, largest_body=largest_body, http=http
        )
        self.dialect: Dialect = evolve(
            dialect, largest_body=largest_body, load_json=self._transport.load_json
        )
        self._templates: dict[tuple[Route[object], Format, str | None], RequestTemplate] = {}
        self._state = SessionState()
        self._settings = CallSettings(
            self._state, self.server.origin, credential, timeout, retries, hook_of(on_event)
        )
        self._edit_id: str | None = None
        self._job_id: str | None = None

    def __repr__(self) -> str:
        slots = repr(self._state.slots) if self.is_open else "not open"
        return f"<Session at {self.server.base_url}: {slots}>"

    async def __aenter__(self) -> Self:
        if self.is_open:
            raise InvalidInput("this client is open already")
        self._state.limiter = RateLimiter.of(self.server, self._credential)
        self._state.limiter.join(self._rate)
        self._state.locks = ContainerLocks()
        self._state.decode_worker = DecodeWorker()
        self._state.loop = current_token()
        self._state.slots = Slots(self.concurrency, self._transport.connection)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        slots, self._state.slots = self._state.slots, None
        if slots is not None and self._state.limiter is not None:
            self._state.limiter.leave(self._rate)
            await slots.aclose()
            await close_soon(self._transport)

    @property
    def is_open(self) -> bool:
        return self._state.slots is not None

    @property
    def pace_key(self) -> tuple[str, int]:
        """Names the rate limiter, which all clients of this credential at this host share."""
        return RateLimiter.key(self.server, self._credential)

    @property
    def http(self) -> HttpLibrary:
        """The name of what sends."""
        return self._transport.http

    def view(self, *, deadline: float) -> Session:
        """The same session with another deadline: same connections, same rate limiter.

        Raises InvalidInput for a deadline that cannot be right.
        """
        check_positive("deadline", deadline)
        view = copy(self)
        vars(view).update(_deadline=deadline)
        return view

    def for_edit(self) -> Session:
        """The same session for the calls of one edit, whose events say so."""
        return self._with_id("_edit_id")

    def for_job(self) -> Session:
        """The same session for the calls of one run of a job, whose events say so."""
        return self._with_id("_job_id")

    def _with_id(self, attribute: str) -> Session:
        if self._settings.on_event is None:
            return self
        view = copy(self)
        vars(view)[attribute] = new_id()
        return view

    def exact(self) -> Session | None:
        """The same session in a format that shows each character; None if any format does."""
        if not self.dialect.json_is_bmp_only:
            return None
        view = copy(self)
        view.dialect = evolve(self.dialect, format="xml")
        return view

    def shows_secret(self, path: str) -> bool:
        """Whether a path holds what must not show in messages."""
        return self._credential.redactor.text(path) != path

    def deadline_from_now(self) -> float:
        """When a call that begins now has to end, by `anyio.current_time`."""
        return anyio.current_time() + self._deadline

    def teller(self, route: Route[object]) -> Teller:
        """Tells the hook of the edit or job of this session, which goes by a route."""
        context = self._in_context(self.server.context(route))
        return Teller(self._settings.on_event, context, self._credential.redactor)

    def _in_context(self, context: EventContext, call_id: str | None = None) -> EventContext:
        of = (context.service, context.host, context.route)
        return EventContext(*of, call_id, self._edit_id, self._job_id)

    async def call(
        self,
        route: Route[T],
        ids: Mapping[str, object],
        body: JSON | None = None,
        *,
        query: Mapping[str, JSON] | None = None,
        deadline: float | None = None,
        on_send: OnSend | None = None,
    ) -> T:
        """Makes a call and decodes its answer. Raises every kind of `CallError`.

        The arguments are those of `answer`.
        """
        deadline = deadline or self.deadline_from_now()
        call = self._prepare(route, ids, body, query, deadline=deadline, on_send=on_send)
        with self._told(call):
            answer = await call.answer()
            return await self._decode(answer, lambda it: it.value(route), deadline=deadline)

    def listing(
        self,
        route: Route[list[T]],
        ids: Mapping[str, object],
        query: Mapping[str, JSON] | None = None,
        *,
        paginator: Callable[[], Paginator[T]] = SinglePage,
    ) -> Listing[T]:
        """The listing that a call returns. paginator: begins a reading of its pages.

        Raises InvalidInput at once for a wrong id.
        """
        filters = dict(query or {})
        self.server.request(route, ids, query=filters, dialect=self.dialect)

        async def fetch(params: PageParams) -> Page[T]:
            deadline = self.deadline_from_now()
            call = self._prepare(route, ids, None, {**filters, **params}, deadline=deadline)
            with self._told(call):
                answer = await call.answer()
                made = await self._decode(answer, lambda it: it.page(route), deadline=deadline)
                return Page(*made)

        return Listing(fetch, paginator)

    async def answer(
        self,
        route: Route[object],
        ids: Mapping[str, object],
        body: JSON | None = None,
        *,
        query: Mapping[str, JSON] | None = None,
        deadline: float | None = None,
        safe: bool | None = None,
        on_send: OnSend | None = None,
    ) -> Answer:
        """Makes a call and returns its last answer, whatever its status.

        deadline: by `anyio.current_time`; by default, as far from now as the session's.
        on_send: is awaited before each attempt: see `agilekit.session.call.OnSend`.
        safe: whether it may be sent again when nothing tells whether it arrived; by default, as
            its `route` says.

        Raises NotSent, ConnectionLost, DeadlineExceeded, AnswerTooLarge or UnknownOutcome if there
        is no answer.
        """
        deadline = deadline or self.deadline_from_now()
        call = self._prepare(route, ids, body, query, deadline=deadline, safe=safe, on_send=on_send)
        with self._told(call):
            return await call.answer()

    async def _decode(self, answer: Answer, make: Callable[[Answer], T], *, deadline: float) -> T:
        """What `make` makes of an answer, in a thread if the answer is large.

        deadline: when it has to be done, by `anyio.current_time`.

        Raises what `make` does, and DeadlineExceeded, or UnknownOutcome for a write.
        """
        return await self._state.decode_worker.decode(answer, make, deadline=deadline)

    async def stream(
        self,
        route: Route[object],
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
        deadline = self.deadline_from_now()
        call = self._prepare(route, ids, None, query, deadline=deadline, accept=accept, sink=sink)
        with self._told(call):
            answer = await call.answer()
            if not answer.accepted:
                raise answer.refusal()
            if answer.media_type not in ("", *types):
                asked = " or ".join(types)
                raise answer.malformed(f"asked for {asked}, but the answer is {answer.shown_type}")
            return answer

    def _told(self, call: Call) -> AbstractContextManager[None]:
        return UNTOLD if self._settings.on_event is None else call.told()

    def _prepare(
        self,
        route: Route[object],
        ids: Mapping[str, object],
        body: JSON | None,
        query: Mapping[str, JSON] | None,
        *,
        deadline: float,
        accept: str | None = None,
        safe: bool | None = None,
        on_send: OnSend | None = None,
        sink: Sink | None = None,
    ) -> Call:
        """Raises InvalidInput for what cannot be sent."""
        dialect = self.dialect.for_body(body).for_route(route)
        template = self._template(route, dialect, accept)
        context = template.context
        if self._settings.on_event is not None:
            context = self._in_context(context, new_id())
        return Call(
            self._settings,
            template,
            template.fill(ids, body, query),
            context,
            deadline=deadline,
            dialect=dialect,
            safe=route.safe if safe is None else safe,
            on_send=on_send,
            sink=sink,
        )

    def _template(
        self, route: Route[object], dialect: Dialect, accept: str | None
    ) -> RequestTemplate:
        key = (route, dialect.format, accept)  # two dialects of a session differ in this only
        template = self._templates.get(key)
        if template is None:
            if len(self._templates) == _MOST_TEMPLATES:
                self._templates.clear()
            template = RequestTemplate(self.server, route, dialect, accept)
            self._templates[key] = template
        return template
