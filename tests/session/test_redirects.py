"""Redirects: of reads, on the host and near it; and the credential stays at home."""

from __future__ import annotations

from contextlib import suppress

import httpx
import pytest

from agilekit import (
    AgilekitError,
    ConnectionLost,
    NotFound,
    RateLimited,
    Redirected,
    Unauthorized,
    UnknownOutcome,
)
from agilekit.session.session import Session
from agilekit.wire.credential import Credential
from agilekit.wire.dialect import Dialect, Override
from agilekit.wire.json import JSON
from agilekit.wire.route import Route
from tests.each import each
from tests.flyingdonut.calls import BUCKET, CARD_AS_READ
from tests.session.scripted import SECRET, Say, Scripted, donut_at

pytestmark = pytest.mark.anyio

HOME = "https://www.flyingdonut.io"
CREDENTIAL = Credential.in_header("X-Token", "", SECRET, what="token").in_query(
    "api_key", SECRET, writes=True
)
READ = Route[JSON]("Read", "GET", "/accounts", lambda data: data)
WRITE = Route[JSON]("Write", "PUT", "/accounts", lambda data: data, safe_write=True)
BY_SCRIPT = Dialect(format="jsonp", override=Override("_m", in_query=True))
CARD = Say({"_id": {"$oid": "c"}, "cid": 5})


def to(location: str, status: int = 302) -> Say:
    return Say(status=status, headers={"location": location})


@each("status", [301, 302, 303, 307, 308])
@each(
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


@each(
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


# What is followed, as the table of wire/redirects.py has it: from the base URL, to the location.
FOLLOWED = [
    ("https://www.host.com/api", "https://host.com/x"),
    ("https://host.com/api", "https://api.eu.host.com:8443/x"),
    ("https://host.com/api", "https://host.com:8443/x"),
    ("http://localhost:3000/api", "http://localhost:8080/x"),
]
ANOTHER_HOST = [
    ("https://www.host.com/api", "https://evil.com/x"),
    ("https://www.host.com/api", "https://evilhost.com/x"),
    ("https://www.host.com/api", "https://www.host.com.evil.com/x"),
    ("https://www.host.com/api", "https://www.host.com@evil.com/x"),
    ("https://www.host.com/api", "https://api.host.com/x"),
    ("https://www.host.com/api", "https://com/x"),
    ("https://www.host.com/api", "http://evil.com/x"),
    ("http://host.com/api", "https://evil.com/x"),
    ("http://host.com/api", "http://www.host.com/x"),
    ("http://127.0.0.1/api", "http://1.127.0.0.1/x"),
]


async def answers(base_url: str, *steps: Say) -> tuple[Scripted, JSON | AgilekitError]:
    server = Scripted(*steps)
    credential = Credential.in_header("X-Token", "", SECRET, what="token")
    async with Session(
        base_url, credential, transport=server, allow_http=True, retries=0
    ) as session:
        try:
            return server, await session.call(READ, {})
        except AgilekitError as error:
            return server, error


@pytest.mark.parametrize(("base_url", "location"), FOLLOWED)
async def test_a_read_goes_on_to_the_same_host_and_near_it_without_its_credential(
    base_url: str, location: str
) -> None:
    server, found = await answers(base_url, to(location), to(base_url), Say([1]))
    assert found == [1]
    sent = [request.headers.get("x-token") for request in server.requests]
    assert sent == [SECRET, None, SECRET]


@each(("base_url", "location"), ANOTHER_HOST)
async def test_what_another_host_says_is_not_the_services_answer(
    base_url: str, location: str
) -> None:
    server, found = await answers(base_url, to(location), Say([1]))
    assert isinstance(found, Redirected)
    assert "another host" in found.message
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "location",
    [
        f"https://u:{SECRET}@{'e' * 60}.example/",
        f"https://{SECRET}@evil.com/",
        f"https://{SECRET}.{'e' * 60}.{'e' * 25}.example/",
    ],
)
async def test_the_name_of_another_host_shows_no_part_of_the_secret(location: str) -> None:
    _, found = await answers("https://www.host.com/api", to(location), Say([1]))
    assert isinstance(found, Redirected)
    said = str(found).casefold()
    parts = {SECRET[start : start + 8].casefold() for start in range(len(SECRET) - 7)}
    assert not [part for part in parts if part in said]


async def test_another_origin_asks_for_no_pause_of_the_service() -> None:
    server = Scripted(
        to("https://host.com/api"), Say({}, 429, {"retry-after": "300"}), Say({}), Say([1])
    )
    credential = Credential.in_header("X-Token", "", SECRET, what="token")
    async with Session(
        "https://www.host.com/api", credential, transport=server, retries=0, deadline=5
    ) as session:
        with pytest.raises(RateLimited, match="by redirect"):
            await session.call(READ, {})
        assert await session.call(READ, {}) == {}


async def test_no_host_on_the_way_decides_which_are_near() -> None:
    server, found = await answers(
        "https://www.host.com/api", to("https://host.com/"), to("https://evil.host.com/"), Say([1])
    )
    assert isinstance(found, Redirected)
    assert [request.url.host for request in server.requests] == ["www.host.com", "host.com"]


async def test_a_read_does_not_go_from_https_to_plain_http() -> None:
    server, found = await answers("https://host.com/api", to("http://host.com/x"), Say([1]))
    assert isinstance(found, Redirected)
    assert "plain http" in found.message
    assert len(server.requests) == 1


@each(
    ("location", "advice"),
    [
        ("https://host.com/api/accounts", "use base_url='https://host.com/api'"),
        ("https://host.com/api/accounts?page=1", "use base_url='https://host.com/api'"),
        ("https://www.host.com:8443/v2/accounts", "use base_url='https://www.host.com:8443/v2'"),
        ("https://host.com/login", "use a base_url that begins with https://host.com"),
    ],
)
@each("op", ["read", "write"])
async def test_a_redirect_to_https_names_the_base_url_to_use(
    location: str, advice: str, op: str
) -> None:
    server = Scripted(to(f"{location}#{SECRET}"), Say([1]))
    call = READ if op == "read" else WRITE
    async with Session(
        "http://host.com/api", CREDENTIAL, transport=server, allow_http=True
    ) as session:
        with pytest.raises(Redirected) as caught:
            await session.call(call, {}, {} if call.writes else None)
    assert caught.value.message.endswith(advice)
    assert len(server.requests) == 1


async def test_a_refusal_by_another_origin_says_where_it_comes_from() -> None:
    _, found = await answers("https://host.com/api", to("https://www.host.com/api"), Say({}, 401))
    assert isinstance(found, Unauthorized)
    assert "by redirect, from https://www.host.com" in found.message


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("refused"), httpx.InvalidURL("no"), httpx.UnsupportedProtocol("x")]
)
async def test_a_request_whose_redirect_was_answered_was_sent(error: Exception) -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/elsewhere":
            raise error
        return httpx.Response(302, headers={"location": "/elsewhere"})

    async with donut_at(httpx.MockTransport(answer), retries=1) as donut:
        with pytest.raises(ConnectionLost, match="where a redirect leads") as caught:
            await donut.cards.get("c")
    assert [attempt.maybe_received for attempt in caught.value.attempts] == [True, True]


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


@pytest.mark.parametrize("last", [Say([1]), Say({"error": "gone"}, 404)])
async def test_as_many_redirects_as_are_followed_are_no_circle(last: Say) -> None:
    _, found = await answers("https://host.com/api", *[to("/x")] * 5, last)
    assert found == [1] or (isinstance(found, NotFound) and found.message == "gone")


@each(
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


async def test_a_secret_in_the_query_goes_with_a_redirect_at_home_and_only_there() -> None:
    server = Scripted(to("/api/elsewhere"), Say([1]))
    async with Session("http://localhost:3000/api", CREDENTIAL, transport=server) as session:
        assert await session.call(READ, {}) == [1]
    assert [str(request.url) for request in server.requests] == [
        f"http://localhost:3000/api/accounts?api_key={SECRET}",
        f"http://localhost:3000/api/elsewhere?api_key={SECRET}",
    ]


async def test_a_redirect_that_takes_the_secret_to_another_origin_is_not_followed() -> None:
    server = Scripted(to(f"http://localhost:8080/api/accounts?api_key={SECRET}"), Say([1]))
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
