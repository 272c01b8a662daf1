"""Every call goes out as the document says, and its sample comes back as the same models."""

from __future__ import annotations

import pytest

from agilekit.kanbantool import KanbanTool
from tests.calls import Call, Format
from tests.each import each
from tests.kanbantool.answers import FORMATS, answer, sent_by
from tests.kanbantool.calls import CALLS, HABITS, kanban_at
from tests.session.scripted import Scripted

pytestmark = pytest.mark.anyio


@each("override", [False, True], ids=["plain", "override"])
@each("format", FORMATS)
@each("call", CALLS, ids=lambda call: call.heading)
async def test_a_call_is_sent_as_documented_and_gives_what_its_sample_says(
    call: Call[KanbanTool], format: Format, override: bool
) -> None:
    server = Scripted(answer(call, format))
    async with kanban_at(server, format, override=override) as kanban:
        result = await call.make(kanban)
    assert sent_by(server, format) == HABITS.sent(call, format, override=override)
    assert result == call.result


@each("format", FORMATS)
@each("call", CALLS, ids=lambda call: call.heading)
async def test_a_call_asks_for_its_format_and_says_what_it_sends(
    call: Call[KanbanTool], format: Format
) -> None:
    server = Scripted(answer(call, format))
    async with kanban_at(server, format) as kanban:
        await call.make(kanban)
    [request] = server.requests
    shown = "json" if format == "xml" and call.json_only else format
    accepts = {"json": "application/json", "xml": "application/xml", "jsonp": "*/*"}
    assert request.headers["accept"] == accepts[shown]
    as_form = bool(call.fields) and format != "jsonp"
    types = "application/x-www-form-urlencoded" if as_form else None
    assert request.headers.get("content-type") == types
