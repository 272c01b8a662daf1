"""What one look tells of each draft, and which items it leaves to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import anyio
import pytest

from agilekit.bulk import Draft
from agilekit.bulk.keeping import End, InMemory, Sent
from agilekit.bulk.report import Created
from agilekit.bulk.settling import Settled, doubt_missing, settle
from tests.bulk.sent import recognition, sent
from tests.bulk.shelf import Note, Shelf
from tests.each import each
from tests.virtual_time import in_virtual_time

Names = dict[int, Sequence[str]]


def look(
    lost: Sequence[Sent],
    there: Sequence[Note],
    *,
    above: int = 10,
    owned: Sequence[Note] = (),
    being_sent: Sequence[Sent] = (),
    ahead: float = 0,
) -> Settled[Note]:
    """
    ahead: seconds for which the server may still be at work on each.
    """

    async def main() -> Settled[Note]:
        creation = Shelf(notes=there).kind()
        keeping = InMemory(creation.spec)
        for note in owned:
            (other,) = sent(note.text)
            await keeping.record([End(other, Created(note.id + 100, other.draft, note))])
        for one in lost:
            one.settle_by = anyio.current_time() + ahead
        return await settle(
            creation.spec,
            creation.listing(),
            keeping,
            recognition(("a", "a")),
            lost,
            above=above,
            being_sent=lambda: being_sent,
        )

    return in_virtual_time("asyncio", main)


def created(settled: Settled[Note]) -> dict[int, int]:
    return {one.position: note.id for one, note in settled.created}


def doubtful(settled: Settled[Note]) -> Names:
    return {one.position: names for one, names in settled.doubtful}


def strangers(settled: Settled[Note]) -> list[str]:
    return sorted(one.item_id for one in settled.strangers)


def test_new_items_of_no_draft_are_strangers() -> None:
    there = [Note(10, "old"), Note(11, "a"), Note(12, "b"), Note(13, "c"), Note(14, "d")]
    lost = sent("a", "x")
    settled = look(lost, there, owned=[there[2]], being_sent=sent("c"))
    assert created(settled) == {0: 11}
    assert settled.missing == [lost[1]]
    assert strangers(settled) == ["14"]


def test_as_long_as_something_may_come_nobody_asks_for_strangers() -> None:
    (lost,) = sent("x")
    settled = look([lost], [Note(11, "a")], ahead=0.001)
    assert settled.waiting == [lost]
    assert settled.strangers == []
    assert settled.missing == []


def test_what_is_over_at_the_moment_of_the_look_is_over() -> None:
    (lost,) = sent("x")
    settled = look([lost], [Note(11, "a")], ahead=0)
    assert settled.missing == [lost]
    assert strangers(settled) == ["11"]


def test_everything_of_labels_that_are_being_sent_waits() -> None:
    lost = sent("a", "b", "c")
    settled = look(lost, [Note(11, "a"), Note(12, "c")], being_sent=sent("a", "b"))
    assert settled.waiting == lost[:2]
    assert created(settled) == {2: 12}


@each("order", [*permutations(range(4))])
def test_those_that_say_most_are_given_theirs_first(order: Sequence[int]) -> None:
    drafts: list[Draft] = [{"text": "a"}]
    drafts += ({"text": "a", "size": size} for size in (3, 5, 7))
    there = [Note(11, "a", 3), Note(12, "a", 5), Note(13, "a", 7), Note(14, "a", 9)]
    lost = sent(*(drafts[one] for one in order))
    found = created(look(lost, there))
    assert {order[position]: id for position, id in found.items()} == {0: 14, 1: 11, 2: 12, 3: 13}


def test_too_many_of_one_kind_leave_the_others_of_the_label_as_they_are() -> None:
    lost = sent(*({"text": "a", "size": size} for size in (3, 5)))
    settled = look(lost, [Note(11, "a", 3), Note(12, "a", 3), Note(13, "a", 5)])
    assert created(settled) == {1: 13}
    assert doubtful(settled) == {0: ["11", "12"]}
    assert strangers(settled) == ["11", "12"]


def test_each_of_several_doubts_is_told() -> None:
    lost = sent(
        *({"text": text, "size": size} for text in ("a", "b") for size in (3, 5)),
    )
    there = [Note(11 + n, text, size) for n, (text, size) in enumerate(2 * _SHOWN)]
    settled = look(lost, there)
    assert doubtful(settled) == {n: [str(11 + n), str(15 + n)] for n in range(4)}
    assert strangers(settled) == [str(11 + n) for n in range(8)]


_SHOWN = [("a", 3), ("a", 5), ("b", 3), ("b", 5)]


def test_each_that_is_not_there_is_missing() -> None:
    lost = sent(*({"text": text, "size": size} for text, size in _SHOWN))
    settled = look(lost, [])
    assert settled.missing == lost


def test_what_nobody_has_made_of_a_label_may_be_of_each_that_is_left() -> None:
    lost = sent(*({"text": "a", "size": size} for size in (3, 5)))
    settled = look(lost, [Note(11, "a", 7)])
    assert doubtful(settled) == {0: ["11"], 1: ["11"]}
    assert settled.missing == []


def test_of_equal_drafts_with_too_few_items_the_rest_is_missing() -> None:
    lost = sent("a", "a", "a")
    settled = look(lost, [Note(12, "a"), Note(11, "a")])
    assert created(settled) == {0: 11, 1: 12}
    assert settled.missing == [lost[2]]


@pytest.mark.anyio
async def test_a_missing_draft_is_doubtful_if_a_stranger_may_be_its() -> None:
    known = recognition(("a", "a"))
    near, other = sent("Paint the door", "Oil the hinges")
    some = [known.trace(Note(11, "PAINT THE DOOR")), known.trace(Note(12, "xyz"))]
    settled: Settled[Note] = Settled(
        missing=[near, other], doubtful=[(near, ["1"])], strangers=some
    )
    await doubt_missing(known, settled)
    assert settled.missing == [other]
    assert settled.doubtful == [(near, ["1"]), (near, ["11"])]


def test_two_looks_are_added_up() -> None:
    one, other = sent("a", "b")
    notes = [Note(1, "a"), Note(2, "b")]
    traces = [recognition().trace(note) for note in notes]
    first = Settled([(one, notes[0])], [one], [(one, ["1"])], [(one, [1])], [one], traces[:1])
    second = Settled(
        [(other, notes[1])], [other], [(other, [])], [(other, [])], [other], traces[1:]
    )
    first.add(second)
    assert created(first) == {0: 1, 1: 2}
    assert first.missing == first.waiting == [one, other]
    assert doubtful(first) == {0: ["1"], 1: []}
    assert first.hidden == [(one, [1]), (other, [])]
    assert strangers(first) == ["1", "2"]
