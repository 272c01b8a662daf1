"""A message shows the beginning of a value, in bounded length and time."""

from __future__ import annotations

import pytest

from agilekit.wire.short_repr import short_repr
from tests.timing import takes_at_most


@pytest.mark.parametrize(
    "value", [None, 1, "text", 1.5, True, [1, 2], {"limit": 5}, {"a": [1, {"b": None}]}, b"x", []]
)
def test_a_short_value_is_shown_whole(value: object) -> None:
    assert short_repr(value) == repr(value)


@pytest.mark.parametrize(
    "value",
    [
        "x" * 10_000_000,
        b"x" * 10_000_000,
        [0] * 5_000_000,
        {number: number for number in range(1_000_000)},
        {"a": {"b": ["x" * 10_000_000] * 1000}},
        [[[[[[["deep"]]]]]]] * 1000,
        "\\" * 1000,
        10**4000,
    ],
    ids=["text", "bytes", "list", "object", "nested", "deep", "escapes", "number"],
)
def test_a_large_value_is_cut_soon(value: object) -> None:
    with takes_at_most(0.2):
        for _ in range(20):
            assert len(short_repr(value)) <= 60
