"""Every call answers in the form of the document's sample of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest

from agilekit.sandbox.flyingdonut.routes import ROUTES
from agilekit.sandbox.flyingdonut.state import Assignment, BurndownItem, Remaining
from tests.payloads import flyingdonut as samples
from tests.sandbox.flyingdonut.caller import at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.flyingdonut.caller import Caller

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHAPES = {
    "oid": re.compile(r"[0-9a-f]{24}"),
    "timestamp": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"),
    "order": re.compile(r"\d{9}\.\d+"),
}


def form(value: object) -> object:
    """The keys and kinds of values of some JSON; equal elements of an array count once."""
    if isinstance(value, dict):
        return {key: form(one) for key, one in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        forms = [form(one) for one in cast("list[object]", value)]
        return [one for place, one in enumerate(forms) if one not in forms[:place]]
    if isinstance(value, str):
        return next((name for name, it in SHAPES.items() if it.fullmatch(value)), "text")
    if isinstance(value, bool) or value is None:
        return type(value).__name__
    return "number"


def test_the_table_holds_the_16_documented_calls() -> None:
    assert [(route.method, "/" + "/".join(route.template[2:])) for route in ROUTES] == [
        ("GET", "/"),
        ("GET", "/backlog/items"),
        ("GET", "/backlog/buckets"),
        ("GET", "/backlog/buckets/{bucketId}"),
        ("GET", "/backlog/buckets/{bucketId}/items"),
        ("POST", "/backlog/buckets/{bucketId}/items"),
        ("GET", "/iterations"),
        ("GET", "/iterations/{iterationId}"),
        ("GET", "/iterations/{iterationId}/items"),
        ("GET", "/iterations/{iterationId}/burndown-chart"),
        ("GET", "/items/{itemId}"),
        ("PUT", "/items/{itemId}"),
        ("GET", "/items/{itemId}/tasks"),
        ("POST", "/items/{itemId}/tasks"),
        ("GET", "/tasks/{taskId}"),
        ("PUT", "/tasks/{taskId}"),
    ]


async def test_a_project_has_the_form_of_its_sample(caller: Caller) -> None:
    answer = (await caller.get()).json()
    assert form(answer) == form(samples.FETCH_PROJECT)


async def test_the_backlog_is_grouped_by_bucket_as_in_its_sample(caller: Caller) -> None:
    caller.project.add_card("Define API", estimate=8)
    answer = (await caller.get("/backlog/items")).json()
    assert form(answer) == form(samples.FETCH_BACKLOG_CARDS)


async def test_buckets_have_the_form_of_their_samples(caller: Caller) -> None:
    every = (await caller.get("/backlog/buckets")).json()
    one = (await caller.get(f"/backlog/buckets/{caller.bucket.id}")).json()
    assert form(every) == form(samples.FETCH_BACKLOG_BUCKETS)
    assert form(one) == form(samples.FETCH_BACKLOG_BUCKET)
    assert every == [one]


async def test_a_card_in_its_bucket_equals_the_sample_but_for_ids(caller: Caller) -> None:
    other = caller.project.add_bucket("Other")
    caller.project.add_card("Takes the first cid", bucket=other)
    card = caller.project.add_card("Define API", estimate=8)
    answer = (await caller.get(caller.new_card)).json()
    (sample,) = samples.FETCH_BACKLOG_BUCKET_CARDS
    own = {
        "_id": {"$oid": card.id},
        "project": {"value": {"$oid": caller.project.id}, "version": 0},
        "state": {"value": {"$oid": caller.bucket.id}, "version": 0},
    }
    assert answer == [{**sample, **own}]


async def test_a_created_card_has_the_form_of_its_sample(caller: Caller) -> None:
    request = {**samples.CREATE_BACKLOG_BUCKET_CARD_REQUEST, "username": caller.username}
    answer = (await caller.post(caller.new_card, request)).json()
    assert form(answer) == form(samples.CREATE_BACKLOG_BUCKET_CARD)
    assert answer["summary"] == samples.CREATE_BACKLOG_BUCKET_CARD["summary"]
    assert answer["estimate"] == {"value": 5, "version": 1}
    assert answer["version"] == 1


async def test_an_array_of_cards_is_answered_with_an_array(caller: Caller) -> None:
    (request,) = samples.CREATE_BACKLOG_BUCKET_CARDS_REQUEST
    answer = await caller.post(caller.new_card, [{**request, "username": caller.username}])
    assert form(answer.json()) == form(samples.CREATE_BACKLOG_BUCKET_CARDS)


async def test_the_create_request_of_the_guide_is_accepted(caller: Caller) -> None:
    request = {**samples.GUIDE_CREATE_CARD_REQUEST, "username": caller.username}
    answer = await caller.post(caller.new_card, request)
    assert answer.json()["title"] == {"value": "Add password strength indicator", "version": 0}


async def test_sprints_have_the_form_of_their_samples(caller: Caller) -> None:
    sprint = caller.project.add_sprint("Initial Sprint")
    every = (await caller.get("/iterations")).json()
    one = (await caller.get(f"/iterations/{sprint.id}")).json()
    assert form(every) == form(samples.FETCH_SPRINTS)
    assert form(one) == form(samples.FETCH_SPRINT)
    assert every == [one]


async def test_the_items_of_a_sprint_mix_cards_and_tasks_as_in_the_sample(caller: Caller) -> None:
    sprint = caller.project.add_sprint("Initial Sprint")
    placeholder = caller.project.placeholder_of(sprint)
    task = caller.project.add_task(placeholder, "T1", estimate=8, state="in-progress")
    task.users.append(Assignment("stormy", NOON, "stormy"))
    task.time_remaining.append(Remaining(5, NOON, "stormy"))
    answer = (await caller.get(f"/iterations/{sprint.id}/items")).json()
    assert form(answer) == form(samples.FETCH_SPRINT_CARDS)
    (sample, _) = samples.FETCH_SPRINT_CARDS
    counters = cast("Mapping[str, object]", sample["taskCounters"])
    assert repr(answer[0]["taskCounters"]["value"]) == repr(counters["value"])


async def test_the_cards_of_a_sprint_are_followed_by_their_tasks(caller: Caller) -> None:
    sprint = caller.project.add_sprint("Sprint")
    card = caller.project.add_card("Card", sprint=sprint)
    caller.project.add_task(card, "Task of the card")
    caller.project.add_task(caller.project.placeholder_of(sprint), "Task of no card")
    answer = (await caller.get(f"/iterations/{sprint.id}/items")).json()
    titles = [item["title"]["value"] for item in answer[1:]]
    assert titles == ["Task of no card", "Card", "Task of the card"]
    assert [item["_order"] for item in answer] == [0, 1, 2, 3]
    assert answer[3]["owner"]["value"] == {"$oid": card.id}


async def test_a_burndown_chart_has_the_form_and_the_sums_of_its_sample(caller: Caller) -> None:
    sprint = caller.project.add_sprint("Sprint")
    caller.project.add_burndown(
        sprint,
        [
            BurndownItem(81, "One", 1, (1, 1, 1, 1, 1, 1, 0)),
            BurndownItem(84, "Two", 0.5, (0.5, 0.5, 0, 0, 0, 0, 0)),
        ],
    )
    answer = (await caller.get(f"/iterations/{sprint.id}/burndown-chart")).json()
    sample = samples.FETCH_SPRINT_BURNDOWN_CHART
    assert form(answer) == form(sample)
    for sums in ("numDays", "originalEstimate", "timeRemaining"):
        assert answer[sums] == sample[sums]


async def test_a_card_has_the_form_of_its_sample(caller: Caller) -> None:
    card = caller.project.add_card("5th Test card", summary="My test card description", estimate=8)
    answer = (await caller.get(f"/items/{card.id}")).json()
    assert form(answer) == form(samples.FETCH_CARD)
    assert answer["summary"] == samples.FETCH_CARD["summary"]


async def test_an_updated_card_has_the_form_of_its_sample(caller: Caller) -> None:
    card = caller.project.add_card("Old", summary="Old")
    card.title.version, card.summary.version, card.estimate.version = 1, 2, 6
    request = {**samples.UPDATE_CARD_REQUEST, "username": caller.username}
    answer = (await caller.put(f"/items/{card.id}", **request)).json()
    assert form(answer) == form(samples.UPDATE_CARD)
    for name in ("title", "summary", "estimate"):
        assert answer[name] == samples.UPDATE_CARD[name]


async def test_the_tasks_of_a_card_have_the_form_of_their_sample(caller: Caller) -> None:
    card = caller.project.add_card("Card")
    task = caller.project.add_task(card, "6th Task", summary="My test task", estimate=5)
    every = (await caller.get(f"/items/{card.id}/tasks")).json()
    one = (await caller.get(f"/tasks/{task.id}")).json()
    assert form(every) == form(samples.FETCH_CARD_TASKS)
    assert form(one) == form(samples.FETCH_TASK)


async def test_a_created_task_equals_the_sample_but_for_ids(caller: Caller) -> None:
    card = caller.project.add_card("Card")
    request = {**samples.CREATE_CARD_TASK_REQUEST, "username": caller.username}
    answer = (await caller.post(f"/items/{card.id}/tasks", request)).json()
    (task,) = caller.project.tasks.values()
    own = {
        "_id": {"$oid": task.id},
        "cid": task.cid,
        "project": {"value": {"$oid": caller.project.id}, "version": 0},
    }
    assert answer == {**samples.CREATE_CARD_TASK, **own}


async def test_an_array_of_tasks_is_answered_with_an_array(caller: Caller) -> None:
    card = caller.project.add_card("Card")
    (request,) = samples.CREATE_CARD_TASKS_REQUEST
    one = {**request, "username": caller.username}
    answer = (await caller.post(f"/items/{card.id}/tasks", [one, one])).json()
    assert form(answer) == form(samples.CREATE_CARD_TASKS)
    assert [task["order"]["value"] for task in answer] == ["000000001.0", "000000002.0"]


async def test_an_updated_task_equals_the_sample_in_what_was_updated(caller: Caller) -> None:
    card = caller.project.add_card("Card")
    task = caller.project.add_task(card, "Old", state="in-progress")
    task.title.version, task.summary.version = 1, 2
    task.estimate.version, task.state.version = 6, 9
    request = {**samples.UPDATE_TASK_REQUEST, "username": caller.username}
    answer = (await caller.put(f"/tasks/{task.id}", **request)).json()
    assert form(answer) == form(samples.UPDATE_TASK)
    for name in ("title", "estimate", "state"):
        assert answer[name] == samples.UPDATE_TASK[name]


async def test_task_counters_follow_the_tasks(caller: Caller) -> None:
    sprint = caller.project.add_sprint("Sprint")
    card = caller.project.add_card("Card", sprint=sprint)
    await caller.post(
        f"/items/{card.id}/tasks", [caller.draft("A", estimate=2), caller.draft("B", estimate=0.5)]
    )
    first, second = caller.project.tasks_of(card)
    await caller.put(f"/tasks/{first.id}", state=at("done", 0))
    before = (await caller.get(f"/items/{card.id}")).json()
    await caller.put(f"/tasks/{second.id}", state=at("done", 0))
    after = (await caller.get(f"/items/{card.id}")).json()
    assert before["taskCounters"]["value"]["status"] == "in-progress"
    assert after["taskCounters"]["value"] == {
        "done": 2,
        "todo": 0,
        "inProgress": 0,
        "total": 2,
        "status": "done",
    }
    assert after["taskCounters"]["version"] == before["taskCounters"]["version"] + 1
    assert after["version"] == before["version"] + 1
    assert after["taskEstimate"]["value"] == 2.5
    answer = (await caller.get(f"/iterations/{sprint.id}")).json()
    assert answer["taskCounters"]["value"] == after["taskCounters"]["value"]


async def test_cids_count_up_over_cards_and_tasks(caller: Caller) -> None:
    card = (await caller.post(caller.new_card, caller.draft("Card"))).json()
    tasks = f"/items/{card['_id']['$oid']}/tasks"
    task = (await caller.post(tasks, caller.draft("Task"))).json()
    other = (await caller.post(caller.new_card, caller.draft("Other"))).json()
    assert [card["cid"], task["cid"], other["cid"]] == [1, 2, 3]
    ids = [card["_id"]["$oid"], task["_id"]["$oid"], other["_id"]["$oid"]]
    assert ids == sorted(ids)


async def test_markdown_is_escaped_in_its_html(caller: Caller) -> None:
    draft = caller.draft("Card", summary={"markdown": "a < b"})
    answer = (await caller.post(caller.new_card, draft)).json()
    assert answer["summary"]["value"] == {"markdown": "a < b", "html": "<p>a &lt; b</p>\n"}


async def test_a_placeholder_without_tasks_counts_nothing(caller: Caller) -> None:
    sprint = caller.project.add_sprint("Sprint")
    (answer,) = (await caller.get(f"/iterations/{sprint.id}/items")).json()
    assert answer["taskCounters"] == at(None, 0)
    assert answer["taskEstimate"] == at(None, 0)
