"""Cards whose request got no clear answer: each is found, or sent again, or reported."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from agilekit import ServerError, Unknown, UnknownOutcome
from agilekit.bulk import Draft
from agilekit.sandbox import Faults, Sandbox
from tests.bulk.donut import POST, agrees, asked, card_drafts, create_cards, there


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox("empty")


def test_a_batch_whose_reply_is_lost_is_sent_once_and_found(
    anyio_backend: str, sandbox: Sandbox
) -> None:
    sandbox.faults = Faults(drop_after=1.0, methods=POST)
    drafts = card_drafts(10, alike=2)
    report = create_cards(anyio_backend, sandbox, drafts)
    assert agrees(report, sandbox, drafts)
    assert there(sandbox) == asked(drafts)
    assert sandbox.count("POST") == 1


def test_a_web_page_in_the_place_of_an_answer_is_settled(
    anyio_backend: str, sandbox: Sandbox
) -> None:
    sandbox.faults = Faults(garbage=1.0, methods=POST)
    drafts = card_drafts(10)
    report = create_cards(anyio_backend, sandbox, drafts)
    assert agrees(report, sandbox, drafts)
    assert there(sandbox) == asked(drafts)
    assert sandbox.count("POST") == 1


def test_a_500_that_is_repeated_refuses_every_draft_after_a_while(
    anyio_backend: str, sandbox: Sandbox
) -> None:
    sandbox.faults = Faults(error_before=1.0, methods=POST)
    report = create_cards(anyio_backend, sandbox, card_drafts(3))
    assert all(isinstance(refused.error, ServerError) for refused in report.refused)
    assert len(report.refused) == 3
    assert not there(sandbox)
    assert sandbox.count("POST") <= 30


def test_where_the_bucket_cannot_be_read_any_more_the_outcome_is_unknown(
    anyio_backend: str, sandbox: Sandbox
) -> None:
    def breaking() -> Iterator[Draft]:
        yield from card_drafts(1)
        sandbox.faults = Faults(error_after=1.0)

    (outcome,) = create_cards(anyio_backend, sandbox, breaking())
    assert isinstance(outcome, Unknown)
    assert isinstance(outcome.error, ServerError)
    assert there(sandbox) == asked(card_drafts(1))


class Partial(httpx.AsyncBaseTransport):
    """Passes on the first cards of the first array, and loses the answer."""

    def __init__(self, sandbox: Sandbox, applied: int) -> None:
        self._sandbox = sandbox.transport()
        self._applied = applied
        self._done = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "POST" or self._done:
            return await self._sandbox.handle_async_request(request)
        self._done = True
        if cards := json.loads(await request.aread())[: self._applied]:
            headers = {**request.headers}
            del headers["content-length"]
            shorter = httpx.Request("POST", request.url, headers=headers, json=cards)
            response = await self._sandbox.handle_async_request(shorter)
            assert response.is_success
        raise httpx.ReadError("reset")


@pytest.mark.quick(2)
@pytest.mark.parametrize("applied", [0, 1, 9, 10, 19])
def test_an_array_of_which_a_part_was_created_is_settled_card_by_card(
    anyio_backend: str, sandbox: Sandbox, applied: int
) -> None:
    drafts = [*card_drafts(10), *card_drafts(10)]
    report = create_cards(anyio_backend, sandbox, drafts, {"transport": Partial(sandbox, applied)})
    assert agrees(report, sandbox, drafts)
    assert there(sandbox) == asked(drafts)


def test_a_server_that_rounds_what_was_lost_leaves_the_outcome_unknown(anyio_backend: str) -> None:
    sandbox = Sandbox("empty", normalise=True, faults=Faults(drop_after=1.0, methods=POST))
    drafts = [{"title": " Plain "}, {"title": "Odd", "estimate": 2.26}]
    report = create_cards(anyio_backend, sandbox, drafts)
    assert [created.position for created in report.created] == [0]
    (unknown,) = report.unknown
    assert isinstance(unknown.error, UnknownOutcome)
    assert sum(there(sandbox).values()) == 2


def test_an_answer_in_another_order_or_too_short_is_matched_by_content(
    anyio_backend: str, sandbox: Sandbox
) -> None:
    inner = sandbox.transport()

    class Shuffling(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            response = await inner.handle_async_request(request)
            if request.method != "POST":
                return response
            cards = json.loads(await response.aread())
            return httpx.Response(200, json=cards[::-1][1:])

    drafts = card_drafts(4)
    report = create_cards(anyio_backend, sandbox, drafts, {"transport": Shuffling()})
    assert agrees(report, sandbox, drafts)
    assert there(sandbox) == asked(drafts)
