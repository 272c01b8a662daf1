"""Rows as PostgreSQL keeps them, and back to exactly what they were.

=======  ============================  =============================================
column   type                          what it does not keep
=======  ============================  =============================================
text     ``text``, sorted as in        nothing (see below)
         Python
integer  ``bigint``                    nothing
number   ``double precision``          nothing
boolean  ``boolean``                   nothing
time     ``timestamp with time zone``  what is not a time
day      ``date``                      what is not a day
texts    ``text[]``                    what is not a list of texts
json     ``jsonb``                     the order of keys; or all of it, and is null, if
                                       it holds U+0000, half of a surrogate pair, a
                                       number beyond 1000 digits, more than 256
                                       levels, or more than 32 Mi characters
=======  ============================  =============================================

Text of PostgreSQL cannot hold U+0000: it is written as U+0001 U+0001, and U+0001 as U+0001 U+0002,
by which the order of texts stays, and equal ids stay equal.

Each table has one more column, ``exact``: a JSON object of the values that the others do not keep
as they were; null if they all do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, TypeAlias, cast

from attrs import Factory, field, frozen
from psycopg import Cursor
from psycopg.types.json import Jsonb

from agilekit.export.table import (
    Column,
    ColumnType,
    PythonValue,
    Row,
    Table,
    Value,
    time_text,
)
from agilekit.export.target.sql_tables import quoted

__all__ = ["EXACT", "LONGEST_JSON", "TYPES", "StoredTable", "fits_json"]

Stored: TypeAlias = PythonValue | Jsonb

EXACT: Final = "exact"
LONGEST_JSON: Final = 1 << 25
"""Characters. A jsonb, which ends at 256 MiB, makes up to six times as much of them."""
TYPES: Final[Mapping[ColumnType, str]] = {
    "text": "text",
    "integer": "bigint",
    "number": "double precision",
    "boolean": "boolean",
    "time": "timestamp with time zone",
    "day": "date",
    "texts": "text[]",
    "json": "jsonb",
}
"""What PostgreSQL calls them."""


def _stores(stored_table: StoredTable) -> tuple[Callable[[Value], Stored], ...]:
    return tuple(_STORE[column.type] for column in stored_table.table.columns)


@frozen
class StoredTable:
    """A table, as it is written and read."""

    table: Table
    _stores: tuple[Callable[[Value], Stored], ...] = field(
        init=False, eq=False, repr=False, default=Factory(_stores, takes_self=True)
    )

    @property
    def names(self) -> str:
        """The columns to write."""
        return quoted(*(column.name for column in self.table.columns), EXACT)

    @property
    def selected(self) -> str:
        """The columns to read. JSON is in `exact`, and need not come twice."""
        shown = ("NULL" if one.type == "json" else quoted(one.name) for one in self.table.columns)
        return ", ".join((*shown, EXACT))

    def stored(self, row: Row) -> list[Stored]:
        """The values to write."""
        values: list[Stored] = []
        exact: dict[str, Value] = {}
        for column, store, value in zip(self.table.columns, self._stores, row, strict=True):
            kept = None if value is None else store(value)
            values.append(kept)
            if value is not None and (kept is None or column.type == "json"):
                exact[column.name] = value
        values.append(_as_json(exact) if exact else None)
        return values

    def row(self, values: Sequence[PythonValue]) -> Row:
        """The row, of the values that were read.

        Raises ValueError or TypeError for what was never written.
        """
        exact = cast("dict[str, Value]", json.loads(str(values[-1]))) if values[-1] else {}
        return tuple(
            exact.get(column.name) if value is None else _canonical(column, value)
            for column, value in zip(self.table.columns, values, strict=False)
        )

    def copy(self, cursor: Cursor[Any], rows: Iterable[Row]) -> None:
        """Writes rows, by a binary COPY."""
        statement = f'COPY "{self.table.name}" ({self.names}) FROM STDIN (FORMAT BINARY)'
        with cursor.copy(statement.encode()) as copy:
            copy.set_types([*(TYPES[column.type] for column in self.table.columns), "text"])
            for row in rows:
                copy.write_row(self.stored(row))


def _canonical(column: Column, value: PythonValue) -> Value:
    match value:
        case str():
            return _plain(value)
        case list():
            return column.value([*map(_plain, value)])
        case _:
            return column.value(value)


def _escaped(text: str) -> str:
    if "\1" in text or "\0" in text:
        return text.replace("\1", "\1\2").replace("\0", "\1\1")
    return text


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda found: "\0" if found[1] == "\1" else "\1", text)


# Each gives None for a value that its type does not keep.


def _text(value: Value) -> Stored:
    return _escaped(value) if isinstance(value, str) else None


def _integer(value: Value) -> Stored:
    return value if isinstance(value, int) else None


def _number(value: Value) -> Stored:
    return value if isinstance(value, float) else None


def _boolean(value: Value) -> Stored:
    return bool(value) if isinstance(value, int) and value in (0, 1) else None


def _time(value: Value) -> Stored:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if time_text(moment) == value else None


def _day(value: Value) -> Stored:
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return None
    return day if day.isoformat() == value else None


def _texts(value: Value) -> Stored:
    try:
        found = cast("object", json.loads(str(value)))
    except ValueError:
        return None
    if not isinstance(found, list):
        return None
    texts = cast("list[object]", found)
    kept = [_escaped(text) for text in texts if isinstance(text, str)]
    # So a list with half of a surrogate pair is none: its text has an escape for that.
    return kept if len(kept) == len(texts) and _as_json(texts) == value else None


def _json(value: Value) -> Stored:
    text = str(value)
    return Jsonb(text, dumps=str) if fits_json(text) else None


def fits_json(text: str) -> bool:
    """Whether JSON can be kept as such."""
    if len(text) > LONGEST_JSON:
        return False
    # What looks like it may only stand inside of a string.
    if "\\u" in text or text.count("[") + text.count("{") > _DEEPEST or _has_odd_number(text):
        bare = _STRING.sub('""', text)
        if _ESCAPE_OF_HALF.search(text) or _depth(bare) > _DEEPEST or _has_odd_number(bare):
            return False
    return True


def _has_odd_number(text: str) -> bool:
    """Whether it has one that is none, or one that is larger than it may be."""
    return (
        "NaN" in text
        or "Infinity" in text
        or _EXPONENT.search(text) is not None
        or (len(text) > _MOST_DIGITS and _LONG.search(text) is not None)
    )


def _depth(bare: str) -> int:
    """How deep JSON without its strings is nested."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(bare):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


_STORE: Final[Mapping[ColumnType, Callable[[Value], Stored]]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "time": _time,
    "day": _day,
    "texts": _texts,
    "json": _json,
}
_as_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ESCAPE: Final = re.compile("\1([\1\2])")
_DEEPEST: Final = 256
_MOST_DIGITS: Final = 1000
_ESCAPE_OF_HALF: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u(?:0000|[dD][89a-fA-F])")
_STRING: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
_EXPONENT: Final = re.compile(r"\d[eE][+-]?\d{4}")
_LONG: Final = re.compile(rf"\d{{{_MOST_DIGITS + 1}}}")
_BRACKET: Final = re.compile(r"[\[\]{}]")
