"""What updates answer, store and count where the document leaves it open, as options."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Literal, TypeAlias, cast

import anyio
import pytest

from agilekit.sandbox import Faults, Sandbox
from agilekit.sandbox.flyingdonut import Locking
from agilekit.sandbox.flyingdonut.locking import Normalisation
from tests.each import each
from tests.sandbox.flyingdonut.caller import Caller, at
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.anyio

Kind: TypeAlias = Literal["items", "tasks"]
kinds = each("kind", ["items", "tasks"])


def entity(caller: Caller, kind: Kind) -> str:
    """The path of a card, or of a task, with the title "Old" at version 0."""
    card = caller.project.add_card("Old")
    return f"/{kind}/{card.id if kind == 'items' else caller.project.add_task(card, 'Old').id}"


@kinds
async def test_a_success_may_show_no_id(kind: Kind) -> None:
    caller = Caller(Sandbox("empty", answers_show="no id"))
    answer = await caller.put(entity(caller, kind), title=at("New", 0))
    assert answer.status_code == 200
    assert "_id" not in answer.json()
    assert answer.json()["title"] == at("New", 1)


@kinds
async def test_a_success_may_show_no_values(kind: Kind) -> None:
    caller = Caller(Sandbox("empty", answers_show="no values"))
    path = entity(caller, kind)
    answer = await caller.put(path, title=at("New", 0))
    assert answer.json() == {"_id": {"$oid": path.rpartition("/")[2]}, "version": 1}


@kinds
@pytest.mark.parametrize(
    ("shows", "status", "body"), [("nothing", 200, b"{}"), ("empty", 204, b"")]
)
async def test_a_success_may_show_nothing(
    kind: Kind, shows: Literal["nothing", "empty"], status: int, body: bytes
) -> None:
    caller = Caller(Sandbox("empty", answers_show=shows))
    path = entity(caller, kind)
    answer = await caller.put(path, title=at("New", 0))
    assert (answer.status_code, answer.content) == (status, body)
    assert (await caller.get(path)).json()["title"] == at("New", 1)


async def test_an_answer_without_a_body_goes_over_a_socket() -> None:
    sandbox = Sandbox("empty", answers_show="empty")
    async with sandbox.serve() as server:
        caller = Caller(sandbox, server)
        path = entity(caller, "items")
        assert (await caller.put(path, title=at("New", 0))).status_code == 204
        assert (await caller.get(path)).json()["title"] == at("New", 1)
        await caller.http.aclose()


@pytest.mark.parametrize("shows", ["no id", "no values", "nothing", "empty"])
async def test_a_conflict_shows_the_values_whatever_a_success_shows(shows: Any) -> None:
    caller = Caller(Sandbox("empty", answers_show=shows))
    answer = await caller.put(entity(caller, "items"), title=at("New", 7))
    assert answer.status_code == 409
    assert answer.json()["title"] == at("Old", 0)
    assert "_id" in answer.json()


@kinds
@each("status", [200, 400, 409, 412, 418, 422, 499])
async def test_a_conflict_may_show_the_values_wrapped(kind: Kind, status: int) -> None:
    caller = Caller(Sandbox("empty", conflicts_show="wrapped", conflict_status=status))
    answer = await caller.put(entity(caller, kind), title=at("New", 7))
    assert answer.status_code == status
    assert answer.json().keys() == {"error", "current"}
    assert answer.json()["current"]["title"] == at("Old", 0)


@kinds
@each("status", [200, 400, 409, 412, 418, 422, 499])
async def test_a_conflict_may_show_nothing(kind: Kind, status: int) -> None:
    caller = Caller(Sandbox("empty", conflicts_show="nothing", conflict_status=status))
    answer = await caller.put(entity(caller, kind), title=at("New", 7))
    assert answer.status_code == status
    assert answer.json() == {"error": "Version conflict"}


@pytest.mark.parametrize("status", [200, 400, 409, 412, 422])
async def test_with_every_status_the_scope_may_be_an_attribute(status: int) -> None:
    caller = Caller(Sandbox("empty", conflict_status=status, conflict_scope="attribute"))
    path = entity(caller, "items")
    answer = await caller.put(path, title=at("New", 7), estimate=at(3, 0))
    assert answer.status_code == status
    assert (answer.json()["title"], answer.json()["estimate"]) == (at("Old", 0), at(3, 1))


@pytest.mark.parametrize(
    ("normalise", "given", "stored"),
    [
        ({"strip"}, "  new TITLE ", "new TITLE"),
        ({"recase"}, "new TITLE ", "New title "),
        ({"cut"}, "t" * 41, "t" * 40),
        ({"strip", "recase", "cut"}, "  new TITLE " + "x" * 50, "New title " + "x" * 30),
        ({"round", "deck"}, "  new TITLE ", "  new TITLE "),
    ],
)
async def test_titles_are_stored_as_the_option_says(
    normalise: set[Normalisation], given: str, stored: str
) -> None:
    caller = Caller(Sandbox("empty", normalise=normalise))
    answer = await caller.put(entity(caller, "items"), title=at(given, 0))
    assert answer.json()["title"] == at(stored, 1)
    created = await caller.post(caller.new_card, caller.draft(given))
    assert created.json()["title"] == at(stored, 0)


@pytest.mark.parametrize(
    ("normalise", "given", "stored"),
    [
        ({"round"}, 2.66, 2.7),
        ({"deck"}, 7, 8),
        ({"deck"}, 4, 5),
        ({"deck"}, 0.3, 0.5),
        ({"deck"}, 1000, 100),
        ({"deck"}, -3, 0),
        ({"deck", "round"}, "6.2", 5),
        ({"strip", "recase", "cut"}, 2.66, 2.66),
        ({"deck"}, None, None),
    ],
)
async def test_estimates_are_stored_as_the_option_says(
    normalise: set[Normalisation], given: object, stored: float | None
) -> None:
    caller = Caller(Sandbox("empty", normalise=normalise))
    path = entity(caller, "tasks")
    await caller.put(path, estimate=at(42, 0))
    answer = await caller.put(path, estimate=at(given, 1))
    assert answer.json()["estimate"] == at(stored, 2)


async def test_versions_rise_by_steps_that_repeat_with_their_seed() -> None:
    async def steps(seed: int) -> list[int]:
        caller = Caller(Sandbox("empty", version_steps=(1, 3), version_seed=seed))
        path = entity(caller, "items")
        versions = [0]
        for number in range(60):
            answer = await caller.put(path, title=at(f"New {number}", versions[-1]))
            assert answer.status_code == 200
            versions.append(answer.json()["title"]["version"])
        return [after - before for before, after in pairwise(versions)]

    assert await steps(1) == await steps(1) != await steps(2)
    assert set(await steps(1)) == {1, 2, 3}


async def test_a_storm_and_the_counters_rise_by_steps_too() -> None:
    caller = Caller(Sandbox("empty", version_steps=(3, 3), faults=Faults(conflict_storm=1)))
    card = caller.project.add_card("Card")
    task = caller.project.add_task(card, "Task")
    answer = await caller.put(f"/tasks/{task.id}", state=at("in-progress", -1))
    assert answer.json()["state"] == at("in-progress", 6)
    found = (await caller.get(f"/items/{card.id}")).json()
    assert found["taskCounters"]["version"] == 6


def test_reads_lag_and_the_answers_of_writes_do_not(anyio_backend: str) -> None:
    async def main() -> None:
        caller = Caller(Sandbox("empty", read_lag=5))
        path = entity(caller, "items")
        seen: list[tuple[float, str]] = []

        async def look() -> None:
            title = (await caller.get(path)).json()["title"]["value"]
            seen.append((anyio.current_time(), title))

        await look()
        for version, title in enumerate(("First", "Second")):
            answer = await caller.put(path, title=at(title, version))
            assert answer.json()["title"] == at(title, version + 1)
            await look()
            await anyio.sleep(3)
        for _ in range(3):
            await look()
            await anyio.sleep(1)
        assert seen == [
            (0, "Old"),
            (0, "Old"),
            (3, "Old"),
            (6, "First"),
            (7, "First"),
            (8, "Second"),
        ]

    in_virtual_time(anyio_backend, main)


def test_a_conflict_answers_with_the_present_while_reads_lag(anyio_backend: str) -> None:
    async def main() -> None:
        caller = Caller(Sandbox("empty", read_lag=5))
        path = entity(caller, "tasks")
        await caller.put(path, title=at("New", 0))
        refused = await caller.put(path, title=at("Mine", 0))
        assert refused.json()["title"] == at("New", 1)
        assert (await caller.get(path)).json()["title"] == at("Old", 0)

    in_virtual_time(anyio_backend, main)


def test_what_was_just_created_is_not_found_by_a_read_that_lags(anyio_backend: str) -> None:
    async def main() -> list[int]:
        caller = Caller(Sandbox("empty", read_lag=5))
        created = (await caller.post(caller.new_card, caller.draft("Card"))).json()
        path = f"/items/{created['_id']['$oid']}"
        statuses = [(await caller.get(path)).status_code]
        await anyio.sleep(5)
        return [*statuses, (await caller.get(path)).status_code]

    assert in_virtual_time(anyio_backend, main) == [404, 200]


def test_a_late_commit_is_seen_by_reads_as_late_as_they_lag(anyio_backend: str) -> None:
    late = Faults(commit_late=1, commit_after=(10, 10), commit_status=504)

    async def main() -> list[str]:
        caller = Caller(Sandbox("empty", read_lag=5, faults=late))
        path = entity(caller, "items")
        await caller.put(path, title=at("New", 0))
        caller.sandbox.faults = Faults()
        seen: list[str] = []
        for wait in (10, 4.9, 0.2):
            await anyio.sleep(wait)
            seen.append((await caller.get(path)).json()["title"]["value"])
        return seen

    assert in_virtual_time(anyio_backend, main) == ["Old", "Old", "New"]


async def test_locking_can_be_assigned_at_any_time(caller: Caller) -> None:
    path = entity(caller, "items")
    caller.sandbox.flyingdonut.locking = Locking(status=422, version_steps=(2, 2))
    answer = await caller.put(path, title=at("New", 0))
    assert answer.json()["title"] == at("New", 2)
    assert (await caller.put(path, title=at("New", 0))).status_code == 422


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("answers_show", "some"),
        ("conflicts_show", "some"),
        ("normalise", {"shout"}),
        ("read_lag", -1),
        ("read_lag", float("nan")),
        ("version_steps", (0, 1)),
        ("version_steps", (3, 2)),
    ],
)
def test_options_out_of_range_are_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=name):
        Sandbox("empty", **cast("Any", {name: value}))
