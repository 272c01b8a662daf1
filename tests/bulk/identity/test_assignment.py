"""Drafts and items of one label are told apart by their other fields, or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agilekit.bulk.identity.assignment import assign

Fields = Mapping[str, Hashable]


def pairs(drafts: Sequence[Fields], items: Sequence[Fields]) -> dict[int, int]:
    said = {place: frozenset(fields.items()) for place, fields in enumerate(drafts)}
    found = assign(said, dict(enumerate(items)))
    together = dict(found)
    assert len(together) == len(found) == len({*together.values()})
    return together


NOTHING: Fields = {}
ONE, TWO, THREE, NONE = {"size": 1}, {"size": 2}, {"size": 3}, {"size": None}


@pytest.mark.parametrize(
    ("drafts", "items", "together"),
    [
        pytest.param([ONE, TWO], [ONE, TWO], {0: 0, 1: 1}, id="in order"),
        pytest.param([ONE, TWO], [TWO, ONE], {0: 1, 1: 0}, id="the other way round"),
        pytest.param([ONE, ONE], [ONE, ONE], {0: 0, 1: 1}, id="equal ones, by their indexes"),
        pytest.param(
            [NOTHING, ONE], [ONE, TWO], {0: 1, 1: 0}, id="who says more takes what fits both"
        ),
        pytest.param(
            [ONE, NOTHING], [TWO, ONE], {0: 1, 1: 0}, id="who says less takes what is left"
        ),
        pytest.param(
            [NOTHING, NOTHING], [ONE, TWO], {0: 0, 1: 1}, id="who says nothing may be any"
        ),
        pytest.param([ONE, TWO], [ONE], {0: 0}, id="one is not there"),
        pytest.param([ONE, TWO], [TWO], {1: 0}, id="the other is not there"),
        pytest.param([ONE, ONE], [ONE], {0: 0}, id="one of two equal ones is not there"),
        pytest.param([NOTHING, ONE], [ONE], {}, id="nothing tells which is not there"),
        pytest.param([NOTHING, ONE], [TWO], {0: 0}, id="what one cannot be is the other"),
        pytest.param([ONE], [ONE, TWO], {0: 0}, id="one of somebody else"),
        pytest.param([ONE], [ONE, ONE], {}, id="one of somebody else that says the same"),
        pytest.param([ONE, TWO], [ONE, TWO, TWO], {0: 0}, id="one more of one kind"),
        pytest.param([ONE, TWO], [NOTHING, NOTHING], {0: 0, 1: 1}, id="a field that is not shown"),
        pytest.param([ONE, TWO], [NONE, NONE], {0: 0, 1: 1}, id="a field that was dropped"),
        pytest.param([ONE, TWO], [NONE, TWO], {0: 0, 1: 1}, id="dropped of one, in order"),
        pytest.param([ONE, TWO], [TWO, NONE], {}, id="dropped of one, or doubled, in what order?"),
        pytest.param([ONE, TWO], [TWO, {"size": 4}], {}, id="doubled"),
        pytest.param([ONE, THREE], [ONE, TWO], {0: 0, 1: 1}, id="the largest is 2"),
        pytest.param([ONE, THREE, THREE], [ONE, TWO, TWO], {0: 0, 1: 1, 2: 2}, id="two of them"),
        pytest.param([ONE], [TWO], {0: 0}, id="one and one"),
        pytest.param([ONE], [TWO, TWO], {}, id="one, and two that say something else"),
        pytest.param([ONE, ONE], [TWO], {0: 0}, id="two, and one that says something else"),
        pytest.param([ONE, THREE], [TWO], {}, id="which of two became something else?"),
        pytest.param([ONE, TWO, TWO], [TWO, TWO, TWO], {1: 1, 2: 2, 0: 0}, id="all became one"),
        pytest.param([NONE, ONE], [{}, NONE], {0: 1, 1: 0}, id="not shown is not none"),
        pytest.param([ONE, TWO], [THREE, {"size": 4}], {}, id="both have changed"),
        pytest.param(
            [ONE, TWO], [ONE, THREE, THREE], {0: 0}, id="one is left, and two that say the same"
        ),
        pytest.param(
            [ONE, TWO, {"size": 4}],
            [ONE, THREE, THREE],
            {0: 0, 1: 1, 2: 2},
            id="two are left that became the same",
        ),
        pytest.param(
            [ONE, {**ONE, "color": "red"}],
            [{**ONE, "color": "red"}] * 2,
            {0: 0, 1: 1},
            id="as many of one kind as drafts that can be nothing else",
        ),
        pytest.param([], [ONE], {}, id="no draft"),
        pytest.param([ONE], [], {}, id="no item"),
        pytest.param([], [], {}, id="nothing"),
    ],
)
def test_who_belongs_together(
    drafts: Sequence[Fields], items: Sequence[Fields], together: Mapping[int, int]
) -> None:
    assert pairs(drafts, items) == together


def test_several_fields_tell_together_what_none_of_them_tells() -> None:
    drafts: list[Fields] = [
        {"size": 1, "color": "red"},
        {"size": 1, "color": "blue"},
        {"size": 2},
    ]
    items: list[Fields] = [
        {"size": 2, "color": "red"},
        {"size": 1, "color": "blue"},
        {"size": 1, "color": "red"},
    ]
    assert pairs(drafts, items) == {0: 2, 1: 1, 2: 0}


def test_a_field_that_was_dropped_does_not_hide_what_another_tells() -> None:
    drafts = [{"size": 1, "color": "red"}, {"size": 2, "color": "blue"}]
    items = [{"size": None, "color": "blue"}, {"size": None, "color": "red"}]
    assert pairs(drafts, items) == {0: 1, 1: 0}


def test_what_belongs_together_at_last_follows_from_what_did_before() -> None:
    drafts: list[Fields] = [{}, {"size": 1}, {"color": "red"}]
    items: list[Fields] = [
        {"size": 1, "color": "red"},
        {"size": 1, "color": "blue"},
        {"size": 2, "color": "blue"},
    ]
    assert pairs(drafts, items) == {0: 2, 1: 1, 2: 0}


def test_an_item_that_only_one_draft_can_have_made_is_that_drafts() -> None:
    drafts: list[Fields] = [{}, {"size": 1}, {"size": 1}, {"size": 2, "color": "red"}]
    items: list[Fields] = [
        {"size": 1, "color": "red"},
        {"size": 1, "color": "blue"},
        {"size": 3, "color": "blue"},
        {"size": 2, "color": "red"},
    ]
    assert pairs(drafts, items) == {0: 2, 1: 0, 2: 1, 3: 3}


def test_with_one_more_it_may_be_that_of_somebody_else() -> None:
    items = [
        {"size": 1, "color": "red"},
        {"size": 1, "color": "blue"},
        {"size": 2, "color": "red"},
    ]
    assert pairs([{"size": 1}, {"color": "red"}], items) == {}


FIELDS = st.fixed_dictionaries(
    {}, optional={"size": st.integers(1, 3), "color": st.sampled_from(["red", "blue"])}
)
LOOKS = st.fixed_dictionaries(
    {"size": st.integers(1, 3), "color": st.sampled_from(["red", "blue"])}
)


def fits(draft: Fields, item: Fields) -> bool:
    return all(item[name] == value for name, value in draft.items())


def matchings(drafts: Sequence[Fields], items: Sequence[Fields]) -> Iterator[Counter[object]]:
    """Every way in which as many of both as there can be belong together, by what they say."""
    if len(drafts) <= len(items):
        ways = ([*zip(drafts, some, strict=True)] for some in permutations(items, len(drafts)))
    else:
        ways = ([*zip(some, items, strict=True)] for some in permutations(drafts, len(items)))
    for way in ways:
        if all(fits(draft, item) for draft, item in way):
            yield Counter(said(draft, item) for draft, item in way)


def said(draft: Fields, item: Fields) -> object:
    return frozenset(draft.items()), frozenset(item.items())


@settings(deadline=None)
@given(st.lists(FIELDS, max_size=5), st.lists(LOOKS, max_size=5))
def test_what_is_paired_is_so_in_every_way_in_which_all_can_belong_together(
    drafts: list[Fields], shown: list[Fields]
) -> None:
    # What no draft speaks of tells nothing.
    told = {name for draft in drafts for name in draft}
    items = [{name: item[name] for name in told} for item in shown]
    ways = list(matchings(drafts, items))
    together = Counter(
        said(drafts[one], items[other]) for one, other in pairs(drafts, items).items()
    )
    assert all(together <= way for way in ways)


@settings(deadline=None)
@given(st.lists(LOOKS, max_size=7), st.randoms(use_true_random=False))
def test_of_as_many_items_as_drafts_that_say_all_each_finds_its_own(
    items: list[Fields], random: Random
) -> None:
    drafts = list(items)
    random.shuffle(drafts)
    together = pairs(drafts, items)
    assert len(together) == len(items)
    assert all(drafts[one] == items[other] for one, other in together.items())


def test_many_drafts_are_matched_in_no_time() -> None:
    drafts = [{"size": n // 2} for n in range(200)]
    together = pairs(drafts, drafts[::-1])
    assert len(together) == 200
    assert all(one // 2 == (199 - other) // 2 for one, other in together.items())
