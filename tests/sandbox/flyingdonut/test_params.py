"""Requests that are not as documented are refused and change nothing."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import pytest

from tests.each import each
from tests.sandbox.flyingdonut.caller import at

if TYPE_CHECKING:
    from tests.sandbox.flyingdonut.caller import Caller

pytestmark = pytest.mark.anyio

TITLE = {"title": {"value": "Title"}}


@pytest.mark.parametrize("secret", ["", "secret wrong", "Bearer x", "token x"])
async def test_without_the_secret_a_project_is_forbidden(caller: Caller, secret: str) -> None:
    answer = await caller.http.get(caller.root, headers={"Authorization": secret})
    assert answer.status_code == 403
    assert answer.json() == {"error": "Forbidden"}


async def test_a_project_that_does_not_exist_is_forbidden_too(caller: Caller) -> None:
    assert (await caller.http.get("/projects/54744060c955ca8169c61ee6")).status_code == 403


async def test_a_secret_opens_its_own_project_only(caller: Caller) -> None:
    other = caller.sandbox.flyingdonut.add_project(title="Other")
    assert (await caller.http.get(f"/projects/{other.id}")).status_code == 403
    own = {"Authorization": f"secret {other.secret}"}
    assert (await caller.http.get(f"/projects/{other.id}", headers=own)).status_code == 200


@each(
    "path",
    [
        "/backlog/buckets/unknown",
        "/backlog/buckets/unknown/items",
        "/iterations/unknown",
        "/iterations/unknown/items",
        "/iterations/unknown/burndown-chart",
        "/items/unknown",
        "/items/unknown/tasks",
        "/tasks/unknown",
        "/items/",
        "/items/%2e%2e%2ftasks",
        "/milestones",
        "/tasks/unknown/more",
    ],
)
async def test_what_does_not_exist_is_not_found(caller: Caller, path: str) -> None:
    assert (await caller.get(path)).status_code == 404


async def test_a_sprint_without_a_burndown_chart_has_none(caller: Caller) -> None:
    sprint = caller.project.add_sprint("Sprint")
    assert (await caller.get(f"/iterations/{sprint.id}/burndown-chart")).status_code == 404


async def test_a_path_of_no_service_is_not_found(caller: Caller) -> None:
    assert (await caller.http.get("https://sandbox.invalid/elsewhere")).status_code == 404


async def test_a_wrong_method_is_told_the_right_ones(caller: Caller) -> None:
    answer = await caller.http.delete(f"{caller.root}/items/any")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, PUT"


@each(
    ("body", "reason"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"\xff\xfe\xfd", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"username":"jane.smith","estimate":{"value":NaN}}', "not valid JSON"),
        (b'"text"', "object is expected"),
        (b"[1]", "Element 0: An object"),
        (b"{}", "username is missing"),
        (b'{"username":"jane.smith"}', "title must be"),
        (b'{"username":"jane.smith","title":"bare"}', 'object with a "value"'),
        (b'{"username":"jane.smith","title":{"value":" "}}', "title must be"),
        (b'{"username":"jane.smith","title":{"value":5}}', "title must be"),
    ],
)
async def test_a_malformed_create_is_refused_with_the_reason(
    caller: Caller, body: bytes, reason: str
) -> None:
    answer = await caller.http.post(caller.root + caller.new_card, content=body)
    assert answer.status_code == 400
    assert reason in answer.json()["error"]
    assert caller.titles() == []


@each(
    ("attribute", "value"),
    [
        ("estimate", "many"),
        ("estimate", "nan"),
        ("estimate", "1_0"),
        ("estimate", True),
        ("estimate", [5]),
        ("estimate", 10**400),
        ("summary", "bare text"),
        ("summary", {"html": "<p>text</p>"}),
        ("summary", 5),
        ("state", "todo"),
        ("colour", "red"),
        ("cid", 5),
    ],
)
async def test_a_bad_attribute_is_refused(caller: Caller, attribute: str, value: object) -> None:
    answer = await caller.post(caller.new_card, caller.draft("Card", **{attribute: value}))
    assert answer.status_code == 400
    assert attribute in answer.json()["error"]


async def test_an_infinite_estimate_is_refused(caller: Caller) -> None:
    body = b'{"username":"jane.smith","title":{"value":"T"},"estimate":{"value":1e999}}'
    answer = await caller.http.post(caller.root + caller.new_card, content=body)
    assert answer.status_code == 400


@pytest.mark.parametrize("username", ["nobody", "liv.berg"])
async def test_only_members_with_write_permission_write(caller: Caller, username: str) -> None:
    answer = await caller.post(caller.new_card, {"username": username, **TITLE})
    assert answer.status_code == 403
    assert caller.titles() == []


async def test_one_bad_element_refuses_the_whole_array(caller: Caller) -> None:
    drafts = [caller.draft("Good"), caller.draft(""), caller.draft("Good too")]
    answer = await caller.post(caller.new_card, drafts)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("Element 1: title")
    assert caller.titles() == []


async def test_an_array_keeps_its_order(caller: Caller) -> None:
    answer = await caller.post(caller.new_card, [caller.draft(f"Card {n}") for n in range(5)])
    assert [card["title"]["value"] for card in answer.json()] == caller.titles()
    assert caller.titles() == [f"Card {n}" for n in range(5)]


async def test_an_empty_array_creates_nothing(caller: Caller) -> None:
    assert (await caller.post(caller.new_card, [])).json() == []


@each(
    "update",
    [
        {"title": {"value": "No version"}},
        {"title": at("Word", 0) | {"version": "0"}},
        {"title": at("Truth", 0) | {"version": True}},
        {"title": "bare"},
        {"title": at("", 0)},
        {"estimate": at("five", 0)},
        {"iteration": at({"$oid": "unknown"}, 0)},
        {"iteration": at("unknown", 0)},
        {"state": at(None, 0)},
        {"state": at(None, 0), "iteration": at(None, 0)},
        {"order": at("000000001.0", 0)},
        {"estimate": at(5, 0), "colour": at("red", 0)},
        {"username": None, "estimate": at(5, 0)},
    ],
)
async def test_a_bad_update_of_a_card_is_refused_whole(
    caller: Caller, update: dict[str, object]
) -> None:
    card = caller.project.add_card("Card")
    before = deepcopy(caller.project)
    answer = await caller.put(f"/items/{card.id}", **update)
    assert answer.status_code == 400
    assert caller.project == before


async def test_a_task_has_no_other_states_and_no_sprint(caller: Caller) -> None:
    task = caller.project.add_task(caller.project.add_card("Card"), "Task")
    for update in ({"state": at("doing", 0)}, {"iteration": at(None, 0)}):
        answer = await caller.put(f"/tasks/{task.id}", **update)
        assert answer.status_code == 400


async def test_the_placeholder_of_a_sprint_takes_tasks_but_no_changes(caller: Caller) -> None:
    card = caller.project.placeholder_of(caller.project.add_sprint("Sprint"))
    change = await caller.put(f"/items/{card.id}", title=at("Mine", 0))
    assert change.status_code == 400
    task = await caller.post(f"/items/{card.id}/tasks", caller.draft("Task"))
    assert task.status_code == 200
