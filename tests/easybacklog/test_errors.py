"""What the server says of an error reaches the caller, in whatever form it comes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

import httpx
import pytest

from agilekit import (
    ApiError,
    BadRequest,
    DecodeError,
    Forbidden,
    NotFound,
    ServerError,
    Unauthorized,
    UnknownOutcome,
    Unprocessable,
)
from agilekit.easybacklog import EasyBacklog
from tests.each import each
from tests.easybacklog.server import easy_at
from tests.payloads import easybacklog as samples
from tests.session.scripted import Say, Scripted

pytestmark = pytest.mark.anyio

Format = Literal["json", "xml"]

HTML = b"<!DOCTYPE html><html><head><meta><title>Not Acceptable</title></head><body>...</html>"


async def refused(
    said: Say, cls: type[ApiError] = ApiError, *, format: Format = "json"
) -> ApiError:
    async with easy_at(Scripted(said), format=format) as easy:
        with pytest.raises(cls) as caught:
            await easy.accounts.get(604)
    return caught.value


@each(
    ("status", "cls"),
    [
        (400, BadRequest),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (406, ApiError),
        (422, Unprocessable),
        (426, ApiError),
        (500, ServerError),
    ],
)
@each("format", ["json", "xml"])
async def test_each_status_is_its_own_error_with_the_servers_words(
    status: int, cls: type[ApiError], format: Format
) -> None:
    body = samples.ERRORS if format == "json" else samples.ERRORS_XML.encode()
    error = await refused(Say(body, status), cls, format=format)
    assert type(error) is cls
    assert (error.status, error.message) == (status, "Invalid authentication details")
    assert error.body == samples.ERRORS
    assert str(error) == f"GET /api/accounts/604: {status} Invalid authentication details"


@pytest.mark.parametrize("format", ["json", "xml"])
async def test_the_errors_of_a_validation_are_all_told(format: Format) -> None:
    body = samples.VALIDATION_ERRORS
    said = Say(body if format == "json" else samples.VALIDATION_ERRORS_XML.encode(), 422)
    error = await refused(said, Unprocessable, format=format)
    assert error.body == body
    assert "Name can't be blank" in error.message
    assert "Velocity is not a number" in error.message


@pytest.mark.parametrize("format", ["json", "xml"])
@pytest.mark.parametrize(
    ("body", "message"),
    [
        (HTML, "Not Acceptable"),
        (b"Not acceptable", "Not acceptable"),
        (b" ", "no reason given"),
        (b"", "no reason given"),
    ],
)
async def test_an_error_need_be_in_no_format_at_all(
    body: bytes, message: str, format: Format
) -> None:
    error = await refused(Say(body, 406), format=format)
    assert (error.status, error.message) == (406, message)


@pytest.mark.parametrize("format", ["json", "xml"])
@pytest.mark.parametrize("body", [HTML, b"", b"[]", b'{"id": "many"}', b"<a><id>many</id></a>"])
async def test_an_answer_without_an_account_is_a_decode_error(body: bytes, format: Format) -> None:
    async with easy_at(Scripted(Say(body)), format=format) as easy:
        with pytest.raises(DecodeError):
            await easy.accounts.get(604)


@pytest.mark.parametrize("format", ["json", "xml"])
async def test_snapshots_in_neither_group_are_a_decode_error(format: Format) -> None:
    body = samples.ERRORS if format == "json" else samples.ERRORS_XML.encode()
    async with easy_at(Scripted(Say(body)), format=format) as easy:
        with pytest.raises(DecodeError, match="manual_snapshots"):
            await easy.snapshots.all(604, 7069)


async def test_criteria_that_are_not_a_list_are_a_decode_error() -> None:
    xml = b"<backlog><backlog><criteria>some</criteria></backlog><sprints/></backlog>"
    async with easy_at(Scripted(Say(xml)), format="xml") as easy:
        with pytest.raises(DecodeError, match="acceptance criteria"):
            await easy.backlogs.get(604, 7069, associated=True)


async def _delete_criterion(easy: EasyBacklog) -> None:
    await easy.criteria.delete(100145, 240621)


async def _assign_story(easy: EasyBacklog) -> None:
    await easy.sprint_stories.create(3533, story_id=100145)


async def _update_story(easy: EasyBacklog) -> None:
    await easy.stories.update(32100, 100145, score=3)


@pytest.mark.parametrize("use", [_delete_criterion, _assign_story, _update_story])
async def test_a_write_that_was_answered_with_500_is_never_sent_again(
    use: Callable[[EasyBacklog], Awaitable[None]],
) -> None:
    server = Scripted(Say({"status": "error", "message": "The story is accepted"}, 500))
    async with easy_at(server) as easy:
        with pytest.raises(UnknownOutcome, match="The story is accepted") as caught:
            await use(easy)
    assert isinstance(caught.value, ServerError)
    assert len(server.requests) == 1


async def test_a_company_cannot_be_deleted_if_there_is_no_such_route() -> None:
    server = Scripted(Say(HTML.replace(b"Not Acceptable", b"No route"), 404))
    async with easy_at(server) as easy:
        with pytest.raises(NotFound, match="No route"):
            await easy.companies.delete(604, 121)


async def test_a_deletion_that_was_lost_and_finds_nothing_has_succeeded() -> None:
    server = Scripted(httpx.ReadError("cut"), Say(samples.ERRORS, 404))
    async with easy_at(server) as easy:
        await easy.themes.delete(7069, 32100)
    assert len(server.requests) == 2


@pytest.mark.parametrize("what", ["grab", "move", "create", "duplicate"])
async def test_a_post_whose_answer_was_lost_is_not_sent_again(what: str) -> None:
    server = Scripted(httpx.ReadError("cut"), Say(b"", 204))
    async with easy_at(server) as easy:
        uses: dict[str, Callable[[], Awaitable[object]]] = {
            "grab": lambda: easy.themes.grab_story(7069, 32101, 100145),
            "move": lambda: easy.themes.move_to(7069, 32101, 7076),
            "create": lambda: easy.themes.create(7069, name="New theme"),
            "duplicate": lambda: easy.backlogs.duplicate(604, 7069, name="N", wait=True),
        }
        with pytest.raises(UnknownOutcome):
            await uses[what]()
    assert len(server.requests) == 1


async def test_an_update_whose_answer_was_lost_is_sent_again() -> None:
    server = Scripted(httpx.ReadError("cut"), Say(b"", 204))
    async with easy_at(server) as easy:
        await easy.sprints.complete(7069, 3533)
    assert [request.content for request in server.requests] == [b"completed=true"] * 2
