"""Texts of which one may have been made of the other are similar; others are not."""

from __future__ import annotations

from html import escape
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agilekit.bulk.identity.similarity import Skeleton
from tests.bulk.servers import TEXTS
from tests.each import each
from tests.timing import takes_at_most


def similar(one: str, other: str) -> bool:
    return Skeleton.of(one).is_similar(Skeleton.of(other))


@each(
    ("one", "other"),
    [
        ("Paint the door", "PAINT  THE-DOOR!"),
        ("Caf\u00e9", "cafe"),
        ("Stra\u00dfe", "STRASSE"),
        ("\u0130stanbul", "istanbul"),
        ("k\u0131r", "KIR"),
        ("\ufb01sh", "FISH"),
        ("a & b", "a &amp; b"),
        ("a <b>", "a &amp;lt;b&amp;gt;"),
        ("\uff11\uff12 boxes", "12 boxes"),
        ("Paint the door", "Paint the"),
        ("Paint the door", "Don't paint the door today"),
        ("Paint the door", "Paint the red door"),
        ("Paint door 1", "Paint the door 1"),
        ("Paint the door", "Paint the doors"),
        ("Box 1", "Box 1 (new)"),
        ("Box 17", "Old box 17, of 3"),
        ("\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd!"),
        ("1 2", "12"),
        ("abc", "abc "),
        ("door the paint", "door the painted"),
        ("abc", "xabcx"),
    ],
)
def test_texts_of_which_one_may_be_made_of_the_other_are_similar(one: str, other: str) -> None:
    assert similar(one, other)
    assert similar(other, one)


@each(
    ("one", "other"),
    [
        ("Box 1", "Box 2"),
        ("Box 1", "Box 12"),
        ("Box 1", "Box 11"),
        ("Box 12", "Box 112"),
        ("21 boxes", "1 boxes"),
        ("Box 12 of 30", "Box 13 of 20"),
        ("Paint the door", "Oil the hinges"),
        ("ab", "abc"),
        ("ab", "ba"),
        ("a", "b"),
        ("", "abc"),
        ("1a", "11a1"),
        ("Box 1 is red and new", "Box 2 is red and new"),
    ],
)
def test_others_are_not_similar(one: str, other: str) -> None:
    assert not similar(one, other)
    assert not similar(other, one)


def test_three_letters_are_enough_to_be_alike() -> None:
    assert similar("abc", "abxc")
    assert similar("abcdefg", "axbxcxdxexfxg")  # seven of ten, to the last bit


def test_letters_that_come_often_count_as_much_as_others() -> None:
    assert similar("x" + "abcdefghij" * 20, "y" + "abcdefghij" * 20)


def test_a_number_is_whole_at_any_of_the_places_where_a_text_is_found() -> None:
    assert similar("box 1", "box 12 and box 1")
    assert similar("box 1", "box 1 and box 12")
    assert similar("box 1", "box 12, box 1 and box 13")
    assert similar("1 box", "21 box, 1 box")
    assert not similar("box 1", "box 12 and box 13")
    assert similar("abc", "1abc2")
    assert not similar("1abc", "11abc2 11abc2")


def test_texts_without_letters_and_digits_are_similar_each_other_and_nothing_else() -> None:
    assert similar("\U0001f389", "!?")
    assert similar("\U0001f389 !", "")
    assert not similar("\U0001f389", "abc")


def test_the_least_part_that_tells_has_three_letters_or_digits() -> None:
    assert similar("abc", "abcdefghijkl")
    assert not similar("ab", "abcdefghijkl")
    assert not similar("aa", "aaa")
    assert similar("abcd", "abce")


def test_seven_letters_of_ten_have_to_be_alike() -> None:
    assert similar("abcdefghij", "abcdefgxyz")
    assert not similar("abcdefghij", "abcdefwxyz")
    assert not similar("abcdefghij", "jihgfedcba")


def test_the_likeness_of_long_texts_is_that_of_their_beginnings() -> None:
    assert similar("abcde" * 40 + "x" * 500, "abcde" * 40 + "y" * 500)
    assert not similar("abcde" * 27 + "x" * 600, "abcde" * 27 + "y" * 600)


@settings(deadline=None)
@given(TEXTS)
def test_every_text_is_similar_itself(text: str) -> None:
    assert similar(text, text)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_to_be_similar_holds_both_ways(one: str, other: str) -> None:
    assert similar(one, other) == similar(other, one)


@pytest.mark.parametrize(("one", "other"), [("abcdexxxxx", "xxxxxabcde"), ("aabbc", "bbaac")])
def test_and_however_the_parts_of_a_text_changed_places(one: str, other: str) -> None:
    assert similar(one, other) == similar(other, one)


@settings(deadline=None)
@given(TEXTS)
def test_case_accents_forms_and_marks_do_not_matter(text: str) -> None:
    for other in (text.upper(), text.lower(), escape(text), f" {text}! "):
        assert similar(text, other)
    for form in ("NFC", "NFD", "NFKC"):
        assert similar(text, normalize(form, text))


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_numbered_texts_are_similar_only_if_the_number_is_the_same(one: int, other: int) -> None:
    assert similar(f"Box {one}", f"BOX {other}") == (one == other)


@pytest.mark.parametrize("text", ["x" * 200_000, "a1" * 100_000, "ab " * 70_000, "1" * 100_000])
def test_very_long_texts_are_compared_in_little_time(text: str) -> None:
    with takes_at_most(2):
        assert similar(text, text + " z")
        similar(text, text[:50_000])
        assert not similar(text[:-3] + "999", "z" * 100_000)
