"""What a server makes of texts is learned from what it shows, and no more than that."""

from __future__ import annotations

from collections.abc import Callable
from html import escape, unescape
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agilekit.bulk.identity.rewrites import RewriteModel, comparable_text
from tests.each import each


def learned(server: Callable[[str], str], *texts: str) -> RewriteModel:
    rewriting = RewriteModel()
    for text in texts:
        rewriting.learn(text, server(text))
    return rewriting


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (" a  b\t", "a b"),
        ("a\r\nb", "a\nb"),
        ("a\x00b\x1f", "ab"),
        ("a\x7fb\x9f", "ab"),
        ("a\ufffdb", "ab"),
        ("\U0001f389", "\uf389"),
        ("\U00020bb7", "\u0bb7"),
        ("\t\n", ""),
    ],
)
def test_texts_that_differ_in_what_answers_lose_are_the_same(one: str, other: str) -> None:
    assert comparable_text(one) == comparable_text(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("a b", "ab"), ("a", "A"), ("\u00e9", "e\u0301"), ("&", "&amp;"), ("a\tb", "ab"), ("1", "2")],
)
def test_other_texts_are_not(one: str, other: str) -> None:
    assert comparable_text(one) != comparable_text(other)


@settings(deadline=None)
@given(st.text())
def test_a_plain_text_stays_as_it_is(text: str) -> None:
    assert comparable_text(comparable_text(text)) == comparable_text(text)


def test_nothing_is_known_at_first_and_texts_are_expected_as_they_were_sent() -> None:
    rewriting = RewriteModel()
    assert rewriting.is_known
    assert rewriting.expected("Stra\u00dfe & co") == "Stra\u00dfe & co"
    possible = rewriting.possible("Stra\u00dfe & co")
    shown = ("Stra\u00dfe & co", "STRASSE & CO", "Stra\u00dfe &amp; co", "Stra", "stra\u00dfe & co")
    assert all(map(possible.includes, shown))
    assert not any(map(possible.includes, ("", " ", "Gasse & co", "Stra\u00dfe & co & more")))


SENT = 'Open the d\u00f6or & "shut" the <box> of Ali\'s'
SERVERS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "strip": str.strip,
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
    "recase": str.capitalize,
    "NFC": lambda text: normalize("NFC", text),
    "NFD": lambda text: normalize("NFD", text),
    "NFKC": lambda text: normalize("NFKC", text),
    "escape": lambda text: escape(text, quote=False),
    "escape quotes": escape,
    "escape quotes as Rails does": lambda text: escape(text).replace("&#x27;", "&#39;"),
    "escape quotes as XML does": lambda text: escape(text).replace("&#x27;", "&apos;"),
    "escape quotes as PHP does": lambda text: escape(text, quote=False).replace('"', "&quot;"),
    "cut": lambda text: text[:20],
    "cut, then escape": lambda text: escape(text[:20]),
    "escape, then cut": lambda text: escape(text)[:24],
    "NFC, upper, escape, cut": lambda text: escape(normalize("NFC", text).upper())[:24],
    "escape, then upper": lambda text: escape(text).upper(),
    "cut, then NFC": lambda text: normalize("NFC", text[:20]),
    "cut, then NFD": lambda text: normalize("NFD", text[:20]),
    "cut, then upper": lambda text: text[:20].upper(),
    "cut, then upper, escape": lambda text: escape(text[:20].upper()),
    "strip, NFD, lower, cut": lambda text: normalize("NFD", text.strip()).lower()[:20],
}
EXAMPLES = (
    SENT,
    " Cafe\u0301 \ufb01ve & six",
    'It\'s "a" <b> & c of d and e and f',
    "abcdefghijklmnopqrstuvwxyz" * 2,
    "\u00e9" * 30,
)


@each("server", SERVERS.values(), ids=SERVERS)
def test_a_way_that_is_known_is_learned(server: Callable[[str], str]) -> None:
    rewriting = learned(server, *EXAMPLES)
    assert rewriting.is_known
    for text in (
        'Another d\u00f6or & "lid" of a <trunk>, Ali\'s',
        "  \ufb01sh e\u0301  ",
        "Box 17",
    ):
        assert comparable_text(rewriting.expected(text)) == comparable_text(server(text))
        assert rewriting.possible(text).includes(server(text))


@each("server", SERVERS.values(), ids=SERVERS)
def test_one_pair_of_each_kind_is_enough_to_expect_nothing_else(
    server: Callable[[str], str],
) -> None:
    rewriting = learned(server, *EXAMPLES)
    for name, other in SERVERS.items():
        if comparable_text(other(SENT)) != comparable_text(server(SENT)):
            assert comparable_text(rewriting.expected(SENT)) != comparable_text(other(SENT)), name


OTHERS: dict[str, Callable[[str], str]] = {
    "reversed": lambda text: text[::-1],
    "o is 0": lambda text: text.replace("o", "0"),
    "more": lambda text: f"{text} (new)",
    "nothing": lambda _: "",
    "the same for all": lambda _: "Untitled",
    "the end": lambda text: text[3:],
}


@pytest.mark.parametrize("server", OTHERS.values(), ids=OTHERS)
def test_another_way_cannot_be_learned(server: Callable[[str], str]) -> None:
    rewriting = learned(server, *EXAMPLES)
    assert not rewriting.is_known
    assert rewriting.expected("a text") == "a text"
    assert not rewriting.possible("a text").includes("a text")


def test_a_server_that_changes_its_mind_is_not_known() -> None:
    rewriting = learned(str.upper, SENT)
    assert rewriting.is_known
    rewriting.learn(SENT, SENT)
    assert not rewriting.is_known
    rewriting.learn(SENT, SENT.upper())
    assert not rewriting.is_known


def test_a_cut_lies_between_the_longest_whole_text_and_the_shortest_that_was_cut() -> None:
    rewriting = RewriteModel()
    rewriting.learn("abcde", "abcde")
    possible = rewriting.possible("abcdefghij")
    assert possible.includes("abcdef")
    assert possible.includes("abcde")
    assert not possible.includes("abcd")
    rewriting.learn("abcdefghijkl", "abcdefgh")
    assert rewriting.expected("0123456789") == "01234567"
    assert not rewriting.possible("0123456789").includes("012345678")
    rewriting.learn("abcdefghi", "abcdefghi")
    assert not rewriting.is_known


@pytest.mark.parametrize("first", ["abcdefghijkl", "xyz"])
def test_whole_texts_count_in_any_order(first: str) -> None:
    """Texts that are shown as they were sent are learned when something hangs on it."""
    rewriting = RewriteModel()
    for text in (first, "abcdefghijklm", "abc", "abcdefghijklmnop"):
        rewriting.learn(text, text)
    rewriting.learn("abcdefghijklmnopqrst", "abcdefghijklmnopqr")
    assert rewriting.expected("0123456789abcdefghijklm") == "0123456789abcdefgh"
    rewriting.learn("abcdefghijklmnopqrs", "abcdefghijklmnopqrs")
    assert not rewriting.is_known


def test_a_text_may_grow_after_it_was_cut() -> None:
    """Four characters are shown of some texts, and three of others."""
    rewriting = learned(lambda text: text[:3].upper(), "11\u00df", "22\u00df")
    assert rewriting.possible("1111").includes("111")
    assert rewriting.possible("\u00df\u00df\u00df\u00df").includes("SSSSSS")


def test_a_whole_text_that_is_longer_than_the_cut_contradicts_it_whenever_it_came() -> None:
    rewriting = RewriteModel()
    for text in ("ab", "abcdefgh"):
        rewriting.learn(text, text)
    rewriting.learn("abcdefghij", "abcdef")
    assert not rewriting.is_known


def test_white_space_where_it_is_cut_does_not_tell_the_length() -> None:
    rewriting = learned(lambda text: text[:5], "abc   defgh")
    (cut_at_four, cut_at_nine) = ("0123", "012345678")
    assert rewriting.is_known
    rewriting.learn("0123456789", cut_at_four)
    assert rewriting.expected("9876543210") == "9876"
    rewriting.learn("0123456789", cut_at_nine)
    assert not rewriting.is_known


@pytest.mark.parametrize(("sent", "shown"), [("12 4", "12"), ("1  4", "1"), (" 234", "23")])
def test_white_space_where_it_may_be_cut_does_not_count(sent: str, shown: str) -> None:
    rewriting = learned(str, "123")
    assert rewriting.possible(sent).includes(shown)
    assert not rewriting.possible("1234").includes("12")


def test_an_entity_that_stays_tells_that_nothing_is_unescaped() -> None:
    rewriting = learned(str, "Bread & butter", "A &amp; B")
    assert not rewriting.possible("C &lt; D").includes("C < D")


def test_an_entity_that_was_cut_before_it_could_be_unescaped_stays() -> None:
    rewriting = learned(lambda text: unescape(text[:9]), "A &lt; B", "Bread &amp; butter")
    assert rewriting.is_known
    assert rewriting.possible("Sugar &amp; salt").includes("Sugar &am")
    assert rewriting.expected("C &gt; D") == "C > D"


@pytest.mark.parametrize("texts", [("e\u0301", "\u00e9"), ("\u00e9", "e\u0301")])
def test_a_letter_that_stays_in_each_form_tells_that_no_form_is_made_another(
    texts: tuple[str, str],
) -> None:
    rewriting = learned(str, *texts)
    assert not rewriting.possible("\u00fc").includes("u\u0308")
    assert not rewriting.possible("u\u0308").includes("\u00fc")


def test_empty_texts_teach_nothing_wrong() -> None:
    rewriting = learned(str, "", " ")
    assert rewriting.is_known
    assert rewriting.expected("") == ""
    assert not rewriting.possible("").includes("a")


def test_the_rewrites_include_a_cut_that_was_not_seen_yet() -> None:
    rewriting = RewriteModel()
    pairs = [("abcdefghij", "ABCDEF"), ("abcdefghik", "ABCDEF")]
    ways = list(rewriting.alternatives(pairs))
    assert any([way(sent) for sent, _ in pairs] == ["ABCDEF"] * 2 for way in ways)
    whole = list(rewriting.alternatives([("abc", "abc")]))
    assert all(len(way("abcdefghij")) >= 10 for way in whole)
    assert list(RewriteModel().alternatives([]))
    assert not list(learned(lambda text: text[::-1], *EXAMPLES).alternatives(pairs))
