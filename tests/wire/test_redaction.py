"""A secret is found in every form that a server may give it."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agilekit.wire.json import JSON
from agilekit.wire.redaction import Redactor
from tests.each import each
from tests.secret_forms import FORMS, shows
from tests.sizes import examples
from tests.timing import takes_at_most

SECRETS: Final = (
    "68300163a5d8b2d71d60fff19f056ab3",
    "hush/6830/0163",
    "hush\"quoted'0163",
    "hush\\back\\0163",
    "hush<6830>&amp;0163%41+~",
    "hush-6830_0163.=",
    "&\\%/&\\%/",
    "~~~~????",
)
every_form = each("form", FORMS)
every_secret = each("secret", SECRETS)

ascii_text = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40)
around = st.text(max_size=12) | st.text("%&\\#;u0x25amp*", max_size=8)


@every_form
@every_secret
def test_the_reader_of_these_tests_finds_each_form(form: str, secret: str) -> None:
    assert shows(f"no such key: {FORMS[form](secret)}, sorry", secret)


@every_form
@every_secret
def test_each_form_is_redacted_and_what_is_around_it_stays(form: str, secret: str) -> None:
    shown = Redactor((secret,)).text(f"no such key: {FORMS[form](secret)}, sorry")
    assert not shows(shown, secret)
    assert "********" in shown
    assert shown.startswith("no such key: ")
    assert shown.endswith(", sorry")


@each("zero", ["\\u0000", "\\x00", "\\0", "%00"])
@every_secret
def test_zero_bytes_that_are_escaped_do_not_hide_a_secret(zero: str, secret: str) -> None:
    for form in (secret, FORMS["base64 at 1"](secret)):
        assert not shows(Redactor((secret,)).text(zero.join(f"({form})")), secret)


@st.composite
def mixed(draw: st.DrawFn, secret: str) -> str:
    """A form in which each character is written in a way of its own."""
    ways = [FORMS[way] for way in ("itself", "u escapes", "percent", "decimal entities")]
    return "".join(draw(st.sampled_from(ways))(character) for character in secret)


@settings(max_examples=examples(3), deadline=None)
@given(data=st.data(), secret=ascii_text)
def test_no_text_shows_a_secret_once_it_is_redacted(data: st.DataObject, secret: str) -> None:
    assume(secret != "*" * 8)
    forms = {name: form(secret) for name, form in FORMS.items()}
    form = st.sampled_from([*forms.values()]) | mixed(secret)
    parts = data.draw(st.lists(around | form | form, max_size=6))
    shown = Redactor((secret,)).text("".join(parts))
    assert not any(one in shown for one in forms.values())
    assert not shows(shown, secret)


@settings(max_examples=examples(2), deadline=None)
@given(text=st.text(), secret=ascii_text)
def test_a_text_without_the_secret_stays_as_it_is(text: str, secret: str) -> None:
    assume(not shows(text, secret))
    assert Redactor((secret,)).text(text) == text


def test_a_secret_that_holds_stars_is_not_made_of_those_that_hide_it() -> None:
    secret = "hush********"
    shown = Redactor((secret,)).text(f"hush{secret}**** *{'*' * 12}")
    assert secret not in shown


def test_every_secret_is_hidden_the_longer_one_first() -> None:
    redactor = Redactor(("12345678", "00123456789900")).knowing("the-key-to-be-deleted")
    assert redactor.text("00123456789900 12345678 the-key-to-be-deleted") == " ".join(
        ["********"] * 3
    )
    assert redactor.knowing(None) is redactor


def test_a_secret_so_short_that_it_may_be_a_word_stays() -> None:
    redactor = Redactor(("card",))
    assert redactor.text("no such card") == "no such card"
    assert redactor.data({"card": ["card"]}) == {"card": ["card"]}
    assert redactor.finds("https://host/card")
    assert not Redactor().finds("https://host/card")


def test_texts_and_keys_of_data_are_redacted_at_any_depth_and_numbers_that_are_the_secret() -> None:
    secret = "1234567890"
    data: JSON = {
        "a": [1, 2.5, True, None, secret, {secret: {"b": f"<{secret}>"}}],
        "n": [1234567890, 12345678901, 1234567890.5, -1234567890],
    }
    before = repr(data)
    assert Redactor((secret,)).data(data) == {
        "a": [1, 2.5, True, None, "********", {"********": {"b": "<********>"}}],
        "n": ["********", "********1", "********.5", "-********"],
    }
    assert repr(data) == before  # what came is not changed


def test_data_may_be_nested_as_deeply_as_it_likes() -> None:
    deep: JSON = "68300163a5d8b2d71d60fff19f056ab3"
    for _ in range(50_000):
        deep = [deep]
    shown = Redactor(("68300163a5d8b2d71d60fff19f056ab3",)).data(deep)
    for nested in (shown, deep):  # from outside, so that its end does not overflow the stack
        while isinstance(nested, list):
            nested = nested.pop()
    assert nested == "68300163a5d8b2d71d60fff19f056ab3"


@pytest.mark.parametrize("piece", ["\\", "%25", "&amp;", "\0", "&#0000", "hush"])
def test_no_text_makes_the_search_slow(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    redactor = Redactor(("hush/6830/0163", "\\\\\\\\\\\\\\\\"))
    redactor.text("")
    with takes_at_most(20):  # a search that goes back takes hours
        redactor.text(text)


def test_no_repr_shows_what_a_redactor_knows() -> None:
    assert repr(Redactor(("68300163a5d8b2d71d60fff19f056ab3",))) == "Redactor()"
