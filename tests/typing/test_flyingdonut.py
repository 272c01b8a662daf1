"""What type checkers infer for every public method; the same lines run against the sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import assert_type

import pytest

from agilekit import (
    Abort,
    AnyVersioned,
    BulkReport,
    ConflictDetail,
    Created,
    FlyingDonut,
    Force,
    Listing,
    Merge,
    NotFound,
    Reapply,
    Refused,
    Unknown,
    VersionConflict,
    Versioned,
    plain,
)
from agilekit.flyingdonut import (
    Bucket,
    BucketCards,
    Burndown,
    Card,
    CardDraft,
    Oid,
    Project,
    RichText,
    Sprint,
    SprintCards,
    SprintItem,
    Task,
    TaskDraft,
    TaskState,
)
from agilekit.sandbox import Sandbox
from agilekit.wire.json import JSON

pytestmark = pytest.mark.anyio


def _client(sandbox: Sandbox | None = None) -> FlyingDonut:
    return FlyingDonut(**(sandbox or Sandbox()).flyingdonut.arguments())


async def test_a_client_opens_as_itself_and_names_its_project(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AGILEKIT_FLYINGDONUT_PROJECT", "54744060c955ca8169c61ee6")
    monkeypatch.setenv("AGILEKIT_FLYINGDONUT_SECRET", "68300163a5d8b2d71d60fff19f056ab3")
    assert_type(FlyingDonut.from_env(), FlyingDonut)
    async with _client() as donut:
        assert_type(donut, FlyingDonut)
        assert_type(donut.is_open, bool)
        assert_type(donut.project_id, str)
        assert_type(donut.base_url, str)


async def test_a_project_is_read_as_a_project() -> None:
    async with _client() as donut:
        project = assert_type(await donut.project.get(), Project)
        assert_type(project.id, Oid)
        assert_type(project.title, Versioned[str])
        assert_type(project.title.value, str)
        assert_type(project.summary.value, RichText | None)
        assert_type(await donut.request("GET", "/iterations", query={"limit": 5}), JSON)
        assert_type(project.title.version, int | None)


async def test_buckets_are_listed_and_read() -> None:
    async with _client() as donut:
        listing = assert_type(donut.buckets.all(), Listing[Bucket])
        buckets = assert_type(await listing, list[Bucket])
        assert_type(await donut.buckets.get(buckets[0]), Bucket)
        assert_type(await donut.buckets.get(buckets[0].id), Bucket)


async def test_cards_are_listed_one_by_one_and_page_by_page() -> None:
    async with _client() as donut:
        for group in assert_type(await donut.cards.in_backlog(), list[BucketCards]):
            assert_type(group.cards, tuple[Card, ...])
            listing = assert_type(donut.cards.in_bucket(group.id), Listing[Card])
            assert_type(aiter(listing), AsyncIterator[Card])
            async with listing.pages() as pages:
                async for page in pages:
                    assert_type(page, list[Card])


async def test_a_sprint_lists_cards_and_tasks() -> None:
    async with _client() as donut:
        sprint, *_ = assert_type(await donut.sprints.all(), list[Sprint])
        assert_type(await donut.sprints.get(sprint), Sprint)
        chart = assert_type(await donut.sprints.burndown(sprint), Burndown)
        assert_type(chart.time_remaining, tuple[float | None, ...])
        found = assert_type(await donut.sprints.cards(sprint), SprintCards)
        assert_type(found.cards, tuple[Card, ...])
        assert_type(found.placeholder, Card | None)
        assert_type(found.other_tasks, tuple[Task, ...])
        for item in assert_type(await donut.cards.in_sprint(sprint), list[SprintItem]):
            assert_type(item, Card | Task)
            if isinstance(item, Task):
                assert_type(item.state, Versioned[TaskState])


async def test_a_card_is_created_read_and_updated() -> None:
    async with _client() as donut:
        bucket = (await donut.buckets.all())[0]
        card = assert_type(await donut.cards.create(bucket, title="Lamp", estimate=3), Card)
        card = assert_type(await donut.cards.get(card.id), Card)
        assert_type(card.summary, Versioned[RichText | None])
        assert_type(card.estimate.value, float | None)
        card = assert_type(
            await donut.cards.update(
                card,
                title=lambda now: f"{now}!",
                summary=None,
                estimate=lambda now: (now or 0) + 1,
                on_conflict={"title": Force(), "summary": Abort(), "estimate": Reapply(attempts=3)},
            ),
            Card,
        )
        await donut.cards.update(
            card, title="Lens", on_conflict=Merge(lambda base, mine, theirs: [base, mine, theirs])
        )


async def test_a_card_has_a_plain_form() -> None:
    async with _client() as donut:
        bucket = (await donut.cards.in_backlog())[0]
        assert_type(bucket.to_dict(raw=True), dict[str, JSON])
        assert_type(dict(bucket), dict[str, JSON])
        assert_type(bucket.cards[0].title.to_dict(), dict[str, JSON])
        assert_type(plain([bucket]), JSON)


async def test_a_card_is_moved() -> None:
    async with _client() as donut:
        group = (await donut.cards.in_backlog())[0]
        bucket = await donut.buckets.get(group.id)
        sprint = (await donut.sprints.all())[-1]
        card = assert_type(await donut.cards.move(group.cards[0], to=sprint), Card)
        await donut.cards.move(card.id, to=bucket, on_conflict=Force())
        await donut.cards.update(card, iteration=sprint, state=None)
        await donut.cards.update(card, iteration=None, state=lambda _: bucket)


async def test_cards_are_created_in_bulk() -> None:
    drafts: list[CardDraft] = [{"title": "Lamp"}, {"title": "Lens", "estimate": 2}]
    async with _client() as donut:
        bucket = (await donut.buckets.all())[0]
        report = assert_type(await donut.cards.create_many(bucket, drafts), BulkReport[Card])
        assert_type(report.items, list[Card])
        assert_type(report.created, list[Created[Card]])
        assert_type(report.refused, list[Refused])
        assert_type(report.unknown, list[Unknown])
        for outcome in report.outcomes:
            assert_type(outcome, Created[Card] | Refused | Unknown)


async def test_tasks_are_created_listed_read_and_updated() -> None:
    drafts: list[TaskDraft] = [{"title": "Polish"}, {"title": "Light", "estimate": 0.5}]
    async with _client() as donut:
        bucket = (await donut.buckets.all())[0]
        card = await donut.cards.create(bucket, title="Lamp")
        assert_type(await donut.tasks.create(card, title="Wick", estimate=1.5), Task)
        report = assert_type(await donut.tasks.create_many(card, drafts), BulkReport[Task])
        assert_type(donut.tasks.of(card), Listing[Task])
        task = assert_type(await donut.tasks.get(report.items[0]), Task)
        task = assert_type(await donut.tasks.update(task, state="done"), Task)
        assert_type(task.state.value, TaskState)
        await donut.tasks.update(task, state=lambda now: "todo" if now == "done" else now)
        await donut.tasks.update(task, estimate=timedelta(minutes=30))
        await donut.tasks.update(task, estimate=lambda now: timedelta(hours=(now or 0) + 1))
        assert_type(task.owner, Versioned[Oid | None])


async def test_errors_carry_typed_details() -> None:
    async with _client() as donut:
        with pytest.raises(NotFound) as missing:
            await donut.cards.get("000000000000000000000000")
        assert_type(missing.value.status, int)
        card = (await donut.cards.in_backlog())[0].cards[0]
        await donut.cards.update(card, title="Theirs")
        with pytest.raises(VersionConflict) as conflict:
            await donut.cards.update(card, title="Mine", on_conflict=Abort())
        assert_type(conflict.value.conflicts, Mapping[str, ConflictDetail[AnyVersioned]])
