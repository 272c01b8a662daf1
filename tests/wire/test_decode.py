"""One value of an answer, in each of its usual forms."""

from __future__ import annotations

import pytest

from agilekit.wire.decode import to_float, to_int, to_str


def test_numbers_are_read_from_text_and_text_from_numbers() -> None:
    assert (to_float("-5"), to_float("0.5"), to_int("2"), to_int(2.0), to_str(5)) == (
        -5,
        0.5,
        2,
        2,
        "5",
    )
    assert isinstance(to_float("5"), int)


@pytest.mark.parametrize("value", ["nan", "inf", "five", True, None, [], "1" * 400 + "x"])
def test_anything_but_a_number_is_a_value_error(value: object) -> None:
    with pytest.raises(ValueError):
        to_float(value)
    with pytest.raises(ValueError):
        to_int(value)
