"""Forms that recorded answers show and no document does: each is an option."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from agilekit.sandbox import Sandbox
from agilekit.sandbox.flyingdonut import Card, RecordedForms, Sprint
from tests.sandbox.flyingdonut.caller import Caller, at

pytestmark = pytest.mark.anyio

COUNTED = {"done": 1, "todo": 1, "inProgress": 0, "total": 2}


def calling(recorded: RecordedForms) -> Caller:
    return Caller(Sandbox("empty", recorded=recorded))


def filled(caller: Caller) -> tuple[Sprint, Card]:
    """A sprint with a task of no card and a card with two tasks, of which one is done."""
    sprint = caller.project.add_sprint("Sprint")
    card = caller.project.add_card("Card", sprint=sprint)
    caller.project.add_task(card, "Done", state="done", estimate=2)
    caller.project.add_task(card, "To do")
    caller.project.add_task(caller.project.placeholder_of(sprint), "Of no card")
    return sprint, card


async def items(caller: Caller, sprint: Sprint) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await caller.get(f"/iterations/{sprint.id}/items")).json()
    return found


async def test_the_tasks_of_a_sprint_may_come_inside_its_cards() -> None:
    caller = calling(RecordedForms(sprint_cards="inline"))
    sprint, card = filled(caller)
    placeholder, found = await items(caller, sprint)
    assert placeholder["isStandaloneTP"] is True
    assert [task["title"]["value"] for task in placeholder["tasks"]] == ["Of no card"]
    assert found["_id"] == {"$oid": card.id}
    assert [task["title"]["value"] for task in found["tasks"]] == ["Done", "To do"]
    assert {task["owner"]["value"]["$oid"] for task in found["tasks"]} == {card.id}
    assert {"users", "timeRemaining"} <= found["tasks"][0].keys()
    assert [placeholder["_order"], found["_order"]] == [0, 1]


async def test_a_card_without_tasks_then_has_none_inside() -> None:
    caller = calling(RecordedForms(sprint_cards="inline"))
    sprint = caller.project.add_sprint("Sprint")
    assert [item["tasks"] for item in await items(caller, sprint)] == [[]]


async def test_the_cards_of_a_sprint_may_only_count_their_tasks() -> None:
    caller = calling(RecordedForms(sprint_cards="counters"))
    sprint, card = filled(caller)
    placeholder, found = await items(caller, sprint)
    assert placeholder["taskCounters"]["value"]["total"] == 1
    assert found["_id"] == {"$oid": card.id}
    assert found["taskCounters"]["value"] == {**COUNTED, "status": "in-progress"}
    assert "tasks" not in found
    assert (await caller.get(f"/items/{card.id}/tasks")).json() != []


@pytest.mark.parametrize(
    ("shown", "cards", "sprints"),
    [("both", True, True), ("cards", True, False), ("none", False, False)],
)
async def test_counters_may_lack_their_status(shown: Any, *, cards: bool, sprints: bool) -> None:
    caller = calling(RecordedForms(counters_status=shown))
    sprint, card = filled(caller)
    of_card = (await caller.get(f"/items/{card.id}")).json()["taskCounters"]["value"]
    of_placeholder = (await items(caller, sprint))[0]["taskCounters"]["value"]
    of_sprint = (await caller.get(f"/iterations/{sprint.id}")).json()["taskCounters"]["value"]
    assert of_card == {**COUNTED, **({"status": "in-progress"} if cards else {})}
    assert ("status" in of_placeholder, "status" in of_sprint) == (cards, sprints)
    assert of_sprint["total"] == 3


async def test_a_sprint_may_count_its_cards() -> None:
    caller = calling(RecordedForms(item_counters=True))
    sprint, card = filled(caller)
    caller.project.add_card("Without tasks", sprint=sprint)
    path = f"/iterations/{sprint.id}"
    before = (await caller.get(path)).json()
    assert before["itemCounters"]["value"] == {"done": 0, "todo": 2, "total": 2}
    await caller.put(f"/tasks/{card.tasks[1]}", state=at("done", 0))
    after = (await caller.get(path)).json()
    assert after["itemCounters"]["value"] == {"done": 1, "todo": 1, "total": 2}
    assert after["itemCounters"]["version"] == before["itemCounters"]["version"] + 1
    assert after["version"] == before["version"] + 2  # these counters, and those of its tasks


async def test_a_sprint_without_cards_has_none_to_count() -> None:
    caller = calling(RecordedForms(item_counters=True))
    sprint = caller.project.add_sprint("Sprint")
    answer = (await caller.get(f"/iterations/{sprint.id}")).json()
    assert answer["itemCounters"] == at(None, 0)


async def test_a_card_that_enters_a_sprint_may_lose_its_state() -> None:
    caller = calling(RecordedForms(clear_state=True))
    sprint, card = caller.project.add_sprint("Sprint"), caller.project.add_card("Card")
    path = f"/items/{card.id}"
    moved = await caller.put(path, iteration=at({"$oid": sprint.id}, 0))
    assert moved.json()["iteration"] == at({"$oid": sprint.id}, 1)
    assert moved.json()["state"] == at(None, 1)
    assert [item["cid"] for item in await items(caller, sprint)] == [1, card.cid]


async def test_a_card_taken_out_of_the_sprint_is_then_in_no_list() -> None:
    caller = calling(RecordedForms(clear_state=True))
    sprint, card = caller.project.add_sprint("Sprint"), caller.project.add_card("Card")
    path = f"/items/{card.id}"
    await caller.put(path, iteration=at({"$oid": sprint.id}, 0))
    taken = await caller.put(path, iteration=at(None, 1))
    assert taken.status_code == 200
    assert (taken.json()["iteration"], taken.json()["state"]) == (at(None, 2), at(None, 1))
    assert [item["cid"] for item in await items(caller, sprint)] == [1]
    assert (await caller.get("/backlog/items")).json()[0]["items"] == []
    assert (await caller.get(path)).status_code == 200
    home = await caller.put(path, state=at({"$oid": caller.bucket.id}, 1))
    assert home.status_code == 200
    assert [it["cid"] for it in (await caller.get(caller.new_card)).json()] == [card.cid]


async def test_a_card_moved_with_both_attributes_is_in_its_bucket() -> None:
    caller = calling(RecordedForms(clear_state=True))
    sprint = caller.project.add_sprint("Sprint")
    card = caller.project.add_card("Card", sprint=sprint)
    assert (card.state.value, card.state.version) == (None, 1)
    home = {"$oid": caller.bucket.id}
    moved = await caller.put(f"/items/{card.id}", iteration=at(None, 0), state=at(home, 1))
    assert moved.json()["state"] == at(home, 2)
    assert [it["cid"] for it in (await caller.get(caller.new_card)).json()] == [card.cid]


async def test_milestones_and_their_cards_may_be_there() -> None:
    caller = calling(RecordedForms(milestones=True))
    sprint, card = filled(caller)
    other = caller.project.add_sprint("Other")
    milestone = caller.project.add_milestone("Opening", sprints=[sprint])
    sprint.non_working_days.change((datetime(2026, 5, 1, tzinfo=UTC),))
    card.value.change(13)
    (found,) = (await caller.get("/milestones")).json()
    assert found["_id"] == {"$oid": milestone.id}
    assert found["title"] == at("Opening", 0)
    (item,) = (await caller.get(f"/milestones/{milestone.id}/items")).json()
    assert item["_id"] == {"$oid": card.id}
    assert item["value"] == at(13, 1)
    answers = [(await caller.get(f"/iterations/{it.id}")).json() for it in (sprint, other)]
    assert answers[0]["milestone"] == at({"$oid": milestone.id}, 1)
    assert answers[0]["nonWorkingDays"] == at([{"$date": "2026-05-01T00:00:00.000Z"}], 1)
    assert (answers[1]["milestone"], answers[1]["nonWorkingDays"]) == (at(None, 0), at([], 0))
    assert (await caller.get("/milestones/none/items")).status_code == 404


async def test_the_demo_seed_then_has_a_milestone() -> None:
    caller = Caller(Sandbox(recorded=RecordedForms(milestones=True)))
    (found,) = (await caller.get("/milestones")).json()
    path = f"/milestones/{found['_id']['$oid']}/items"
    assert len((await caller.get(path)).json()) == 4


async def test_without_the_option_there_are_no_milestones(caller: Caller) -> None:
    sprint, card = filled(caller)
    assert (await caller.get("/milestones")).status_code == 404
    assert (
        not {"milestone", "nonWorkingDays"}
        & (await caller.get(f"/iterations/{sprint.id}")).json().keys()
    )
    assert "value" not in (await caller.get(f"/items/{card.id}")).json()


async def test_ranks_may_be_quarters_and_keep_their_order_as_text() -> None:
    caller = calling(RecordedForms(order="quarters"))
    for number in range(5):
        caller.project.add_card(f"Card {number}")
    found = (await caller.get(caller.new_card)).json()
    ranks = [card["order"]["value"] for card in found]
    assert ranks == [
        "000000000.25",
        "000000000.5",
        "000000000.75",
        "000000001.0",
        "000000001.25",
    ]
    assert ranks == sorted(ranks)


async def test_a_version_may_be_one_for_each_operation() -> None:
    caller = calling(RecordedForms(entity_version="operations"))
    card = caller.project.add_card("Card", estimate=3)
    path = f"/items/{card.id}"
    assert (await caller.get(path)).json()["version"] == 1
    both = await caller.put(path, title=at("New", 0), estimate=at(5, 1))
    assert both.json()["version"] == 2
    nothing = await caller.put(path, title=at("New", 1))
    assert nothing.json()["version"] == 2
    refused = await caller.put(path, title=at("Mine", 0))
    assert refused.json()["version"] == 2
    task = (await caller.post(f"{path}/tasks", caller.draft("Task"))).json()
    assert task["version"] == 0
    assert (await caller.get(path)).json()["version"] == 3
    done = await caller.put(f"/tasks/{task['_id']['$oid']}", state=at("done", 0), title=at("T", 0))
    assert done.json()["version"] == 1


async def test_the_operations_of_a_sprint_are_those_of_its_cards() -> None:
    caller = calling(RecordedForms(entity_version="operations", item_counters=True))
    sprint = caller.project.add_sprint("Sprint")
    path = f"/iterations/{sprint.id}"
    assert (await caller.get(path)).json()["version"] == 0
    card = caller.project.add_card("Card", estimate=3, sprint=sprint)
    assert (await caller.get(path)).json()["version"] == 1
    await caller.put(f"/items/{card.id}", title=at("New", 0))
    assert (await caller.get(path)).json()["version"] == 1
    await caller.put(f"/items/{card.id}", iteration=at(None, 0))
    assert (await caller.get(path)).json()["version"] == 2


async def test_forms_can_be_assigned_at_any_time(caller: Caller) -> None:
    sprint, _ = filled(caller)
    assert len(await items(caller, sprint)) == 5
    caller.sandbox.flyingdonut.recorded = RecordedForms(sprint_cards="inline")
    assert len(await items(caller, sprint)) == 2


@pytest.mark.parametrize("name", ["sprint_cards", "counters_status", "order", "entity_version"])
def test_forms_that_are_not_known_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        RecordedForms(**cast("Any", {name: "other"}))
