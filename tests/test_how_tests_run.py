"""What the tests are written with does what it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.each import each
from tests.event_loops import NOTHING_WAITS, WAITING
from tests.ids import LONGEST_PART, short
from tests.sizes import spread


def test_a_case_of_a_matrix_that_fails_is_named() -> None:
    seen: list[tuple[int, str]] = []

    @each("number", [1, 2, 3])
    @each("letter, expected", [("a", True), ("b", False)])
    def check(number: int, letter: str, expected: bool) -> None:
        seen.append((number, letter))
        assert expected or number < 2

    run: Callable[..., None] = check
    with pytest.raises(AssertionError) as caught:
        run()
    assert seen == [(1, "a"), (1, "b"), (2, "a"), (2, "b")]
    assert caught.value.__notes__ == ["letter, expected: 'b', False", "number: 2"]


def test_a_matrix_without_cases_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="no cases"):
        each("number", [])


def test_a_long_value_is_cut_in_an_id() -> None:
    assert short("a") == "'a'"
    assert short("a" * 1000).endswith("...")
    assert len(short("a" * 1000)) == LONGEST_PART


def test_every_folder_that_is_named_for_its_event_loops_exists() -> None:
    named = WAITING + NOTHING_WAITS
    assert [name for name in named if not (Path(__file__).parent / name).is_dir()] == []


def test_as_many_cases_are_quick_as_a_mark_says() -> None:
    for count in range(1, 40):
        for chosen in range(1, 45):
            quick = spread(chosen, count)
            assert len(quick) == min(chosen, count), (chosen, count)
            assert quick <= set(range(count))
