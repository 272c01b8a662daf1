"""What the service refuses says so in its own words, in every format."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import pytest
from attrs import frozen

from agilekit import (
    ApiError,
    BadRequest,
    Conflicted,
    DecodeError,
    Forbidden,
    ServerError,
    Unauthorized,
    UnknownAfterServerError,
    UnknownOutcome,
    Unprocessable,
)
from agilekit.kanbantool import KanbanTool
from tests.calls import Format
from tests.each import each
from tests.ids import short
from tests.kanbantool.answers import FORMATS, say
from tests.kanbantool.calls import kanban_at
from tests.payloads import kanbantool as samples
from tests.session.scripted import Say, Scripted

pytestmark = pytest.mark.anyio


@frozen
class Refusal:
    heading: str
    error: type[ApiError]
    status: int
    message: str
    json: object
    xml: str
    make: Callable[[KanbanTool], Awaitable[object]]


REFUSALS: Final = [
    Refusal(
        "Authentication",
        Unauthorized,
        401,
        "API token is invalid",
        samples.INVALID_TOKEN,
        samples.INVALID_TOKEN_XML,
        lambda kanban: kanban.boards.all(),
    ),
    Refusal(
        "Permissions",
        Forbidden,
        403,
        "Permission to read tasks required for user 110",
        samples.NO_PERMISSION,
        samples.NO_PERMISSION_XML,
        lambda kanban: kanban.tasks.all(1),
    ),
    Refusal(
        "Creating tasks",
        BadRequest,
        400,
        "Name cannot be blank, Size estimate must be numeric",
        samples.CREATING_ERROR,
        samples.CREATING_ERROR_XML,
        lambda kanban: kanban.tasks.create(1, name="T"),
    ),
    Refusal(
        "Moving tasks",
        Conflicted,
        409,
        "WIP Limit exceeded for target column and override not specified",
        samples.MOVING_ERROR,
        samples.MOVING_ERROR_XML,
        lambda kanban: kanban.tasks.move(1, 1, stage=2),
    ),
    Refusal(
        "Deleting tasks",
        BadRequest,
        400,
        "Task is archived, please unarchive it first",
        samples.DELETING_ERROR,
        samples.DELETING_ERROR_XML,
        lambda kanban: kanban.tasks.delete(1, 1),
    ),
    Refusal(
        "Archiving tasks",
        Unprocessable,
        422,
        "Task is not ready to be archived",
        samples.ARCHIVING_ERROR,
        samples.ARCHIVING_ERROR_XML,
        lambda kanban: kanban.tasks.archive(1, 1),
    ),
    Refusal(
        "Unarchiving tasks",
        Unprocessable,
        422,
        "Task is not archived",
        samples.UNARCHIVING_ERROR,
        samples.UNARCHIVING_ERROR_XML,
        lambda kanban: kanban.tasks.unarchive(1, 1),
    ),
    Refusal(
        "Creating new subtasks",
        Unprocessable,
        422,
        "Name can't be blank",
        samples.SUBTASK_ERROR,
        samples.SUBTASK_ERROR_XML,
        lambda kanban: kanban.subtasks.create(1, 1, name="S"),
    ),
    Refusal(
        "Updating existing subtasks",
        Unprocessable,
        422,
        "Name can't be blank",
        samples.SUBTASK_ERROR,
        samples.SUBTASK_ERROR_XML,
        lambda kanban: kanban.subtasks.update(1, 1, 1, name="S"),
    ),
    Refusal(
        "Reordering subtasks list",
        Unprocessable,
        422,
        "Not all subtasks have been included in the list.",
        samples.REORDERING_ERROR,
        samples.REORDERING_ERROR_XML,
        lambda kanban: kanban.subtasks.reorder(1, 1, [1, 2]),
    ),
    Refusal(
        "Posting new comments",
        Unprocessable,
        422,
        "Content can't be blank",
        samples.POSTING_ERROR,
        samples.POSTING_ERROR_XML,
        lambda kanban: kanban.comments.create(1, 1, content="C"),
    ),
    Refusal(
        "Deleting recent comments",
        Unprocessable,
        422,
        "This comment cannot be deleted. Please note that only last, recent made comments can be "
        "deleted.",
        samples.DELETING_COMMENT_ERROR,
        samples.DELETING_COMMENT_ERROR_XML,
        lambda kanban: kanban.comments.delete(1, 1, 1),
    ),
]


@each("format", FORMATS)
@each("refusal", REFUSALS, ids=lambda refusal: refusal.heading)
async def test_a_documented_error_is_raised_with_the_servers_words(
    refusal: Refusal, format: Format
) -> None:
    server = Scripted(say(format, refusal.json, refusal.xml, refusal.status))
    async with kanban_at(server, format) as kanban:
        with pytest.raises(refusal.error) as caught:
            await refusal.make(kanban)
    assert (caught.value.status, caught.value.message) == (refusal.status, refusal.message)
    assert caught.value.body == refusal.json
    assert len(server.requests) == 1


@each("refusal", REFUSALS, ids=lambda refusal: refusal.heading)
async def test_over_jsonp_an_error_comes_with_status_200_and_is_an_error_all_the_same(
    refusal: Refusal,
) -> None:
    server = Scripted(say("jsonp", {"code": refusal.status, "message": refusal.message}, None))
    async with kanban_at(server, "jsonp") as kanban:
        with pytest.raises(refusal.error) as caught:
            await refusal.make(kanban)
    assert (caught.value.status, caught.value.message) == (refusal.status, refusal.message)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": {"message": "No", "status": 422}}, "No"),
        ({"errors": {"name": ["can't be blank"]}}, "name can't be blank"),
        (
            {"errors": {"name": ["can't be blank", "is odd"], "due_date": ["is no date"]}},
            "name can't be blank; is odd: due_date is no date",
        ),
        ({"status": 422, "message": ["Name can't be blank", "No"]}, "Name can't be blank; No"),
        ({"code": 422, "message": ["Name can't be blank"]}, "Name can't be blank"),
    ],
    ids=short,
)
@pytest.mark.parametrize("format", ["json", "jsonp"])
async def test_the_error_shapes_of_newer_servers_are_understood_lists_of_messages_too(
    body: object, message: str, format: Format
) -> None:
    server = Scripted(say(format, body, None, 422))
    async with kanban_at(server, format) as kanban:
        with pytest.raises(Unprocessable) as caught:
            await kanban.tasks.update(1, 1, name="T")
    assert caught.value.message == message


@pytest.mark.parametrize(("status", "error"), [(401, Unauthorized), (403, Forbidden)])
async def test_a_bad_token_is_401_in_one_place_of_the_document_and_403_in_another(
    status: int, error: type[ApiError]
) -> None:
    server = Scripted(Say(samples.INVALID_TOKEN, status))
    async with kanban_at(server) as kanban:
        with pytest.raises(error, match="API token is invalid"):
            await kanban.boards.all()


@pytest.mark.parametrize("format", FORMATS)
async def test_a_500_of_a_write_leaves_the_outcome_unknown_and_is_not_sent_again(
    format: Format,
) -> None:
    server = Scripted(
        say(format, {"message": "Oops"}, "<error><message>Oops</message></error>", 500)
    )
    async with kanban_at(server, format) as kanban:
        with pytest.raises(UnknownAfterServerError, match="Oops") as caught:
            await kanban.tasks.update(1, 1, name="T")
    assert isinstance(caught.value, ServerError)
    assert len(server.requests) == 1


@pytest.mark.parametrize("format", FORMATS)
async def test_a_body_of_another_kind_is_a_decode_error_of_a_read_and_unknown_of_a_write(
    format: Format,
) -> None:
    server = Scripted(Say(b"<html><body>Down for maintenance</body>"))
    async with kanban_at(server, format) as kanban:
        with pytest.raises(DecodeError):
            await kanban.boards.get(1)
        with pytest.raises(UnknownOutcome):
            await kanban.tasks.create(1, name="T")


async def test_a_task_of_a_wrong_kind_is_named_by_its_place() -> None:
    server = Scripted(Say([{"task": {"position": "last"}}]))
    async with kanban_at(server) as kanban:
        with pytest.raises(DecodeError, match="position"):
            await kanban.tasks.all(1)
