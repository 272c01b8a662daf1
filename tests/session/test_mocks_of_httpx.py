"""What people have for httpx works: mocks, recordings and tracing see every request of a client."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import respx
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from agilekit import FlyingDonut, NotSent
from agilekit.sandbox import Sandbox
from tests.session.scripted import SECRET

pytestmark = pytest.mark.anyio

vcr: Any = import_module("vcr")  # it is not typed

URL = "https://www.flyingdonut.io/api/projects/p"
PROJECT = {"_id": {"$oid": "p"}, "title": {"value": "From a mock", "version": 3}}
CARD = {"_id": {"$oid": "c"}, "title": {"value": "T", "version": 1}}


def donut(base_url: str = "https://www.flyingdonut.io/api") -> FlyingDonut:
    return FlyingDonut("p", secret=SECRET, username="u", base_url=base_url, retries=0)


async def test_respx_answers_and_sees_what_was_sent() -> None:
    with respx.mock:
        get = respx.get(URL).respond(json=PROJECT)
        post = respx.post(f"{URL}/backlog/buckets/b/items").respond(json=CARD)
        async with donut() as client:
            assert (await client.project.get()).title.value == "From a mock"
            assert (await client.cards.create("b", title="T")).id == "c"
    assert get.calls.last.request.headers["authorization"] == f"secret {SECRET}"
    assert get.calls.last.request.content == b""
    assert b'"T"' in post.calls.last.request.content


async def test_respx_makes_a_request_fail() -> None:
    with respx.mock:
        respx.get(URL).mock(side_effect=httpx.ConnectError("down"))
        async with donut() as client:
            with pytest.raises(NotSent, match="down"):
                await client.project.get()


async def test_a_recording_of_vcr_answers_when_the_server_is_gone(tmp_path: Path) -> None:
    sandbox = Sandbox()
    fake = sandbox.flyingdonut
    cassette = str(tmp_path / "cassette.yaml")

    async def titles(url: str) -> list[str | None]:
        async with FlyingDonut(**fake.arguments(url), retries=0) as client:
            return [bucket.title for bucket in await client.buckets.all()]

    async with sandbox.serve() as server:
        with vcr.use_cassette(cassette, filter_headers=["authorization"]):
            recorded = await titles(server.url)
    with pytest.raises(NotSent):
        await titles(server.url)
    with vcr.use_cassette(cassette, record_mode="none") as tape:
        assert await titles(server.url) == recorded
        assert tape.play_count == 1
    assert recorded
    assert fake.secret not in await anyio.Path(cassette).read_text()


async def test_tracing_of_httpx_sees_each_request() -> None:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    instrumentor = HTTPXClientInstrumentor()
    sandbox = Sandbox()
    fake = sandbox.flyingdonut
    instrumentor.instrument(tracer_provider=provider)
    try:
        async with (
            sandbox.serve() as server,
            FlyingDonut(**fake.arguments(server.url)) as client,
        ):
            await client.project.get()
            await client.buckets.all()
    finally:
        instrumentor.uninstrument()
    finished = spans.get_finished_spans()
    assert [span.name for span in finished] == ["GET", "GET"]
    assert fake.secret not in str([dict(span.attributes or {}) for span in finished])
