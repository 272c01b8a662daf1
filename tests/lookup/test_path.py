"""How a thing is written: ids, names, paths, and names in double quotes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agilekit import InvalidInput
from agilekit.cli.terminal import one_line
from agilekit.lookup import HIERARCHIES, Item, written
from agilekit.lookup.item import digits
from agilekit.lookup.path import parse
from tests.each import each

THEMES = HIERARCHIES["easybacklog"].kind_of_one("theme")
BACKLOGS = HIERARCHIES["easybacklog"].kind_of_one("backlog")


def parts(text: str, most: int = 3) -> list[object]:
    """The segments of a path: an id as a number, a name as text."""
    return [one.text if one.id is None else one.id for one in parse(text, digits, most=most)]


@each(
    ("text", "expected"),
    [
        ("17", [17]),
        (" 17 ", [17]),
        ("Web", ["Web"]),
        ("Acme/Web shop/ Login ", ["Acme", "Web shop", "Login"]),
        ("7/345", [7, 345]),
        ('"17"', ["17"]),
        ('"Bugs/Features"/Login', ["Bugs/Features", "Login"]),
        ('Acme/"A ""great"" one"', ["Acme", 'A "great" one']),
        ('" padded "', [" padded "]),
        ('12" pipe', ['12" pipe']),
        ('"half', ['"half']),
        ('"a" b', ['"a" b']),
        ("0", ["0"]),
        ("-3", ["-3"]),
        ("1_000", ["1_000"]),
        ("१२", ["१२"]),
        ("9" * 19, ["9" * 19]),
    ],
)
def test_a_path_is_ids_and_names(text: str, expected: list[object]) -> None:
    assert parts(text) == expected


def test_what_lies_in_nothing_else_may_have_a_slash_in_its_name() -> None:
    assert parts("Bugs/Features", most=1) == ["Bugs/Features"]
    assert parts('"Bugs/Features"', most=1) == ["Bugs/Features"]


@each("text", ["", " ", "/", "a/", "/a", "a//b", '""', '" "', 'a/""', "\u200b", 'a/"\u202e\n"'])
def test_a_part_without_anything_in_it_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="lacks a name or an id"):
        parts(text)


def test_too_many_parts_are_refused_with_a_word_on_slashes_in_names() -> None:
    with pytest.raises(
        InvalidInput, match="has 4 parts, and at most 3 lie in each other"
    ) as caught:
        parts("a/b/c/d")
    assert "stands in double quotes" in str(caught.value)


NAMES = st.text(min_size=1).filter(one_line)
# Few letters, so that names often look like ids, quotes or paths once they are printed.
LOOKALIKES = st.text('a1"/ \n\u200b\u202e', min_size=1).filter(one_line)


@given(NAMES, NAMES)
def test_the_path_of_anything_leads_back_to_its_names(outer: str, inner: str) -> None:
    item = Item(THEMES, 3, inner, within=Item(BACKLOGS, 2, outer))
    assert parts(written(item, digits)) == [outer, inner]


@given(LOOKALIKES, LOOKALIKES)
def test_a_path_leads_back_to_its_names_as_it_is_printed(outer: str, inner: str) -> None:
    item = Item(THEMES, 3, inner, within=Item(BACKLOGS, 2, outer))
    found = parse(one_line(written(item, digits)), digits, most=3)
    assert [one.id for one in found] == [None, None]
    assert [one_line(one.text) for one in found] == [one_line(outer), one_line(inner)]


@each("title", ["", " ", "\u200b", "\u202e\n"])
def test_the_path_of_what_has_no_name_has_its_id(title: str) -> None:
    assert written(Item(THEMES, 3, title, within=Item(BACKLOGS, 2)), digits) == "2/3"
