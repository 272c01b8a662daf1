"""A table of an export, its columns, and what is stored of a value.

A row is a plain tuple, so that a hundred thousand of them take little memory; its table tells which
value is which: `value_of(row, table, "card_id")`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

from attrs import Factory, field, frozen

from agilekit.wire.json import JSON

__all__ = [
    "Column",
    "ProjectKey",
    "Row",
    "Table",
    "Value",
    "id_text",
    "json_text",
    "project_of",
    "replace_surrogates",
    "time_text",
    "value_of",
]

Value: TypeAlias = str | int | float | None
Row: TypeAlias = tuple[Value, ...]
"""The values of one row, in the order of the table's columns."""

ProjectKey: TypeAlias = tuple[str, str, str]
"""The service, the host and the id of a project."""

_LEAST: Final = -(1 << 63)
_BEYOND: Final = 1 << 63


@frozen
class Column:
    """One column of a table."""

    name: str
    type: Literal["TEXT", "INTEGER", "REAL"]
    """Its type in SQLite. In JSON Lines a REAL is always written with a fraction."""
    meaning: str
    references: str | None = None
    """The table in which its id is certain to be found."""

    def value(self, given: Value | datetime) -> Value:
        """What is stored of a value."""
        if isinstance(given, datetime):
            return time_text(given)
        if isinstance(given, str):
            return replace_surrogates(given)
        if isinstance(given, bool):
            return int(given)
        if given is None:
            return None
        try:
            # SQLite keeps no negative zero.
            return float(given) + 0.0 if self.type == "REAL" else _of_64_bits(given)
        except OverflowError:
            return None  # a whole number that is too large for a float


def _positions(table: Table) -> Mapping[str, int]:
    return {column.name: position for position, column in enumerate(table.columns)}


@frozen
class Table:
    """One table of an export."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """The names of the columns that are unique together, and by which the rows are sorted."""
    _positions: Mapping[str, int] = field(
        init=False, eq=False, repr=False, default=Factory(_positions, takes_self=True)
    )

    def __repr__(self) -> str:
        return f"<Table {self.name} columns={len(self.columns)}>"

    def row(self, **values: Value | datetime) -> Row:
        """A row by the names of its columns. What is left out is null."""
        row = tuple(column.value(values.pop(column.name, None)) for column in self.columns)
        if values:
            raise TypeError(f"the table {self.name} has no column {', '.join(values)}")
        return row

    def in_order(self, rows: Sequence[Row]) -> list[Row]:
        """The rows, sorted by the key."""
        indexes = [self.index(name) for name in self.key]
        return sorted(rows, key=lambda row: [row[index] for index in indexes])

    def index(self, name: str) -> int:
        """Where the value of a column stands in a row. Raises ValueError for an unknown name."""
        if name not in self._positions:
            raise ValueError(f"the table {self.name} has no column {name}")
        return self._positions[name]


def value_of(row: Row, table: Table, name: str) -> Value:
    """The value of a row of a table in a column. Raises ValueError for an unknown name."""
    return row[table.index(name)]


def project_of(row: Row, table: Table) -> ProjectKey:
    """The project that a row of a table belongs to."""
    service, host, project_id = (
        str(value_of(row, table, name)) for name in ("service", "host", "project_id")
    )
    return service, host, project_id


def time_text(moment: datetime) -> str | None:
    """``2026-03-02T00:00:00.000000Z``; None for a moment that UTC cannot name."""
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        return None
    return utc.isoformat(timespec="microseconds").replace("+00:00", "Z")


def id_text(id: int | None) -> str | None:
    """What is stored of an id that is a number."""
    return None if id is None else str(id)


def json_text(data: JSON | Mapping[str, JSON]) -> str:
    """Data as JSON text, in UTF-8 if that can hold it."""
    plain = dict(data) if isinstance(data, Mapping) else data
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    # An unpaired surrogate fits into JSON as an escape, and nowhere else.
    return text if replace_surrogates(text) == text else json.dumps(plain, separators=(",", ":"))


def replace_surrogates(text: str) -> str:
    """Text that UTF-8 can hold, with a replacement character for each unpaired surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _of_64_bits(number: float) -> Value:
    return int(number) if _LEAST <= number < _BEYOND else None
