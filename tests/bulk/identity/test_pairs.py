"""Which item of an answer is which draft's, in whatever order and words the server answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from random import Random

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from agilekit.bulk import Draft
from agilekit.bulk.identity.matcher import ItemMatcher
from agilekit.bulk.identity.pairs import pair
from agilekit.bulk.store import Entry
from agilekit.kanbantool.specs import TASKS
from agilekit.wire.json import JSON
from tests.bulk.entries import entries, marked, matcher, notes_of
from tests.bulk.servers import TEXTS, Server, servers
from tests.bulk.shelf import Note, Shelf


def pairs(
    drafts: Sequence[Draft | str], items: Sequence[Note], known: ItemMatcher[Note] | None = None
) -> dict[int, int]:
    """By the position of the draft the id of its item."""
    batch = entries(*drafts)
    found, unpaired = pair(known or matcher(), batch, items)
    positions = [one.position for one, _ in found]
    assert positions == sorted(positions)
    assert sorted([*positions, *(one.position for one in unpaired)]) == list(range(len(drafts)))
    assert len({item.id for _, item in found}) == len(found)
    return {one.position: item.id for one, item in found}


WAYS: Mapping[str, Callable[[str], str]] = {
    "as it was sent": str,
    "upper case": str.upper,
    "cut": lambda text: text[:10],
    "escaped": lambda text: text.replace("&", "&amp;"),
}
TITLES = ("Paint the door & wall", "Oil the hinges & lock", "Wash the floor", "Wash the window")


@pytest.mark.parametrize("rewrite", WAYS.values(), ids=WAYS)
def test_a_reversed_answer_is_known_again(rewrite: Callable[[str], str]) -> None:
    items = notes_of([rewrite(title) for title in TITLES])
    assert pairs(TITLES, items[::-1]) == {0: 11, 1: 12, 2: 13, 3: 14}


def test_an_answer_that_lacks_some_gives_the_others() -> None:
    items = notes_of(TITLES)
    assert pairs(TITLES, [items[3], items[1]]) == {1: 12, 3: 14}


def test_an_answer_that_holds_others_beside_them_gives_only_those_of_the_drafts() -> None:
    items = notes_of([*TITLES, "Another"])
    assert pairs(TITLES, items[::-1]) == {0: 11, 1: 12, 2: 13, 3: 14}


def test_an_empty_answer_gives_none() -> None:
    assert pairs(TITLES, []) == {}


def test_drafts_of_one_text_are_told_apart_by_what_they_say_beside_it() -> None:
    drafts = [{"text": "Door", "size": size} for size in (1, 2, 3)]
    items = [Note(11, "Door", 3), Note(12, "Door", 1), Note(13, "Door", 2)]
    assert pairs(drafts, items) == {0: 12, 1: 13, 2: 11}


def test_equal_drafts_have_the_items_at_their_indexes() -> None:
    assert pairs(["Door", "Wall", "Door"], notes_of(["Door", "Wall", "Door"])) == {
        0: 11,
        1: 12,
        2: 13,
    }


def test_texts_that_become_the_same_are_told_apart_by_what_they_say_beside_it() -> None:
    drafts = [{"text": f"Paint the door {n}", "size": n} for n in range(3)]
    items = [Note(11 + n, "Paint the", n) for n in range(3)]
    assert pairs(drafts, items[::-1]) == {0: 11, 1: 12, 2: 13}


def odd(text: str) -> str:
    """A way that is not known."""
    return f"{text} (imported)"


def test_similar_texts_at_the_same_indexes_are_pairs() -> None:
    assert pairs(TITLES, notes_of([odd(title) for title in TITLES])) == {
        0: 11,
        1: 12,
        2: 13,
        3: 14,
    }


def test_a_reversed_answer_in_other_words_gives_none_that_is_not_sure() -> None:
    doors = ("Paint the door red", "Paint the door blue", "Paint the door green")
    items = notes_of([odd(title) for title in doors])
    assert pairs(doors, items) == {0: 11, 1: 12, 2: 13}
    assert pairs(doors, items[::-1]) == {}
    assert pairs(TITLES, notes_of([odd(title) for title in TITLES])[::-1]) == {}


def test_texts_of_which_one_is_not_similar_belong_to_no_draft() -> None:
    items = notes_of([*(odd(title) for title in TITLES[:3]), "Untitled"])
    assert pairs(TITLES, items) == {}


def test_a_text_that_the_answer_does_not_show_at_all_is_similar_none() -> None:
    assert pairs(["Paint the door", "Oil the hinges"], notes_of(["", odd("Oil the hinges")])) == {}


def test_one_item_is_that_of_the_one_draft_whatever_it_shows() -> None:
    assert pairs(["Paint the door"], notes_of(["Untitled"])) == {0: 11}
    assert pairs(TITLES[:3], notes_of([TITLES[2], TITLES[0], "Untitled"])) == {0: 12, 1: 13, 2: 11}


def test_one_of_two_in_other_words_belongs_to_no_draft_if_the_other_is_missing() -> None:
    assert pairs(["Paint", "Oil"], notes_of(["Untitled"])) == {}


def test_what_is_known_of_the_server_is_used() -> None:
    known = matcher(("Paint the door", "PAINT THE DOOR"), ("&", "&"))
    assert pairs(["ab", "ba", "xy"], notes_of(["BA", "XY", "AB"]), known) == {0: 13, 1: 11, 2: 12}


def test_items_that_bear_marks_are_known_by_these() -> None:
    texts = [f"[ak-k3f9x2ab-{n}] Paint" for n in range(3)]
    items = notes_of([text.upper()[:15] for text in texts])
    items[1] = Note(12, "[ak-zzzzzzzz-1] Paint")
    assert pairs(texts, items[::-1], marked()) == {0: 11, 1: 12, 2: 13}
    assert pairs(texts, items[:0:-1], marked()) == {2: 13}


def test_labels_that_one_has_need_no_other_proof() -> None:
    drafts = [{"text": "a", "size": 1}, {"text": "b", "size": 2}]
    assert pairs(drafts, [Note(12, "b", 9), Note(11, "a", 8)]) == {0: 11, 1: 12}


def test_each_label_is_told_apart_by_itself() -> None:
    drafts = [{"text": text, "size": size} for text in ("Door", "Wall") for size in (1, 2)]
    items = [
        Note(11 + n, text, size) for n, (text, size) in enumerate(product(["Wall", "Door"], [2, 1]))
    ]
    assert pairs(drafts, items) == {0: 14, 1: 13, 2: 12, 3: 11}


def test_what_drafts_say_beside_a_label_is_rewritten_as_the_label_is() -> None:
    bodies: list[dict[str, JSON]] = [
        {"name": "Paint", "description": text} for text in ("By day", "By night")
    ]
    shown = [
        TASKS.load({"id": 11 + n, "name": "PAINT", "description": str(body["description"]).upper()})
        for n, body in enumerate(bodies)
    ]
    batch = [Entry(n, {}, body) for n, body in enumerate(bodies)]
    found, unpaired = pair(ItemMatcher(TASKS), batch, shown[::-1])
    assert {one.position: item.id for one, item in found} == {0: 11, 1: 12}
    assert not unpaired


def test_items_without_numbers_have_no_order() -> None:
    def none(_: Note) -> int:
        return 0

    known = ItemMatcher(evolve(Shelf().kind().spec, sequence=none))
    assert pairs(TITLES, notes_of([odd(title) for title in TITLES]), known) == {}


@settings(deadline=None)
@given(
    servers("strip", "nfc", "upper", "escape"),
    st.lists(TEXTS.filter(str.strip), min_size=1, max_size=5),
    st.lists(TEXTS, max_size=3),
    st.randoms(use_true_random=False),
)
def test_no_draft_is_given_the_item_of_another(
    server: Server, texts: list[str], learned: list[str], random: Random
) -> None:
    known = matcher(*((text, server(text)) for text in learned))
    items = notes_of([server(text) for text in texts])
    made = {item.id: texts[place] for place, item in enumerate(items)}
    random.shuffle(items)
    for position, id in pairs(texts, items, known).items():
        assert server(made[id]).split() == server(texts[position]).split()
