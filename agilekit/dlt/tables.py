"""The tables of an export, and its manifest, as dlt is told of them.

=======  =============  ==================
column   hint of dlt    Arrow
=======  =============  ==================
text     ``text``       ``string``
integer  ``bigint``     ``int64``
number   ``double``     ``double``
boolean  ``bool``       ``bool``
time     ``timestamp``  ``timestamp[us, UTC]``
day      ``date``       ``date32``
texts    ``text``       ``string``, JSON
json     ``text``       ``string``
=======  =============  ==================

JSON goes as text, because most destinations give JSON of their own back as something else (other
keys first, other numbers), and some refuse what a service may answer: the manifest could not be
compared with that. Who wants it there says so to dlt, by a hint for the column.

dlt is told nothing of a primary key: its merge would look for rows by that or by the project, which
takes a time that grows with the square of their number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from attrs import evolve

from agilekit.export.manifest import ProjectEntry
from agilekit.export.optional import require
from agilekit.export.project import ProjectRef
from agilekit.export.table import Column, Row, Table
from agilekit.export.target.arrow_columns import ArrowColumns
from agilekit.export.target.manifest_table import MANIFEST, row_of

__all__ = ["LOADED_MANIFEST", "PROJECT_KEY", "Batches", "entry_row", "hints"]

PROJECT_KEY: Final = MANIFEST.key
_TOMBSTONE: Final = Column(
    "tombstone", "boolean", "Always null: true only on its way, for a project without rows."
)
_ROWS_AT_ONCE: Final = 10_000

_LOADED: Final = MANIFEST.columns[: MANIFEST.index("memory")]
"""What of it is of use where nothing is exported again."""
LOADED_MANIFEST: Final = evolve(
    MANIFEST,
    meaning="What was loaded of each project; `run` is the load that brought it.",
    columns=_LOADED,
)


def hints(table: Table) -> dict[str, dict[str, object]]:
    """What dlt is told of the columns, beyond what Arrow says."""
    told: dict[str, dict[str, object]] = {
        column.name: {"description": column.meaning} for column in (*table.columns, _TOMBSTONE)
    }
    told[_TOMBSTONE.name]["hard_delete"] = True
    return told


def entry_row(entry: ProjectEntry) -> Row:
    """A row of `LOADED_MANIFEST`."""
    return row_of(entry, 0)[: len(_LOADED)]


class Batches:
    """The rows of a project as batches of Arrow. Raises InvalidInput if pyarrow is missing."""

    def __init__(self) -> None:
        # Any: a module that may be missing has no type.
        self._arrow: Any = require("pyarrow", extra="dlt", by="agilekit.dlt")
        self._columns = ArrowColumns(self._arrow)

    def of(self, table: Table, project: ProjectRef, rows: Collection[Row]) -> Iterator[Any]:
        """At least one: without rows it holds a tombstone."""
        loaded = _with_tombstone(table)
        if not rows:
            key = dict(zip(PROJECT_KEY, project.key, strict=True))
            yield self._batch(loaded, [loaded.row(**key, tombstone=True)])
        left = iter(rows)
        while batch := [*islice(left, _ROWS_AT_ONCE)]:
            yield self._batch(loaded, [(*row, None) for row in batch])

    def _batch(self, table: Table, rows: Sequence[Row]) -> Any:
        schema = self._columns.schema(table)
        for name in PROJECT_KEY:
            # dlt knows that what it merges by is not null, and warns of a schema that does not.
            number = schema.get_field_index(name)
            schema = schema.set(number, schema.field(number).with_nullable(False))
        arrays = self._columns.batch(table, rows).columns
        return self._arrow.RecordBatch.from_arrays(arrays, schema=schema)


def _with_tombstone(table: Table) -> Table:
    columns = [evolve(one, type="json") if one.type == "texts" else one for one in table.columns]
    return Table(table.name, table.meaning, (*columns, _TOMBSTONE), table.key)
