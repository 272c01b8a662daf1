"""What a server says when it refuses, wherever it puts its words."""

from __future__ import annotations

import pytest

from agilekit import errors
from agilekit.errors import ApiError
from tests.wire.answers import error_of


@pytest.mark.parametrize(
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


def test_a_body_that_is_only_partly_text_is_kept_as_far_as_it_is() -> None:
    error = error_of(400, b"\xff\xfe oops")
    assert isinstance(error, ApiError)
    assert "oops" in str(error.body)


def test_an_empty_body_is_none() -> None:
    error = error_of(404)
    assert isinstance(error, ApiError)
    assert error.body is None


@pytest.mark.parametrize("depth", [100, 300, 500, 700, 900, 990, 100_000])
@pytest.mark.parametrize(("opens", "closes"), [(b"[", b"]"), (b'{"error":', b"}")])
def test_a_refusal_is_a_refusal_however_deep_its_body_is_nested(
    depth: int, opens: bytes, closes: bytes
) -> None:
    body = opens * depth + b'"no"' + closes * depth
    assert type(error_of(400, body)) is errors.BadRequest


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
