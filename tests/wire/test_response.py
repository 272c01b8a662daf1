"""Each status becomes the error that fits, with the server's own words."""

from __future__ import annotations

import pytest

from agilekit import errors
from agilekit.errors import ApiError, DecodeError, UnknownOutcome
from agilekit.wire.json import JSON
from agilekit.wire.response import Answer, Response
from agilekit.wire.route import Route, no_result
from tests.each import each
from tests.wire.answers import SERVER, answer, error_of


@each(
    ("status", "kind"),
    [
        (302, errors.Redirected),
        (304, errors.Redirected),
        (400, errors.BadRequest),
        (401, errors.Unauthorized),
        (402, errors.ApiError),
        (403, errors.Forbidden),
        (404, errors.NotFound),
        (405, errors.ApiError),
        (409, errors.Conflicted),
        (412, errors.Conflicted),
        (413, errors.ApiError),
        (418, errors.ApiError),
        (422, errors.Unprocessable),
        (429, errors.RateLimited),
        (500, errors.ServerError),
        (503, errors.ServerError),
        (599, errors.ServerError),
    ],
)
def test_a_status_becomes_its_error(status: int, kind: type[ApiError]) -> None:
    error = error_of(status, {"error": "no"})
    assert type(error) is kind
    assert isinstance(error, ApiError)
    assert (error.status, error.body, error.message) == (
        (status, {"error": "no"}, "no") if status >= 400 else (status, error.body, error.message)
    )
    assert (error.method, error.path) == ("GET", "/api/things")
    assert str(error).startswith(f"GET /api/things: {status} ")


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_that_meets_a_server_error_is_of_unknown_outcome(status: int) -> None:
    error = error_of(status, {"error": "no"}, method="POST")
    assert type(error) is errors.UnknownAfterServerError
    assert isinstance(error, UnknownOutcome)
    assert isinstance(error, errors.ServerError)
    assert (error.status, error.body) == (status, {"error": "no"})
    assert f"{status} no" in str(error)


@pytest.mark.parametrize("status", [302, 400, 404, 409, 422, 429])
def test_a_refused_write_is_of_unknown_outcome_if_an_attempt_before_was_lost(
    status: int,
) -> None:
    error = error_of(status, {"error": "no"}, method="PUT", lost=True)
    assert isinstance(error, UnknownOutcome)
    assert str(status) in str(error)


def test_a_refused_read_is_refused_whatever_was_lost_before() -> None:
    assert type(error_of(404, lost=True)) is errors.NotFound


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_a_success(status: int) -> None:
    given, route = answer(status, {"a": 1})
    assert given.accepted
    assert given.value(route) == {"a": 1}


@pytest.mark.parametrize("body", [b"", b"OK", b"<html></html>", b"\xff\x00", b"[1", b"NaN"])
def test_a_read_that_is_not_json_is_a_decode_error(body: bytes) -> None:
    error = error_of(200, body)
    assert type(error) is DecodeError
    assert isinstance(error, ValueError)


@pytest.mark.parametrize("body", [b"", b"OK", b"<html></html>"])
def test_a_write_whose_answer_is_not_json_is_of_unknown_outcome(body: bytes) -> None:
    assert type(error_of(200, body, method="POST")) is UnknownOutcome


def test_a_redirect_without_an_address_is_not_blamed_on_a_write() -> None:
    assert "write" not in error_of(304).message


def test_nothing_is_read_of_an_answer_that_says_nothing() -> None:
    route = Route("Test", "PUT", "/things", no_result)
    for body in (b"", b"<html>", b"{}"):
        given = Answer(route, SERVER.request(route, {}), Response(204, {}, body), [], lost=False)
        given.value(route)


def deleted(status: int, body: bytes, *, lost: bool) -> str | None:
    route = Route[str | None](
        "Test", "DELETE", "/things", lambda data: None if data is None else str(data)
    )
    request = SERVER.request(route, {})
    return Answer(route, request, Response(status, {}, body), [], lost).value(route)


def test_what_is_gone_when_a_lost_deletion_is_sent_again_has_been_deleted() -> None:
    assert deleted(404, b"", lost=True) is None
    assert deleted(204, b"", lost=False) is None
    assert deleted(200, b'"it"', lost=False) == "it"
    with pytest.raises(errors.NotFound):
        deleted(404, b"", lost=False)
    with pytest.raises(UnknownOutcome):
        deleted(403, b"", lost=True)


def _texts(data: JSON) -> list[str]:
    assert isinstance(data, list)
    return [str(element) for element in data]


def test_a_listing_that_answers_404_for_nothing_is_empty() -> None:
    route = Route[list[str]]("Test", "GET", "/things", _texts, empty_is_404=True)
    given = Answer(route, SERVER.request(route, {}), Response(404, {}, b"gone"), [], lost=False)
    assert given.value(route) == []
