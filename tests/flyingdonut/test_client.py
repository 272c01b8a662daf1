"""The client: what it is made of, and when it can be used."""

from __future__ import annotations

from typing import Any, cast

import anyio
import httpx
import pytest

from agilekit import FlyingDonut, InvalidInput
from tests.each import each
from tests.flyingdonut.calls import CALLS, Call
from tests.session.scripted import PROJECT, SECRET, Say, Scripted, donut_at

pytestmark = pytest.mark.anyio

VARIABLES = {
    "AGILEKIT_FLYINGDONUT_PROJECT": "my-project",
    "AGILEKIT_FLYINGDONUT_SECRET": SECRET,
    "AGILEKIT_FLYINGDONUT_USERNAME": "jane.smith",
    "AGILEKIT_FLYINGDONUT_BASE_URL": "http://localhost:8000/api",
}


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@each("call", CALLS, ids=lambda call: call.heading)
async def test_a_call_outside_of_async_with_says_so_and_sends_nothing(call: Call) -> None:
    server = Scripted(Say(call.answer))
    with pytest.raises(InvalidInput, match="async with"):
        await call.make(donut_at(server))
    assert server.requests == []


async def test_a_call_after_the_client_is_closed_says_so() -> None:
    server = Scripted(Say({}))
    async with donut_at(server) as donut:
        assert donut.is_open
    assert not donut.is_open
    with pytest.raises(InvalidInput, match="async with"):
        await donut.project.get()


async def test_a_client_cannot_be_entered_twice_at_once() -> None:
    server = Scripted(Say({}))
    async with donut_at(server) as donut:
        with pytest.raises(InvalidInput, match="open already"):
            await donut.__aenter__()
        await donut.project.get()
    assert len(server.requests) == 1


async def test_a_client_that_was_left_by_an_error_is_closed() -> None:
    server = Scripted(Say({}))
    donut = donut_at(server)
    with pytest.raises(KeyError):
        async with donut:
            raise KeyError
    assert not donut.is_open
    assert server.closed


async def test_a_client_closes_what_was_still_in_flight_when_it_was_left() -> None:
    server = Scripted(Say({}, after=0.02))
    async with anyio.create_task_group() as tasks:
        async with donut_at(server) as donut:
            tasks.start_soon(donut.project.get)
            await anyio.wait_all_tasks_blocked()
        assert server.closed


@pytest.mark.parametrize("name", ["PROJECT", "SECRET"])
@pytest.mark.parametrize("value", [None, ""])
async def test_from_env_names_the_variable_that_is_missing(
    variables: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    variable = f"AGILEKIT_FLYINGDONUT_{name}"
    if value is None:
        variables.delenv(variable)
    else:
        variables.setenv(variable, value)
    with pytest.raises(InvalidInput, match=variable) as caught:
        FlyingDonut.from_env()
    assert SECRET not in str(caught.value)


async def test_from_env_reads_the_variables(variables: pytest.MonkeyPatch) -> None:
    server = Scripted(Say({"_id": {"$oid": "1"}}))
    async with FlyingDonut.from_env(transport=server) as donut:
        assert (donut.project_id, donut.base_url) == ("my-project", "http://localhost:8000/api")
        await donut.cards.create("b", title="T")
    assert cast("Any", server.bodies[0])["username"] == "jane.smith"
    assert server.requests[0].headers["authorization"] == f"secret {SECRET}"


async def test_from_env_needs_neither_a_username_nor_a_base_url(
    variables: pytest.MonkeyPatch,
) -> None:
    variables.delenv("AGILEKIT_FLYINGDONUT_USERNAME")
    variables.setenv("AGILEKIT_FLYINGDONUT_BASE_URL", "")
    donut = FlyingDonut.from_env()
    assert donut.base_url == "https://www.flyingdonut.io/api"


@each(
    "wrong",
    [
        {"timeout": 0},
        {"timeout": -1.0},
        {"timeout": float("nan")},
        {"timeout": float("inf")},
        {"timeout": "5"},
        {"deadline": 0},
        {"deadline": True},
        {"rate": 0},
        {"rate": float("inf")},
        {"concurrency": 0},
        {"concurrency": 1.5},
        {"concurrency": True},
        {"retries": -1},
        {"retries": 1.5},
        {"retries": True},
        {"transport": "https"},
        {"transport": httpx.HTTPTransport},
        {"base_url": ""},
        {"base_url": None},
        {"base_url": 5},
        {"base_url": b"https://host"},
        {"base_url": "www.flyingdonut.io/api"},
        {"base_url": "ftp://host/api"},
        {"base_url": "https://"},
        {"base_url": "https://host:99999"},
        {"base_url": "https://host:0"},
        {"base_url": "https://[::1"},
        {"base_url": "https://host/api?key=1"},
        {"base_url": "https://host/api#top"},
        {"base_url": "https://jane:pw@host/api"},
        {"base_url": "https://@host/api"},
        {"base_url": "https://host/a b"},
        {"base_url": "https://host/\napi"},
        {"base_url": "https://hóst/api"},
        {"project_id": ""},
        {"project_id": ".."},
        {"project_id": "a/b"},
        {"project_id": None},
        {"username": ""},
        {"username": "  "},
        {"username": 5},
        {"format": "xml"},
        {"override": True},
    ],
    ids=lambda wrong: repr(wrong)[1:-1],
)
def test_an_argument_that_cannot_be_right_is_refused_at_once(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        FlyingDonut(**cast("Any", {"project_id": PROJECT, "secret": SECRET, **wrong}))


async def test_a_listing_gives_a_list_or_one_at_a_time_or_pages() -> None:
    server = Scripted(Say([{"id": {"$oid": "1"}}, {"id": {"$oid": "2"}}]))
    async with donut_at(server) as donut:
        listing = donut.buckets.all()
        assert server.requests == []
        assert [bucket.id for bucket in await listing] == ["1", "2"]
        assert [bucket.id async for bucket in listing] == ["1", "2"]
        async with listing.pages() as pages:
            assert [[bucket.id for bucket in page] async for page in pages] == [["1", "2"]]
        assert [page async for page in pages] == []
    assert len(server.requests) == 3
