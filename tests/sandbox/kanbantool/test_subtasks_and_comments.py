"""What hangs on a task of Kanban Tool: its to-do list and its comments; and the changelog."""

from __future__ import annotations

import pytest

from agilekit.sandbox.kanbantool import Task
from tests.sandbox.kanbantool.caller import Caller, error

pytestmark = pytest.mark.anyio


@pytest.fixture
def caller() -> Caller:
    return Caller()


@pytest.fixture
def task(caller: Caller) -> Task:
    return caller.service.add_task(caller.board, "Task")


def path(caller: Caller, task: Task, rest: str) -> str:
    return f"{caller.tasks}/{task.id}{rest}"


async def test_subtasks_are_added_below_changed_and_deleted(caller: Caller, task: Task) -> None:
    there = path(caller, task, "/subtasks")
    blank = await caller.send("POST", f"{there}.xml", subtask__is_completed="true")
    assert (blank.status_code, blank.text) == (422, error("Name can't be blank", 422))
    one, two = [
        (await caller.send("POST", f"{there}.json", subtask__name=name)).json()["subtask"]
        for name in ("One", "Two")
    ]
    assert (one["position"], one["is_completed"], two["position"]) == (1, False, 2)
    changes = {"is_completed": True, "assigned_user_id": caller.service.user.id}
    changed = await caller.http.put(f"{there}/{two['id']}.json", json=changes)
    assert changed.json()["subtask"] == {**two, **changes}
    bad = await caller.send("PUT", f"{there}/{two['id']}.xml", subtask__name="")
    assert (bad.status_code, bad.text) == (422, error("Name can't be blank", 422))
    row = (await caller.get(f"{caller.tasks}.json")).json()[0]
    assert (row["subtasks_count"], row["subtasks_completed_count"]) == (2, 1)
    gone = await caller.send("DELETE", f"{there}/{one['id']}.json")
    assert gone.json()["subtask"] == one
    assert [(left.name, left.position) for left in task.subtasks] == [("Two", 1)]


async def test_a_new_order_of_subtasks_names_them_all(caller: Caller, task: Task) -> None:
    one, two, three = [caller.service.add_subtask(task, name).id for name in "abc"]
    there = path(caller, task, "/subtasks/reorder")
    for order in ("", f"{one},{two}", f"{one},{two},{three},{three}", f"{one},{two},9", "a,b,c"):
        refused = await caller.send("PUT", f"{there}.xml", order=order)
        message = "Not all subtasks have been included in the list."
        assert (refused.status_code, refused.text) == (422, error(message, 422))
    answer = (await caller.send("PUT", f"{there}.json", order=f"{three},{one},{two}")).json()
    assert [row["subtask"]["id"] for row in answer] == [three, one, two]
    assert [row["subtask"]["position"] for row in answer] == [1, 2, 3]


async def test_a_comment_needs_content(caller: Caller, task: Task) -> None:
    there = path(caller, task, "/comments")
    refused = await caller.send("POST", f"{there}.xml", comment__content="")
    assert (refused.status_code, refused.text) == (422, error("Content can't be blank", 422))
    made = (await caller.send("POST", f"{there}.json", comment__content="Ahoy")).json()["comment"]
    assert made["content"] == "Ahoy"
    assert made["user_id"] == caller.service.user.id


async def test_only_the_last_recent_comment_of_ones_own_is_deleted(
    caller: Caller, task: Task
) -> None:
    service = caller.service
    other = service.add_user("Omar Haddad", initials="OH")
    first, second = service.add_comment(task, "First"), service.add_comment(task, "Second")
    message = (
        "This comment cannot be deleted. "
        "Please note that only last, recent made comments can be deleted."
    )

    async def refused(identifier: int) -> bool:
        answer = await caller.send("DELETE", path(caller, task, f"/comments/{identifier}.xml"))
        return (answer.status_code, answer.text) == (422, error(message, 422))

    assert await refused(first.id)
    gone = await caller.send("DELETE", path(caller, task, f"/comments/{second.id}.json"))
    assert gone.json()["comment"]["content"] == "Second"
    assert caller.board.changelog[-1].description == "API has deleted recent comment"
    caller.later(minutes=16)
    assert await refused(first.id)
    assert await refused(service.add_comment(task, "Third", by=other).id)


async def test_the_changelog_is_filtered_and_cut_newest_first(caller: Caller) -> None:
    service = caller.service
    other = service.add_user("Omar Haddad", initials="OH")
    for number in range(60):
        caller.later(minutes=1)
        service.add_task(caller.board, str(number), by=other if number % 2 else None)

    async def names(**filters: str | int) -> list[int]:
        rows = (await caller.get(f"{caller.root}/changelog.json", **filters)).json()
        tasks = [caller.board.tasks[row["changelog"]["changed_object_id"]] for row in rows]
        return [int(task.name) for task in tasks]

    assert await names() == list(range(59, 9, -1))
    assert await names(limit=5000) == list(range(59, -1, -1))
    assert await names(offset=2, limit=3) == [57, 56, 55]
    assert await names(user_id=other.id, limit=2) == [59, 57]
    assert await names(**{"from": "2026-05-04T12:59"}) == [59, 58]
    assert await names(to="2026-05-04T12:02") == [1, 0]
    third = caller.board.changelog[2].id
    assert await names(before=third) == [1, 0]


@pytest.mark.parametrize("filters", [{"from": "soon"}, {"limit": "all"}, {"before": "-1"}])
async def test_an_invalid_filter_of_the_changelog_is_refused(
    caller: Caller, filters: dict[str, str | int]
) -> None:
    assert (await caller.get(f"{caller.root}/changelog.json", **filters)).status_code == 400


async def test_at_most_a_thousand_changes_are_listed(caller: Caller) -> None:
    for _ in range(1001):
        caller.service.add_task(caller.board, "Task")
    rows = (await caller.get(f"{caller.root}/changelog.json", limit=1001)).json()
    assert len(rows) == 1000
