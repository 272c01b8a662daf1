"""A long text is decoded in chunks to what the standard decoder makes of it at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agilekit.wire import json as wire_json
from agilekit.wire import json_chunks
from agilekit.wire.json import JSON

ONE: Final = json.JSONDecoder().raw_decode
LEAVES: Final = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
VALUES: Final[st.SearchStrategy[Any]] = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=6) | st.dictionaries(st.text('{}[],:" \\', max_size=3), inner)
    ),
    max_leaves=40,
)
CARDS: Final = [{"id": n, "tasks": [{"id": 10 * n + m} for m in range(n % 3)]} for n in range(40)]


@given(value=VALUES, chunk=st.integers(0, 60), indent=st.none() | st.integers(0, 2))
@example(value=CARDS, chunk=30, indent=None)
@example(value=[CARDS, CARDS], chunk=30, indent=1)
@example(value={f"{n}": {"a": [n, {"b": n}]} for n in range(40)}, chunk=30, indent=None)
@example(value=[*range(100), ",", [1, 2], {}], chunk=9, indent=None)
@example(value={"a": {"b": {"c": {"d": {"e": CARDS}}}}}, chunk=30, indent=None)
@example(value=[{"a": "},{"}, {"a": '"},{"'}] * 9, chunk=4, indent=None)
def test_it_is_what_the_decoder_makes_of_it(value: Any, chunk: int, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    assert json_chunks.decode(f" {text}\n", ONE, chunk=chunk) == value


def outcome(read: Callable[[str], object], text: str) -> tuple[bool, object]:
    """Whether a text is read, and as what."""
    try:
        return True, read(text)
    except ValueError:
        return False, None


@given(value=st.just(CARDS) | VALUES, chunk=st.integers(0, 60), data=st.data())
def test_anything_but_json_is_refused_as_by_the_decoder(
    value: Any, chunk: int, data: st.DataObject
) -> None:
    text = json.dumps(value)
    at = data.draw(st.integers(0, len(text)))
    text = text[:at] + data.draw(st.sampled_from(["", *'{}[],:"x1'])) + text[at + 1 :]
    read = partial(json_chunks.decode, one=ONE, chunk=chunk)
    assert outcome(read, text) == outcome(json.loads, text)


def test_a_long_listing_is_decoded_in_many_chunks() -> None:
    cards: list[JSON] = [{"id": n, "title": "x" * 100} for n in range(20_000)]
    longest = 0

    def one(text: str, index: int) -> tuple[JSON, int]:
        nonlocal longest
        value, end = ONE(text, index)
        longest = max(longest, end - index)
        return value, end

    assert json_chunks.decode(json.dumps(cards), one) == cards
    assert longest < 300_000


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    "made",
    [
        lambda: [*range(300_000)],
        lambda: {f"key {n}": n for n in range(100_000)},
        lambda: {"cards": {f"{n}": {"id": n, "users": [n, n]} for n in range(50_000)}},
    ],
    ids=["numbers", "members", "nested"],
)
def test_many_small_values_are_decoded_in_few_chunks(made: Callable[[], JSON]) -> None:
    value = made()
    lengths: list[int] = []

    def one(text: str, index: int) -> tuple[JSON, int]:
        value, end = ONE(text, index)
        lengths.append(end - index)
        return value, end

    assert json_chunks.decode(json.dumps(value), one) == value
    assert len(lengths) < 6000
    assert max(lengths) < 600_000


@pytest.mark.slow
@pytest.mark.parametrize("value", [CARDS * 1000, {"a": CARDS * 1000}, [[CARDS] * 1000]])
def test_a_long_body_is_read_so(value: JSON) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(value, indent=1).encode()
    assert len(body) > 1 << 20
    assert wire_json.load(body) == value


def test_a_long_body_may_be_nested_too_deeply() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        wire_json.load(b"[" * (1 << 19))
