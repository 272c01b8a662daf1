"""Every sample of the document, answered at its method and path, decodes through the client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

import attrs
import pytest

from agilekit.flyingdonut import Bucket, Card, Project, RichText, Sprint, Task, TaskCounters
from agilekit.versioned import Versioned
from tests.each import each
from tests.flyingdonut.calls import BUCKET, CALLS, CARD_AS_READ, Call
from tests.ids import short
from tests.payloads import flyingdonut as samples
from tests.session.scripted import PROJECT, Say, Scripted, donut_at

pytestmark = pytest.mark.anyio

by_heading = each("call", CALLS, ids=lambda call: call.heading)


async def made(call: Call, answer: object = None) -> object:
    server = Scripted(Say(call.answer if answer is None else answer))
    async with donut_at(server) as donut:
        result = await call.make(donut)
    assert server.calls == [(call.method, f"/api/projects/{PROJECT}{call.path}")]
    return result


async def answered(heading: str, answer: object = None) -> object:
    """What a call gives for an answer, which is of the entity that was asked for."""
    return await made(next(call for call in CALLS if call.heading == heading), answer)


def values_in(data: object) -> Iterator[object]:
    """Everything inside a model, itself included."""
    yield data
    if attrs.has(type(data)):
        for one in attrs.fields(cast("Any", type(data))):
            yield from values_in(getattr(data, one.name))
    elif isinstance(data, list | tuple):
        for part in cast("list[object]", data):
            yield from values_in(part)


@by_heading
async def test_each_sample_becomes_models_that_keep_it_as_raw(call: Call) -> None:
    result = await made(call)
    if call.gives_many:
        entities = cast("list[Card]", result)
        assert [entity.raw for entity in entities] == call.answer
        assert [type(entity) for entity in entities] == list(call.models)
    else:
        entity = cast("Card", result)
        assert entity.raw == call.answer
        assert isinstance(entity, call.models)


@by_heading
async def test_every_time_in_a_sample_is_aware(call: Call) -> None:
    times = [value for value in values_in(await made(call)) if isinstance(value, datetime)]
    written = json.dumps(call.answer).count(".000Z") + json.dumps(call.answer).count("$date")
    assert bool(times) == bool(written)
    assert all(time.tzinfo is not None for time in times)


@by_heading
async def test_unknown_keys_never_fail_and_never_vanish(call: Call) -> None:
    if call.gives_many:
        answer = [{**one, "colour": "red"} for one in cast("list[dict[str, object]]", call.answer)]
        first = cast("list[Card]", await made(call, answer))[0]
    else:
        first = cast(
            "Card", await made(call, {**cast("dict[str, object]", call.answer), "colour": "red"})
        )
    assert first.raw["colour"] == "red"


async def test_a_project_is_read_to_its_last_attribute() -> None:
    project = await answered("Fetch Project")
    assert isinstance(project, Project)
    assert (project.id, project.version) == (PROJECT, 15)
    assert project.title == Versioned("Stormy Logbook", 0)
    assert project.summary == Versioned(RichText(""), 0)
    assert (project.owner.value, project.type.value) == ("stormy", "PRIVATE")
    assert project.start_date == Versioned(datetime(2014, 10, 26, 22, tzinfo=UTC), 1)
    assert project.end_date == Versioned(datetime(2015, 11, 12, 22, tzinfo=UTC), 1)
    assert project.timezone.value == "America/Los_Angeles"
    assert project.activity_counter == Versioned(12, 12)
    assert project.integrations == {"api": {"enabled": True}}
    counters, buckets = project.user_counters.value, project.backlog_buckets.value
    assert counters is not None
    assert (counters.total, counters.observers, counters.participants) == (4, 1, 3)
    assert buckets is not None
    assert [(bucket.id, bucket.title) for bucket in buckets] == [
        ("54744060c955ca8169c61ee5", "Default")
    ]


async def test_a_buckets_title_comes_from_either_of_its_two_names() -> None:
    titles = {
        (await _bucket({name: "Default", "id": {"$oid": BUCKET}})).title
        for name in ("bucket", "title")
    }
    assert titles == {"Default"}


async def _bucket(answer: object) -> Bucket:
    return cast("Bucket", await answered("Fetch Backlog Bucket", answer))


async def test_a_card_is_read_to_its_last_attribute() -> None:
    card = await answered("Fetch Card")
    assert isinstance(card, Card)
    assert (card.id, card.cid, card.version, card.position) == ("54744c20c955ca8169c61eef", 2, 1, 0)
    assert card.title == Versioned("5th Test card", 0)
    assert card.estimate == Versioned(8, 1)
    text = RichText("My test card description", "<p>My test card description</p>\n")
    assert card.summary == Versioned(text, 0)
    assert str(card.summary.value) == "My test card description"
    assert card.state == Versioned("54744060c955ca8169c61ee5", 0)
    assert [card.iteration, card.owner, card.task_counters] == [Versioned(None, 0)] * 3
    assert card.iteration_review == Versioned(RichText(""), 0)
    assert card.order == Versioned("000000001.0", 0)
    assert card.type == Versioned({"version": 0}, 0)
    assert card.total_comments == Versioned(0, 0)
    assert card.is_standalone_tp is False


async def test_a_sprint_holds_cards_and_among_them_tasks() -> None:
    items = await answered("Fetch Sprint Cards")
    assert isinstance(items, list)
    card, task = cast("list[object]", items)
    assert isinstance(card, Card)
    assert card.is_standalone_tp
    assert card.iteration.value == "54744d10c955ca8169c61ef2"
    assert card.task_counters.value == TaskCounters(0.0, 0.0, 1.0, 1.0, "in-progress")
    assert card.task_estimate.value == 8
    assert isinstance(task, Task)
    assert task.owner.value == card.id
    assert task.state == Versioned("in-progress", 1)
    assert task.users[0].when == datetime(2014, 11, 25, 9, 44, 26, 728000, UTC)
    assert (task.users[0].who, task.users[0].user) == ("stormy", "stormy")
    assert task.time_remaining[0].duration == 5
    assert task.time_remaining[0].when == datetime(2014, 11, 25, 9, 44, 31, 92000, UTC)


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ({"state": {"value": "todo", "version": 0}}, Task),
        ({"users": []}, Task),
        ({"timeEntriesTotal": 0}, Task),
        ({"state": {"value": {"$oid": "1"}, "version": 0}}, Card),
        ({"state": {"value": "todo", "version": 0}, "isStandaloneTP": False}, Card),
        ({}, Card),
    ],
)
async def test_a_sprints_items_are_told_apart_by_what_only_one_kind_has(
    item: dict[str, object], kind: type[object]
) -> None:
    item = {"_id": {"$oid": "1"}, **item}
    items = cast("list[object]", await answered("Fetch Sprint Cards", [item]))
    assert [type(found) for found in items] == [kind]


async def test_a_sprint_has_times_and_phases() -> None:
    sprint = await answered("Fetch Sprint")
    assert isinstance(sprint, Sprint)
    assert sprint.start_date == Versioned(datetime(2014, 12, 3, 22, tzinfo=UTC), 0)
    assert sprint.end_date == Versioned(datetime(2014, 12, 20, 21, 59, 59, 999000, UTC), 0)
    assert (sprint.is_future, sprint.is_active, sprint.is_past) == (True, False, False)
    assert sprint.estimate == sprint.task_estimate == Versioned(None, 1)


async def test_an_update_is_answered_with_a_part_and_the_rest_stays_as_it_was_read() -> None:
    read = attrs.evolve(CARD_AS_READ, cid=7, order=Versioned("000000001.0", 3))
    server = Scripted(Say(samples.UPDATE_CARD))
    async with donut_at(server) as donut:
        card = await donut.cards.update(read, title="5th Test card", estimate=13)
    assert (card.cid, card.order) == (7, Versioned("000000001.0", 3))
    assert (card.title, card.estimate, card.version) == (
        Versioned("5th Test card", 2),
        Versioned(13, 7),
        177,
    )


async def test_a_state_that_no_document_names_is_read_as_it_is() -> None:
    task = await answered("Fetch Task", {"state": {"value": "on hold", "version": 2}})
    assert isinstance(task, Task)
    assert (str(task.state.value), task.state.version) == ("on hold", 2)


async def test_what_an_answer_lacks_is_absent_not_cleared() -> None:
    card = await answered("Fetch Card", {"title": {"version": 3}})
    assert isinstance(card, Card)
    assert card.title == Versioned("", 3)
    assert card.estimate == Versioned(None, None)
    assert card.tasks == ()


NEVER_NULL = {
    "Fetch Project": ["title"],
    "Fetch Sprint": ["title"],
    "Fetch Card": ["title"],
    "Fetch Task": ["title", "state"],
}


@each("heading", NEVER_NULL)
@each(
    ("attribute", "version"),
    [({}, None), ({"*": None}, None), ({"*": {"value": None}}, None), ({"*": {"version": 3}}, 3)],
    ids=short,
)
async def test_a_title_or_state_that_is_missing_is_empty_and_raw_tells_why(
    heading: str, attribute: dict[str, object], version: int | None
) -> None:
    names = NEVER_NULL[heading]
    answer = {name: value for name in names for value in attribute.values()}
    entity = cast("Task", await answered(heading, answer))
    for name in names:
        assert getattr(entity, name) == Versioned("", version)
    assert {**entity.raw, "_id": None} == {**answer, "_id": None}


async def test_the_same_sample_twice_compares_equal_whatever_raw_holds() -> None:
    extra = {**samples.FETCH_CARD, "colour": "red"}
    assert await answered("Fetch Card") == await answered("Fetch Card", extra)
