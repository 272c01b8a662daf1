"""Spans of calls, attempts, edits and jobs, by the conventions, each below the right one."""

from __future__ import annotations

import anyio
import httpx
import pytest
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.propagators.textmap import (
    CarrierT,
    Getter,
    Setter,
    TextMapPropagator,
    default_getter,
    default_setter,
)
from opentelemetry.trace import SpanKind, StatusCode

from agilekit import AgilekitError, FlyingDonut, KanbanTool, otel
from agilekit.flyingdonut.params import CardDraft
from agilekit.sandbox import Sandbox
from tests.each import each
from tests.flyingdonut.calls import CARD
from tests.otel.collected import Collected
from tests.payloads import flyingdonut as samples
from tests.session.scripted import PROJECT, SECRET, Say, Scripted, Step, donut_at

pytestmark = pytest.mark.anyio

URL = f"https://www.flyingdonut.io/api/projects/{PROJECT}"
ATTEMPT = "GET /api/projects/{projectId}"
CALL = "flyingdonut GET /projects/{projectId}"


async def test_a_call_is_a_span_with_its_attempts_below_it() -> None:
    made = Collected()
    server = Scripted(Say(status=503, headers={"retry-after": "0"}), Say(samples.FETCH_PROJECT))
    async with donut_at(server, on_event=made.hook) as donut:
        await donut.project.get()
    first, second, call = made.spans
    assert [first.name, second.name, call.name] == [ATTEMPT, ATTEMPT, CALL]
    assert made.parent_of(first) is made.parent_of(second) is call
    assert made.parent_of(call) is None
    request = {
        "http.request.method": "GET",
        "server.address": "www.flyingdonut.io",
        "server.port": 443,
        "url.full": URL,
        "url.template": "/api/projects/{projectId}",
    }
    assert dict(first.attributes or {}) == {
        **request,
        "http.response.status_code": 503,
        "error.type": "503",
    }
    assert dict(second.attributes or {}) == {
        **request,
        "http.request.resend_count": 1,
        "http.response.status_code": 200,
    }
    assert [span.kind for span in made.spans] == [
        *(SpanKind.CLIENT, SpanKind.CLIENT),
        SpanKind.INTERNAL,
    ]
    assert [span.status.status_code for span in made.spans] == [
        *(StatusCode.ERROR, StatusCode.UNSET),
        StatusCode.UNSET,
    ]
    assert first.status.description is None  # the status code says it
    assert [event.name for event in call.events] == ["agilekit.wait"]
    assert (call.attributes or {})["agilekit.attempts"] == 2


@each(
    "step, attempt, call",
    [
        (Say(status=404), "404", "NotFound"),
        (httpx.ConnectError("refused"), "NotSent", "NotSent"),
        (httpx.ReadError("reset"), "ConnectionLost", "ConnectionLost"),
        (Say({}, after=30), "timeout", "ConnectionLost"),
        (RuntimeError("own"), "RuntimeError", "RuntimeError"),
    ],
)
async def test_what_failed_is_an_error_of_its_type(step: Step, attempt: str, call: str) -> None:
    made = Collected()
    async with donut_at(
        Scripted(step), on_event=made.hook, retries=0, timeout=0.05, deadline=9
    ) as donut:
        with pytest.raises((AgilekitError, RuntimeError)):
            await donut.project.get()
    for name, error_type in ((ATTEMPT, attempt), (CALL, call)):
        span = made.only(name)
        assert span.status.status_code is StatusCode.ERROR
        assert (span.attributes or {})["error.type"] == error_type


async def test_the_port_is_that_of_the_server_and_the_query_is_left_out() -> None:
    made = Collected()
    async with KanbanTool(
        token=SECRET,
        token_in="query",
        base_url="http://localhost:3000/api",
        transport=Scripted(Say([])),
        on_event=made.hook,
    ) as kanban:
        await kanban.tasks.archived(1)
    span = made.only("GET /api/boards/{board_id}")
    attributes = span.attributes or {}
    assert (attributes["server.address"], attributes["server.port"]) == ("localhost", 3000)
    assert "?" not in str(attributes["url.full"])


async def test_a_call_without_a_route_is_named_by_its_method() -> None:
    made = Collected()
    async with donut_at(Scripted(Say({})), on_event=made.hook) as donut:
        await donut.request("GET", "/milestones/17")
    assert {span.name for span in made.spans} == {"GET", "flyingdonut GET"}


async def test_a_method_that_is_overridden_is_named_as_it_is_sent() -> None:
    made = Collected()
    async with KanbanTool(
        "a", token=SECRET, override=True, transport=Scripted(Say({})), on_event=made.hook
    ) as kanban:
        await kanban.tasks.update(1, 2, name="T")
    assert len(made.named("POST /api/v1/boards/{board_id}/tasks/{task_id}")) == 1


async def test_what_the_program_has_as_its_current_span_is_above_calls_edits_and_jobs() -> None:
    made = Collected()
    sandbox = Sandbox("empty")
    async with FlyingDonut(**sandbox.flyingdonut.arguments(), on_event=made.hook) as donut:
        with made.tracers.get_tracer("program").start_as_current_span("mine") as mine:
            [bucket] = await donut.buckets.all()
            card = await donut.cards.create(bucket, title="T")
            async with FlyingDonut(**sandbox.flyingdonut.arguments()) as other:
                await other.cards.update(card, title="U")
            await donut.cards.update(card, title="V")
            await donut.cards.create_many(bucket, [CardDraft(title=str(n)) for n in range(3)])
            assert trace.get_current_span() is mine
    edit, job = made.only("flyingdonut edit "), made.only("flyingdonut create cards")
    program = made.only("mine")
    assert made.parent_of(edit) is made.parent_of(job) is program
    below = [span.name for span in made.spans if made.parent_of(span) is program]
    assert len(below) == 4  # two calls, the edit and the job
    assert [event.name for event in edit.events][-2:] == ["agilekit.conflict", "agilekit.wait"]
    puts = made.named("flyingdonut PUT ")
    assert len(puts) == 2
    assert all(made.parent_of(span) is edit for span in puts)
    assert [event.name for event in job.events] == ["agilekit.job.round"]
    assert (job.attributes or {})["agilekit.created"] == 3
    own = [span for span in made.spans if (span.attributes or {}).get("agilekit.job_id")]
    assert all(made.parent_of(span) in (job, program) for span in own)
    assert len(own) == 3  # the job, the listing before it, and its one request


async def test_the_request_bears_the_trace_of_its_attempt() -> None:
    made = Collected()
    server = Scripted(Say(status=503, headers={"retry-after": "0"}), Say(samples.FETCH_PROJECT))
    async with donut_at(server, on_event=made.hook) as donut:
        await donut.project.get()
    for request, span in zip(server.requests, made.named(ATTEMPT), strict=True):
        context = span.context
        assert context is not None
        _, trace_id, span_id, _ = request.headers["traceparent"].split("-")
        assert (int(trace_id, 16), int(span_id, 16)) == (context.trace_id, context.span_id)


class _Other(TextMapPropagator):
    def extract(
        self,
        carrier: CarrierT,  # noqa: ARG002 - as they are called
        context: Context | None = None,
        getter: Getter[CarrierT] = default_getter,  # noqa: ARG002
    ) -> Context:
        return context or Context()

    def inject(
        self,
        carrier: CarrierT,
        context: Context | None = None,  # noqa: ARG002
        setter: Setter[CarrierT] = default_setter,
    ) -> None:
        setter.set(carrier, "X-Trace", "of the program's own kind")

    @property
    def fields(self) -> set[str]:
        return {"X-Trace"}


async def test_the_propagator_is_the_one_that_the_program_configured() -> None:
    before = propagate.get_global_textmap()
    propagate.set_global_textmap(_Other())
    try:
        server = Scripted(Say(samples.FETCH_PROJECT))
        async with donut_at(server, on_event=Collected().hook) as donut:
            await donut.project.get()
    finally:
        propagate.set_global_textmap(before)
    assert server.requests[0].headers["x-trace"] == "of the program's own kind"
    assert "traceparent" not in server.requests[0].headers


async def test_what_instruments_the_http_library_is_below_the_attempt() -> None:
    made = Collected()
    server = Scripted(Say(samples.FETCH_PROJECT))
    async with httpx.AsyncClient(transport=server) as http:
        HTTPXClientInstrumentor.instrument_client(http, tracer_provider=made.tracers)
        async with FlyingDonut(PROJECT, secret=SECRET, transport=http, on_event=made.hook) as donut:
            await donut.project.get()
    inner, attempt, _ = made.spans
    assert attempt.name == ATTEMPT
    assert made.parent_of(inner) is attempt
    assert inner.context is not None
    sent = server.requests[0].headers["traceparent"]
    assert sent.split("-")[2] == f"{inner.context.span_id:016x}"


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_a_cancelled_call_ends_its_spans_and_leaves_the_program_its_own(
    anyio_backend: str,
) -> None:
    made = Collected()
    async with donut_at(Scripted(Say({}, after=30)), on_event=made.hook) as donut:
        with made.tracers.get_tracer("program").start_as_current_span("mine") as mine:
            with anyio.move_on_after(0.01):
                await donut.project.get()
            assert trace.get_current_span() is mine
    for name in (ATTEMPT, CALL):
        assert (made.only(name).attributes or {})["error.type"] == "cancelled"


async def test_without_an_sdk_everything_goes_on_as_without_the_hook() -> None:
    server = Scripted(Say(samples.FETCH_CARD))
    async with donut_at(server, on_event=otel.hook()) as donut:
        card = await donut.cards.get(CARD)
        assert card.id == CARD
    assert "traceparent" not in server.requests[0].headers
