"""What is written goes out in the form of the document's samples, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from math import inf, nan
from typing import Any, cast

import attrs
import pytest

from agilekit import FlyingDonut, Force, InvalidInput
from agilekit.flyingdonut import Bucket, Card, CardDraft, Oid, RichText, Sprint, Task, TaskDraft
from agilekit.versioned import Versioned
from tests.each import each
from tests.flyingdonut.calls import BUCKET, CARD, CARD_AS_READ, TASK_AS_READ
from tests.ids import short
from tests.payloads import flyingdonut as samples
from tests.session.scripted import PROJECT, SECRET, Say, Scripted, donut_at

pytestmark = pytest.mark.anyio

HTML = RichText("My test card description", "<p>My test card description</p>\n")


def by(username: object, sample: dict[str, object]) -> dict[str, object]:
    return {**sample, "username": username}


async def test_a_card_is_created_by_the_documents_sample() -> None:
    server = Scripted(Say(samples.CREATE_BACKLOG_BUCKET_CARD))
    async with donut_at(server) as donut:
        await donut.cards.create(
            BUCKET, title="5th Test card", summary="My test card description", estimate=5
        )
    sample = by("jane.smith", samples.CREATE_BACKLOG_BUCKET_CARD_REQUEST)
    assert server.bodies == [{**sample, "estimate": {"value": 5}}]
    assert server.requests[0].headers["content-type"] == "application/json"


async def test_cards_are_created_by_an_array_of_the_documents_sample() -> None:
    server = Scripted(Say(samples.CREATE_BACKLOG_BUCKET_CARDS))
    draft: CardDraft = {"title": "5th Test card", "summary": "My test card description"}
    async with donut_at(server) as donut:
        report = await donut.cards.create_many(BUCKET, [draft])
    [sample] = samples.CREATE_BACKLOG_BUCKET_CARDS_REQUEST
    del (expected := by("jane.smith", sample))["estimate"]
    assert server.bodies == [[expected]]
    assert [card.title.value for card in report.items] == ["5th Test card"]


async def test_a_task_is_created_by_the_documents_sample() -> None:
    server = Scripted(Say(samples.CREATE_CARD_TASK))
    async with donut_at(server) as donut:
        await donut.tasks.create(
            CARD, title="1st Test task", summary="My test task description", estimate=13
        )
    assert server.bodies == [by("jane.smith", samples.CREATE_CARD_TASK_REQUEST)]


async def test_tasks_are_created_by_an_array_of_the_documents_sample() -> None:
    server = Scripted(Say(samples.CREATE_CARD_TASKS))
    draft: TaskDraft = {
        "title": "1st Test task",
        "summary": "My test task description",
        "estimate": 13,
    }
    async with donut_at(server) as donut:
        await donut.tasks.create_many(CARD, [draft])
    assert server.bodies == [[by("jane.smith", samples.CREATE_CARD_TASKS_REQUEST[0])]]


async def test_a_card_is_updated_by_the_documents_sample() -> None:
    server = Scripted(Say(samples.UPDATE_CARD))
    async with donut_at(server) as donut:
        await donut.cards.update(CARD_AS_READ, title="5th Test card", summary=HTML, estimate=13)
    assert server.bodies == [by("jane.smith", samples.UPDATE_CARD_REQUEST)]


async def test_a_task_is_updated_by_the_documents_sample() -> None:
    server = Scripted(Say(samples.UPDATE_TASK))
    summary = RichText("My test task description", "<p>My test task description</p>\n")
    async with donut_at(server) as donut:
        await donut.tasks.update(
            TASK_AS_READ, title="5th Test task", summary=summary, estimate=60, state="in-progress"
        )
    assert server.bodies == [by("jane.smith", samples.UPDATE_TASK_REQUEST)]


async def test_a_forced_update_is_sent_with_version_minus_one() -> None:
    server = Scripted(Say(samples.UPDATE_CARD))
    async with donut_at(server) as donut:
        await donut.cards.update(CARD_AS_READ, estimate=13, on_conflict=Force())
    assert server.bodies == [{"username": "jane.smith", "estimate": {"value": 13, "version": -1}}]


async def test_the_sprint_and_the_bucket_of_a_card_are_sent_as_ids() -> None:
    moved = {
        "_id": {"$oid": CARD},
        "iteration": {"value": {"$oid": "s"}, "version": 1},
        "state": {"value": {"$oid": "b"}, "version": 1},
    }
    server = Scripted(Say(moved))
    read = attrs.evolve(CARD_AS_READ, iteration=Versioned(None, 0), state=Versioned(None, 0))
    async with donut_at(server) as donut:
        await donut.cards.update(read, iteration="s", state="b")
    assert server.bodies == [
        {
            "username": "jane.smith",
            "iteration": {"value": {"$oid": "s"}, "version": 0},
            "state": {"value": {"$oid": "b"}, "version": 0},
        }
    ]


async def test_a_sprint_and_a_bucket_stand_for_their_ids() -> None:
    sprint, bucket = Sprint(id=Oid("s")), Bucket(id=Oid("b"))
    moved = {
        "_id": {"$oid": CARD},
        "iteration": {"value": {"$oid": "s"}, "version": 1},
        "state": {"value": {"$oid": "b"}, "version": 1},
    }
    read = attrs.evolve(CARD_AS_READ, iteration=Versioned(None, 0), state=Versioned(None, 0))
    for changes in (
        {"iteration": sprint, "state": bucket},
        {"iteration": always(sprint), "state": always(bucket)},
    ):
        server = Scripted(Say(moved))
        async with donut_at(server) as donut:
            card = await donut.cards.update(read, **cast("Any", changes))
        [body] = cast("list[dict[str, object]]", server.bodies)
        assert body["iteration"] == {"value": {"$oid": "s"}, "version": 0}
        assert body["state"] == {"value": {"$oid": "b"}, "version": 0}
        assert (card.iteration.value, card.state.value) == ("s", "b")


def always(value: object) -> Callable[[object], object]:
    """A change that computes the same from any value."""
    return lambda _: value


HOURS = [
    (timedelta(minutes=30), 0.5),
    (timedelta(minutes=5), 5 / 60),
    (timedelta(hours=2), 2),
    (timedelta(days=1, hours=1), 25),
    (timedelta(0), 0),
]


@pytest.mark.parametrize(("time", "hours"), HOURS, ids=short)
async def test_the_estimate_of_a_task_may_be_a_time_and_goes_out_as_hours(
    time: timedelta, hours: float
) -> None:
    version = (TASK_AS_READ.estimate.version or 0) + 1
    shown = {**samples.UPDATE_TASK, "estimate": {"value": hours, "version": version}}
    created = samples.CREATE_CARD_TASK
    server = Scripted(Say(created), Say([]), Say([created]), Say(shown))
    async with donut_at(server) as donut:
        await donut.tasks.create(CARD, title="T", estimate=time)
        await donut.tasks.create_many(CARD, [{"title": "1st Test task", "estimate": time}])
        task = await donut.tasks.update(TASK_AS_READ, estimate=time)
        await donut.tasks.update(TASK_AS_READ, estimate=lambda _: time)
    single, [many], *updates = cast("Any", server.bodies)
    sent = [body["estimate"]["value"] for body in (single, many, *updates)]
    assert sent == [hours] * 4
    assert {type(value) for value in sent} == {type(hours)}
    assert task.estimate.value == hours


@pytest.mark.parametrize(
    "values", [{"estimate": timedelta(hours=1)}, {"estimate": always(timedelta(hours=1))}]
)
async def test_story_points_are_not_a_time(values: dict[str, Any]) -> None:
    server = Scripted(Say({}))
    async with donut_at(server) as donut:
        with pytest.raises(InvalidInput, match="story points"):
            await donut.cards.update(CARD_AS_READ, **values)
        if not callable(values["estimate"]):
            with pytest.raises(InvalidInput, match="story points"):
                await donut.cards.create(BUCKET, title="T", **values)
    assert server.requests == []


@pytest.mark.parametrize("name", ["summary", "estimate"])
async def test_none_clears_and_what_is_left_out_is_not_sent(name: str) -> None:
    cleared = {"_id": {"$oid": CARD}, name: {"value": None, "version": 8}}
    server = Scripted(Say(cleared))
    read = attrs.evolve(CARD_AS_READ, **cast("Any", {name: Versioned("x", 7)}))
    async with donut_at(server) as donut:
        card = await donut.cards.update(read, **cast("Any", {name: None}))
    assert server.bodies == [{"username": "jane.smith", name: {"value": None, "version": 7}}]
    assert getattr(card, name) == Versioned(None, 8)


async def test_none_clears_in_a_draft_too() -> None:
    server = Scripted(Say(samples.CREATE_BACKLOG_BUCKET_CARD))
    async with donut_at(server) as donut:
        await donut.cards.create(BUCKET, title="T", summary=None, estimate=None)
    [body] = server.bodies
    assert body == {
        "username": "jane.smith",
        "title": {"value": "T"},
        "summary": {"value": None},
        "estimate": {"value": None},
    }


@pytest.mark.parametrize("estimate", ["5", "0.5", 5, 0.5, 0, -1])
async def test_an_estimate_may_be_any_finite_number(estimate: float | str) -> None:
    server = Scripted(Say(samples.CREATE_BACKLOG_BUCKET_CARD))
    async with donut_at(server) as donut:
        await donut.cards.create(BUCKET, title="T", estimate=cast("float", estimate))
    [body] = cast("list[dict[str, dict[str, object]]]", server.bodies)
    assert body["estimate"]["value"] == float(estimate)


WRONG: list[dict[str, object]] = [
    {"title": ""},
    {"title": "  \n"},
    {"title": None},
    {"title": 5},
    {"title": "\ud800"},
    {"estimate": nan},
    {"estimate": inf},
    {"estimate": -inf},
    {"estimate": 10**400},
    {"estimate": "1" * 400},
    {"estimate": "many"},
    {"estimate": "nan"},
    {"estimate": True},
    {"estimate": [5]},
    {"summary": 5},
    {"summary": {"markdown": "text"}},
    {"colour": "red"},
    {"username": "somebody"},
    {"version": 3},
]

Use = Callable[[FlyingDonut, dict[str, Any]], Any]

USES: dict[str, Use] = {
    "cards.create": lambda d, it: d.cards.create(BUCKET, **cast("Any", {"title": "T", **it})),
    "tasks.create": lambda d, it: d.tasks.create(CARD, **cast("Any", {"title": "T", **it})),
    "cards.update": lambda d, it: d.cards.update(CARD_AS_READ, **cast("Any", it)),
    "tasks.update": lambda d, it: d.tasks.update(TASK_AS_READ, **cast("Any", it)),
    "cards.update by id": lambda d, it: d.cards.update(CARD, **cast("Any", it)),
}


@each("use", USES.values(), ids=USES)
@each("values", WRONG, ids=lambda values: repr(values)[:30])
async def test_a_value_that_cannot_be_right_is_refused_and_nothing_is_sent(
    use: Use, values: dict[str, object]
) -> None:
    server = Scripted(Say(samples.FETCH_CARD))
    async with donut_at(server) as donut:
        with pytest.raises(InvalidInput):
            await use(donut, values)
    assert server.requests == []


@pytest.mark.parametrize("state", ["doing", "", None, "TODO", 5])
async def test_a_task_has_only_the_three_states(state: Any) -> None:
    server = Scripted(Say({}))
    async with donut_at(server) as donut:
        with pytest.raises(InvalidInput, match="must be 'todo', 'in-progress' or 'done'"):
            await donut.tasks.update(TASK_AS_READ, state=state)
    assert server.requests == []


@pytest.mark.parametrize(
    "reference", ["", " ", 5, ["id"], Bucket(), Sprint(), Card(id=Oid("c")), Task(id=Oid("t"))]
)
async def test_a_card_goes_only_to_what_can_be_an_id(reference: Any) -> None:
    server = Scripted(Say({}))
    async with donut_at(server) as donut:
        with pytest.raises(InvalidInput, match="iteration must be a sprint or its id"):
            await donut.cards.update(CARD_AS_READ, iteration=reference)
        with pytest.raises(InvalidInput, match="state must be a bucket or its id"):
            await donut.cards.update(CARD_AS_READ, state=reference)
    assert server.requests == []


async def test_a_draft_needs_a_title() -> None:
    server = Scripted(Say({}))
    async with donut_at(server) as donut:
        with pytest.raises(InvalidInput, match="title is missing"):
            await donut.cards.create(BUCKET, **cast("Any", {"estimate": 5}))
    assert server.requests == []


async def test_an_update_needs_a_change() -> None:
    server = Scripted(Say({}))
    async with donut_at(server) as donut:
        with pytest.raises(InvalidInput, match="at least one attribute"):
            await donut.cards.update(CARD_AS_READ)
    assert server.requests == []


@pytest.mark.parametrize("use", USES.values(), ids=USES)
async def test_a_write_without_a_username_is_refused_and_nothing_is_sent(use: Use) -> None:
    server = Scripted(Say({}))
    async with FlyingDonut(PROJECT, secret=SECRET, transport=server) as donut:
        with pytest.raises(InvalidInput, match="username="):
            await use(donut, {"title": "T"})
    assert server.requests == []


async def test_a_bulk_job_without_a_username_is_refused_and_nothing_is_sent() -> None:
    server = Scripted(Say([]))
    async with FlyingDonut(PROJECT, secret=SECRET, transport=server) as donut:
        with pytest.raises(InvalidInput, match="username="):
            await donut.cards.create_many(BUCKET, [{"title": "T"}])
    assert server.requests == []


async def test_what_an_update_returns_can_be_updated_again() -> None:
    again = {**samples.UPDATE_CARD, "estimate": {"value": 14, "version": 8}}
    server = Scripted(Say(samples.UPDATE_CARD), Say(again))
    async with donut_at(server) as donut:
        card = await donut.cards.update(CARD_AS_READ, estimate=13)
        card = await donut.cards.update(card, estimate=lambda now: (now or 0) + 1)
    assert isinstance(card, Card)
    assert [cast("Any", body)["estimate"] for body in server.bodies] == [
        {"value": 13, "version": 6},
        {"value": 14, "version": 7},
    ]
