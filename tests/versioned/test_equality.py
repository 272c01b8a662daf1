"""Exact equality tells what is ours, tolerant equality what a server may have made of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agilekit.versioned.equality import exact, tolerant
from tests.each import each

VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()


@pytest.mark.parametrize(
    ("mine", "found"),
    [("Old", "Old"), (5, 5.0), (None, ""), ("", None), (None, None), (True, True), ([1], [1])],
)
def test_what_is_the_same_is_exactly_equal(mine: object, found: object) -> None:
    assert exact(mine, found)
    assert tolerant(mine, found)


@each(
    ("mine", "found"),
    [
        ("2.1", "2.10"),
        ("Old", "old"),
        ("Old", " Old"),
        ("Old", "Old!"),
        ("a list", "* a\n* list"),
        ("5", 5),
        (5, "5"),
        (0, None),
        (None, 0),
        ("", 0),
        (" ", ""),
        (True, 1),
        (1, True),
        (False, 0),
        (True, False),
        ([1], [2]),
        ("Old", None),
    ],
)
def test_what_only_looks_alike_is_not_exactly_equal(mine: object, found: object) -> None:
    assert not exact(mine, found)


@each(
    ("mine", "found"),
    [
        ("  Hello  world ", "Hello world"),
        ("hello world", "Hello World"),
        ("a long title", "a long"),
        ("* a\n* list", "a list"),
        ("This & that", "This &amp; that"),
        ("<b>", "&lt;b&gt;"),
        ("2.1", "2.10"),
        (1.26, 1),
        (1, 1.99),
        (5, "5"),
        ("5", 5),
        ("5.4", 5),
        ("...", "…"),
        ("straße", "STRASSE"),
    ],
)
def test_what_a_server_may_make_of_a_value_is_alike(mine: object, found: object) -> None:
    assert tolerant(mine, found)


@each(
    ("mine", "found"),
    [
        ("Old", "Older"),
        ("Old", ""),
        ("Old", "..."),
        ("Mine", "Theirs"),
        (1, 2),
        (2, 1),
        (1, None),
        (None, 1),
        ("x", 1),
        (1, "x"),
        ("Old", None),
        (["a"], ["b"]),
        (10**400, 1.5),
        (True, 1),
        ("world", "hello world"),
    ],
)
def test_what_no_server_makes_of_a_value_is_not_alike(mine: object, found: object) -> None:
    assert not tolerant(mine, found)


@given(VALUES, VALUES)
def test_what_is_exactly_equal_is_alike_and_the_same_the_other_way_round(
    mine: object, found: object
) -> None:
    assert exact(mine, mine)
    assert exact(mine, found) == exact(found, mine)
    assert tolerant(mine, found) >= exact(mine, found)
