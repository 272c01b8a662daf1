"""What an answer over JSONP calls back with, and the status that an error names."""

from __future__ import annotations

import time

import pytest

from agilekit.wire.dialect import Dialect
from agilekit.wire.jsonp import unwrapped
from agilekit.wire.response import Response


@pytest.mark.parametrize(
    "body",
    [
        b'agilekit({"task": {"id": 1}})',
        b'/**/agilekit({"task": {"id": 1}});',
        b' agilekit ( {"task": {"id": 1}} ) ;\n',
        b'{"task": {"id": 1}}',
    ],
)
def test_a_jsonp_answer_is_what_it_calls_back_with(body: bytes) -> None:
    response = Response(200, {}, body).unwrapped(Dialect(format="jsonp"))
    assert response.status == 200
    assert Dialect(format="jsonp").document(response.body).data == {"task": {"id": 1}}


@pytest.mark.parametrize(
    ("inside", "status"),
    [
        (b'{"code": 403, "message": "No permission"}', 403),
        (b'{"code": "401", "message": "No token"}', 401),
        (b'{"status": 422, "message": ["Name is blank"]}', 422),
        (b'{"error": {"message": "API token is invalid", "status": 401}}', 401),
        (b'{"errors": {"name": ["is blank"]}}', 422),
    ],
)
def test_an_error_over_jsonp_has_the_status_that_it_names(inside: bytes, status: int) -> None:
    answer = Response(200, {}, b"agilekit(%s)" % inside)
    assert answer.unwrapped(Dialect(format="jsonp")).status == status
    assert answer.unwrapped(Dialect()).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b'agilekit({"code": 200, "message": "fine"})',
        b'agilekit({"code": "en-US", "message": "a locale"})',
        b'agilekit({"code": 404})',
        b'agilekit({"id": 1, "errors": []})',
        b'agilekit([{"code": 404, "message": "x"}])',
        b"agilekit(not json)",
        b"<html>",
    ],
)
def test_any_other_jsonp_answer_keeps_its_status(body: bytes) -> None:
    assert unwrapped(body)[1] is None


@pytest.mark.parametrize("before", ["", " \r\n", "/**/", " /**/ "])
@pytest.mark.parametrize("between", ["", " ", "\n\t"])
@pytest.mark.parametrize("after", ["", ";", " ; \n"])
@pytest.mark.parametrize("inside", ["", "[1]", ' {"a": ")"} ', "agilekit(1)"])
def test_a_call_may_stand_in_white_space(
    before: str, between: str, after: str, inside: str
) -> None:
    body = f"{before}agilekit{between}({inside}){after}"
    assert unwrapped(body.encode())[0] == inside.encode()


@pytest.mark.parametrize(
    "body", [b"", b"agilekit", b"agilekit(", b"agilekit)", b"agilekit();;", b"x agilekit()", b"[1]"]
)
def test_anything_but_a_call_is_left_as_it_is(body: bytes) -> None:
    assert unwrapped(body) == (body, None)


@pytest.mark.parametrize(
    "body",
    [
        b" " * 60_000,
        b"agilekit" + b" " * 60_000,
        b"agilekit([]" + b") " * 60_000 + b"x",
        b"agilekit([]);" + b" " * 60_000 + b"x",
        b"agilekit(" * 60_000,
    ],
)
def test_no_answer_is_looked_through_more_than_a_few_times(body: bytes) -> None:
    began = time.process_time()
    unwrapped(body)
    assert time.process_time() - began < 0.5
