"""What is sent again after a lost reply, and what is not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from agilekit import UnknownOutcome
from agilekit.kanbantool import KanbanTool
from tests.calls import Format
from tests.each import each
from tests.kanbantool import expected
from tests.kanbantool.answers import FORMATS, say
from tests.kanbantool.calls import kanban_at
from tests.payloads import kanbantool as samples
from tests.session.scripted import Say, Scripted
from tests.virtual_time import in_virtual_time

Make = Callable[[KanbanTool], Awaitable[object]]

TWICE: list[Make] = [
    lambda kanban: kanban.tasks.update(1, 1, name="T"),
    lambda kanban: kanban.tasks.move(1, 1, stage=2),
    lambda kanban: kanban.tasks.archive(1, 1),
    lambda kanban: kanban.tasks.unarchive(1, 1),
    lambda kanban: kanban.tasks.delete(1, 1),
]
ONCE: list[Make] = [
    lambda kanban: kanban.tasks.create(1, name="T"),
    lambda kanban: kanban.tasks.move(1, 1, direction="down"),
    lambda kanban: kanban.subtasks.create(1, 1, name="S"),
    lambda kanban: kanban.comments.create(1, 1, content="C"),
    lambda kanban: kanban.timers.create(
        board_id=1, task_id=1, started_at="2013-03-04T10:30:00+01:00"
    ),
]
DELETES: list[Make] = [
    lambda kanban: kanban.tasks.delete(1, 1),
    lambda kanban: kanban.subtasks.delete(1, 1, 1),
    lambda kanban: kanban.comments.delete(1, 1, 1),
    lambda kanban: kanban.timers.delete(1),
]


def result_of(
    anyio_backend: str, server: Scripted, format: Format, make: Make, *, override: bool = False
) -> object:
    async def main() -> object:
        async with kanban_at(server, format, override=override) as kanban:
            return await make(kanban)

    return in_virtual_time(anyio_backend, main)


@each("override", [False, True])
@each("format", FORMATS)
@each("make", TWICE)
def test_an_absolute_change_is_sent_again_after_a_lost_reply(
    anyio_backend: str, make: Make, format: Format, override: bool
) -> None:
    again = say(format, samples.VIEWING_TASK, samples.VIEWING_TASK_XML)
    server = Scripted(httpx.ReadError("lost"), again)
    assert result_of(anyio_backend, server, format, make, override=override) == expected.TASK
    assert len(server.requests) == 2
    assert server.requests[0].url == server.requests[1].url


@each("format", FORMATS)
@each("make", ONCE)
def test_what_creates_and_a_relative_move_are_sent_once_though_the_move_is_a_put(
    anyio_backend: str, make: Make, format: Format
) -> None:
    server = Scripted(httpx.ReadError("lost"), Say(samples.VIEWING_TASK))
    with pytest.raises(UnknownOutcome):
        result_of(anyio_backend, server, format, make)
    assert len(server.requests) == 1


@each("override", [False, True])
@each("format", FORMATS)
@each("make", DELETES)
def test_a_delete_whose_reply_was_lost_and_that_then_finds_404_has_succeeded(
    anyio_backend: str, make: Make, format: Format, override: bool
) -> None:
    gone = say(format, {"code": 404, "message": "Not found"}, "<error/>", 404)
    server = Scripted(httpx.ReadError("lost"), gone)
    assert result_of(anyio_backend, server, format, make, override=override) is None
    assert len(server.requests) == 2


@pytest.mark.parametrize("asked", ["2", "Thu, 01 Jan 1970 00:00:02 GMT"])
@pytest.mark.parametrize("make", [TWICE[0], ONCE[0]])
def test_a_429_with_retry_after_in_either_form_is_a_rate_limit_and_the_call_goes_on(
    anyio_backend: str, make: Make, asked: str
) -> None:
    limited = Say(status=429, headers={"Retry-After": asked})
    server = Scripted(limited, Say(samples.VIEWING_TASK))
    assert result_of(anyio_backend, server, "json", make) == expected.TASK
    assert len(server.requests) == 2
