"""Base URLs, credentials and requests, before anything is sent."""

from __future__ import annotations

from typing import cast

import pytest

from agilekit.errors import InvalidInput
from agilekit.wire.credential import Credential
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


@pytest.mark.parametrize(
    "secret",
    [
        *("", " ", "two words", "line\nbreak", "sécret", "tab\there", "nul\x00", "x\r\nX-Evil: 1"),
        *(
            "\u2028",
            "with space at the end ",
        ),
    ],
)
def test_a_secret_that_fits_in_no_header_is_refused_without_being_shown(secret: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Credential.in_header("Authorization", "secret", secret, what="secret")
    assert str(caught.value) == "the secret must be printable ASCII text without spaces"


@pytest.mark.parametrize("secret", [5, b"0123456789", None, ["0123456789"]])
def test_a_secret_that_is_not_text_is_refused_without_being_shown(secret: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        Credential.in_header("Authorization", "secret", cast("str", secret), what="secret")
    assert "0123456789" not in str(caught.value)


def test_a_credential_without_a_scheme_is_only_the_secret() -> None:
    credential = Credential.in_header("X-Key", "", "0123456789", what="key")
    assert credential.headers == (("X-Key", "0123456789"),)


def test_only_the_same_credential_has_the_same_fingerprint() -> None:
    one, same, other = (
        Credential.in_header("Authorization", "secret", secret, what="secret")
        for secret in ("0123456789", "0123456789", "9876543210")
    )
    assert one.fingerprint == same.fingerprint != other.fingerprint


def test_an_origin_is_the_same_with_and_without_its_usual_port() -> None:
    assert (
        Server.at("https://host:443", allow_http=False).origin
        == Server.at("https://host", allow_http=False).origin
        != Server.at("https://host:80", allow_http=False).origin
    )


QUERY = Credential.in_header("Authorization", "token", "0123456789abc", what="token")


def test_a_secret_in_the_query_stands_in_no_header_and_not_in_the_request() -> None:
    credential = QUERY.in_query("api_token", "0123456789abc", writes=True)
    for op in (GET, PUT):
        request = SERVER.request(op, {"thing": "1"}, query={"page": 2})
        assert credential.headers_of(writes=request.writes) == ()
        signed = credential.signed(request.url, writes=request.writes)
        assert signed == "https://host/api/things/1?page=2&api_token=0123456789abc"
        assert credential.signed(signed, writes=request.writes) == signed
        assert "0123456789" not in repr(request) + repr(credential)


def test_a_write_may_keep_the_header_while_reads_use_the_query() -> None:
    credential = QUERY.in_query("api_key", "0123456789abc", writes=False)
    read, write = (SERVER.request(op, {"thing": "1"}) for op in (GET, PUT))
    assert credential.headers_of(writes=read.writes) == ()
    assert credential.signed(read.url, writes=read.writes) == f"{read.url}?api_key=0123456789abc"
    assert credential.headers_of(writes=write.writes) == (("Authorization", "token 0123456789abc"),)
    assert credential.signed(write.url, writes=write.writes) == write.url


def test_basic_authentication_is_a_header_and_hidden_in_either_form() -> None:
    credential = Credential.basic("981", "iulmbugli2czx7jitqiq", what="key")
    assert credential.headers == (("Authorization", "Basic OTgxOml1bG1idWdsaTJjeng3aml0cWlx"),)
    shown = credential.redactor.text("iulmbugli2czx7jitqiq OTgxOml1bG1idWdsaTJjeng3aml0cWlx")
    assert shown == "******** ********"


def test_an_id_may_be_a_number() -> None:
    assert SERVER.request(GET, {"thing": 7}).path == "/api/things/7"
    with pytest.raises(InvalidInput, match="text or a number"):
        SERVER.request(GET, {"thing": True})


def test_an_id_that_is_a_secret_shows_only_in_the_url() -> None:
    op = Route[JSON]("Delete", "DELETE", "/keys/{key}", lambda data: data, secret_id="key")
    request = SERVER.request(op, {"key": "b2401f37986bc90fb0cc"})
    assert request.url.endswith("/keys/b2401f37986bc90fb0cc")
    assert request.path == "/api/keys/********"
    assert "b2401f" not in repr(request)


def test_only_an_id_that_is_a_secret_is_to_be_hidden_in_what_the_server_says() -> None:
    op = Route[JSON]("Delete", "DELETE", "/keys/{key}", lambda data: data, secret_id="key")
    assert SERVER.request(op, {"key": "b2401f37986bc90fb0cc"}).secret == "b2401f37986bc90fb0cc"
    assert SERVER.request(GET, {"thing": "b2401f37986bc90fb0cc"}).secret is None
