"""Creating cards and tasks in bulk: each draft is matched to what became of it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from agilekit import (
    AgilekitError,
    BadRequest,
    BulkInterrupted,
    FlyingDonut,
    Forbidden,
    InvalidInput,
    NotSent,
)
from agilekit.sandbox import Sandbox
from tests.bulk.donut import card_drafts, connect, there


def titles(sandbox: Sandbox) -> list[str]:
    return [str(title) for title, _ in there(sandbox).elements()]


def drafts(count: int) -> list[Any]:
    return list(card_drafts(count))


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(seed="empty")


@pytest.mark.anyio
async def test_every_draft_becomes_one_card_and_the_report_matches_them(sandbox: Sandbox) -> None:
    async with connect(sandbox) as donut:
        (bucket,) = await donut.buckets.all()
        before = len(sandbox.requests)
        report = await donut.cards.create_many(bucket, drafts(120), batch_size=50)
    assert len(sandbox.requests) - before == 3 + 1  # one looks what is there already
    assert [created.position for created in report.created] == list(range(120))
    for created in report.created:
        assert created.item.title.value == created.draft["title"]
        assert created.item.estimate.value == created.draft["estimate"]
    assert sorted(titles(sandbox)) == sorted(draft["title"] for draft in drafts(120))
    assert str(report) == "120 created, 0 refused, 0 of unknown outcome"


@pytest.mark.anyio
async def test_drafts_of_the_same_title_each_get_a_card_of_their_own(sandbox: Sandbox) -> None:
    async with connect(sandbox) as donut:
        (bucket,) = await donut.buckets.all()
        same: list[Any] = [{"title": "Same"}] * 5
        report = await donut.cards.create_many(bucket, same)
    assert len({card.id for card in report.items}) == 5


@pytest.mark.anyio
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


@pytest.mark.anyio
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


@pytest.mark.anyio
async def test_a_server_that_cannot_be_reached_ends_the_job_before_it_begins() -> None:
    async with FlyingDonut(
        "5f592445507a9824b8ec287f",
        secret="68300163a5d8b2d71d60fff19f056ab3",
        username="jane.smith",
        base_url="http://127.0.0.1:9/api",
        retries=0,
    ) as donut:
        with pytest.raises(NotSent):
            await donut.cards.create_many("54744060c955ca8169c61ee5", drafts(3))


@pytest.mark.anyio
async def test_a_server_that_goes_away_refuses_every_draft_as_not_sent(sandbox: Sandbox) -> None:
    inner = sandbox.transport()

    class Leaving(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.method == "POST":
                raise httpx.ConnectError("refused")
            return await inner.handle_async_request(request)

    async with connect(sandbox, transport=Leaving(), retries=0) as donut:
        (bucket,) = await donut.buckets.all()
        report = await donut.cards.create_many(bucket, drafts(3))
    assert [type(refused.error) for refused in report.refused] == [NotSent] * 3


@pytest.mark.anyio
async def test_a_wrong_secret_ends_the_job_before_it_begins(sandbox: Sandbox) -> None:
    service = sandbox.flyingdonut
    async with FlyingDonut(
        service.project_id,
        secret="not-the-secret",
        username=service.username,
        base_url=service.base_url,
        transport=sandbox.transport(),
    ) as donut:
        with pytest.raises(Forbidden):
            await donut.cards.create_many("54744060c955ca8169c61ee5", drafts(3))
    assert len(sandbox.requests) == 1


@pytest.mark.anyio
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


@pytest.mark.anyio
async def test_an_error_of_the_input_interrupts_after_the_batches_in_flight_have_ended(
    sandbox: Sandbox,
) -> None:
    def source() -> Iterator[Any]:
        yield from drafts(25)
        raise OSError("the file ended")

    async with connect(sandbox) as donut:
        (bucket,) = await donut.buckets.all()
        with pytest.raises(BulkInterrupted, match="the file ended") as caught:
            await donut.cards.create_many(bucket, source(), batch_size=10)
    assert isinstance(caught.value.__cause__, OSError)
    assert len(caught.value.report.created) == 25
    assert len(titles(sandbox)) == 25


@pytest.mark.parametrize("batch_size", [0, -1, True, 2.5, "3"])
@pytest.mark.anyio
async def test_a_batch_size_that_is_not_valid_is_refused(sandbox: Sandbox, batch_size: Any) -> None:
    async with connect(sandbox) as donut:
        with pytest.raises(InvalidInput, match="batch_size"):
            await donut.cards.create_many("b", [], batch_size=batch_size)
    assert sandbox.requests == []


@pytest.mark.anyio
async def test_items_that_the_server_changed_go_by_their_order() -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=[])
        cards = [
            {"_id": {"$oid": title}, "title": {"value": title, "version": 0}}
            for title in ("ONE", "Two", "THREE")
        ]
        return httpx.Response(200, json=cards)

    async with FlyingDonut(
        "p", secret="of-nobody", username="jane.smith", transport=httpx.MockTransport(answer)
    ) as donut:
        numbers: list[Any] = [{"title": "One"}, {"title": "Two"}, {"title": "Three"}]
        report = await donut.cards.create_many("b", numbers)
    assert [card.title.value for card in report.items] == ["ONE", "Two", "THREE"]


@pytest.mark.parametrize("source", [None, 5, "Card", {"title": "Card"}])
@pytest.mark.anyio
async def test_what_is_not_an_iterable_of_drafts_is_refused(sandbox: Sandbox, source: Any) -> None:
    async with connect(sandbox) as donut:
        with pytest.raises(InvalidInput, match="drafts"):
            await donut.cards.create_many("b", source)


@pytest.mark.anyio
async def test_an_error_of_the_clients_hook_ends_the_job_as_its_cause(sandbox: Sandbox) -> None:
    def hook(event: object) -> None:
        raise ZeroDivisionError

    async with connect(sandbox, on_event=hook) as donut:
        with pytest.raises(BulkInterrupted) as caught:
            await donut.cards.create_many("b", drafts(100), batch_size=1)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.anyio
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


@pytest.mark.anyio
async def test_no_drafts_make_an_empty_report(sandbox: Sandbox) -> None:
    async with connect(sandbox) as donut:
        (bucket,) = await donut.buckets.all()
        report = await donut.cards.create_many(bucket, [])
    assert report.outcomes == ()
    assert sandbox.count("POST") == 0


@pytest.mark.anyio
@pytest.mark.parametrize("module", ["agilekit.bulk.run", "agilekit.bulk.journal.store"])
async def test_a_job_that_cannot_be_loaded_sends_nothing(
    sandbox: Sandbox, module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connect(sandbox) as donut:
        (bucket,) = await donut.buckets.all()
        before = len(sandbox.requests)
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(AgilekitError, match="cannot be loaded"):
            await donut.cards.create_many(bucket, drafts(1), journal=tmp_path / "j")
    assert len(sandbox.requests) == before
