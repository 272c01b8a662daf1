"""Which items of one label are whose, by what they say beside it; and what is told of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable, Mapping, Sequence
from typing import Final

import anyio
import anyio.lowlevel
import pytest
from attrs import evolve

from agilekit.bulk.identity.matcher import ItemMatcher
from agilekit.bulk.settle.settlement import Settlement, settle
from agilekit.bulk.spec import CreateSpec
from agilekit.bulk.store import Entry, MemoryStore
from agilekit.wire.json import JSON
from tests.bulk.entries import entries, matcher, notes_of
from tests.bulk.shelf import Note, Shelf

Says = Mapping[str, int]
FIELDS: Final = ("a", "b", "c", "place")


def fields(body: JSON) -> Mapping[str, Hashable]:
    assert isinstance(body, dict)
    return {name: str(body[name]) for name in FIELDS if name in body}


def compared(_: JSON) -> Sequence[str]:
    return FIELDS


async def look(drafts: Sequence[Says], there: Mapping[int, Says]) -> Settlement[Note]:
    """Looks for drafts of one text, of which the first was sent first.

    there: what the notes show, by their ids.
    """

    def shown(note: Note) -> Mapping[str, Hashable]:
        return {name: str(value) for name, value in there[note.id].items()}

    spec: CreateSpec[Note] = evolve(
        Shelf().kind().spec,
        draft_fields=fields,
        item_fields=shown,
        compared=compared,
        places=frozenset({"place"}),
    )
    lost = [Entry(place, {}, {"text": "Same", **draft}) for place, draft in enumerate(drafts)]
    kind = Shelf(notes=[Note(id, "Same") for id in there]).kind()
    return await settle(
        spec, kind.listing(), MemoryStore(spec), ItemMatcher(spec), lost, high_water_mark=10
    )


def created(settlement: Settlement[Note]) -> dict[int, int]:
    return {one.position: note.id for one, note in settlement.created}


def doubtful(settlement: Settlement[Note]) -> dict[int, list[str]]:
    return {one.position: names for one, names in settlement.doubtful}


@pytest.mark.anyio
async def test_drafts_of_different_places_become_the_items_at_these() -> None:
    settlement = await look([{"place": 1}, {"place": 2}], {11: {"place": 2}, 12: {"place": 1}})
    assert created(settlement) == {0: 12, 1: 11}


@pytest.mark.anyio
async def test_what_was_moved_is_found_at_another_place() -> None:
    drafts = [{"place": 1, "a": 1}, {"place": 1, "a": 2}]
    settlement = await look(drafts, {11: {"place": 1, "a": 2}, 12: {"place": 3, "a": 1}})
    assert created(settlement) == {0: 12, 1: 11}
    assert (settlement.missing, settlement.doubtful, settlement.unclaimed) == ([], [], [])


@pytest.mark.anyio
async def test_of_two_that_may_have_been_moved_none_is_taken() -> None:
    settlement = await look([{"place": 1}], {11: {"place": 2}, 12: {"place": 3}})
    assert created(settlement) == {}
    assert doubtful(settlement) == {0: ["11", "12"]}


@pytest.mark.anyio
async def test_what_was_moved_does_not_say_something_else() -> None:
    settlement = await look([{"place": 1, "a": 1}], {11: {"place": 2, "a": 2}})
    assert created(settlement) == {}
    assert doubtful(settlement) == {0: ["11"]}


@pytest.mark.anyio
async def test_one_that_says_more_of_other_things_takes_what_fits_both() -> None:
    settlement = await look(
        [{"a": 1}, {"b": 2, "c": 3}], {11: {"a": 1, "b": 2, "c": 3}, 12: {"a": 1, "b": 4, "c": 3}}
    )
    assert created(settlement) == {0: 12, 1: 11}


def test_what_is_taken_out_is_told_no_more() -> None:
    one, two, three, four, five = entries("one", "two", "three", "four", "five")
    settlement = Settlement[Note](
        missing=[one, two], doubtful=[(three, ["11"]), (four, ["12", "13"])], waiting=[five]
    )
    assert settlement.take_out([two, four]) == {id(four): ["12", "13"]}
    assert settlement.missing == [one]
    assert settlement.doubtful == [(three, ["11"])]
    assert settlement.waiting == [five]


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.anyio
async def test_a_long_listing_lets_others_run_every_500_items() -> None:
    read = 0
    seen: set[int] = set()

    async def items() -> AsyncIterator[Note]:
        nonlocal read
        for note in notes_of(["Another"] * 1200):
            read += 1
            yield note

    async def others() -> None:
        while True:
            seen.add(read)
            await anyio.lowlevel.checkpoint()

    spec = Shelf().kind().spec
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(others)
        await anyio.lowlevel.checkpoint()
        await settle(
            spec, items(), MemoryStore(spec), matcher(), entries("Same"), high_water_mark=10
        )
        tasks.cancel_scope.cancel()
    assert seen - {0, 1200} == {500, 1000}
