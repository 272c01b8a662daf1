"""Values of every type of a column, for the writers to write and to read back."""

from __future__ import annotations

from datetime import UTC
from typing import Final

from hypothesis import strategies as st

from agilekit.export import ColumnType, PythonValue
from agilekit.export.tables import BY_NAME

__all__ = ["ROWS"]

_VALUES: Final[dict[ColumnType, st.SearchStrategy[PythonValue]]] = {
    "text": st.text() | st.sampled_from(["\r", "\n", '"', '""', "\0", ",", "\ufeff"]),
    "json": st.text(),
    "integer": st.integers(-(1 << 64), 1 << 64),
    "number": st.floats(allow_nan=False),
    "boolean": st.booleans(),
    "time": st.datetimes(timezones=st.just(UTC)),
    "day": st.dates(),
    "texts": st.lists(st.text(st.characters(exclude_categories=()), max_size=3), max_size=3),
}

ROWS: Final = st.lists(
    st.fixed_dictionaries(
        {one.name: st.none() | _VALUES[one.type] for one in BY_NAME["cards"].columns}
    ).map(lambda values: BY_NAME["cards"].row(**values)),
    max_size=3,
)
"""Rows of the table of cards."""
