"""What the container does not show is looked for in the whole project, and what that proves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import pytest
from attrs import evolve

from agilekit.bulk import Created, Creation, Survey
from agilekit.bulk.elsewhere import Elsewhere
from agilekit.bulk.keeping import End, InMemory, Sent
from agilekit.bulk.recognition import Recognition
from agilekit.bulk.settling import Settled
from tests.bulk.sent import marked, recognition, sent
from tests.bulk.shelf import LOST, Note, Shelf

pytestmark = pytest.mark.anyio

ABOVE: Final = 10


async def look(
    settled: Settled[Note],
    wanted: Sequence[Sent],
    items: Sequence[Note],
    *,
    others: Sequence[Sent] = (),
    numbers: Collection[int] | None = None,
    is_whole: bool = True,
    is_of_project: bool = True,
    owned: Mapping[Sent, Note] | None = None,
    known: Recognition[Note] | None = None,
    above: int = ABOVE,
) -> None:
    creation = project(Survey(items, numbers=numbers, is_whole=is_whole), above)
    keeping = InMemory(creation.spec)
    await keeping.record(
        [End(one, Created(one.position, one.draft, note)) for one, note in (owned or {}).items()]
    )
    await Elsewhere(creation, keeping, known or recognition(("a", "a"))).look(
        settled, wanted, others, above=above, is_of_project=is_of_project
    )


def project(found: Survey[Note], least: int = ABOVE) -> Creation[Note]:
    async def survey(above: int) -> Survey[Note]:
        assert above == least
        return found

    return evolve(Shelf().kind(), survey=survey)


def earlier(*texts: str) -> list[Sent]:
    """Drafts that an earlier run has sent."""
    drafts = sent(*texts)
    for draft in drafts:
        draft.earlier = draft.doubted = True
    return drafts


def told(settled: Settled[Note]) -> dict[str, object]:
    """By position, whatever was told."""
    parts = {
        "created": {one.position: note.id for one, note in settled.created},
        "missing": [one.position for one in settled.missing],
        "doubtful": {one.position: keys for one, keys in settled.doubtful},
        "hidden": {one.position: numbers for one, numbers in settled.hidden},
        "waiting": [one.position for one in settled.waiting],
    }
    return {name: part for name, part in parts.items() if part}


def test_wanted_is_what_an_earlier_run_has_sent_and_what_is_in_doubt() -> None:
    (old, refused, doubtful, refused_doubtful, created, new) = earlier(*"abcdef")
    new.earlier = doubtful.earlier = refused_doubtful.earlier = False
    refused.refusal = refused_doubtful.refusal = LOST
    settled = Settled[Note](
        missing=[old, refused, new],
        doubtful=[(doubtful, ["11"]), (refused_doubtful, ["11"])],
        created=[(created, Note(12, "e"))],
    )
    creation, keeping = project(Survey([])), InMemory[Note](Shelf().kind().spec)
    assert Elsewhere(creation, keeping, recognition()).wanted(settled) == [old, doubtful]
    alone = evolve(creation, survey=None)
    assert Elsewhere(alone, keeping, recognition()).wanted(settled) == []


async def test_a_project_that_cannot_be_searched_tells_nothing() -> None:
    kind, (draft,) = Shelf().kind(), earlier("Paint")
    settled = Settled[Note](missing=[draft])
    elsewhere = Elsewhere(kind, InMemory(kind.spec), recognition())
    await elsewhere.look(settled, [draft], [], above=ABOVE, is_of_project=True)
    assert told(settled) == {"missing": [0]}


async def test_what_is_found_was_created_if_nothing_of_the_project_is_as_old() -> None:
    (draft,) = earlier("Paint")
    settled = Settled[Note](missing=[draft])
    await look(settled, [draft], [Note(9, "Paint"), Note(11, "Paint")])
    assert told(settled) == {"created": {0: 11}}


async def test_else_it_is_only_evidence() -> None:
    (draft,) = earlier("Paint")
    settled = Settled[Note](missing=[draft])
    await look(settled, [draft], [Note(11, "Paint")], is_of_project=False)
    assert told(settled) == {"doubtful": {0: ["11"]}}


async def test_beside_what_else_is_in_doubt() -> None:
    drafts = earlier("Paint the door", "Oil the hinges")
    settled = Settled[Note](missing=list(drafts))
    there = [Note(11, "Paint the door"), Note(12, "Oil the hinges"), Note(13, "Oil the hinges")]
    await look(settled, drafts, there, is_of_project=False)
    assert told(settled) == {"doubtful": {0: ["11"], 1: ["12", "13"]}}


async def test_but_for_a_mark_which_no_other_item_bears() -> None:
    (draft,) = earlier("[ak-k3f9x2ab-0] Paint")
    settled = Settled[Note](missing=[draft])
    there = [Note(11, "[ak-k3f9x2ab-0] Renamed")]
    await look(settled, [draft], there, is_of_project=False, known=marked())
    assert told(settled) == {"created": {0: 11}}


async def test_an_item_that_the_container_has_given_to_another_draft_is_not_given_twice() -> None:
    mine, other = earlier("Paint", "Paint")
    settled = Settled[Note](created=[(other, Note(11, "Paint"))], missing=[mine])
    await look(settled, [mine], [Note(11, "Paint")])
    assert told(settled) == {"created": {1: 11}, "missing": [0]}


async def test_nor_one_that_belongs_to_a_draft_already() -> None:
    mine, other = earlier("Paint", "Paint")
    settled = Settled[Note](missing=[mine])
    await look(settled, [mine], [Note(11, "Paint")], owned={other: Note(11, "Paint")})
    assert told(settled) == {"missing": [0]}


async def test_it_waits_for_others_of_its_text() -> None:
    mine, other = earlier("Paint", "Paint")
    settled = Settled[Note](missing=[mine])
    await look(settled, [mine], [Note(11, "Paint")], others=[other])
    assert told(settled) == {"waiting": [0]}


async def test_a_near_item_is_evidence_beside_what_the_container_has_shown() -> None:
    new, old = earlier("Paint the door", "Oil the hinges")
    new.earlier = False
    settled = Settled[Note](missing=[old], doubtful=[(new, ["14"])])
    there = [Note(11, "PAINT THE DOOR"), Note(12, "Paint the"), Note(13, "OIL THE HINGES")]
    await look(settled, [old, new], there)
    # Whoever has changed a stranger since: it may be that of a draft of an earlier run.
    assert told(settled) == {"doubtful": {0: ["11", "12", "14"], 1: ["11", "12", "13"]}}


async def test_doubts_of_the_container_stay_where_the_project_shows_nothing() -> None:
    new, old = earlier("Paint the door", "Oil the hinges")
    new.earlier = False
    settled = Settled[Note](missing=[old], doubtful=[(new, ["12", "11"]), (old, ["14"])])
    await look(settled, [new], [], numbers=[11, 13])
    assert told(settled) == {"doubtful": {0: ["11", "12"], 1: ["14"]}, "missing": [1]}


async def test_numbers_that_are_shown_nowhere_may_be_of_what_an_earlier_run_has_sent() -> None:
    old, new, other = earlier("Paint", "Oil", "Wash")
    new.earlier = False
    settled = Settled[Note](missing=[old, new])
    # 12 is the job's own, and was deleted since; 9 and 10 are older than it.
    await look(settled, [old, new], [], numbers=[8, 14, 16], owned={other: Note(12, "Wash")})
    assert told(settled) == {"hidden": {0: [11, 13, 15]}, "missing": [1]}


@pytest.mark.parametrize("numbers", [None, [], [9], [11, 12]])
async def test_where_no_number_is_hidden_it_is_missing(numbers: Collection[int] | None) -> None:
    (old,) = earlier("Paint")
    settled = Settled[Note](missing=[old])
    await look(settled, [old], [], numbers=numbers)
    assert told(settled) == {"missing": [0]}


async def test_an_empty_project_hides_none() -> None:
    (old,) = earlier("Paint")
    settled = Settled[Note](missing=[old])
    await look(settled, [old], [], numbers=[], above=0)
    assert told(settled) == {"missing": [0]}


async def test_unless_the_project_may_hold_others() -> None:
    old, new = earlier("Paint", "Oil")
    new.earlier = False
    settled = Settled[Note](missing=[old, new])
    await look(settled, [old, new], [], is_whole=False)
    assert told(settled) == {"hidden": {0: []}, "missing": [1]}
