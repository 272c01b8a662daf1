"""Updates are checked by the version of each attribute."""

from __future__ import annotations

from copy import deepcopy
from typing import Literal, cast

import pytest

from agilekit.sandbox import Faults, Sandbox
from tests.sandbox.flyingdonut.caller import Caller, at

pytestmark = pytest.mark.anyio


async def test_an_applied_change_moves_the_version_of_attribute_and_card(caller: Caller) -> None:
    card = caller.project.add_card("Old")
    answer = await caller.put(f"/items/{card.id}", title=at("New", 0))
    assert answer.status_code == 200
    assert answer.json()["title"] == at("New", 1)
    assert answer.json()["version"] == 1
    assert card.title.value == "New"


@pytest.mark.parametrize("status", [200, 409, 412, 400])
async def test_a_stale_update_fails_with_the_current_values(status: int) -> None:
    caller = Caller(Sandbox("empty", conflict_status=status))
    card = caller.project.add_card("Theirs")
    card.title.version = 7
    before = deepcopy(caller.project)
    answer = await caller.put(f"/items/{card.id}", title=at("Mine", 6), estimate=at(3, 0))
    assert answer.status_code == status
    assert answer.json()["title"] == at("Theirs", 7)
    assert answer.json()["estimate"] == at(None, 0)
    assert caller.project == before


async def test_in_the_scope_of_an_attribute_the_others_are_applied() -> None:
    caller = Caller(Sandbox("empty", conflict_scope="attribute"))
    card = caller.project.add_card("Theirs")
    card.title.version = 7
    answer = await caller.put(f"/items/{card.id}", title=at("Mine", 6), estimate=at(3, 0))
    assert answer.status_code == 409
    assert answer.json()["title"] == at("Theirs", 7)
    assert answer.json()["estimate"] == at(3, 1)


async def test_version_minus_one_forces_the_change(caller: Caller) -> None:
    card = caller.project.add_card("Theirs")
    card.title.version = 7
    answer = await caller.put(f"/items/{card.id}", title=at("Mine", -1))
    assert answer.status_code == 200
    assert answer.json()["title"] == at("Mine", 8)


async def test_an_equal_value_leaves_the_project_as_it_was(caller: Caller) -> None:
    task = caller.project.add_task(caller.project.add_card("Card"), "Task", estimate=5)
    before = deepcopy(caller.project)
    answer = await caller.put(f"/tasks/{task.id}", estimate=at(5.0, 0), state=at("todo", -1))
    assert answer.status_code == 200
    assert answer.json()["estimate"] == at(5, 0)
    assert caller.project == before


async def test_an_equal_value_with_a_stale_version_is_a_conflict(caller: Caller) -> None:
    card = caller.project.add_card("Same")
    card.title.version = 1
    answer = await caller.put(f"/items/{card.id}", title=at("Same", 0))
    assert answer.status_code == 409


async def test_of_two_equal_updates_only_one_wins(caller: Caller) -> None:
    card = caller.project.add_card("Old")
    first = await caller.put(f"/items/{card.id}", title=at("New", 0))
    second = await caller.put(f"/items/{card.id}", title=at("New", 0))
    assert [first.status_code, second.status_code] == [200, 409]
    assert card.title.version == 1


async def test_normalising_strips_titles_and_rounds_estimates() -> None:
    caller = Caller(Sandbox("empty", normalise=True))
    card = caller.project.add_card("Old")
    update = {"title": at("  New ", 0), "estimate": at("2.66", 0)}
    answer = await caller.put(f"/items/{card.id}", **update)
    assert answer.json()["title"] == at("New", 1)
    assert answer.json()["estimate"] == at(2.7, 1)


async def test_without_normalising_values_are_kept_as_sent(caller: Caller) -> None:
    card = caller.project.add_card("Old")
    answer = await caller.put(f"/items/{card.id}", title=at("  New ", 0), estimate=at(2.66, 0))
    assert answer.json()["title"]["value"] == "  New "
    assert answer.json()["estimate"]["value"] == 2.66


async def test_ignored_attributes_stay_and_never_conflict() -> None:
    caller = Caller(Sandbox("empty", ignore=["title"]))
    card = caller.project.add_card("Kept")
    answer = await caller.put(f"/items/{card.id}", title=at("New", 99), estimate=at(3, 0))
    assert answer.status_code == 200
    assert answer.json()["title"] == at("Kept", 0)
    assert answer.json()["estimate"] == at(3, 1)


async def test_a_card_moves_to_a_sprint_and_back(caller: Caller) -> None:
    sprint = caller.project.add_sprint("Sprint")
    card = caller.project.add_card("Card", estimate=3)
    path = f"/items/{card.id}"
    there = await caller.put(path, iteration=at({"$oid": sprint.id}, 0))
    assert there.json()["iteration"] == at({"$oid": sprint.id}, 1)
    assert (await caller.get(caller.new_card)).json() == []
    assert (await caller.get(f"/iterations/{sprint.id}")).json()["estimate"]["value"] == 3
    back = await caller.put(path, iteration=at(None, 1))
    assert back.json()["iteration"] == at(None, 2)
    assert len((await caller.get(caller.new_card)).json()) == 1
    assert (await caller.get(f"/iterations/{sprint.id}")).json()["estimate"]["value"] is None


async def test_a_card_moves_to_the_end_of_another_bucket(caller: Caller) -> None:
    other = caller.project.add_bucket("Other")
    caller.project.add_card("First", bucket=other)
    card = caller.project.add_card("Second")
    await caller.put(f"/items/{card.id}", state=at({"$oid": other.id}, 0))
    answer = (await caller.get(f"/backlog/buckets/{other.id}/items")).json()
    assert [one["title"]["value"] for one in answer] == ["First", "Second"]
    assert answer[1]["order"] == at("000000002.0", 1)


@pytest.mark.parametrize("summary", [None, "", {"markdown": ""}])
async def test_a_summary_is_cleared(caller: Caller, summary: object) -> None:
    card = caller.project.add_card("Card", summary="Some text")
    answer = await caller.put(f"/items/{card.id}", summary=at(summary, 0))
    assert answer.json()["summary"] == at("", 1)


async def test_a_storm_gets_in_before_every_update() -> None:
    caller = Caller(Sandbox("empty", faults=Faults(conflict_storm=1)))
    sprint = caller.project.add_sprint("Sprint")
    card = caller.project.add_card("Mine", summary="S")
    home = {"$oid": caller.bucket.id}
    answer = await caller.put(
        f"/items/{card.id}",
        title=at("New", 0),
        summary=at("", 0),
        estimate=at(5, 0),
        iteration=at(None, 0),
        state=at(home, 0),
    )
    assert answer.status_code == 409
    assert answer.json()["title"] == at("Mine*", 1)
    assert answer.json()["summary"]["value"]["markdown"] == "S*"
    assert answer.json()["estimate"] == at(1, 1)
    assert answer.json()["iteration"] == at({"$oid": sprint.id}, 1)
    assert answer.json()["state"] == at(home, 1)
    assert caller.sandbox.requests[-1].fault == "conflict_storm"


async def test_a_storm_leaves_other_attributes_alone_and_yields_to_force() -> None:
    caller = Caller(Sandbox("empty", faults=Faults(conflict_storm=1)))
    task = caller.project.add_task(caller.project.add_card("Card"), "Task")
    answer = await caller.put(f"/tasks/{task.id}", state=at("in-progress", -1))
    assert answer.status_code == 200
    assert answer.json()["state"] == at("in-progress", 2)
    assert answer.json()["title"] == at("Task", 0)


async def test_a_storm_does_not_touch_what_is_refused() -> None:
    caller = Caller(Sandbox("empty", faults=Faults(conflict_storm=1)))
    card = caller.project.add_card("Card")
    answer = await caller.put(f"/items/{card.id}", title=at("", 0))
    assert answer.status_code == 400
    assert card.title.version == 0


@pytest.mark.parametrize("status", [199, 201, 302, 399, 500])
def test_a_conflict_status_is_200_or_4xx(status: int) -> None:
    with pytest.raises(ValueError, match="conflict_status"):
        Sandbox(conflict_status=status)


def test_a_conflict_scope_is_one_of_two() -> None:
    scope = cast("Literal['whole']", "half")
    with pytest.raises(ValueError, match="conflict_scope"):
        Sandbox(conflict_scope=scope)
