"""The hook as a whole: where its spans go, for how many clients, what it needs, and that it
disturbs nothing: neither a call by what an SDK raises, nor what the program has as its current
span.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final

import anyio
import pytest
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.propagators.textmap import (
    CarrierT,
    Getter,
    Setter,
    TextMapPropagator,
    default_getter,
    default_setter,
)
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, Sampler, SamplingResult

from agilekit import Conflict, EventContext, EventHook, KanbanTool, NotFound, otel
from agilekit.events import EditEnded, EditStarted
from tests.each import each
from tests.otel.collected import Collected
from tests.payloads import flyingdonut as samples
from tests.session.scripted import SECRET, Say, Scripted, donut_at

pytestmark = pytest.mark.anyio


async def test_one_hook_serves_several_clients() -> None:
    made = Collected()
    one, other = Scripted(Say(samples.FETCH_PROJECT)), Scripted(Say([]))
    async with (
        donut_at(one, on_event=made.hook) as donut,
        KanbanTool("a", token=SECRET, transport=other, on_event=made.hook) as kanban,
    ):
        await donut.project.get()
        await kanban.boards.all()
    services = {str((span.attributes or {}).get("agilekit.service")) for span in made.spans}
    assert services == {"flyingdonut", "kanbantool", "None"}


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("agilekit.otel")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    monkeypatch.setitem(sys.modules, "opentelemetry.metrics", None)
    with pytest.raises(ImportError, match=r"pip install 'agilekit\[otel\]'"):
        import_module("agilekit.otel")


class _Sampler(Sampler):
    def should_sample(self, *_: object, **__: object) -> SamplingResult:
        raise RuntimeError("no sample")

    def get_description(self) -> str:
        return "raises"


class _OnStart(SpanProcessor):
    def on_start(self, span: Span, parent_context: Context | None = None) -> None:  # noqa: ARG002 - as they are called
        raise RuntimeError("no begin")


class _OnEnd(SpanProcessor):
    def on_end(self, span: ReadableSpan) -> None:  # noqa: ARG002
        raise RuntimeError("no end")


class _Propagator(TextMapPropagator):
    """Raises, or writes what it is given."""

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        self._headers = headers

    def extract(
        self,
        carrier: CarrierT,  # noqa: ARG002
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
        if self._headers is None:
            raise RuntimeError("no header")
        for name, value in self._headers.items():
            setter.set(carrier, name, value)

    @property
    def fields(self) -> set[str]:
        return set()


def _with(processor: SpanProcessor) -> TracerProvider:
    provider = TracerProvider()
    provider.add_span_processor(processor)
    return provider


BROKEN: Final[dict[str, Callable[[], TracerProvider]]] = {
    "sampler": lambda: TracerProvider(sampler=_Sampler()),
    "on_start": lambda: _with(_OnStart()),
    "on_end": lambda: _with(_OnEnd()),
    "propagator": TracerProvider,
}


@each("broken", BROKEN)
async def test_what_an_sdk_raises_disturbs_no_call_and_is_logged(
    broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    made = Collected()
    hook = otel.hook(tracer_provider=BROKEN[broken](), meter_provider=made.meters)
    server = Scripted(Say(samples.FETCH_PROJECT), Say(status=404))
    before, current = propagate.get_global_textmap(), trace.get_current_span()
    if broken == "propagator":
        propagate.set_global_textmap(_Propagator())
    try:
        async with donut_at(server, on_event=hook) as donut:
            await donut.project.get()
            with pytest.raises(NotFound):
                await donut.project.get()
    finally:
        propagate.set_global_textmap(before)
    assert trace.get_current_span() is current
    assert len(made.metrics()["http.client.request.duration"]) == 2
    [name] = {record.name for record in caplog.records if record.levelno == logging.ERROR}
    assert name == "opentelemetry.agilekit"


async def test_baggage_that_cannot_be_sent_ends_no_call() -> None:
    before = propagate.get_global_textmap()
    propagate.set_global_textmap(
        _Propagator({"uberctx-a b": "x", "uberctx-c": "line\r\nbreak: 1", "uberctx-d": "good"})
    )
    server = Scripted(Say(samples.FETCH_PROJECT))
    try:
        async with donut_at(server, on_event=Collected().hook) as donut:
            await donut.project.get()
    finally:
        propagate.set_global_textmap(before)
    sent = [name for name in server.requests[0].headers if name.startswith("uberctx")]
    assert sent == ["uberctx-d"]


async def test_a_sampler_that_drops_everything_changes_only_that() -> None:
    hook = otel.hook(tracer_provider=TracerProvider(sampler=ALWAYS_OFF))
    current = trace.get_current_span()
    server = Scripted(Say(samples.FETCH_PROJECT))
    async with donut_at(server, on_event=hook) as donut:
        await donut.project.get()
    assert trace.get_current_span() is current
    flags = int(server.requests[0].headers["traceparent"].split("-")[3], 16)
    assert flags & 1 == 0  # whoever is asked drops it, too


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_several_hooks_leave_the_program_its_current_span(anyio_backend: str) -> None:
    first, second = Collected(), Collected()
    hooks: list[EventHook] = [first.hook, second.hook]
    server = Scripted(
        Say(status=503, headers={"retry-after": "0"}), Say(samples.FETCH_PROJECT), Say({}, after=30)
    )
    async with donut_at(server, on_event=hooks) as donut:
        with first.tracers.get_tracer("program").start_as_current_span("mine") as mine:
            await donut.project.get()
            assert trace.get_current_span() is mine
            with anyio.move_on_after(0.01):
                await donut.project.get()
            assert trace.get_current_span() is mine
    for made in (first, second):
        assert len(made.named("GET ")) == 3
        for span in made.named("GET "):
            above = made.parent_of(span)
            assert above is not None
            assert above.name.startswith("flyingdonut GET ")


def test_a_version_that_no_attribute_can_hold_is_a_text() -> None:
    made = Collected()
    context = EventContext("flyingdonut", "h", "/r", None, "e")
    made.hook(EditStarted("/p", ("title",), context=context))
    made.hook(Conflict("/p", "title", 2**63 - 1, 2**63, context=context))
    made.hook(EditEnded("/p", ("title",), 1.0, None, None, context=context))
    [conflict] = made.only("flyingdonut edit").events
    shown = conflict.attributes or {}
    assert shown["agilekit.sent_version"] == 2**63 - 1
    assert shown["agilekit.current_version"] == str(2**63)
