"""What the container does not show is looked for in the whole project, and what that proves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import pytest
from attrs import evolve

from agilekit.bulk import Created, Creation, Survey
from agilekit.bulk.identity.matcher import ItemMatcher
from agilekit.bulk.settle.project import ProjectSearch
from agilekit.bulk.settle.settlement import Settlement
from agilekit.bulk.store import Entry, MemoryStore, Result
from tests.bulk.entries import entries, marked, matcher
from tests.bulk.shelf import LOST, Note, Shelf

pytestmark = pytest.mark.anyio

ABOVE: Final = 10


async def look(
    settlement: Settlement[Note],
    wanted: Sequence[Entry],
    items: Sequence[Note],
    *,
    others: Sequence[Entry] = (),
    numbers: Collection[int] | None = None,
    is_whole: bool = True,
    is_of_project: bool = True,
    owned: Mapping[Entry, Note] | None = None,
    known: ItemMatcher[Note] | None = None,
    high_water_mark: int = ABOVE,
) -> None:
    creation = project(Survey(items, numbers=numbers, is_whole=is_whole), high_water_mark)
    store = MemoryStore(creation.spec)
    store.record(
        [Result(one, Created(one.position, one.draft, note)) for one, note in (owned or {}).items()]
    )
    await ProjectSearch(creation, store, known or matcher(("a", "a"))).search(
        settlement, wanted, others, high_water_mark=high_water_mark, is_of_project=is_of_project
    )


def project(found: Survey[Note], least: int = ABOVE) -> Creation[Note]:
    async def survey(high_water_mark: int) -> Survey[Note]:
        assert high_water_mark == least
        return found

    return evolve(Shelf().kind(), survey=survey)


def earlier(*texts: str) -> list[Entry]:
    """Drafts that an earlier run has sent."""
    drafts = entries(*texts)
    for draft in drafts:
        draft.by_earlier_run = draft.was_lost = True
    return drafts


def told(settlement: Settlement[Note]) -> dict[str, object]:
    """By position, whatever was told."""
    parts = {
        "created": {one.position: note.id for one, note in settlement.created},
        "missing": [one.position for one in settlement.missing],
        "doubtful": {one.position: keys for one, keys in settlement.doubtful},
        "hidden": {one.position: numbers for one, numbers in settlement.hidden},
        "waiting": [one.position for one in settlement.waiting],
    }
    return {name: part for name, part in parts.items() if part}


def test_wanted_is_what_an_earlier_run_has_sent_and_what_is_in_doubt() -> None:
    (old, refused, doubtful, refused_doubtful, created, new) = earlier(*"abcdef")
    new.by_earlier_run = doubtful.by_earlier_run = refused_doubtful.by_earlier_run = False
    refused.refusal = refused_doubtful.refusal = LOST
    settlement = Settlement[Note](
        missing=[old, refused, new],
        doubtful=[(doubtful, ["11"]), (refused_doubtful, ["11"])],
        created=[(created, Note(12, "e"))],
    )
    creation, store = project(Survey([])), MemoryStore[Note](Shelf().kind().spec)
    assert ProjectSearch(creation, store, matcher()).to_search(settlement) == [old, doubtful]
    alone = evolve(creation, survey=None)
    assert ProjectSearch(alone, store, matcher()).to_search(settlement) == []


async def test_a_project_that_cannot_be_searched_tells_nothing() -> None:
    kind, (draft,) = Shelf().kind(), earlier("Paint")
    settlement = Settlement[Note](missing=[draft])
    elsewhere = ProjectSearch(kind, MemoryStore(kind.spec), matcher())
    await elsewhere.search(settlement, [draft], [], high_water_mark=ABOVE, is_of_project=True)
    assert told(settlement) == {"missing": [0]}


async def test_what_is_found_was_created_if_nothing_of_the_project_is_as_old() -> None:
    (draft,) = earlier("Paint")
    settlement = Settlement[Note](missing=[draft])
    await look(settlement, [draft], [Note(9, "Paint"), Note(11, "Paint")])
    assert told(settlement) == {"created": {0: 11}}


async def test_else_it_is_only_evidence() -> None:
    (draft,) = earlier("Paint")
    settlement = Settlement[Note](missing=[draft])
    await look(settlement, [draft], [Note(11, "Paint")], is_of_project=False)
    assert told(settlement) == {"doubtful": {0: ["11"]}}


async def test_beside_what_else_is_in_doubt() -> None:
    drafts = earlier("Paint the door", "Oil the hinges")
    settlement = Settlement[Note](missing=list(drafts))
    there = [Note(11, "Paint the door"), Note(12, "Oil the hinges"), Note(13, "Oil the hinges")]
    await look(settlement, drafts, there, is_of_project=False)
    assert told(settlement) == {"doubtful": {0: ["11"], 1: ["12", "13"]}}


async def test_but_for_a_mark_which_no_other_item_bears() -> None:
    (draft,) = earlier("[ak-k3f9x2ab-0] Paint")
    settlement = Settlement[Note](missing=[draft])
    there = [Note(11, "[ak-k3f9x2ab-0] Renamed")]
    await look(settlement, [draft], there, is_of_project=False, known=marked())
    assert told(settlement) == {"created": {0: 11}}


async def test_an_item_that_the_container_has_given_to_another_draft_is_not_given_twice() -> None:
    mine, other = earlier("Paint", "Paint")
    settlement = Settlement[Note](created=[(other, Note(11, "Paint"))], missing=[mine])
    await look(settlement, [mine], [Note(11, "Paint")])
    assert told(settlement) == {"created": {1: 11}, "missing": [0]}


async def test_nor_one_that_belongs_to_a_draft_already() -> None:
    mine, other = earlier("Paint", "Paint")
    settlement = Settlement[Note](missing=[mine])
    await look(settlement, [mine], [Note(11, "Paint")], owned={other: Note(11, "Paint")})
    assert told(settlement) == {"missing": [0]}


async def test_it_waits_for_others_of_its_text() -> None:
    mine, other = earlier("Paint", "Paint")
    settlement = Settlement[Note](missing=[mine])
    await look(settlement, [mine], [Note(11, "Paint")], others=[other])
    assert told(settlement) == {"waiting": [0]}


async def test_a_near_item_is_evidence_beside_what_the_container_has_shown() -> None:
    new, old = earlier("Paint the door", "Oil the hinges")
    new.by_earlier_run = False
    settlement = Settlement[Note](missing=[old], doubtful=[(new, ["14"])])
    there = [Note(11, "PAINT THE DOOR"), Note(12, "Paint the"), Note(13, "OIL THE HINGES")]
    await look(settlement, [old, new], there)
    # Whoever has changed an unclaimed item since: it may be that of a draft of an earlier run.
    assert told(settlement) == {"doubtful": {0: ["11", "12", "14"], 1: ["11", "12", "13"]}}


async def test_doubts_from_the_container_stay_if_the_project_shows_nothing() -> None:
    new, old = earlier("Paint the door", "Oil the hinges")
    new.by_earlier_run = False
    settlement = Settlement[Note](missing=[old], doubtful=[(new, ["12", "11"]), (old, ["14"])])
    await look(settlement, [new], [], numbers=[11, 13])
    assert told(settlement) == {"doubtful": {0: ["11", "12"], 1: ["14"]}, "missing": [1]}


async def test_numbers_that_are_shown_nowhere_may_be_of_what_an_earlier_run_has_sent() -> None:
    old, new, other = earlier("Paint", "Oil", "Wash")
    new.by_earlier_run = False
    settlement = Settlement[Note](missing=[old, new])
    # 12 is the job's own, and was deleted since; 9 and 10 are older than it.
    await look(settlement, [old, new], [], numbers=[8, 14, 16], owned={other: Note(12, "Wash")})
    assert told(settlement) == {"hidden": {0: [11, 13, 15]}, "missing": [1]}


@pytest.mark.parametrize("numbers", [None, [], [9], [11, 12]])
async def test_if_no_number_is_hidden_it_is_missing(numbers: Collection[int] | None) -> None:
    (old,) = earlier("Paint")
    settlement = Settlement[Note](missing=[old])
    await look(settlement, [old], [], numbers=numbers)
    assert told(settlement) == {"missing": [0]}


async def test_an_empty_project_hides_none() -> None:
    (old,) = earlier("Paint")
    settlement = Settlement[Note](missing=[old])
    await look(settlement, [old], [], numbers=[], high_water_mark=0)
    assert told(settlement) == {"missing": [0]}


async def test_unless_the_project_may_hold_others() -> None:
    old, new = earlier("Paint", "Oil")
    new.by_earlier_run = False
    settlement = Settlement[Note](missing=[old, new])
    await look(settlement, [old, new], [], is_whole=False)
    assert told(settlement) == {"hidden": {0: []}, "missing": [1]}
