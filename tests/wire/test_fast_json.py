"""JSON by msgspec is what it is by the standard decoder: the same values, the same refusals."""

from __future__ import annotations

import json as standard
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agilekit.wire import decode_limits, fast_json, json
from agilekit.wire.json import JSON
from tests.each import each
from tests.session.hostile import IN_JSON

NUMBERS = (
    *("0", "-0", "-0.0", "1e5", "1E-5", "1.0", "1e400", "-1e400", "1e-400", "0.1", "1e23"),
    *("9007199254740993.0", "1.7976931348623157e308", "4.9e-324", "2.5e-324", "12345678901.5e-9"),
    *("9223372036854775807", "9223372036854775808", "18446744073709551616", "-9223372036854775809"),
    *("9" * 100, "9" * 400, "9" * 5000, "01", "-", "1.", ".5", "+1", "NaN", "-Infinity"),
)
TEXTS = (
    *(
        '"\\ud800"',
        '"\\ud83d\\ude00"',
        '"\\udc00\\ud800"',
        '"\\u0000"',
        '"\\/"',
        '"\\x"',
        '"\\u12"',
    ),
    *('"\x01"', '"\t"', '"\x7f"', '"é一💡"', '"a', '"\ufeff"'),
)
OTHERS = (
    *("", " ", "\ufeff1", "1 2", "nul", "true", "[1,]", '{"a":1,}', "{1:2}", "\x0c1", "\xa01"),
    *('{"a":1,"b":2,"a":3}', ' \t\r\n{"a" : [ ] } ', "[" * 100_000, "[" * 500 + "]" * 500, "//1"),
)

DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def outcome(load: Callable[[bytes], JSON], body: bytes) -> str:
    """What becomes of a body; in a text, so that 1, 1.0 and True differ, as 0.0 and -0.0 do."""
    try:
        return repr(load(body))
    except ValueError as error:
        return f"{type(error).__name__}: {error}"


def check_same(body: bytes) -> None:
    assert outcome(fast_json.load, body) == outcome(json.load, body)


@each("text", [*NUMBERS, *TEXTS, *OTHERS], ids=lambda text: repr(text)[:20])
@each("form", ["{}", "[{}]", '{{"a":{}}}', '[{{"id":1,"x":{}}}]'])
def test_odd_texts_are_what_the_standard_decoder_makes_of_them(text: str, form: str) -> None:
    check_same(form.format(text).encode())


@each("body", [b"\xff", b'"\xff"', b'{"\xc3": 1}', b'"\xed\xa0\x80"', b'\xff\xfe"\0a\0"\0'])
def test_bytes_that_are_not_utf_8_are_refused_by_both(body: bytes) -> None:
    check_same(body)


@given(DATA, st.booleans())
def test_data_is_the_same_by_both(data: JSON, ascii: bool) -> None:
    body = standard.dumps(data, ensure_ascii=ascii).encode(errors="replace")
    check_same(body)


@given(st.text(st.sampled_from('{}[],:"\\ue01289-+.E tfn\ud83dal\x00é'), max_size=40))
@example('{"":0,"":-0}')
def test_noise_is_the_same_by_both(text: str) -> None:
    check_same(text.encode(errors="replace"))


@each("most", [0, 3, 4, 8, 100])
def test_an_answer_may_have_as_many_parts_by_both(most: int) -> None:
    for body in (b'[{"a":{}},{},{}]', b"[[],[]]", b'["{{{{{"]', b"[]"):
        check = outcome(lambda body: fast_json.load(body, most=most), body)
        assert check == outcome(lambda body: json.load(body, most=most), body)


@pytest.mark.parametrize("size", [1 << 12, pytest.param(1 << 19, marks=pytest.mark.slow)])
def test_answers_that_are_made_to_cost_time_are_the_same_by_both(size: int) -> None:
    for name, body in IN_JSON.items():
        made = body(size)
        assert outcome(fast_json.load, made) == outcome(json.load, made), name


LONG = b"[" + b",".join(b'{"id":%d,"name":"card %d"}' % (n, n) for n in range(20_000)) + b"]"


@each(
    "body",
    [
        LONG,
        LONG.replace(b"card 17000", b"\\ud800"),
        LONG.replace(b"card 17000", b"\xff"),
        LONG[:-1],
        LONG.replace(b":17000", b":1e999"),
    ],
    ids=["", "half a surrogate", "no text", "cut", "out of range"],
)
def test_a_long_answer_is_the_same_by_both(body: bytes) -> None:
    check_same(body)


def test_a_long_answer_is_decoded_in_chunks_and_no_further_than_its_call_lasts() -> None:
    asked = 0

    def is_over() -> bool:
        nonlocal asked
        asked += 1
        return asked > 2

    with pytest.raises(decode_limits.Unwanted), decode_limits.limited(is_over, entities=1 << 20):
        fast_json.load(LONG)
    assert asked == 3
