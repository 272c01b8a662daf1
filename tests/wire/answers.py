"""Answers to a call, without a server."""

from __future__ import annotations

import json

import pytest

from agilekit import errors
from agilekit.wire.json import JSON
from agilekit.wire.request import Server
from agilekit.wire.response import Answer, Response
from agilekit.wire.route import Method, Route

SERVER = Server.at("https://host/api", allow_http=False)


def answer(
    status: int, body: object = b"", *, method: Method = "GET", lost: bool = False
) -> tuple[Answer, Route[JSON]]:
    route = Route[JSON]("Test", method, "/things", lambda data: data)
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = Response(status, {}, content)
    return Answer(route, SERVER.request(route, {}), response, [], lost), route


def error_of(
    status: int, body: object = b"", *, method: Method = "GET", lost: bool = False
) -> errors.CallError:
    given, route = answer(status, body, method=method, lost=lost)
    with pytest.raises(errors.CallError) as caught:
        given.value(route)
    return caught.value
