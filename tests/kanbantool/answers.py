"""A sample as the service sends it, by format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

import attrs

from agilekit.kanbantool import KanbanTool
from tests.calls import Call, Format, Sent
from tests.kanbantool.calls import BASE_PATH, TOKEN
from tests.session.scripted import Say, Scripted

FORMATS: Final[tuple[Format, ...]] = ("json", "xml", "jsonp")


def say(format: Format, data: object, xml: str | None, status: int = 200) -> Say:
    """A body in a format; what has no XML is answered in JSON."""
    if format == "xml" and xml is not None:
        return Say(xml.encode(), status)
    if format == "jsonp":
        return Say(f"agilekit({json.dumps(data)})".encode(), status)
    return Say(data, status)


def answer(call: Call[KanbanTool], format: Format) -> Say:
    return say(format, call.json, call.xml, call.status)


def sent_by(server: Scripted, format: Format) -> Sent:
    """The one request, without what every request of the format bears: the token, the callback."""
    [request] = server.requests
    sent = Sent.of(request, BASE_PATH)
    assert request.url.host == "mycompany.kanbantool.com"
    bears: Mapping[str, str] = {}
    if format == "jsonp":
        bears = {"api_token": TOKEN, "callback": "agilekit"}
        assert "x-kanbantooltoken" not in request.headers
    else:
        assert request.headers["x-kanbantooltoken"] == TOKEN
    assert {name: value for name, value in sent.query.items() if name in bears} == bears
    rest = {name: value for name, value in sent.query.items() if name not in bears}
    return attrs.evolve(sent, query=rest)
