"""The cards of a sprint come with their tasks, however the server shows them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import anyio
import httpx
import pytest

from agilekit import DecodeError, FlyingDonut, Forbidden, InvalidInput
from agilekit.flyingdonut import Card, Sprint, SprintCards
from agilekit.sandbox import Sandbox
from tests.ids import short
from tests.payloads import flyingdonut as samples
from tests.session.scripted import PROJECT, donut_at

pytestmark = pytest.mark.anyio

SPRINT = "54744d10c955ca8169c61ef2"


def card(id: str, total: object = None, **more: object) -> dict[str, Any]:
    counters = None if total is None else {"total": total}
    return {
        "_id": {"$oid": id},
        "isStandaloneTP": False,
        "taskCounters": {"value": counters, "version": 1},
        "version": 1,
        **more,
    }


def task(id: str, owner: str | None = None, **more: object) -> dict[str, Any]:
    card = {"owner": {"value": {"$oid": owner}, "version": 0}} if owner else {}
    return {"_id": {"$oid": id}, "state": {"value": "todo", "version": 0}, **card, **more}


class Server(httpx.AsyncBaseTransport):
    """A sprint whose list is `items`, and the tasks of cards by the card's id."""

    def __init__(self, items: object, tasks: Mapping[str, object] | None = None) -> None:
        self.items, self.tasks = items, tasks or {}
        self.paths: list[str] = []
        self.in_flight = self.most_in_flight = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix(f"/api/projects/{PROJECT}")
        self.paths.append(path)
        self.in_flight += 1
        self.most_in_flight = max(self.in_flight, self.most_in_flight)
        await anyio.sleep(0.001)
        self.in_flight -= 1
        if path == f"/iterations/{SPRINT}/items":
            return httpx.Response(200, content=json.dumps(self.items))
        answer = self.tasks.get(path.split("/")[2], 404)
        if isinstance(answer, int):
            return httpx.Response(answer, json={"error": "no"})
        return httpx.Response(200, content=json.dumps(answer))


async def cards_of(server: Server, **options: Any) -> SprintCards:
    async with donut_at(server, **options) as donut:
        return await donut.sprints.cards(SPRINT)


def ids(found: SprintCards) -> dict[str, list[str]]:
    """The ids of the tasks by card, of the placeholder too."""
    cards = [*found.cards, *([found.placeholder] if found.placeholder else [])]
    return {one.id: [task.id for task in one.tasks] for one in cards}


async def test_tasks_among_the_cards_are_given_to_their_cards() -> None:
    items = [card("a", 2), task("1", "a"), card("b", 1), task("3", "b"), task("2", "a"), card("c")]
    server = Server(items)
    found = await cards_of(server)
    assert ids(found) == {"a": ["1", "2"], "b": ["3"], "c": []}
    assert len(server.paths) == 1


async def test_tasks_inside_of_their_cards_stay_there() -> None:
    items = [card("a", 2, tasks=[task("1"), task("2")]), card("b", tasks=[])]
    server = Server(items)
    assert ids(await cards_of(server)) == {"a": ["1", "2"], "b": []}
    assert len(server.paths) == 1


async def test_tasks_that_only_the_counters_tell_of_are_read() -> None:
    counted = {"done": 1, "todo": 0, "inProgress": 1}
    by_state = card("c", taskCounters={"value": counted, "version": 2})
    server = Server(
        [card("a", 1.0), card("b", 0), by_state, card("d")],
        {"a": [task("1")], "c": [task("2"), task("3")]},
    )
    found = await cards_of(server)
    assert ids(found) == {"a": ["1"], "b": [], "c": ["2", "3"], "d": []}
    assert sorted(server.paths[1:]) == ["/items/a/tasks", "/items/c/tasks"]


@pytest.mark.parametrize(
    "counters",
    [
        {},
        {"taskCounters": None},
        {"taskCounters": {"value": None, "version": 0}},
        {"taskCounters": {"value": {}, "version": 0}},
        {"taskCounters": {"value": {"status": "todo"}, "version": 0}},
        {"taskCounters": {"value": {"total": 1}, "version": 3}},
        {"taskCounters": {"value": {"total": 1, "status": None}, "version": 3}},
    ],
    ids=short,
)
async def test_counters_that_tell_of_no_other_task_cost_no_request(
    counters: dict[str, object],
) -> None:
    bare = {"_id": {"$oid": "a"}, "isStandaloneTP": False, **counters}
    server = Server([bare, task("1", "a")])
    assert ids(await cards_of(server)) == {"a": ["1"]}
    assert len(server.paths) == 1


async def test_a_card_that_shows_only_some_of_its_tasks_is_read_and_keeps_what_was_shown() -> None:
    users = [{"user": "jane.smith", "who": "jane.smith", "when": None}]
    shown = task("1", "a", users=users, version=3)
    listed = [task("1", version=3, timeEntriesTotal=2), task("2")]
    server = Server([card("a", 2), shown], {"a": listed})
    found = await cards_of(server)
    assert ids(found) == {"a": ["1", "2"]}
    [first, _] = found.cards[0].tasks
    assert [user.user for user in first.users] == ["jane.smith"]
    assert first.time_entries_total == 2


async def test_a_task_that_is_shown_twice_is_there_once_in_its_newer_form() -> None:
    inside = task("1", title={"value": "new", "version": 2}, version=2)
    among = task("1", "a", title={"value": "old", "version": 1}, version=1, users=[{"user": "me"}])
    server = Server([card("a", 1, tasks=[inside]), among])
    found = await cards_of(server)
    [only] = found.cards[0].tasks
    assert (only.title.value, [user.user for user in only.users]) == ("new", ["me"])
    assert len(server.paths) == 1


async def test_the_placeholder_is_apart_with_its_tasks() -> None:
    placeholder = card("p", 1, isStandaloneTP=True)
    server = Server([placeholder, task("1", "p"), card("a"), card("q", isStandaloneTP=True)])
    found = await cards_of(server)
    assert isinstance(found.placeholder, Card)
    assert found.placeholder.id == "p"
    assert [one.id for one in found.placeholder.tasks] == ["1"]
    assert [one.id for one in found.cards] == ["a", "q"]  # a second one is not lost


async def test_the_tasks_of_the_placeholder_are_read_if_its_counters_tell_of_them() -> None:
    server = Server([card("p", 1, isStandaloneTP=True)], {"p": [task("1")]})
    assert ids(await cards_of(server)) == {"p": ["1"]}


async def test_a_task_whose_card_is_not_in_the_answer_is_not_lost() -> None:
    server = Server([task("1", "gone"), task("2"), card("a", 1), task("3", "a")])
    found = await cards_of(server)
    assert ids(found) == {"a": ["3"]}
    assert [one.id for one in found.other_tasks] == ["1", "2"]


async def test_a_task_without_an_owner_that_is_found_at_its_card_is_there_once() -> None:
    server = Server([task("1", users=[{"user": "me"}]), card("a", 1)], {"a": [task("1")]})
    found = await cards_of(server)
    assert ids(found) == {"a": ["1"]}
    assert found.other_tasks == ()
    assert found.cards[0].tasks[0].users[0].user == "me"


@pytest.mark.parametrize("nameless", [card("", 3), task("", "a")], ids=["card", "task"])
async def test_what_has_no_id_is_neither_a_card_nor_a_task(nameless: dict[str, Any]) -> None:
    with pytest.raises(DecodeError, match="with an id"):
        await cards_of(Server([card("a", 2), nameless]))


async def test_a_card_that_is_deleted_meanwhile_stays_as_it_was_shown() -> None:
    server = Server([card("a", 2), task("1", "a"), card("b", 1)], {"a": 404, "b": [task("2")]})
    assert ids(await cards_of(server)) == {"a": ["1"], "b": ["2"]}


async def test_any_other_error_is_raised_by_itself() -> None:
    server = Server([card("a", 2), card("b", 1)], {"a": 403, "b": [task("2")]})
    with pytest.raises(Forbidden):
        await cards_of(server)


async def test_tasks_are_read_no_more_at_once_than_the_client_may() -> None:
    cards = [card(f"c{number}", 1) for number in range(12)]
    server = Server(cards, {f"c{number}": [task(f"t{number}")] for number in range(12)})
    found = await cards_of(server, concurrency=3)
    assert ids(found) == {f"c{number}": [f"t{number}"] for number in range(12)}
    assert server.most_in_flight == 3
    assert len(server.paths) == 13


async def test_the_documents_sample_is_a_placeholder_with_its_task() -> None:
    server = Server(samples.FETCH_SPRINT_CARDS)
    found = await cards_of(server)
    assert (found.cards, found.other_tasks) == ((), ())
    assert found.placeholder is not None
    assert [one.title.value for one in found.placeholder.tasks] == ["T1"]
    assert found.placeholder.raw == samples.FETCH_SPRINT_CARDS[0]
    assert len(server.paths) == 1


async def test_every_sprint_of_the_sandbox_shows_each_task_at_its_card() -> None:
    sandbox = Sandbox()
    fake = sandbox.flyingdonut
    project = fake.projects[fake.project_id]
    async with FlyingDonut(**fake.arguments()) as donut:
        for sprint in await donut.sprints.all():
            before = sandbox.count()
            found = await donut.sprints.cards(sprint)
            assert sandbox.count() == before + 1
            stored = project.cards_in(project.sprints[sprint.id])
            assert ids(found) == {one.id: one.tasks for one in stored}
            assert found.placeholder is not None
            assert found.other_tasks == ()


async def test_a_card_is_not_a_sprint() -> None:
    server = Server([])
    async with donut_at(server) as donut:
        with pytest.raises(InvalidInput, match="sprint must be a sprint or its id, not a card"):
            await donut.sprints.cards(Card())  # type: ignore[arg-type]  # pyright: ignore
        with pytest.raises(InvalidInput):
            await donut.sprints.cards(Sprint())
    assert server.paths == []
