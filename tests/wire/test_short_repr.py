"""A message shows the beginning of a value, in bounded length and time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agilekit.wire.short_repr import short_repr
from tests.timing import takes_at_most


@pytest.mark.parametrize(
    "value", [None, 1, "text", 1.5, True, [1, 2], {"limit": 5}, {"a": [1, {"b": None}]}, b"x", []]
)
def test_a_short_value_is_shown_whole(value: object) -> None:
    assert short_repr(value) == repr(value)


@pytest.mark.parametrize(
    "made",
    [
        lambda: "x" * 10_000_000,
        lambda: b"x" * 10_000_000,
        lambda: [0] * 5_000_000,
        lambda: {number: number for number in range(1_000_000)},
        lambda: {"a": {"b": ["x" * 10_000_000] * 1000}},
        lambda: [[[[[[["deep"]]]]]]] * 1000,
        lambda: "\\" * 1000,
        lambda: 10**4000,
    ],
    ids=["text", "bytes", "list", "object", "nested", "deep", "escapes", "number"],
)
def test_a_large_value_is_cut_soon(made: Callable[[], object]) -> None:
    value = made()
    with takes_at_most(0.2):
        for _ in range(20):
            assert len(short_repr(value)) <= 60
