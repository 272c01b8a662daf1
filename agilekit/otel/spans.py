"""The spans: of calls, of their attempts, of edits and of jobs.

::

    the program's own span
    ├── flyingdonut create cards                          a job
    │   └── flyingdonut POST /projects/{projectId}/…      a call of it
    │       └── POST /api/projects/{projectId}/…          an attempt
    ├── flyingdonut edit /projects/{projectId}/items/…    an edit
    │   ├── flyingdonut PUT /projects/{projectId}/…
    │   └── …
    └── flyingdonut GET /projects/{projectId}/…           a call

An attempt is a span of the kind CLIENT, as the conventions describe it; redirects are a part of it.
It is the current span while its request is under way, so that what instruments the HTTP library
puts its own below it. All others are INTERNAL. Waits, conflicts and what else is of one moment are
events of the span that they happen in.

Source: OpenTelemetry Semantic Conventions, docs/http/http-spans.md, "Name", "Status" and "HTTP
client span".
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import Token
from typing import Final

from attrs import fields, frozen
from opentelemetry import context as contexts
from opentelemetry.context import Context
from opentelemetry.propagate import inject
from opentelemetry.trace import (
    Span,
    SpanKind,
    Status,
    StatusCode,
    Tracer,
    set_span_in_context,
)

from agilekit.events import (
    Attempt,
    AttemptStarted,
    CallEnded,
    CallStarted,
    Conflict,
    EditEnded,
    EditStarted,
    Event,
    JobEnded,
    JobLook,
    JobResend,
    JobRound,
    JobStarted,
    Learned,
    Wait,
)
from agilekit.otel.attributes import (
    ERROR_TYPE,
    Attributes,
    of_answer,
    of_context,
    of_request,
)
from agilekit.wire.request import is_field

__all__ = ["Spans"]

_EVENTS: Final[Mapping[type[Event], str]] = {
    Wait: "agilekit.wait",
    Conflict: "agilekit.conflict",
    Learned: "agilekit.learned",
    JobRound: "agilekit.job.round",
    JobLook: "agilekit.job.look",
    JobResend: "agilekit.job.resend",
}


_CALL: Final = contexts.create_key("agilekit-call")
"""Of which call the current span is an attempt."""


_MOST_BITS: Final = 63
"""Of an attribute that is a number: with a larger one, nothing of what is sent with it arrives. A
version can be any that a server makes up.
"""


@frozen
class _AttemptSpan:
    span: Span
    token: Token[Context] | None
    """Of what was current before; None if another hook has made its span of the attempt that."""


class Spans:
    """Makes spans of events."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._spans: dict[str, Span] = {}
        """Those that have not ended, by the id of their call, edit or job."""
        self._attempts: dict[str, _AttemptSpan] = {}
        """By call: it makes one at a time."""

    def __call__(self, event: Event) -> None:
        match event:
            case CallStarted():
                name = _named(event.service, event.method, event.route)
                self._start(event.call_id, name, event)
            case AttemptStarted():
                self._start_attempt(event)
            case Attempt():
                self._end_attempt(event)
            case CallEnded():
                self._end(event.call_id, event, {"agilekit.attempts": event.attempts})
            case EditStarted():
                name = _named(event.service, "edit", event.route)
                more: Attributes = {"agilekit.attributes": event.attributes}
                self._start(event.edit_id, name, event, more)
            case EditEnded():
                self._end(event.edit_id, event, {})
            case JobStarted():
                self._start(event.job_id, _named(event.service, "create", event.kind), event)
            case JobEnded():
                self._end_job(event)
            case _:
                self._add(event)

    def _start(
        self,
        id: str | None,
        name: str,
        event: CallStarted | EditStarted | JobStarted,
        more: Attributes | None = None,
    ) -> None:
        if id is None:
            return
        parent = self._parent_of(event) if isinstance(event, CallStarted) else None
        self._spans[id] = self._tracer.start_span(
            name,
            None if parent is None else set_span_in_context(parent),
            attributes=of_context(event.context) | (more or {}),
        )

    def _parent_of(self, event: Event) -> Span | None:
        """Of a call: its edit or its job; None if the program's own span is above it."""
        return self._spans.get(event.edit_id or event.job_id or "")

    def _end(
        self, id: str | None, event: CallEnded | EditEnded | JobEnded, more: Attributes
    ) -> None:
        span = self._spans.pop(id or "", None)
        if span is None:
            return
        span.set_attributes(more)
        if event.error_type is not None:
            span.set_attribute(ERROR_TYPE, event.error_type)
            span.set_status(Status(StatusCode.ERROR, event.error))
        span.end()

    def _end_job(self, event: JobEnded) -> None:
        counts: Attributes = {
            "agilekit.created": event.created,
            "agilekit.refused": event.refused,
            "agilekit.unknown": event.unknown,
        }
        self._end(event.job_id, event, counts)

    def _start_attempt(self, event: AttemptStarted) -> None:
        call = self._spans.get(event.call_id or "")
        if call is None or event.call_id is None:
            return
        attributes = of_request(event) | {"url.full": event.url}
        if event.number > 1:
            attributes["http.request.resend_count"] = event.number - 1
        span = self._tracer.start_span(
            f"{event.method} {event.url_template}" if event.url_template else event.method,
            set_span_in_context(call),
            SpanKind.CLIENT,
            attributes,
        )
        within = contexts.set_value(_CALL, event.call_id, set_span_in_context(span))
        is_first = contexts.get_value(_CALL) != event.call_id
        token = contexts.attach(within) if is_first else None
        self._attempts[event.call_id] = _AttemptSpan(span, token)
        written: dict[str, str] = {}
        inject(written, within)
        # Baggage may come from anywhere: what cannot be sent of it is left out, and ends no call.
        event.headers.update(
            {name: value for name, value in written.items() if is_field(name, value)}
        )

    def _end_attempt(self, event: Attempt) -> None:
        attempt = self._attempts.pop(event.call_id or "", None)
        if attempt is None:
            return
        if attempt.token is not None and contexts.get_value(_CALL) == event.call_id:
            contexts.detach(attempt.token)
        attributes = of_answer(event)
        attempt.span.set_attributes(attributes)
        if ERROR_TYPE in attributes:
            attempt.span.set_status(Status(StatusCode.ERROR, event.error))
        attempt.span.end()

    def _add(self, event: Event) -> None:
        """An event of the span in which it happens."""
        span = self._spans.get(event.call_id or event.edit_id or event.job_id or "")
        name = _EVENTS.get(type(event))
        if span is not None and name is not None:
            span.add_event(name, _shown(event))


def _shown(event: Event) -> Attributes:
    """The fields of an event, as far as they are plain."""
    shown: Attributes = {}
    for name in (one.name for one in fields(type(event))):
        value: str | int | float | tuple[int, ...] | None = getattr(event, name)
        if isinstance(value, int) and value.bit_length() > _MOST_BITS:
            shown[f"agilekit.{name}"] = str(value)
        elif isinstance(value, str | int | float | tuple):
            shown[f"agilekit.{name}"] = value
    return shown


def _named(service: str, *words: str | None) -> str:
    return " ".join(word for word in (service, *words) if word)
