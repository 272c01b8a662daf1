"""Each status becomes the error that fits, with the server's own words."""

from __future__ import annotations

import json

import pytest

from agilekit import errors
from agilekit.errors import ApiError, DecodeError, UnknownOutcome
from agilekit.wire.json import JSON
from agilekit.wire.op import Method, Op, nothing
from agilekit.wire.request import Server
from agilekit.wire.response import Answer, Response
from tests.each import each

SERVER = Server.at("https://host/api", allow_http=False)


def answer(
    status: int, body: object = b"", *, method: Method = "GET", lost: bool = False
) -> tuple[Answer, Op[JSON]]:
    op = Op[JSON]("Test", method, "/things", lambda data: data)
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = Response(status, {}, content)
    return Answer(op, SERVER.request(op, {}), response, [], lost), op


def error_of(
    status: int, body: object = b"", *, method: Method = "GET", lost: bool = False
) -> errors.CallError:
    given, op = answer(status, body, method=method, lost=lost)
    with pytest.raises(errors.CallError) as caught:
        given.value(op)
    return caught.value


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
def test_a_refused_write_is_of_unknown_outcome_where_an_attempt_before_was_lost(
    status: int,
) -> None:
    error = error_of(status, {"error": "no"}, method="PUT", lost=True)
    assert isinstance(error, UnknownOutcome)
    assert str(status) in str(error)


def test_a_refused_read_is_refused_whatever_was_lost_before() -> None:
    assert type(error_of(404, lost=True)) is errors.NotFound


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_a_success(status: int) -> None:
    given, op = answer(status, {"a": 1})
    assert given.accepted
    assert given.value(op) == {"a": 1}


@pytest.mark.parametrize("body", [b"", b"OK", b"<html></html>", b"\xff\x00", b"[1", b"NaN"])
def test_a_read_that_is_not_json_is_a_decode_error(body: bytes) -> None:
    error = error_of(200, body)
    assert type(error) is DecodeError
    assert isinstance(error, ValueError)


@pytest.mark.parametrize("body", [b"", b"OK", b"<html></html>"])
def test_a_write_whose_answer_is_not_json_is_of_unknown_outcome(body: bytes) -> None:
    assert type(error_of(200, body, method="POST")) is UnknownOutcome


@each(
    "body",
    [
        {"message": "Title is missing"},
        {"error": "Title is missing"},
        {"error": {"message": "Title is missing", "code": 7}},
        {"errors": ["Title is missing"]},
        {"errors": [{"message": "Title is missing"}]},
        {"reason": "Title is missing"},
        {"detail": "Title is missing"},
        {"message": "", "error": "Title is missing"},
        {"message": None, "error": "Title is missing"},
        ["Title is missing"],
        "Title is missing",
        b"Title is missing",
        b"  Title \r\n is   missing\n",
        b"<!DOCTYPE html><html><head><title>Title is missing</title></head></html>",
        b"<HTML><TITLE>\nTitle is missing\n</TITLE></HTML>",
        b"<!doctype html>\n<html lang=en>\n<title>Title is missing</title>",
    ],
    ids=lambda body: repr(body)[:40],
)
def test_the_servers_own_words_are_found_wherever_it_puts_them(body: object) -> None:
    error = error_of(400, body)
    assert error.message == "Title is missing"
    assert str(error) == "GET /api/things: 400 Title is missing"


def test_several_messages_are_shown_together() -> None:
    assert error_of(422, {"errors": ["one", "two"]}).message == "one; two"


@pytest.mark.parametrize("body", [b"", {}, [], None, 5, {"error": 5}, {"message": {}}])
def test_an_error_without_words_says_so(body: object) -> None:
    assert error_of(400, body).message == "no reason given"


def test_a_page_without_a_title_is_named_as_a_page() -> None:
    assert error_of(502, b"<html><h1>Bad Gateway</h1></html>").message == "an HTML page"


def test_a_long_message_is_cut_and_the_body_is_kept_whole() -> None:
    error = error_of(400, b"x" * 10_000)
    assert isinstance(error, ApiError)
    assert len(error.message) == 300
    assert error.body == "x" * 10_000


def test_a_body_that_is_no_text_is_kept_as_far_as_it_is() -> None:
    error = error_of(400, b"\xff\xfe oops")
    assert isinstance(error, ApiError)
    assert "oops" in str(error.body)


def test_an_empty_body_is_none() -> None:
    error = error_of(404)
    assert isinstance(error, ApiError)
    assert error.body is None


@each("depth", [100, 300, 500, 700, 900, 990, 100_000])
@each(("opens", "closes"), [(b"[", b"]"), (b'{"error":', b"}")])
def test_a_refusal_is_a_refusal_however_deep_its_body_is_nested(
    depth: int, opens: bytes, closes: bytes
) -> None:
    body = opens * depth + b'"no"' + closes * depth
    assert type(error_of(400, body)) is errors.BadRequest


def test_a_redirect_without_an_address_is_not_blamed_on_a_write() -> None:
    assert "write" not in error_of(304).message


def test_an_error_in_xml_is_read_whatever_the_format() -> None:
    body = b"""<error>
      <message>Permission to read tasks required for user 110</message>
      <status type="integer">403</status>
    </error>"""
    error = error_of(403, body)
    assert error.message == "Permission to read tasks required for user 110"
    assert isinstance(error, ApiError)
    assert error.body == {"message": error.message, "status": 403}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {"status": "error", "message": "Not saved", "errors": ["Name is empty", "Rate is 0"]},
            "Not saved: Name is empty; Rate is 0",
        ),
        ({"errors": {"name": ["can't be blank"], "size": ["is no number"]}}, "name can't be blank"),
        ({"status": 422, "message": ["Name can't be blank"]}, "Name can't be blank"),
        (
            (
                b"<response><errors type='array'><error>Name is empty</error></errors>"
                b"<status>error</status><message>Not saved</message></response>"
            ),
            "Not saved: Name is empty",
        ),
        (b"Not Acceptable", "Not Acceptable"),
        (b"", "no reason given"),
        ({"versions": {"title": "other"}}, "no reason given"),
    ],
)
def test_the_words_of_every_service_are_found(body: object, message: str) -> None:
    assert error_of(422, body).message.startswith(message)


def test_nothing_is_read_of_an_answer_that_says_nothing() -> None:
    op = Op("Test", "PUT", "/things", nothing)
    for body in (b"", b"<html>", b"{}"):
        given = Answer(op, SERVER.request(op, {}), Response(204, {}, body), [], lost=False)
        given.value(op)


def deleted(status: int, body: bytes, *, lost: bool) -> str | None:
    op = Op[str | None](
        "Test", "DELETE", "/things", lambda data: None if data is None else str(data)
    )
    request = SERVER.request(op, {})
    return Answer(op, request, Response(status, {}, body), [], lost).value(op)


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
    op = Op[list[str]]("Test", "GET", "/things", _texts, empty_is_404=True)
    given = Answer(op, SERVER.request(op, {}), Response(404, {}, b"gone"), [], lost=False)
    assert given.value(op) == []


@pytest.mark.parametrize(
    ("body", "said", "message"),
    [
        (
            {"message": "Name is blank, Rate is low", "errors": ["Name is blank", "Rate is low"]},
            ("Name is blank", "Rate is low"),
            "Name is blank, Rate is low",
        ),
        ({"message": "Refused", "errors": ["Too long"]}, ("Too long",), "Refused: Too long"),
        ({"errors": {"name": ["is blank", "is odd"]}}, ("name is blank", "name is odd"), None),
        ({"errors": "Too long"}, ("Too long",), "Too long"),
        ({"message": "Refused"}, (), "Refused"),
        ("Refused", (), "Refused"),
    ],
)
def test_the_errors_of_a_refusal_stand_by_themselves_and_are_said_once(
    body: object, said: tuple[str, ...], message: str | None
) -> None:
    error = error_of(422, body)
    assert isinstance(error, ApiError)
    assert error.errors == said
    assert message is None or error.message == message
