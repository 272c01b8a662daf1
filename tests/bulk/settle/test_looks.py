"""What one look tells of each draft, and which items it leaves to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import anyio
import pytest

from agilekit.bulk import Draft
from agilekit.bulk.report import Created
from agilekit.bulk.settle.settlement import Settlement, doubt_missing, settle
from agilekit.bulk.store import Entry, MemoryStore, Result
from tests.bulk.entries import entries, matcher
from tests.bulk.shelf import Note, Shelf
from tests.each import each
from tests.virtual_time import in_virtual_time

Names = dict[int, Sequence[str]]


def look(
    lost: Sequence[Entry],
    there: Sequence[Note],
    *,
    high_water_mark: int = 10,
    owned: Sequence[Note] = (),
    being_sent: Sequence[Entry] = (),
    ahead: float = 0,
) -> Settlement[Note]:
    """
    ahead: seconds for which the server may still be at work on each.
    """

    async def main() -> Settlement[Note]:
        creation = Shelf(notes=there).kind()
        store = MemoryStore(creation.spec)
        for note in owned:
            (other,) = entries(note.text)
            store.record([Result(other, Created(note.id + 100, other.draft, note))])
        for one in lost:
            one.settle_by = anyio.current_time() + ahead
        return await settle(
            creation.spec,
            creation.listing(),
            store,
            matcher(("a", "a")),
            lost,
            high_water_mark=high_water_mark,
            being_sent=lambda: being_sent,
        )

    return in_virtual_time("asyncio", main)


def created(settlement: Settlement[Note]) -> dict[int, int]:
    return {one.position: note.id for one, note in settlement.created}


def doubtful(settlement: Settlement[Note]) -> Names:
    return {one.position: names for one, names in settlement.doubtful}


def unclaimed(settlement: Settlement[Note]) -> list[str]:
    return sorted(one.item_id for one in settlement.unclaimed)


def test_new_items_of_no_draft_are_unclaimed() -> None:
    there = [Note(10, "old"), Note(11, "a"), Note(12, "b"), Note(13, "c"), Note(14, "d")]
    lost = entries("a", "x")
    settlement = look(lost, there, owned=[there[2]], being_sent=entries("c"))
    assert created(settlement) == {0: 11}
    assert settlement.missing == [lost[1]]
    assert unclaimed(settlement) == ["14"]


def test_as_long_as_something_may_come_unclaimed_items_are_not_asked_for() -> None:
    (lost,) = entries("x")
    settlement = look([lost], [Note(11, "a")], ahead=0.001)
    assert settlement.waiting == [lost]
    assert settlement.unclaimed == []
    assert settlement.missing == []


def test_what_is_over_at_the_moment_of_the_look_is_over() -> None:
    (lost,) = entries("x")
    settlement = look([lost], [Note(11, "a")], ahead=0)
    assert settlement.missing == [lost]
    assert unclaimed(settlement) == ["11"]


def test_everything_of_labels_that_are_being_sent_waits() -> None:
    lost = entries("a", "b", "c")
    settlement = look(lost, [Note(11, "a"), Note(12, "c")], being_sent=entries("a", "b"))
    assert settlement.waiting == lost[:2]
    assert created(settlement) == {2: 12}


@each("order", [*permutations(range(4))])
def test_those_that_say_most_are_given_theirs_first(order: Sequence[int]) -> None:
    drafts: list[Draft] = [{"text": "a"}]
    drafts += ({"text": "a", "size": size} for size in (3, 5, 7))
    there = [Note(11, "a", 3), Note(12, "a", 5), Note(13, "a", 7), Note(14, "a", 9)]
    lost = entries(*(drafts[one] for one in order))
    found = created(look(lost, there))
    assert {order[position]: id for position, id in found.items()} == {0: 14, 1: 11, 2: 12, 3: 13}


def test_too_many_of_one_kind_leave_the_others_of_the_label_as_they_are() -> None:
    lost = entries(*({"text": "a", "size": size} for size in (3, 5)))
    settlement = look(lost, [Note(11, "a", 3), Note(12, "a", 3), Note(13, "a", 5)])
    assert created(settlement) == {1: 13}
    assert doubtful(settlement) == {0: ["11", "12"]}
    assert unclaimed(settlement) == ["11", "12"]


def test_each_of_several_doubts_is_reported() -> None:
    lost = entries(
        *({"text": text, "size": size} for text in ("a", "b") for size in (3, 5)),
    )
    there = [Note(11 + n, text, size) for n, (text, size) in enumerate(2 * _SHOWN)]
    settlement = look(lost, there)
    assert doubtful(settlement) == {n: [str(11 + n), str(15 + n)] for n in range(4)}
    assert unclaimed(settlement) == [str(11 + n) for n in range(8)]


_SHOWN = [("a", 3), ("a", 5), ("b", 3), ("b", 5)]


def test_each_that_is_not_there_is_missing() -> None:
    lost = entries(*({"text": text, "size": size} for text, size in _SHOWN))
    settlement = look(lost, [])
    assert settlement.missing == lost


def test_an_item_that_fits_no_draft_may_be_that_of_each_that_is_left() -> None:
    lost = entries(*({"text": "a", "size": size} for size in (3, 5)))
    settlement = look(lost, [Note(11, "a", 7)])
    assert doubtful(settlement) == {0: ["11"], 1: ["11"]}
    assert settlement.missing == []


def test_of_equal_drafts_with_too_few_items_the_rest_is_missing() -> None:
    lost = entries("a", "a", "a")
    settlement = look(lost, [Note(12, "a"), Note(11, "a")])
    assert created(settlement) == {0: 11, 1: 12}
    assert settlement.missing == [lost[2]]


@pytest.mark.anyio
async def test_a_missing_draft_is_doubtful_if_an_unclaimed_item_may_be_its() -> None:
    known = matcher(("a", "a"))
    similar, other = entries("Paint the door", "Oil the hinges")
    some = [known.as_unclaimed(Note(11, "PAINT THE DOOR")), known.as_unclaimed(Note(12, "xyz"))]
    settlement: Settlement[Note] = Settlement(
        missing=[similar, other], doubtful=[(similar, ["1"])], unclaimed=some
    )
    await doubt_missing(known, settlement)
    assert settlement.missing == [other]
    assert settlement.doubtful == [(similar, ["1"]), (similar, ["11"])]


def test_two_looks_are_added_up() -> None:
    one, other = entries("a", "b")
    notes = [Note(1, "a"), Note(2, "b")]
    traces = [matcher().as_unclaimed(note) for note in notes]
    first = Settlement([(one, notes[0])], [one], [(one, ["1"])], [(one, [1])], [one], traces[:1])
    second = Settlement(
        [(other, notes[1])], [other], [(other, [])], [(other, [])], [other], traces[1:]
    )
    first.add(second)
    assert created(first) == {0: 1, 1: 2}
    assert first.missing == first.waiting == [one, other]
    assert doubtful(first) == {0: ["1"], 1: []}
    assert first.hidden == [(one, [1]), (other, [])]
    assert unclaimed(first) == ["1", "2"]
