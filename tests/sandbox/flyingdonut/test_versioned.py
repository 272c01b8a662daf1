"""A project can record what was done to each of its attributes, and by which request."""

from __future__ import annotations

from copy import deepcopy

import pytest

from agilekit.sandbox import Faults, Sandbox
from agilekit.sandbox.flyingdonut import Change
from tests.sandbox.flyingdonut.caller import Caller, at

pytestmark = pytest.mark.anyio


async def put(caller: Caller, tag: str, path: str, **attributes: object) -> int:
    payload = {"username": caller.username, **attributes}
    headers = {"X-Request-Id": tag}
    answer = await caller.http.put(caller.root + path, json=payload, headers=headers)
    return answer.status_code


async def test_each_change_is_recorded_with_its_request(caller: Caller) -> None:
    card = caller.project.add_card("Card")
    caller.project.history.recording = True
    path = f"/items/{card.id}"
    assert await put(caller, "a", path, title=at("One", 0), estimate=at(3, -1)) == 200
    assert await put(caller, "b", path, title=at("Stale", 0)) == 409
    await caller.put(path, title=at("Two", 1))
    assert caller.project.history.changes == [
        Change(card.id, "title", "One", 0, 1, request="a"),
        Change(card.id, "estimate", 3, 0, 1, forced=True, request="a"),
        Change(card.id, "title", "Two", 1, 2),
    ]


async def test_each_change_is_recorded_with_the_member_in_whose_name_it_was_made(
    caller: Caller,
) -> None:
    caller.project.members["omar.haddad"] = "participant"
    card = caller.project.add_card("Card")
    caller.project.history.recording = True
    path = caller.root + f"/items/{card.id}"
    for version, username in enumerate((caller.username, "omar.haddad")):
        payload = {"username": username, "title": at(f"Card {version}", version)}
        assert (await caller.http.put(path, json=payload)).status_code == 200
    card.title.change("By hand")
    names = [change.username for change in caller.project.history.changes]
    assert names == [caller.username, "omar.haddad", None]


async def test_an_accepted_update_that_changes_nothing_is_recorded(caller: Caller) -> None:
    card = caller.project.add_card("Card")
    caller.project.history.recording = True
    assert await put(caller, "a", f"/items/{card.id}", title=at("Card", -1)) == 200
    (change,) = caller.project.history.changes
    assert change == Change(card.id, "title", "Card", 0, 0, forced=True, request="a")


async def test_what_follows_from_a_change_is_recorded_with_its_request(caller: Caller) -> None:
    sprint = caller.project.add_sprint("Sprint")
    card = caller.project.add_card("Card", sprint=sprint)
    task = caller.project.add_task(card, "Task")
    caller.project.history.recording = True
    assert await put(caller, "a", f"/tasks/{task.id}", state=at("done", 0)) == 200
    assert [(it.entity, it.attribute, it.request) for it in caller.project.history.changes] == [
        (task.id, "state", "a"),
        (card.id, "taskCounters", "a"),
        (sprint.id, "taskCounters", "a"),
        (sprint.id, "itemCounters", "a"),
    ]


async def test_what_is_done_without_a_request_is_recorded_without_one(caller: Caller) -> None:
    sprint = caller.project.add_sprint("Sprint")
    card = caller.project.add_card("Card")
    caller.project.history.recording = True
    await put(caller, "a", f"/items/{card.id}", title=at("New", 0))
    card.title.change("By hand")
    sprint.end.change(sprint.start.value)
    changes = caller.project.history.changes
    assert changes[1:] == [
        Change(card.id, "title", "By hand", 1, 2),
        Change(sprint.id, "endDate", sprint.start.value, 0, 1),
    ]


async def test_the_other_editor_of_a_storm_has_no_request() -> None:
    caller = Caller(Sandbox("empty", faults=Faults(conflict_storm=1)))
    card = caller.project.add_card("Card")
    caller.project.history.recording = True
    assert await put(caller, "a", f"/items/{card.id}", title=at("New", -1)) == 200
    assert caller.project.history.changes == [
        Change(card.id, "title", "Card*", 0, 1),
        Change(card.id, "title", "New", 1, 2, forced=True, request="a"),
    ]


async def test_a_late_commit_is_recorded_with_its_request() -> None:
    late = Faults(commit_late=1, commit_status=503)
    caller = Caller(Sandbox("empty", faults=late, version_steps=(2, 2)))
    card = caller.project.add_card("Card")
    caller.project.history.recording = True
    assert await put(caller, "a", f"/items/{card.id}", title=at("New", 0)) == 503
    assert caller.project.history.changes == []
    caller.sandbox.settle()
    assert caller.project.history.changes == [Change(card.id, "title", "New", 0, 2, request="a")]


async def test_nothing_is_recorded_unless_it_is_asked_for(caller: Caller) -> None:
    card = caller.project.add_card("Card")
    assert await put(caller, "a", f"/items/{card.id}", title=at("New", 0)) == 200
    assert caller.project.history.changes == []


async def test_a_copy_of_a_project_is_equal_and_records_for_itself(caller: Caller) -> None:
    card = caller.project.add_card("Card")
    caller.project.history.recording = True
    card.title.change("New")
    copy = deepcopy(caller.project)
    assert copy == caller.project
    copy.history.recording = True
    copy.cards[card.id].title.change("Copied")
    assert [it.value for it in copy.history.changes] == ["Copied"]
    assert [it.value for it in caller.project.history.changes] == ["New"]
