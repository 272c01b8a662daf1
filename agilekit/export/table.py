"""A table of an export, its columns, and what is stored of a value.

A row is a plain tuple, so that a hundred thousand of them take little memory; its table tells which
value is which: `value_of(row, table, "card_id")`.

A column has a type of meaning, and each value two forms. Rows hold the canonical one, which the
manifest hashes, so that it is the same whatever the target; `Column.value` makes it. Each target
maps it to its own types, and back to exactly the canonical one. `Column.python` makes the form
that programs work with:

=============  ===========================================  ====================
type           canonical                                    Python
=============  ===========================================  ====================
``"text"``     text without unpaired surrogates             `str`
``"integer"``  a whole number of 64 bits                    `int`
``"number"``   a float of 64 bits, without negative zero    `float`
``"boolean"``  0 or 1                                       `bool`
``"time"``     ``2026-03-02T00:00:00.000000Z``              `datetime`, in UTC
``"day"``      ``2026-03-02``                               `date`
``"texts"``    a list of texts, as JSON                     `list` of `str`
``"json"``     JSON                                         `str`, the same
=============  ===========================================  ====================
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import Final, Literal, TypeAlias, cast

from attrs import Factory, field, frozen

from agilekit.export.generated import LineOf, RowOf, line_encoder, row_builder
from agilekit.wire.json import JSON, replace_surrogates

__all__ = [
    "Column",
    "ColumnType",
    "ProjectKey",
    "PythonValue",
    "Row",
    "Table",
    "Value",
    "id_text",
    "json_text",
    "project_of",
    "time_text",
    "value_of",
]

Value: TypeAlias = str | int | float | None
PythonValue: TypeAlias = str | int | float | bool | datetime | date | list[str] | None
Row: TypeAlias = tuple[Value, ...]
"""The values of one row, in the order of the table's columns."""

ColumnType: TypeAlias = Literal[
    "text", "integer", "number", "boolean", "time", "day", "texts", "json"
]

ProjectKey: TypeAlias = tuple[str, str, str]
"""The service, the host and the id of a project."""

_LEAST: Final = -(1 << 63)
_BEYOND: Final = 1 << 63


@frozen
class Column:
    """One column of a table."""

    name: str
    type: ColumnType
    """What its values are."""
    meaning: str
    references: str | None = None
    """The table in which its id is certain to be found."""

    def value(self, given: PythonValue) -> Value:
        """What is stored of a value."""
        if isinstance(given, datetime):
            return time_text(given)
        if isinstance(given, date):
            return given.isoformat()
        if isinstance(given, list):
            return json_text([*map(replace_surrogates, given)])
        if isinstance(given, str):
            return replace_surrogates(given)
        if isinstance(given, bool):
            return int(given)
        if given is None:
            return None
        try:
            # SQLite keeps no negative zero.
            return float(given) + 0.0 if self.type == "number" else _of_64_bits(given)
        except OverflowError:
            return None  # a whole number that is too large for a float

    def python(self, value: Value) -> PythonValue:
        """A value that is stored, as programs work with it."""
        make = _TO_PYTHON.get(self.type)
        return value if make is None or value is None else make(value)


def _positions(table: Table) -> Mapping[str, int]:
    return {column.name: position for position, column in enumerate(table.columns)}


def _row_builder(table: Table) -> RowOf:
    return row_builder(table.name, table.columns, least=_LEAST, beyond=_BEYOND)


def _line_encoder(table: Table) -> LineOf:
    return line_encoder(table.name, table.columns)


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
    row: RowOf = field(
        init=False, eq=False, repr=False, default=Factory(_row_builder, takes_self=True)
    )
    """Makes a row by the names of its columns. What is left out is null."""
    line: LineOf = field(
        init=False, eq=False, repr=False, default=Factory(_line_encoder, takes_self=True)
    )
    """Writes a row as a line of JSON, in UTF-8."""

    def __reduce__(self) -> tuple[object, ...]:
        return Table, (self.name, self.meaning, self.columns, self.key)

    def __repr__(self) -> str:
        return f"<Table {self.name} columns={len(self.columns)}>"

    def python_row(self, row: Row) -> dict[str, PythonValue]:
        """A row as programs work with it: its values by the names of their columns."""
        return {
            column.name: column.python(value)
            for column, value in zip(self.columns, row, strict=True)
        }

    def in_order(self, rows: Sequence[Row]) -> list[Row]:
        """The rows, sorted by the key."""
        return sorted(rows, key=itemgetter(*map(self.index, self.key)))

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
    text = _encode(plain)
    # An unpaired surrogate fits into JSON as an escape, and nowhere else.
    return text if replace_surrogates(text) == text else _encode_ascii(plain)


def _of_64_bits(number: float) -> Value:
    return int(number) if _LEAST <= number < _BEYOND else None


_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_encode_ascii: Final = json.JSONEncoder(separators=(",", ":")).encode
_TO_PYTHON: Final[Mapping[ColumnType, Callable[[Value], PythonValue]]] = {
    "boolean": bool,
    "time": lambda value: datetime.fromisoformat(str(value)),
    "day": lambda value: date.fromisoformat(str(value)),
    "texts": lambda value: cast("list[str]", json.loads(str(value))),
}
"""What makes the values of the types that programs do not work with as they are stored."""
