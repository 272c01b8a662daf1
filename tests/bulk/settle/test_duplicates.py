"""After something was sent twice, the job looks once more and names what may be there twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest
from attrs import evolve

from agilekit import Forbidden
from agilekit.bulk import Created, Survey, create_many
from agilekit.bulk.identity.matcher import ItemMatcher
from agilekit.bulk.settle.duplicates import find_duplicates
from agilekit.bulk.store import Entry, MemoryStore, Result
from tests.bulk.entries import entries, marked, matcher
from tests.bulk.shelf import LOST, OK, Fate, Note, Shelf, notes

pytestmark = pytest.mark.anyio


async def duplicates(
    there: Sequence[Note],
    resent: Sequence[Entry] | None,
    *,
    owned: Sequence[tuple[Entry, Note]] = (),
    known: ItemMatcher[Note] | None = None,
    elsewhere: Sequence[Note] | None = None,
) -> list[tuple[int, str]]:
    creation = Shelf(notes=there).kind()
    if elsewhere is not None:

        async def survey(high_water_mark: int) -> Survey[Note]:
            assert high_water_mark == 10
            return Survey([*there, *elsewhere])

        creation = evolve(creation, survey=survey)
    store = MemoryStore(creation.spec)
    store.record([Result(one, Created(one.position, one.draft, note)) for one, note in owned])
    found = await find_duplicates(
        creation, store, known or matcher(("a", "a")), resent, high_water_mark=10
    )
    return [(one.position, one.item_id) for one in found]


DRAFTS = entries("Paint the door", "Oil the hinges", "Wash the floor")
OWNED = [(draft, Note(11 + n, str(draft.draft["text"]))) for n, draft in enumerate(DRAFTS)]
THERE = [note for _, note in OWNED]


async def test_nothing_is_there_but_what_belongs_to_the_job() -> None:
    there = [Note(3, "Paint the door"), Note(10, "Paint the door"), *THERE]
    assert await duplicates(there, DRAFTS, owned=OWNED) == []


async def test_what_is_unclaimed_and_similar_is_named_in_the_order_of_the_drafts() -> None:
    others = [Note(21, "WASH THE FLOOR"), Note(22, "Paint the door"), Note(23, "Else")]
    found = await duplicates([*THERE, *others], DRAFTS[::-1], owned=OWNED)
    assert found == [(0, "22"), (2, "21")]


async def test_only_drafts_that_were_sent_again_may_be_there_twice() -> None:
    others = [Note(21, "Wash the floor"), Note(22, "Paint the door")]
    assert await duplicates([*THERE, *others], DRAFTS[:1], owned=OWNED) == [(0, "22")]
    assert await duplicates([*THERE, *others], [], owned=OWNED) == []


async def test_after_an_earlier_run_it_may_be_any_that_was_created() -> None:
    others = [Note(21, "Wash the floor"), Note(22, "Paint the door")]
    found = await duplicates([*THERE, *others], None, owned=OWNED)
    assert found == [(0, "22"), (2, "21")]


async def test_a_draft_that_a_journal_does_not_hold_whole_is_left_out() -> None:
    odd = Entry(3, {"draft": "an entity"}, None)
    owned = [*OWNED, (odd, Note(14, "x"))]
    there = [*THERE, Note(14, "x"), Note(22, "Paint the door")]
    assert await duplicates(there, None, owned=owned) == [(0, "22")]


async def test_the_whole_project_is_looked_through() -> None:
    found = await duplicates(THERE, DRAFTS, owned=OWNED, elsewhere=[Note(30, "Oil the hinges")])
    assert found == [(1, "30")]


async def test_marks_tell_exactly_which_are_there_twice() -> None:
    known = marked()
    there = [
        Note(11, "[ak-k3f9x2ab-0] Paint"),
        Note(12, "[ak-k3f9x2ab-0] Renamed"),
        Note(13, "Paint"),
        Note(14, "[ak-zzzzzzzz-1] Paint"),
    ]
    owned = [(entries("[ak-k3f9x2ab-0] Paint")[0], there[0])]
    assert await duplicates(there, [], owned=owned, known=known) == [(0, "12")]
    known.learn(owned[0][0].body, there[2])  # a mark that was lost
    assert await duplicates(there, [owned[0][0]], owned=owned, known=known) == [
        (0, "12"),
        (0, "13"),
        (0, "14"),
    ]


async def test_what_a_cut_leaves_of_a_mark_tells_the_drafts_apart() -> None:
    known, length = marked(), len("[ak-k3f9x2ab-1")
    for draft in DRAFTS:
        (body,) = (one.body for one in entries(f"[ak-k3f9x2ab-{draft.position}] Paint"))
        known.learn(body, Note(11, f"[ak-k3f9x2ab-{draft.position}"[:length]))
    assert not known.by_mark
    others = [Note(21, "[ak-k3f9x2ab-1")]
    assert await duplicates([*THERE, *others], None, owned=OWNED, known=known) == [(1, "21")]


async def test_the_container_is_read_once() -> None:
    shelf = Shelf(notes=THERE)
    listings = 0

    async def listing() -> AsyncIterator[Note]:
        nonlocal listings
        listings += 1
        for note in shelf.notes:
            yield note

    creation = evolve(shelf.kind(), listing=listing)
    store = MemoryStore(creation.spec)
    found = await find_duplicates(creation, store, matcher(), DRAFTS, high_water_mark=10)
    assert listings == 1
    assert len(found) == 3


async def test_a_last_look_that_fails_is_reported() -> None:
    shelf = Shelf(Fate(LOST, 0), OK, settle_after=0.1)

    def close() -> None:  # when the draft is sent for the second time
        if len(shelf.requests) == 2:
            shelf.unreadable = Forbidden("no", status=403)

    shelf.watch = close
    report = await create_many(shelf.kind(), notes(1), concurrency=1)
    assert (len(report.created), report.stopped) == (1, False)
    assert report.reason is shelf.unreadable
    assert report.possible_duplicates == ()
