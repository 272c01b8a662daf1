"""Creating cards and tasks in bulk: each draft is matched to what became of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
import httpx
import pytest

from agilekit import (
    BadRequest,
    FlyingDonut,
    Forbidden,
    InvalidInput,
    NotSent,
    Unknown,
    UnknownOutcome,
)
from agilekit.sandbox import Faults, Sandbox

pytestmark = pytest.mark.anyio


def connect(sandbox: Sandbox, **options: Any) -> FlyingDonut:
    service = sandbox.flyingdonut
    return FlyingDonut(
        service.project_id,
        secret=service.secret,
        username=service.username,
        base_url=service.base_url,
        transport=sandbox.transport(),
        **options,
    )


def titles(sandbox: Sandbox) -> list[str]:
    service = sandbox.flyingdonut
    return [str(card.title.value) for card in service.projects[service.project_id].cards.values()]


def drafts(count: int) -> list[Any]:
    return [{"title": f"Card {number}", "estimate": number % 5} for number in range(count)]


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(seed="empty")


async def test_every_draft_becomes_one_card_and_the_report_matches_them(sandbox: Sandbox) -> None:
    async with connect(sandbox) as donut:
        (bucket,) = await donut.buckets.all()
        before = len(sandbox.requests)
        report = await donut.cards.create_many(bucket, drafts(120), batch_size=50)
    assert len(sandbox.requests) - before == 3
    assert [created.position for created in report.created] == list(range(120))
    for created in report.created:
        assert created.item.title.value == created.draft["title"]
        assert created.item.estimate.value == created.draft["estimate"]
    assert sorted(titles(sandbox)) == sorted(draft["title"] for draft in drafts(120))
    assert str(report) == "120 created, 0 refused, 0 of unknown outcome"


async def test_drafts_of_the_same_title_each_get_a_card_of_their_own(sandbox: Sandbox) -> None:
    async with connect(sandbox) as donut:
        (bucket,) = await donut.buckets.all()
        same: list[Any] = [{"title": "Same"}] * 5
        report = await donut.cards.create_many(bucket, same)
    assert len({card.id for card in report.items}) == 5


async def test_a_bad_draft_is_refused_with_its_reason_and_spoils_no_other(sandbox: Sandbox) -> None:
    mixed: list[Any] = [
        {"title": "First"},
        {"title": " "},
        {"estimate": 3},
        "not a mapping",
        {"title": "x", "colour": "red"},
        {"title": "x", "estimate": float("inf")},
        {"title": "Last"},
    ]
    async with connect(sandbox) as donut:
        (bucket,) = await donut.buckets.all()
        report = await donut.cards.create_many(bucket, mixed)
    assert [refused.position for refused in report.refused] == [1, 2, 3, 4, 5]
    assert all(isinstance(refused.error, InvalidInput) for refused in report.refused)
    assert titles(sandbox) == ["First", "Last"]


async def test_a_batch_that_the_server_refuses_is_halved_to_find_the_bad_draft(
    sandbox: Sandbox,
) -> None:
    # The sandbox refuses estimates beyond all bounds, which the client lets pass.
    mixed: list[Any] = [*drafts(20), {"title": "Bad", "estimate": 1e16}, *drafts(20)]
    async with connect(sandbox) as donut:
        (bucket,) = await donut.buckets.all()
        report = await donut.cards.create_many(bucket, mixed)
    (refused,) = report.refused
    assert refused.position == 20
    assert isinstance(refused.error, BadRequest)
    assert len(report.created) == 40 == len(titles(sandbox))


async def test_a_batch_whose_reply_is_lost_is_sent_once_and_reported_as_unknown(
    sandbox: Sandbox,
) -> None:
    async with connect(sandbox) as donut:
        (bucket,) = await donut.buckets.all()
        sandbox.faults = Faults(drop_after=1.0)
        report = await donut.cards.create_many(bucket, drafts(10))
    assert [unknown.position for unknown in report.unknown] == list(range(10))
    assert all(isinstance(unknown.error, UnknownOutcome) for unknown in report.unknown)
    assert len(titles(sandbox)) == 10


async def test_whatever_fails_each_card_is_created_once_or_reported(sandbox: Sandbox) -> None:
    faults = Faults(
        drop_before=0.1,
        drop_after=0.1,
        bad_gateway=0.1,
        error_after=0.1,
        rate_limited=0.1,
        retry_after=0,
        seed=3,
    )
    async with connect(sandbox) as donut:
        (bucket,) = await donut.buckets.all()
        sandbox.faults = faults
        report = await donut.cards.create_many(bucket, drafts(100), batch_size=5)
    there = titles(sandbox)
    assert len(there) == len(set(there))
    created = {str(card.title.value) for card in report.items}
    unknown = {str(outcome.draft["title"]) for outcome in report.unknown}
    assert created <= set(there) <= created | unknown
    assert len(report.outcomes) == 100
    assert unknown


async def test_an_answer_in_another_order_or_too_short_is_matched_by_content(
    sandbox: Sandbox,
) -> None:
    inner = sandbox.transport()

    class Shuffling(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            response = await inner.handle_async_request(request)
            if request.method != "POST":
                return response
            cards = json.loads(await response.aread())
            return httpx.Response(200, json=cards[::-1][1:])

    service = sandbox.flyingdonut
    async with FlyingDonut(
        service.project_id,
        secret=service.secret,
        username=service.username,
        base_url=service.base_url,
        transport=Shuffling(),
    ) as donut:
        (bucket,) = await donut.buckets.all()
        report = await donut.cards.create_many(bucket, drafts(4))
    assert [(c.position, c.item.title.value) for c in report.created] == [
        (0, "Card 0"),
        (1, "Card 1"),
        (2, "Card 2"),
    ]
    assert [unknown.position for unknown in report.unknown] == [3]


async def test_a_server_that_cannot_be_reached_refuses_every_draft_as_not_sent() -> None:
    async with FlyingDonut(
        "5f592445507a9824b8ec287f",
        secret="68300163a5d8b2d71d60fff19f056ab3",
        username="jane.smith",
        base_url="http://127.0.0.1:9/api",
        retries=0,
    ) as donut:
        report = await donut.cards.create_many("54744060c955ca8169c61ee5", drafts(3))
    assert all(isinstance(refused.error, NotSent) for refused in report.refused)
    assert len(report.refused) == 3


async def test_a_wrong_secret_refuses_every_draft(sandbox: Sandbox) -> None:
    service = sandbox.flyingdonut
    async with FlyingDonut(
        service.project_id,
        secret="not-the-secret",
        username=service.username,
        base_url=service.base_url,
        transport=sandbox.transport(),
    ) as donut:
        report = await donut.cards.create_many("54744060c955ca8169c61ee5", drafts(3))
    assert all(isinstance(refused.error, Forbidden) for refused in report.refused)
    assert len(sandbox.requests) == 1


async def test_an_async_iterable_is_read_no_further_ahead_than_the_work_in_flight(
    sandbox: Sandbox,
) -> None:
    read = 0
    furthest = 0

    async def source() -> AsyncIterator[Any]:
        nonlocal read, furthest
        for draft in drafts(400):
            read += 1
            furthest = max(furthest, read - len(titles(sandbox)))
            yield draft
            await anyio.lowlevel.checkpoint()

    async with connect(sandbox, concurrency=2) as donut:
        (bucket,) = await donut.buckets.all()
        report = await donut.cards.create_many(bucket, source(), batch_size=10)
    assert len(report.created) == 400
    assert furthest <= 3 * 10


async def test_an_error_of_the_input_is_raised_after_the_batches_in_flight_have_ended(
    sandbox: Sandbox,
) -> None:
    def source() -> Iterator[Any]:
        yield from drafts(25)
        raise OSError("the file ended")

    async with connect(sandbox) as donut:
        (bucket,) = await donut.buckets.all()
        with pytest.raises(OSError, match="the file ended"):
            await donut.cards.create_many(bucket, source(), batch_size=10)
    assert len(titles(sandbox)) == 25


@pytest.mark.parametrize("batch_size", [0, -1, True, 2.5, "3"])
async def test_a_batch_size_that_is_none_is_refused(sandbox: Sandbox, batch_size: Any) -> None:
    async with connect(sandbox) as donut:
        with pytest.raises(InvalidInput, match="batch_size"):
            await donut.cards.create_many("b", [], batch_size=batch_size)
    assert sandbox.requests == []


async def test_items_that_the_server_changed_go_by_their_order() -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        cards = [{"title": {"value": title, "version": 0}} for title in ("ONE", "Two", "THREE")]
        return httpx.Response(200, json=cards)

    async with FlyingDonut(
        "p", secret="of-nobody", username="jane.smith", transport=httpx.MockTransport(answer)
    ) as donut:
        numbers: list[Any] = [{"title": "One"}, {"title": "Two"}, {"title": "Three"}]
        report = await donut.cards.create_many("b", numbers)
    assert [card.title.value for card in report.items] == ["ONE", "Two", "THREE"]


@pytest.mark.parametrize("source", [None, 5, "Card", {"title": "Card"}])
async def test_what_is_no_iterable_of_drafts_is_refused(sandbox: Sandbox, source: Any) -> None:
    async with connect(sandbox) as donut:
        with pytest.raises(InvalidInput, match="drafts"):
            await donut.cards.create_many("b", source)


async def test_an_error_of_the_hook_leaves_as_it_is(sandbox: Sandbox) -> None:
    def hook(event: object) -> None:
        raise ZeroDivisionError

    async with connect(sandbox, on_event=hook) as donut:
        with pytest.raises(ZeroDivisionError):
            await donut.cards.create_many("b", drafts(100), batch_size=1)


async def test_tasks_are_created_in_bulk_too(sandbox: Sandbox) -> None:
    async with connect(sandbox) as donut:
        (bucket,) = await donut.buckets.all()
        card = await donut.cards.create(bucket, title="Card")
        report = await donut.tasks.create_many(
            card, [{"title": f"Task {n}", "estimate": 0.5} for n in range(7)]
        )
        assert [task.title.value for task in await donut.tasks.of(card)] == [
            f"Task {n}" for n in range(7)
        ]
    assert len(report.items) == 7


async def test_no_drafts_make_an_empty_report(sandbox: Sandbox) -> None:
    async with connect(sandbox) as donut:
        report = await donut.cards.create_many("b", [])
    assert report.outcomes == ()
    assert sandbox.requests == []


async def test_an_unknown_draft_is_not_hidden_among_the_refused(sandbox: Sandbox) -> None:
    async with connect(sandbox) as donut:
        (bucket,) = await donut.buckets.all()
        sandbox.faults = Faults(error_after=1.0)
        report = await donut.cards.create_many(bucket, drafts(1))
    (outcome,) = report.outcomes
    assert isinstance(outcome, Unknown)
    assert len(titles(sandbox)) == 1
