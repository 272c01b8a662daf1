"""What is measured of the code is counted as the table says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.measures import table
from tests.house.syntax import FileMeasures, measured

SOURCE = '''\
"""A docstring
of two lines."""
import sys  # one comment


def outer(x):
    """Another."""
    for y in x:
        if y:
            print(y)

    def inner():
        # and another
        return sys
'''


def test_docstrings_are_no_lines_and_a_function_inside_counts_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "example.py"
    path.write_text(SOURCE)
    assert measured(path) == FileMeasures(
        lines=11, comments=2, imports=1, functions=[8, 3], nesting=[3, 1]
    )


@pytest.mark.slow
def test_the_table_has_a_value_for_everything_that_is_measured() -> None:
    rows = [row.strip("| ").split(" | ") for row in table().splitlines()[2:]]
    assert len(rows) == 10
    assert all(float(value.split(",")[0]) > 0 for _, value in rows)
