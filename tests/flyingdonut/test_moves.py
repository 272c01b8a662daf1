"""A card is moved by its sprint and its bucket together, and never into neither."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import attrs
import pytest

from agilekit import Abort, FlyingDonut, InvalidInput, VersionConflict, Versioned
from agilekit.flyingdonut import Bucket, Card, Oid, Sprint, Task
from agilekit.sandbox import Sandbox
from agilekit.sandbox.flyingdonut import Project
from tests.flyingdonut.calls import CARD, CARD_AS_READ
from tests.ids import short
from tests.session.scripted import Say, Scripted, donut_at

pytestmark = pytest.mark.anyio

SPRINT, BUCKET = Sprint(id=Oid("s")), Bucket(id=Oid("b"))
IN_SPRINT = attrs.evolve(
    CARD_AS_READ, iteration=Versioned(Oid("old"), 4), state=Versioned[Oid | None](None, 2)
)
IN_BUCKET = attrs.evolve(
    CARD_AS_READ, iteration=Versioned[Oid | None](None, 4), state=Versioned(Oid("old"), 2)
)


def connect(sandbox: Sandbox) -> FlyingDonut:
    return FlyingDonut(**sandbox.flyingdonut.arguments())


def project_of(sandbox: Sandbox) -> Project:
    return sandbox.flyingdonut.projects[sandbox.flyingdonut.project_id]


def shown(iteration: object, state: object) -> dict[str, object]:
    return {
        "_id": {"$oid": CARD},
        "iteration": {"value": iteration and {"$oid": iteration}, "version": 5},
        "state": {"value": state and {"$oid": state}, "version": 3},
    }


async def test_a_card_enters_a_sprint_by_its_iteration_and_leaves_its_bucket_by_its_state() -> None:
    server = Scripted(Say(shown("s", None)))
    async with donut_at(server) as donut:
        card = await donut.cards.move(IN_BUCKET, to=SPRINT)
    assert server.bodies == [
        {
            "username": "jane.smith",
            "iteration": {"value": {"$oid": "s"}, "version": 4},
            "state": {"value": None, "version": 2},
        }
    ]
    assert (card.iteration, card.state) == (Versioned("s", 5), Versioned(None, 3))


async def test_a_card_enters_a_bucket_by_its_state_and_leaves_its_sprint_by_its_iteration() -> None:
    server = Scripted(Say(shown(None, "b")))
    async with donut_at(server) as donut:
        card = await donut.cards.move(IN_SPRINT, to=BUCKET)
    assert server.bodies == [
        {
            "username": "jane.smith",
            "iteration": {"value": None, "version": 4},
            "state": {"value": {"$oid": "b"}, "version": 2},
        }
    ]
    assert (card.iteration, card.state) == (Versioned(None, 5), Versioned("b", 3))


@pytest.mark.parametrize("scope", ["whole", "attribute"])
async def test_a_card_goes_into_a_sprint_and_back_and_is_in_one_list_each_time(scope: Any) -> None:
    sandbox = Sandbox(conflict_scope=scope)
    async with connect(sandbox) as donut:
        home, other = await donut.buckets.all()
        *_, sprint = await donut.sprints.all()
        card, *_ = await donut.cards.in_bucket(home)
        for destination in (sprint, other, sprint, home):
            read = card if destination is sprint else card.id
            card = await donut.cards.move(read, to=destination)
            where = [
                place.id
                for place in (home, other, sprint)
                if card.id in {one.id for one in await _list(donut, place)}
            ]
            assert where == [destination.id]
            read = await donut.cards.get(card)
            assert (read.iteration, read.state) == (card.iteration, card.state)


async def _list(donut: FlyingDonut, place: Bucket | Sprint) -> list[Card] | list[Card | Task]:
    if isinstance(place, Sprint):
        return await donut.cards.in_sprint(place)
    return await donut.cards.in_bucket(place)


@pytest.mark.parametrize("scope", ["whole", "attribute"])
async def test_a_card_that_somebody_else_moved_meanwhile_is_moved_from_there(scope: Any) -> None:
    sandbox = Sandbox(conflict_scope=scope)
    async with connect(sandbox) as donut, connect(sandbox) as colleague:
        home, other = await donut.buckets.all()
        first, *_, last = await donut.sprints.all()
        card, *_ = await donut.cards.in_bucket(home)
        await colleague.cards.move(card, to=first)
        card = await donut.cards.move(card, to=last)
        stored = project_of(sandbox).cards[card.id]
        assert (stored.iteration.value, stored.state.value) == (last.id, None)
        await colleague.cards.move(card.id, to=home)
        await donut.cards.move(card, to=other)
        assert (stored.iteration.value, stored.state.value) == (None, other.id)


async def test_a_move_may_give_up_at_a_conflict() -> None:
    sandbox = Sandbox()
    async with connect(sandbox) as donut, connect(sandbox) as colleague:
        home, other = await donut.buckets.all()
        *_, sprint = await donut.sprints.all()
        card, *_ = await donut.cards.in_bucket(home)
        await colleague.cards.move(card, to=other)
        with pytest.raises(VersionConflict):
            await donut.cards.move(card, to=sprint, on_conflict=Abort())
        assert project_of(sandbox).cards[card.id].state.value == other.id


@pytest.mark.parametrize(
    "to", ["s", None, 5, Card(id=Oid("c")), Task(id=Oid("t")), Sprint(), Bucket()], ids=short
)
async def test_a_card_goes_only_into_a_sprint_or_a_bucket_that_was_read(to: Any) -> None:
    server = Scripted(Say({}))
    async with donut_at(server) as donut:
        with pytest.raises(InvalidInput):
            await donut.cards.move(IN_BUCKET, to=to)
    assert server.requests == []


def always(value: object) -> Callable[[object], object]:
    return lambda _: value


NEITHER: list[dict[str, object]] = [
    {"iteration": None},
    {"iteration": always(None)},
    {"iteration": None, "state": None},
    {"iteration": None, "state": always(None)},
    {"iteration": always(None), "state": None},
    {"iteration": always(None), "state": always(None)},
    {"iteration": always("s"), "state": always(None)},
    {"state": None},
    {"state": always(None)},
    {"iteration": None, "title": "T"},
]


@pytest.mark.parametrize("changes", NEITHER, ids=range(len(NEITHER)))
async def test_an_update_that_could_leave_a_card_in_neither_list_is_refused_with_advice(
    changes: dict[str, object],
) -> None:
    server = Scripted(Say({}))
    async with donut_at(server) as donut:
        with pytest.raises(InvalidInput, match=r"cards\.move\(card, to="):
            await donut.cards.update(IN_SPRINT, **cast("Any", changes))
    assert server.requests == []


BOTH: list[tuple[dict[str, object], str | None, str | None]] = [
    ({"iteration": "s", "state": None}, "s", None),
    ({"iteration": always("s"), "state": None}, "s", None),
    ({"iteration": SPRINT, "state": always(None)}, "s", None),
    ({"iteration": None, "state": BUCKET}, None, "b"),
    ({"iteration": always(None), "state": "b"}, None, "b"),
    ({"iteration": always(None), "state": always("b")}, None, "b"),
    ({"iteration": None, "state": always(BUCKET)}, None, "b"),
]


@pytest.mark.parametrize(("changes", "iteration", "state"), BOTH, ids=range(len(BOTH)))
async def test_an_update_may_set_both_and_one_of_them_to_none(
    changes: dict[str, object], iteration: str | None, state: str | None
) -> None:
    server = Scripted(Say(shown(iteration, state)))
    async with donut_at(server) as donut:
        card = await donut.cards.update(IN_SPRINT, **cast("Any", changes))
    assert (card.iteration.value, card.state.value) == (iteration, state)
