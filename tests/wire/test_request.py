"""Base URLs, credentials and requests, before anything is sent."""

from __future__ import annotations

import pytest

from agilekit.errors import InvalidInput
from agilekit.wire.json import JSON
from agilekit.wire.request import Server
from agilekit.wire.route import Route

SERVER = Server.at("https://host/api", allow_http=False)
GET = Route[JSON]("Get", "GET", "/things/{thing}", lambda data: data)
PUT = Route[JSON]("Put", "PUT", "/things/{thing}", lambda data: data, safe_write=True)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://localhost:3000/api",
            "http://127.0.0.1/api",
            "http://[::1]:8000",
            "http://a.localhost",
        ),
        *("http://127.8.9.10:1",),
    ],
)
def test_plain_http_is_allowed_on_this_machine(url: str) -> None:
    assert Server.at(url, allow_http=False).base_url == url


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://host/api",
            "http://10.0.0.1",
            "http://localhost.evil.com",
            "http://127.0.0.1.evil.com",
        ),
        *(
            "http://0.0.0.0:8000",
            "HTTP://host",
        ),
    ],
)
def test_plain_http_elsewhere_is_refused_unless_it_is_asked_for(url: str) -> None:
    with pytest.raises(InvalidInput, match="allow_http=True"):
        Server.at(url, allow_http=False)
    assert Server.at(url, allow_http=True).origin == url.lower().removesuffix("/api")


def test_the_origin_of_a_server_is_compared_without_case() -> None:
    assert Server.at("https://HOST/API", allow_http=False).base_url == "https://host/API"


def test_a_request_has_a_content_type_only_if_it_has_content() -> None:
    without = SERVER.request(GET, {"thing": "1"})
    assert (without.method, without.url, without.path) == (
        "GET",
        "https://host/api/things/1",
        "/api/things/1",
    )
    assert without.content == b""
    assert "Content-Type" not in dict(without.headers)
    assert dict(SERVER.request(PUT, {"thing": "1"}, {}).headers)["Content-Type"] == (
        "application/json"
    )


def test_a_body_nested_too_deeply_is_refused() -> None:
    deep: JSON = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(InvalidInput):
        SERVER.request(PUT, {"thing": "1"}, deep)
    while isinstance(deep, list) and deep:  # so that its end does not overflow the stack
        deep = deep[0]


def test_an_origin_is_the_same_with_and_without_its_usual_port() -> None:
    assert (
        Server.at("https://host:443", allow_http=False).origin
        == Server.at("https://host", allow_http=False).origin
        != Server.at("https://host:80", allow_http=False).origin
    )


def test_an_id_may_be_a_number() -> None:
    assert SERVER.request(GET, {"thing": 7}).path == "/api/things/7"
    with pytest.raises(InvalidInput, match="text or a number"):
        SERVER.request(GET, {"thing": True})


def test_an_id_that_is_a_secret_shows_only_in_the_url() -> None:
    route = Route[JSON]("Delete", "DELETE", "/keys/{key}", lambda data: data, secret_id="key")
    request = SERVER.request(route, {"key": "b2401f37986bc90fb0cc"})
    assert request.url.endswith("/keys/b2401f37986bc90fb0cc")
    assert request.path == "/api/keys/********"
    assert "b2401f" not in repr(request)


def test_only_an_id_that_is_a_secret_is_to_be_hidden_in_what_the_server_says() -> None:
    route = Route[JSON]("Delete", "DELETE", "/keys/{key}", lambda data: data, secret_id="key")
    assert SERVER.request(route, {"key": "b2401f37986bc90fb0cc"}).secret == "b2401f37986bc90fb0cc"
    assert SERVER.request(GET, {"thing": "b2401f37986bc90fb0cc"}).secret is None
