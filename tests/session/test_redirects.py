"""Redirects: followed for reads, never for writes, and the credential stays at home."""

from __future__ import annotations

from contextlib import suppress

import httpx
import pytest

from agilekit import AgilekitError, Redirected, UnknownOutcome
from agilekit.session.session import Session
from agilekit.wire.dialect import Dialect, Override
from agilekit.wire.json import JSON
from agilekit.wire.op import Op
from agilekit.wire.request import Credential
from tests.flyingdonut.calls import BUCKET, CARD_AS_READ
from tests.session.scripted import SECRET, Say, Scripted, donut_at

pytestmark = pytest.mark.anyio

HOME = "https://www.flyingdonut.io"
CARD = Say({"_id": {"$oid": "c"}, "cid": 5})


def to(location: str, status: int = 302) -> Say:
    return Say(status=status, headers={"location": location})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location",
    [
        *(f"{HOME}/api/elsewhere", "/api/elsewhere", "//www.flyingdonut.io/api/elsewhere"),
        *(
            "HTTPS://WWW.FLYINGDONUT.IO/api/elsewhere",
            f"{HOME}:443/api/elsewhere",
        ),
    ],
)
async def test_a_read_follows_to_the_same_origin_with_its_credential(
    status: int, location: str
) -> None:
    server = Scripted(to(location, status), CARD)
    async with donut_at(server) as donut:
        assert (await donut.cards.get("c")).cid == 5
    first, second = server.requests
    assert (second.method, second.url.path) == ("GET", "/api/elsewhere")
    assert second.headers["authorization"] == f"secret {SECRET}"
    assert second.headers["accept"] == first.headers["accept"]


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.com/api",
        "//evil.com/api",
        "http://www.flyingdonut.io/api",
        f"{HOME}:8443/api",
        "https://flyingdonut.io/api",
        "https://www.flyingdonut.io.evil.com/",
        "https://www.flyingdonut.io@evil.com/",
        "https://www.flyingdonut.io%40evil.com/",
        "https://www.flyingdonut.io:443@evil.com/",
        "https://evil.com/https://www.flyingdonut.io/",
        "https://evil.com#@www.flyingdonut.io",
        "https://evil.com?@www.flyingdonut.io",
    ],
)
async def test_another_origin_never_sees_the_credential(location: str) -> None:
    server = Scripted(to(location), Say({"cid": 5}))
    async with donut_at(server, retries=0) as donut:
        with suppress(AgilekitError):
            await donut.cards.get("c")
    for request in server.requests[1:]:
        assert "authorization" not in request.headers
        assert SECRET not in str(request.headers.raw)
        assert request.headers["host"] == request.url.netloc.decode()


async def test_a_credential_that_was_dropped_on_the_way_comes_back_at_home() -> None:
    server = Scripted(to("https://evil.com/"), to(f"{HOME}/api/again"), CARD)
    async with donut_at(server) as donut:
        await donut.cards.get("c")
    assert ["authorization" in request.headers for request in server.requests] == [
        True,
        False,
        True,
    ]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_write_is_not_sent_to_another_address(status: int) -> None:
    server = Scripted(to(f"{HOME}/api/elsewhere", status))
    async with donut_at(server) as donut:
        with pytest.raises(Redirected) as caught:
            await donut.cards.create(BUCKET, title="T")
        assert caught.value.status == status
        # "Found" and "See Other" may follow a write that was made: an update looks for itself.
        unknown = status in (302, 303)
        with pytest.raises(UnknownOutcome if unknown else Redirected):
            await donut.cards.update(CARD_AS_READ, title="T")
    writes = [request for request in server.requests if request.method != "GET"]
    assert [request.method for request in writes] == ["POST", "PUT"]
    assert not any("elsewhere" in str(request.url) for request in writes)


async def test_a_redirect_without_an_address_ends_a_read() -> None:
    server = Scripted(Say(status=304))
    async with donut_at(server) as donut:
        with pytest.raises(Redirected):
            await donut.cards.get("c")
    assert len(server.requests) == 1


async def test_redirects_in_a_circle_come_to_an_end() -> None:
    server = Scripted(to("/api/round"))
    async with donut_at(server, retries=0) as donut:
        with pytest.raises(Redirected, match="in circles"):
            await donut.cards.get("c")
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    "location",
    [
        *("http://[::1", "//[", "https://ümläut/", "ftp://host/", "https://a b/", "\x01"),
        *("https://host:99999/", "https://host:x/", "https://[v1.x]/", "https://", "https:"),
        *("://", "javascript:1", "https://@/", "https://%zz/", "https://xn--a/"),
        "https://" + "a" * 70_000,
    ],
    ids=lambda location: repr(location)[:20],
)
async def test_an_address_that_cannot_be_followed_is_an_error_of_this_library(
    location: str,
) -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/api/projects"):
            header = [(b"location", location.encode("latin-1"))]
            return httpx.Response(302, headers=header)
        return httpx.Response(404)

    async with donut_at(httpx.MockTransport(answer), retries=0) as donut:
        with pytest.raises(AgilekitError):
            await donut.cards.get("c")


CREDENTIAL = Credential.in_header("X-Token", "", SECRET, what="token").in_query(
    "api_key", SECRET, writes=True
)
READ = Op[JSON]("Read", "GET", "/accounts", lambda data: data)
WRITE = Op[JSON]("Write", "PUT", "/accounts", lambda data: data, safe_write=True)
BY_SCRIPT = Dialect(format="jsonp", override=Override("_m", in_query=True))


async def test_a_secret_in_the_query_goes_with_a_redirect_at_home_and_only_there() -> None:
    server = Scripted(to("/api/elsewhere"), Say([1]))
    async with Session("http://localhost:3000/api", CREDENTIAL, transport=server) as session:
        assert await session.call(READ, {}) == [1]
    assert [str(request.url) for request in server.requests] == [
        f"http://localhost:3000/api/accounts?api_key={SECRET}",
        f"http://localhost:3000/api/elsewhere?api_key={SECRET}",
    ]


async def test_a_redirect_that_bears_the_secret_to_another_origin_is_not_followed() -> None:
    server = Scripted(to(f"https://localhost:3000/api/accounts?api_key={SECRET}"), Say([1]))
    async with Session("http://localhost:3000/api", CREDENTIAL, transport=server) as session:
        with pytest.raises(Redirected, match="give away the credential") as caught:
            await session.call(READ, {})
    assert len(server.requests) == 1
    assert SECRET not in repr(vars(caught.value)) + str(caught.value)


async def test_a_write_over_jsonp_is_not_sent_to_another_address() -> None:
    server = Scripted(to("/api/elsewhere"))
    async with Session("https://host/api", CREDENTIAL, BY_SCRIPT, transport=server) as session:
        with pytest.raises(Redirected):
            await session.call(WRITE, {}, {"name": "x"})
    (request,) = server.requests
    assert request.method == "GET"
