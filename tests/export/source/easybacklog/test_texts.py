"""Texts of easyBacklog: what its JSON cuts and what its XML replaces is restored from both."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agilekit.export.source.easybacklog.texts import restored, same
from agilekit.wire.json import JSON

LETTERS = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("\r\n\t\0\x07A\ufffd\uf389\U0001f389\U00020bb7\U0001d83c\U0001df89"),
    )
)


def in_json(text: str) -> str:
    """As the published server answers it: the lower 16 bits, which may look like a pair."""
    units = "".join(chr(ord(one) & 0xFFFF) for one in text)
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def in_xml(text: str) -> str:
    """As it arrives of the published server: no control characters, and one way to end a line."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join("\ufffd" if one < " " and one not in "\t\n" else one for one in plain)


@given(LETTERS)
def test_every_text_is_restored(text: str) -> None:
    narrow, wide = in_json(text), in_xml(text)
    assert same(narrow, wide)
    assert restored(narrow, wide) == text


@given(LETTERS)
def test_a_server_that_cuts_nothing_is_believed(text: str) -> None:
    assert same(text, in_xml(text))
    assert restored(text, in_xml(text)) == text


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [("a", "b"), ("ab", "a"), ("", "a"), ("a\r\nb", "a b"), ("\U0001f389", "\U0001f389!")],
)
def test_two_texts_are_not_one(narrow: str, wide: str) -> None:
    assert not same(narrow, wide)
    assert restored(narrow, wide) == narrow


def test_the_same_entity_may_be_written_in_two_ways() -> None:
    narrow: JSON = {
        "id": 66,
        "score": 5.0,
        "points": "3.0",
        "color": None,
        "b": False,
        "completed?": True,
    }
    wide: JSON = {"id": "66", "score": "5.0", "points": 3.0, "color": "", "b": False}
    assert same(narrow, wide)
    assert restored(narrow, wide) == narrow


def test_what_is_in_an_array_is_matched_by_its_id() -> None:
    narrow: JSON = [{"id": 1, "name": "\uf389"}, {"id": 2, "name": "\uf38a"}]
    wide: list[JSON] = [{"id": "2", "name": "\U0001f38a"}, {"id": "1", "name": "\U0001f389"}]
    assert not same(narrow, wide)
    assert same(narrow, wide[::-1])
    assert restored(narrow, wide) == [
        {"id": 1, "name": "\U0001f389"},
        {"id": 2, "name": "\U0001f38a"},
    ]


@pytest.mark.parametrize(
    "wide", [[], [{"id": 1}], [{"id": 1}, {"id": 3}], [{"id": 1, "n": 2}, {"id": 2}]]
)
def test_arrays_of_other_entities_or_values_are_not_the_same(wide: JSON) -> None:
    assert not same([{"id": 1, "n": 1}, {"id": 2}], wide)
