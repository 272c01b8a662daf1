"""Which connections are meant by names and patterns."""

from __future__ import annotations

from pathlib import Path

import pytest

from agilekit import InvalidInput
from agilekit.connections import load
from agilekit.connections.selection import selected
from tests.connections.files import WHOLE


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        (["work"], ["work"]),
        (["work", "donut"], ["donut", "work"]),
        (["*o*", "work"], ["donut", "board", "stories", "work"]),
        (["[bw]o*"], ["board", "work"]),
        (["????"], ["work"]),
    ],
)
def test_a_pattern_stands_for_all_names_that_match_it(
    patterns: list[str], names: list[str], file: Path
) -> None:
    file.write_text(WHOLE, encoding="utf-8")
    assert [*selected(load(file), patterns)] == names


@pytest.mark.parametrize("pattern", ["word", "WORK", "w", "a*", ""])
def test_a_pattern_that_matches_none_is_named_with_what_there_is(pattern: str, file: Path) -> None:
    file.write_text(WHOLE, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"agilekit\.toml has: donut, board, stories, work"):
        selected(load(file), ["donut", pattern])


def test_of_thousands_of_names_only_some_are_listed(file: Path) -> None:
    tables = [
        f'[connections.c{n}]\nservice = "flow"\nboard = "b{n}"\nkey = {{ env = "K" }}'
        for n in range(1000)
    ]
    file.write_text("\n".join(tables), encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"c18, c19 and 980 more; did you mean 'c100'") as caught:
        selected(load(file), ["c-100"])
    assert len(str(caught.value)) < 200 + len(str(file))
