"""The border to HTTP: what carries a request, and how its answer's body is read."""

from __future__ import annotations

import gzip
import json
from typing import Any, cast

import anyio
import httpx
import pytest
from anyio.abc import ByteStream

from agilekit import AgilekitError, ConnectionLost, FlyingDonut, NotSent
from agilekit.errors import InvalidInput, UnknownOutcome
from agilekit.sandbox import Sandbox
from agilekit.session.connection import TooLarge
from agilekit.session.http_library import HttpLibrary
from agilekit.session.transport import Transport
from agilekit.wire.credential import Credential
from agilekit.wire.json import JSON
from agilekit.wire.request import Server
from agilekit.wire.route import Route
from tests.session.raw_server import RawServer, answering, donut
from tests.session.scripted import PROJECT, SECRET, Say, Scripted, donut_at

pytestmark = pytest.mark.anyio

PROJECT_P = {"_id": {"$oid": "p"}}

SERVER = Server.at("https://host/api", allow_http=False)
CREDENTIAL = Credential.in_header("Authorization", "secret", SECRET, what="secret")
READ = Route[JSON]("Read", "GET", "/thing", lambda data: data)
DATA = {"_id": {"$oid": PROJECT}, "text": "x" * 300, "list": [*range(50)]}
BODY = json.dumps(DATA).encode()


# What carries a request


async def test_a_transport_that_was_passed_in_is_closed_with_the_client() -> None:
    server = Scripted(Say({}))
    async with donut_at(server) as donut:
        await donut.project.get()
        assert not server.closed
    assert server.closed


async def test_a_borrowed_client_is_used_and_stays_open() -> None:
    seen: list[httpx.Request] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=PROJECT_P)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as borrowed:
        async with FlyingDonut("p", secret=SECRET, transport=borrowed) as donut:
            await donut.project.get()
        assert not borrowed.is_closed
        await borrowed.get("https://elsewhere/")
    assert [str(request.url) for request in seen] == [
        "https://www.flyingdonut.io/api/projects/p",
        "https://elsewhere/",
    ]
    assert "authorization" not in seen[1].headers


async def test_a_borrowed_clients_own_login_and_redirects_are_not_used() -> None:
    seen: list[httpx.Request] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(307, headers={"location": "https://elsewhere/"})

    async with (
        httpx.AsyncClient(
            transport=httpx.MockTransport(answer), auth=("jane", "pw"), follow_redirects=True
        ) as borrowed,
        FlyingDonut("p", secret=SECRET, username="u", transport=borrowed) as donut,
    ):
        with pytest.raises(AgilekitError):
            await donut.cards.create("b", title="T")
    assert [request.headers["authorization"] for request in seen] == [f"secret {SECRET}"]


async def test_a_transport_with_a_response_that_is_read_already_works_too() -> None:
    compressed = gzip.compress(BODY)

    async def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=compressed, headers={"content-encoding": "gzip"})

    async with donut_at(httpx.MockTransport(answer)) as donut:
        assert (await donut.project.get()).raw == DATA


async def test_a_response_that_is_read_already_may_not_be_too_large_either() -> None:
    async def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=b"x" * 1001)

    given = httpx.MockTransport(answer)
    transport = Transport(SERVER, CREDENTIAL, given, largest_body=1000)
    with pytest.raises(TooLarge):
        await transport.connection().exchange(SERVER.request(READ, {}))


async def test_the_timeout_is_the_clients_even_if_a_borrowed_client_has_a_shorter_one() -> None:
    seen: list[dict[str, float | None]] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions.get("timeout", {}))
        return httpx.Response(200, json=PROJECT_P)

    async with (
        httpx.AsyncClient(transport=httpx.MockTransport(answer), timeout=5) as borrowed,
        FlyingDonut("p", secret=SECRET, transport=borrowed, timeout=60) as donut,
    ):
        await donut.project.get()
    assert all(limit is None or limit >= 60 for limit in seen[0].values())


async def test_a_transport_that_is_not_asynchronous_is_refused() -> None:
    with pytest.raises(InvalidInput, match="AsyncBaseTransport"):
        Transport(SERVER, CREDENTIAL, cast("Any", httpx.HTTPTransport()), largest_body=1)


# Over real sockets


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
BROKEN = {
    "closed at once": b"",
    "no HTTP": b"220 smtp.example.com ESMTP\r\n",
    "a broken head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "a broken header": b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    "a body that is cut": b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"_id"',
    "a chunk that is cut": b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"_',
    "a chunk without size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "gzip that is none": HEAD + b"Content-Encoding: gzip\r\n\r\n{}",
    "an unknown encoding": HEAD + b"Content-Encoding: br\r\n\r\n{}",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
async def test_a_broken_answer_is_lost_for_a_read_and_unknown_for_a_write(
    content: bytes, http: HttpLibrary
) -> None:
    async with RawServer(answering(content)) as url, donut(url, http) as client:
        with pytest.raises(ConnectionLost):
            await client.project.get()
        with pytest.raises(UnknownOutcome):
            await client.cards.create("b", title="T")


async def test_a_server_that_is_not_there_got_nothing(http: HttpLibrary) -> None:
    async with RawServer(answering(b"")) as url:
        pass
    async with donut(url, http, retries=1) as client:
        with pytest.raises(NotSent) as caught:
            await client.cards.create("b", title="T")
    assert len(caught.value.attempts) == 2
    assert not any(attempt.maybe_received for attempt in caught.value.attempts)


async def test_a_server_that_never_answers_is_waited_for_no_longer_than_the_timeout(
    http: HttpLibrary,
) -> None:
    async def silent(stream: ByteStream) -> None:
        await stream.receive()
        await anyio.sleep_forever()

    async with RawServer(silent) as url, donut(url, http, timeout=0.2) as client:
        with anyio.fail_after(5):
            with pytest.raises(ConnectionLost, match=r"no answer within 0\.2 s"):
                await client.project.get()
            with pytest.raises(UnknownOutcome, match=r"no answer within 0\.2 s"):
                await client.cards.create("b", title="T")


async def test_a_server_that_drips_its_answer_is_not_waited_for_either(http: HttpLibrary) -> None:
    async def drip(stream: ByteStream) -> None:
        await stream.receive()
        await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            await stream.send(b" ")
            await anyio.sleep(0.01)

    async with RawServer(drip) as url, donut(url, http, timeout=0.1) as client:
        with anyio.fail_after(5), pytest.raises(ConnectionLost, match="within"):
            await client.project.get()


async def test_an_answer_without_a_length_ends_with_the_connection(http: HttpLibrary) -> None:
    answer = answering(b'HTTP/1.1 200 OK\r\n\r\n{"_id": "c", "cid": 5}')
    async with RawServer(answer) as url, donut(url, http) as client:
        assert (await client.cards.get("c")).cid == 5


async def test_a_connection_is_kept_and_used_again(http: HttpLibrary) -> None:
    connections = 0

    async def talk(stream: ByteStream) -> None:
        nonlocal connections
        connections += 1
        while True:
            await stream.receive()
            await stream.send(b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"_id": "p"}')

    async with RawServer(talk) as url, donut(url, http) as client:
        for _ in range(5):
            await client.project.get()
    assert connections == 1


async def test_a_proxy_of_the_environment_is_not_used_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, http: HttpLibrary
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    sandbox = Sandbox("empty")
    home = sandbox.flyingdonut
    async with sandbox.serve() as server:
        url = f"{server.url}{home.base_path}"
        async with FlyingDonut(
            home.project_id, secret=home.secret, base_url=url, http=http
        ) as client:
            assert (await client.project.get()).id == home.project_id


async def test_a_proxy_of_the_environment_is_used_beyond_this_machine(
    monkeypatch: pytest.MonkeyPatch, http: HttpLibrary
) -> None:
    heads: list[bytes] = []

    async def proxy(stream: ByteStream) -> None:
        heads.append(await stream.receive())
        await stream.send(b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"_id": "p"}')

    async with RawServer(proxy) as url:
        monkeypatch.setenv("http_proxy", url.removesuffix("/api"))
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        base_url = "http://donut.invalid/api"
        async with FlyingDonut(
            "p", secret=SECRET, base_url=base_url, allow_http=True, http=http
        ) as client:
            await client.project.get()
    assert heads[0].startswith(b"GET http://donut.invalid/api/projects/p HTTP/1.1\r\n")


@pytest.mark.parametrize("proxy", ["gopher://proxy:1", "socks5://proxy:1", "http://[::1", "://"])
async def test_a_proxy_that_cannot_be_used_is_an_error_of_this_library(
    monkeypatch: pytest.MonkeyPatch, proxy: str, http: HttpLibrary
) -> None:
    monkeypatch.setenv("https_proxy", proxy)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(AgilekitError):
        async with FlyingDonut(
            "p",
            secret=SECRET,
            base_url="https://donut.invalid",
            retries=0,
            concurrency=1,
            http=http,
        ) as client:
            await client.project.get()
