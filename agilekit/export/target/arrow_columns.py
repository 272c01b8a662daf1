"""The columns of a table as arrays of Arrow, in types that say what they mean, and back.

==========  =========================
column      type
==========  =========================
text, JSON  ``string``
integer     ``int64``
number      ``double``
boolean     ``bool``
time        ``timestamp[us, tz=UTC]``
day         ``date32``
texts       ``list<string>``
==========  =========================
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from attrs import frozen

from agilekit.export.table import Column, Row, Table, json_text

__all__ = ["ArrowColumns"]


@frozen
class ArrowColumns:
    """Rows of a table to batches of Arrow, and back to exactly the same rows."""

    arrow: Any
    """The module pyarrow."""

    def schema(self, table: Table) -> Any:
        return self.arrow.schema([(one.name, self._type(one)) for one in table.columns])

    def batch(self, table: Table, rows: Sequence[Sequence[Any]]) -> Any:
        """Some rows, as they are stored."""
        columns = zip(*rows, strict=True) if rows else [()] * len(table.columns)
        arrays = map(self._array, table.columns, columns)
        return self.arrow.RecordBatch.from_arrays([*arrays], schema=self.schema(table))

    def rows(self, table: Table, batch: Any) -> Iterator[Row]:
        """The rows of a batch, as they were stored."""
        return zip(*map(self._values, table.columns, batch.columns), strict=True)

    def _type(self, column: Column) -> Any:
        arrow = self.arrow
        match column.type:
            case "text" | "json":
                return arrow.string()
            case "integer":
                return arrow.int64()
            case "number":
                return arrow.float64()
            case "boolean":
                return arrow.bool_()
            case "time":
                return arrow.timestamp("us", "UTC")
            case "day":
                return arrow.date32()
            case "texts":
                return arrow.list_(arrow.field("element", arrow.string()))

    def _array(self, column: Column, values: Sequence[Any]) -> Any:
        arrow, type = self.arrow, self._type(column)
        match column.type:
            case "boolean":
                return arrow.array(values, arrow.int64()).cast(type)
            case "time" | "day":
                return arrow.array(values, arrow.string()).cast(type)
            case "texts":
                return arrow.array([*map(column.python, values)], type)
            case _:
                return arrow.array(values, type)

    def _values(self, column: Column, array: Any) -> list[Any]:
        arrow = self.arrow
        match column.type:
            case "boolean":
                return _listed(array.cast(arrow.int64()))
            case "time":
                # Without a zone, no database of time zones is asked for.
                moments = array.cast(arrow.int64()).cast(arrow.timestamp("us"))
                texts = _listed(moments.cast(arrow.string()))
                return [None if text is None else f"{text[:10]}T{text[11:]}Z" for text in texts]
            case "day":
                return _listed(array.cast(arrow.string()))
            case "texts":
                return [None if one is None else json_text(one) for one in _listed(array)]
            case _:
                return _listed(array)


def _listed(array: Any) -> list[Any]:
    found: list[Any] = array.to_pylist()
    return found
