"""The sandbox as an object: its seeds, its records, its ASGI face and its fixture."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Literal, cast

import pytest

import agilekit.sandbox
from agilekit.sandbox import Faults, Sandbox
from agilekit.sandbox.messages import Dropped
from tests.sandbox.flyingdonut.caller import Caller

if TYPE_CHECKING:
    from agilekit.sandbox.asgi import Message

pytestmark = pytest.mark.anyio


async def test_the_demo_seed_has_something_of_everything() -> None:
    caller = Caller(Sandbox())
    buckets = (await caller.get("/backlog/items")).json()
    assert [len(bucket["items"]) for bucket in buckets] == [3, 2]
    sprints = (await caller.get("/iterations")).json()
    phases = [(one["isPast"], one["isActive"], one["isFuture"]) for one in sprints]
    assert phases == [(True, False, False), (False, True, False), (False, False, True)]
    charts = [
        await caller.get(f"/iterations/{one['_id']['$oid']}/burndown-chart") for one in sprints
    ]
    assert [chart.status_code for chart in charts] == [200, 200, 404]
    assert len(caller.project.tasks) == 9


async def test_the_empty_seed_has_one_bucket_and_nothing_else(caller: Caller) -> None:
    assert [bucket.title for bucket in caller.project.buckets.values()] == ["Default"]
    assert (await caller.get("/backlog/items")).json()[0]["items"] == []
    assert (await caller.get("/iterations")).json() == []


def test_two_sandboxes_of_a_seed_are_equal_and_apart() -> None:
    one, other = Sandbox().flyingdonut, Sandbox().flyingdonut
    assert one.projects == other.projects
    one.projects[one.project_id].add_card("Only here")
    assert one.projects != other.projects


def test_an_unknown_seed_is_refused() -> None:
    seed = cast("Literal['demo']", "demmo")
    with pytest.raises(ValueError, match="demmo"):
        Sandbox(seed)


async def test_requests_are_recorded_and_counted(caller: Caller) -> None:
    await caller.get("/nowhere")
    await caller.post(caller.new_card, caller.draft("Card"))
    first, second = caller.sandbox.requests
    assert (first.method, first.status, first.fault) == ("GET", 404, None)
    assert first.path == f"/flyingdonut/api{caller.root}/nowhere"
    assert second.status == 200
    assert caller.sandbox.count() == 2
    assert caller.sandbox.count("POST") == 1


async def test_the_oldest_records_are_forgotten(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agilekit.sandbox.app.REMEMBERED", 10)
    for number in range(25):
        await caller.get(f"/{number}")
    assert len(caller.sandbox.requests) <= 10
    assert caller.sandbox.requests[-1].path.endswith("/24")


async def speak(sandbox: Sandbox, scope: Message, *received: Message) -> list[Message]:
    queue = list(received)
    sent: list[Message] = []

    async def receive() -> Message:
        return queue.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await sandbox(scope, receive, send)
    return sent


async def test_lifespan_is_answered(sandbox: Sandbox) -> None:
    events: list[Message] = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent = await speak(sandbox, {"type": "lifespan"}, *events)
    assert [message["type"] for message in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]


async def test_a_scope_without_a_raw_path_is_served(sandbox: Sandbox) -> None:
    donut = sandbox.flyingdonut
    scope: Message = {
        "type": "http",
        "method": "GET",
        "path": f"{donut.base_path}/projects/{donut.project_id}",
        "headers": [(b"authorization", f"secret {donut.secret}".encode())],
    }
    start, body = await speak(sandbox, scope, {"type": "http.request"})
    assert start["status"] == 200
    assert (b"content-length", str(len(body["body"])).encode()) in start["headers"]


async def test_a_client_that_is_gone_changes_nothing(sandbox: Sandbox) -> None:
    scope: Message = {"type": "http", "method": "GET", "path": "/", "headers": []}
    with pytest.raises(Dropped):
        await speak(sandbox, scope, {"type": "http.disconnect"})
    assert sandbox.count() == 0


async def test_other_protocols_are_refused(sandbox: Sandbox) -> None:
    with pytest.raises(NotImplementedError, match="websocket"):
        await speak(sandbox, {"type": "websocket"})


def test_the_fixture_is_a_fresh_demo(agilekit_sandbox: Sandbox) -> None:
    assert agilekit_sandbox.flyingdonut.projects == Sandbox().flyingdonut.projects
    assert agilekit_sandbox.faults == Faults()


def test_the_plugin_loads_nothing_of_the_sandbox() -> None:
    program = (
        "import sys, agilekit.sandbox.fixtures\nassert 'agilekit.sandbox.app' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_package_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="Fake"):
        _ = agilekit.sandbox.Fake
