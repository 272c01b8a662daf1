r"""Tables as CSV, in one dialect, which is RFC 4180 where that says something.

=================  =======================================================================
what               is written as
=================  =======================================================================
the file           UTF-8 with a byte order mark, by which Excel knows it; commas between
                   fields
a line             ends in ``\r\n``; the first one names the columns
text, JSON         always in quotes, a quote in it twice; line breaks as they are
texts              JSON, in quotes
an empty text      ``""``
null               nothing at all
integer            ``5``
number             ``5.0``: one that may have a fraction has one
boolean            ``true`` or ``false``
time, day          ``2026-03-02T00:00:00.000000Z``, ``2026-03-02``
=================  =======================================================================

So only quotes tell an empty text from null. A text that begins with ``=``, ``+``, ``-`` or ``@``
may be a formula to programs that calculate: nothing is put before it, so that each value is read
back as it was written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any, BinaryIO, Final

from attrs import frozen

from agilekit.export.table import Column, ColumnType, Row, Table, Value

__all__ = ["CSV"]

_BYTE_ORDER_MARK: Final = "\ufeff"
_END: Final = "\r\n"
_IN_QUOTES: Final[frozenset[ColumnType]] = frozenset(("text", "texts", "json"))
_QUOTED_FIELD: Final = r'(?:"((?:[^"]++|"")*+)")?'
_PLAIN_FIELD: Final = r'([^",\r\n]++)?'


@frozen
class CSV:
    """A `TableFormat`."""

    kind: str = "csv"
    suffix: str = ".csv"
    is_fragile: bool = False
    same_since: int = 4

    def write(self, stream: BinaryIO, table: Table, lines: Iterator[Iterator[bytes]]) -> None:
        stream.write(_head(table))
        encoders = [_ENCODERS[column.type] for column in table.columns]
        for line in chain.from_iterable(lines):
            fields = (
                "" if value is None else encode(value)
                for encode, value in zip(encoders, json.loads(line).values(), strict=True)
            )
            stream.write((",".join(fields) + _END).encode())

    def read(self, stream: BinaryIO, table: Table) -> Iterator[Row]:
        head = _head(table)
        if stream.read(len(head)) != head:
            raise ValueError(f"the columns are not those of {table.name}")
        record = re.compile(",".join(map(_field, table.columns)) + _END)
        decoders = [_DECODERS[column.type] for column in table.columns]
        for text in _records(stream):
            found = record.fullmatch(text)
            if found is None:
                raise ValueError(f"a line of {table.name} is not a row of it")
            yield tuple(
                None if field is None else decode(field)
                for decode, field in zip(decoders, found.groups(), strict=True)
            )

    def differences(
        self,
        stream: BinaryIO,  # noqa: ARG002 - a file says nothing but its rows
        table: Table,  # noqa: ARG002 - the same
    ) -> Iterator[str]:
        return iter(())


def _head(table: Table) -> bytes:
    names = ",".join(column.name for column in table.columns)
    return f"{_BYTE_ORDER_MARK}{names}{_END}".encode()


def _field(column: Column) -> str:
    return _QUOTED_FIELD if column.type in _IN_QUOTES else _PLAIN_FIELD


def _records(stream: BinaryIO) -> Iterator[str]:
    """The lines of a file. A line break within quotes ends none."""
    begun, quotes = list[bytes](), 0
    for line in stream:
        begun.append(line)
        quotes += line.count(b'"')
        if quotes % 2 == 0:
            yield b"".join(begun).decode()
            begun, quotes = [], 0
    if begun:
        raise ValueError("it ends within quotes")


def _quoted(value: Any) -> str:
    text = str(value).replace('"', '""')
    return f'"{text}"'


def _unquoted(field: str) -> str:
    return field.replace('""', '"')


def _truth(field: str) -> Value:
    if field not in {"true", "false"}:
        raise ValueError(f"{field!r:.60} is neither true nor false")
    return int(field == "true")


_ENCODERS: Final[Mapping[ColumnType, Callable[[Any], str]]] = {
    "text": _quoted,
    "integer": str,
    "number": repr,
    "boolean": lambda value: "true" if value else "false",
    "time": str,
    "day": str,
    "texts": _quoted,
    "json": _quoted,
}
_DECODERS: Final[Mapping[ColumnType, Callable[[str], Value]]] = {
    "text": _unquoted,
    "integer": int,
    "number": float,
    "boolean": _truth,
    "time": str,
    "day": str,
    "texts": _unquoted,
    "json": _unquoted,
}
