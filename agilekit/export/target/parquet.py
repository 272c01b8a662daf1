"""Tables as Parquet, compressed with zstandard, in the types of `ArrowColumns`.

Each page has a checksum. A file also says of its columns what their least and greatest values are,
by which other readers leave out what they need not read: that is compared with the columns.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from itertools import chain, islice
from typing import Any, BinaryIO, Final

from attrs import field, frozen

from agilekit.export.optional import require
from agilekit.export.table import Row, Table
from agilekit.export.target.arrow_columns import ArrowColumns

__all__ = ["Parquet"]

_ROWS_AT_ONCE: Final = 10_000


def _library(name: str) -> Any:
    return require(name, extra="parquet", by="the format parquet")


@frozen
class Parquet:
    """A `TableFormat`. Raises InvalidInput if pyarrow is missing."""

    kind: str = "parquet"
    suffix: str = ".parquet"
    is_fragile: bool = True
    same_since: int = 4
    _arrow: Any = field(factory=partial(_library, "pyarrow"), eq=False, repr=False)
    _files: Any = field(factory=partial(_library, "pyarrow.parquet"), eq=False, repr=False)
    _compute: Any = field(factory=partial(_library, "pyarrow.compute"), eq=False, repr=False)

    @property
    def _columns(self) -> ArrowColumns:
        return ArrowColumns(self._arrow)

    def write(self, stream: BinaryIO, table: Table, lines: Iterator[Iterator[bytes]]) -> None:
        schema = self._columns.schema(table)
        rows = (json.loads(line).values() for line in chain.from_iterable(lines))
        options = {"compression": "zstd", "write_page_checksum": True}
        with self._files.ParquetWriter(stream, schema, **options) as writer:
            while batch := [*islice(rows, _ROWS_AT_ONCE)]:
                writer.write_batch(self._columns.batch(table, batch))

    def read(self, stream: BinaryIO, table: Table) -> Iterator[Row]:
        try:
            file = self._open(stream)
            if not file.schema_arrow.equals(self._columns.schema(table)):
                raise ValueError(f"the columns are not those of {table.name}")
            if not file.num_row_groups:
                return  # older versions of pyarrow cannot iterate over nothing
            for batch in file.iter_batches(_ROWS_AT_ONCE):
                yield from self._columns.rows(table, batch)
        except self._arrow.ArrowException as error:
            raise ValueError(f"{table.name} is not a Parquet file: {error}") from error

    def differences(self, stream: BinaryIO, table: Table) -> Iterator[str]:
        try:
            file = self._open(stream)
            for group in range(file.num_row_groups):
                about = file.metadata.row_group(group)
                columns = file.read_row_group(group)
                for number, column in enumerate(columns.columns):
                    if not self._is_true(about.column(number).statistics, column):
                        name = columns.column_names[number]
                        yield f"{table.name}: the statistics of {name} are not those of its values"
        except self._arrow.ArrowException as error:
            raise ValueError(f"{table.name} is not a Parquet file: {error}") from error

    def _is_true(self, statistics: Any, column: Any) -> bool:
        if statistics is None:
            return True  # it says nothing
        values, nulls = column, column.null_count
        if self._arrow.types.is_list(column.type):
            # They are of the elements, of which a list that is null or empty counts as a null one.
            values = self._compute.list_flatten(column)
            lengths = self._compute.list_value_length(column).to_pylist()
            nulls = sum(not length for length in lengths)
        if statistics.has_null_count and statistics.null_count != nulls:
            return False
        if not statistics.has_min_max:
            return True
        ends = self._compute.min_max(values).as_py()
        least, greatest = statistics.min, statistics.max
        if self._arrow.types.is_floating(values.type):
            # Older versions of pyarrow take the largest float for the least of nothing but inf.
            return bool(least <= ends["min"] and ends["max"] <= greatest)
        return (least, greatest) == (ends["min"], ends["max"])

    def _open(self, stream: BinaryIO) -> Any:
        return self._files.ParquetFile(stream, page_checksum_verification=True)
