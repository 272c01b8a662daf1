"""Tables as Parquet: TEXT is a string, INTEGER int64, REAL double; compressed with zstandard.

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

__all__ = ["Parquet"]

_TYPES: Final = {"TEXT": "string", "INTEGER": "int64", "REAL": "float64"}
_ROWS_AT_ONCE: Final = 10_000


def _library(name: str) -> Any:
    return require(name, extra="parquet", by="the format parquet")


@frozen
class Parquet:
    """A `TableFormat`. Raises InvalidInput if pyarrow is missing."""

    kind: str = "parquet"
    suffix: str = ".parquet"
    is_fragile: bool = True
    _arrow: Any = field(factory=partial(_library, "pyarrow"), eq=False, repr=False)
    _files: Any = field(factory=partial(_library, "pyarrow.parquet"), eq=False, repr=False)
    _compute: Any = field(factory=partial(_library, "pyarrow.compute"), eq=False, repr=False)

    def write(self, stream: BinaryIO, table: Table, lines: Iterator[Iterator[bytes]]) -> None:
        schema = self._schema(table)
        rows = map(json.loads, chain.from_iterable(lines))
        options = {"compression": "zstd", "write_page_checksum": True}
        with self._files.ParquetWriter(stream, schema, **options) as writer:
            while batch := [*islice(rows, _ROWS_AT_ONCE)]:
                writer.write_batch(self._arrow.RecordBatch.from_pylist(batch, schema=schema))

    def read(self, stream: BinaryIO, table: Table) -> Iterator[Row]:
        try:
            file = self._open(stream)
            if not file.schema_arrow.equals(self._schema(table)):
                raise ValueError(f"the columns are not those of {table.name}")
            if not file.num_row_groups:
                return  # older versions of pyarrow cannot iterate over nothing
            for batch in file.iter_batches(_ROWS_AT_ONCE):
                yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
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
        if statistics.has_null_count and statistics.null_count != column.null_count:
            return False
        if not statistics.has_min_max:
            return True
        ends = self._compute.min_max(column).as_py()
        return (statistics.min, statistics.max) == (ends["min"], ends["max"])

    def _open(self, stream: BinaryIO) -> Any:
        return self._files.ParquetFile(stream, page_checksum_verification=True)

    def _schema(self, table: Table) -> Any:
        fields = [(column.name, _TYPES[column.type]) for column in table.columns]
        return self._arrow.schema([(name, getattr(self._arrow, kind)()) for name, kind in fields])
