"""Where a secret stands in a request, and that it shows nowhere else."""

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
QUERY = Credential.in_header("Authorization", "token", "0123456789abc", what="token")


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


def test_a_secret_in_the_query_stands_in_no_header_and_not_in_the_request() -> None:
    credential = QUERY.in_query("api_token", "0123456789abc", writes=True)
    for route in (GET, PUT):
        request = SERVER.request(route, {"thing": "1"}, query={"page": 2})
        assert credential.headers_of(writes=request.writes) == ()
        signed = credential.signed(request.url, writes=request.writes)
        assert signed == "https://host/api/things/1?page=2&api_token=0123456789abc"
        assert credential.signed(signed, writes=request.writes) == signed
        assert "0123456789" not in repr(request) + repr(credential)


def test_a_write_may_keep_the_header_while_reads_use_the_query() -> None:
    credential = QUERY.in_query("api_key", "0123456789abc", writes=False)
    read, write = (SERVER.request(route, {"thing": "1"}) for route in (GET, PUT))
    assert credential.headers_of(writes=read.writes) == ()
    assert credential.signed(read.url, writes=read.writes) == f"{read.url}?api_key=0123456789abc"
    assert credential.headers_of(writes=write.writes) == (("Authorization", "token 0123456789abc"),)
    assert credential.signed(write.url, writes=write.writes) == write.url


def test_basic_authentication_is_a_header_and_hidden_in_either_form() -> None:
    credential = Credential.basic("981", "iulmbugli2czx7jitqiq", what="key")
    assert credential.headers == (("Authorization", "Basic OTgxOml1bG1idWdsaTJjeng3aml0cWlx"),)
    shown = credential.redactor.text("iulmbugli2czx7jitqiq OTgxOml1bG1idWdsaTJjeng3aml0cWlx")
    assert shown == "******** ********"
