"""Metrics: the standard duration of requests, and few of the library's own."""

from __future__ import annotations

import httpx
import pytest

from agilekit import Attempt, AttemptStarted, EventContext, FlyingDonut, UnknownOutcome
from agilekit.sandbox import Sandbox
from tests.flyingdonut.calls import BUCKET
from tests.otel.collected import Collected
from tests.payloads import flyingdonut as samples
from tests.session.scripted import Say, Scripted, donut_at

pytestmark = pytest.mark.anyio


async def test_each_attempt_is_a_duration_of_a_request() -> None:
    made = Collected()
    project = Say(samples.FETCH_PROJECT)
    busy = Say(status=503, headers={"retry-after": "0"})
    server = Scripted(busy, project, project, httpx.ReadError("reset"), project)
    async with donut_at(server, on_event=made.hook) as donut:
        for _ in range(3):
            await donut.project.get()
    series = made.metrics()["http.client.request.duration"]
    request = {
        "http.request.method": "GET",
        "server.address": "www.flyingdonut.io",
        "server.port": 443,
        "url.template": "/api/projects/{projectId}",
    }
    ends: list[tuple[dict[str, object], int]] = [
        ({"http.response.status_code": 503, "error.type": "503"}, 1),
        ({"http.response.status_code": 200}, 3),
        ({"error.type": "ConnectionLost"}, 1),
    ]
    assert series == [({**request, **end}, count) for end, count in ends]
    own = {"agilekit.service": "flyingdonut"}
    assert made.metrics()["agilekit.retries"] == [(own, 2)]
    assert made.metrics()["agilekit.wait.duration"] == [
        ({**own, "agilekit.wait.reason": "retry"}, 2)
    ]


def test_the_boundaries_are_those_that_the_conventions_ask_for() -> None:
    made = Collected()
    context = EventContext("flow", "h", "/r", "c")
    made.hook(AttemptStarted("GET", "/r", 1, "https://h/r", "/r", context=context))
    made.hook(Attempt("GET", "/r", 1, 0.03, 200, None, True, context=context))
    bounds = "[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0]"
    assert f'"explicit_bounds":{bounds.replace(" ", "")}' in "".join(made.text().split())


async def test_conflicts_and_unknown_outcomes_are_counted() -> None:
    made = Collected()
    sandbox = Sandbox("empty")
    async with FlyingDonut(**sandbox.flyingdonut.arguments(), on_event=made.hook) as donut:
        [bucket] = await donut.buckets.all()
        card = await donut.cards.create(bucket, title="T")
        async with FlyingDonut(**sandbox.flyingdonut.arguments()) as other:
            await other.cards.update(card, title="U")
        await donut.cards.update(card, title="V")
    async with donut_at(Scripted(httpx.ReadError("reset")), on_event=made.hook) as donut:
        with pytest.raises(UnknownOutcome):
            await donut.cards.create(BUCKET, title="T")
    own = {"agilekit.service": "flyingdonut"}
    assert made.metrics()["agilekit.conflicts"] == [(own, 1)]
    assert made.metrics()["agilekit.unknown_outcomes"] == [(own, 1)]
