"""200 calls at once: every span is below the right one, and every end came once."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from random import Random
from typing import Final

import anyio
import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan

from agilekit import AgilekitError, Event, FlyingDonut
from agilekit.flyingdonut import Bucket, Card
from agilekit.flyingdonut.params import CardDraft
from agilekit.sandbox import Faults, Sandbox
from tests.events.pairs import check_pairs
from tests.otel.collected import Collected
from tests.virtual_time import in_virtual_time

CALLS: Final = 200


class Noting(httpx.AsyncBaseTransport):
    """Hands requests to a sandbox in their own time, and keeps what trace each of them bears."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox.transport()
        self._random = Random(7)
        self.seen: list[tuple[str, str]] = []
        """Method and path, and the ``traceparent``."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        named = f"{request.method} {request.url.path}"
        self.seen.append((named, request.headers["traceparent"]))
        await anyio.sleep(self._random.uniform(0, 0.002))
        return await self._sandbox.handle_async_request(request)


@pytest.mark.quick(1)
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_parents_and_children_are_right_under_200_concurrent_calls(backend: str) -> None:
    made = Collected()
    told: list[Event] = []
    sandbox = Sandbox("demo", faults=Faults(seed=3))
    wire = Noting(sandbox)
    in_virtual_time(backend, lambda: _main(made, told, sandbox, wire))
    check_pairs(told)
    check_spans(made)
    check_wire(made, wire)
    attempts = Counter(span.name.partition(" ")[0] for span in made.spans)
    assert attempts["program"] == CALLS
    ends = {str((span.attributes or {}).get("error.type")) for span in made.spans}
    assert {"None", "409", "502", "cancelled"} <= ends


async def _main(made: Collected, told: list[Event], sandbox: Sandbox, wire: Noting) -> None:
    fake = sandbox.flyingdonut
    async with FlyingDonut(
        fake.project_id,
        secret=fake.secret,
        username="jane.smith",
        base_url=fake.base_url,
        transport=wire,
        on_event=(made.hook, told.append),
        retries=8,
    ) as donut:
        [bucket, *_] = await donut.buckets.all()
        cards = await donut.cards.in_bucket(bucket)
        tracer = made.tracers.get_tracer("program")
        sandbox.faults = Faults(bad_gateway=0.1, drop_before=0.05, seed=3)

        async def program(number: int) -> None:
            with tracer.start_as_current_span(f"program {number}") as span:
                with suppress(AgilekitError):
                    await _work(donut, bucket, cards, number)
                assert trace.get_current_span() is span

        async with anyio.create_task_group() as tasks:
            for number in range(CALLS):
                tasks.start_soon(program, number)


async def _work(donut: FlyingDonut, bucket: Bucket, cards: list[Card], number: int) -> None:
    """A read, a listing, an edit among others of the same card, a job, or what is cancelled."""
    card = cards[number % len(cards)]
    match number % 20:
        case 0:
            drafts = [CardDraft(title=f"{number}-{one}") for one in range(4)]
            await donut.cards.create_many(bucket, drafts, batch_size=2)
        case 1 | 2 | 3:
            view = donut.using(username="jane.smith", deadline=60)
            await view.cards.update(card, title=f"Title {number}")
        case 4 | 5:
            await donut.cards.update(card.id, estimate=lambda now: (now or 0) + 1)
        case 6 | 7:
            with anyio.move_on_after(0.001 * (number % 5)):
                await donut.cards.get(card)
        case 8:
            async with donut.cards.in_bucket(bucket).pages(prefetch=2) as pages:
                assert [page async for page in pages]
        case 9:
            await donut.cards.get("no such card")
        case _:
            assert (await donut.cards.get(card)).id == card.id


def check_spans(made: Collected) -> None:
    """Every span is below the one that its ids and its name say."""
    by_id = {_id(span): span for span in made.spans}
    assert len(by_id) == len(made.spans)
    for span in made.spans:
        attributes = span.attributes or {}
        above = None if span.parent is None else by_id[span.parent.span_id]
        if span.name.startswith("program"):
            assert above is None
        elif "url.full" in attributes:  # an attempt
            assert above is not None
            assert str(attributes["http.request.method"]) == above.name.split()[1]
            assert "agilekit.call_id" in (above.attributes or {})
        elif "agilekit.call_id" in attributes:
            group = attributes.get("agilekit.edit_id") or attributes.get("agilekit.job_id")
            shown = {} if above is None else above.attributes or {}
            if group is None:
                assert above is None or above.name.startswith("program")
            else:
                assert group in (shown.get("agilekit.edit_id"), shown.get("agilekit.job_id"))
                assert "agilekit.call_id" not in shown
        else:  # an edit or a job
            assert above is not None
            assert above.name.startswith("program")
        if above is not None:
            assert _inside(span, above)


def check_wire(made: Collected, wire: Noting) -> None:
    """Every request bears the trace of an attempt of its own, and of the same address."""
    attempts = {
        f"{_id(span):016x}": span for span in made.spans if "url.full" in (span.attributes or {})
    }
    assert len(wire.seen) == len({traceparent for _, traceparent in wire.seen})
    for named, traceparent in wire.seen:
        span = attempts[traceparent.split("-")[2]]
        method, _, path = named.partition(" ")
        attributes = span.attributes or {}
        assert attributes["http.request.method"] == method
        assert str(attributes["url.full"]).endswith(path.replace(" ", "%20"))


def _id(span: ReadableSpan) -> int:
    assert span.context is not None
    return int(span.context.span_id)


def _inside(span: ReadableSpan, above: ReadableSpan) -> bool:
    times = [above.start_time, span.start_time, span.end_time, above.end_time]
    known = [time for time in times if time is not None]
    return len(known) == 4 and known == sorted(known)
