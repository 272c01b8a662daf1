"""The page of the benchmarks says plainly what was reached, what was not, and what is not known."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from benchmarks.page import line, put_into, text
from benchmarks.table import Result, Row, Sample, at_least, at_most


def result(name: str, ours: float, other: float, why_not: str = "") -> Result:
    row = Row(name, at_least(2), lambda _: nullcontext(lambda: Sample(ours, other)))
    return Result(row, [] if why_not else [Sample(ours, other)], why_not)


def test_the_page_shows_goals_beside_results_and_names_what_is_not_reached() -> None:
    page = text(
        [
            result("fast", 100, 300),
            result("slow", 100, 150),
            result("unknown", 0, 0, "aiohttp is not installed"),
        ]
    )
    assert "| fast | ≥ 2 | 3 (3 to 3) | 100 µs | 300 µs | reached |" in page
    assert "| slow | ≥ 2 | 1.5 (1.5 to 1.5) | 100 µs | 150 µs | not reached |" in page
    assert "| unknown | ≥ 2 | not measured: aiohttp is not installed | | | |" in page
    assert "1 of 3 goals are reached." in page
    assert "- slow" in page
    assert "- fast" not in page
    assert "1 could not be measured here." in page


def test_the_page_names_the_machine_and_the_versions() -> None:
    page = text([result("fast", 100, 300)])
    assert " cores of " in page
    assert "httpx 0." in page
    assert "Not reached" not in page


def test_a_line_of_a_quick_run_judges_nothing() -> None:
    assert "reached" in line(result("fast", 100, 300), judged=True)
    assert "reached" not in line(result("fast", 100, 300), judged=False)


def test_a_rate_by_the_wall_stands_beside_that_of_the_cpu() -> None:
    row = Row("drafts", at_most(1), lambda _: nullcontext(lambda: Sample(1, 1)))
    assert "100 µs (1,234/s by the wall)" in line(
        Result(row, [Sample(100, 200, by_the_wall=1234)]), judged=True
    )


def test_a_table_replaces_what_stands_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Above.\n<!-- a: begin -->\nold\n<!-- a: end -->\nBelow.\n", encoding="utf-8")
    put_into(page, "a", "new")
    put_into(page, "a", "newer")
    assert page.read_text(encoding="utf-8") == (
        "Above.\n<!-- a: begin -->\nnewer\n<!-- a: end -->\nBelow.\n"
    )
    with pytest.raises(ValueError, match="no place marked 'b'"):
        put_into(page, "b", "new")
