"""Compares what a pipeline has loaded with the manifest that it loaded beside it.

| of each project | is compared |
|---|---|
| its load | with ``_dlt_loads``, in which dlt writes that a load came to its end |
| each table of its entry | the count of its rows, and the hash of their canonical lines |
| a table whose ``raw`` a hint made JSON of the destination | only the count of its rows |
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar, Final, cast

from attrs import frozen

from agilekit.dlt.destination import Dataset, opened_dataset
from agilekit.dlt.tables import LOADED_MANIFEST, PROJECT_KEY
from agilekit.errors import InvalidInput
from agilekit.export import manifest
from agilekit.export.manifest import TableDigest
from agilekit.export.table import (
    Column,
    ProjectKey,
    Row,
    Table,
    Value,
    json_text,
    project_of,
    time_text,
    value_of,
)
from agilekit.export.tables import TABLES
from agilekit.wire.json import JSON
from agilekit.wire.serializable import Serializable

if TYPE_CHECKING:
    from dlt import Pipeline

__all__ = ["Check", "check"]

_SCHEMA: Final = "agilekit"
_LOAD_AGAIN: Final = "run the pipeline again"
_READ_ANEW: Final = "load it again with changed_only=False"


@frozen
class Check(Serializable):
    """How a loaded dataset compares with its manifest."""

    _also_plain: ClassVar = ("ok",)

    projects: int
    """How many the manifest has."""
    rows: int
    """How many rows it promises of them."""
    problems: tuple[str, ...]
    """What differs, and what to do about it: sentences for people; none if all is there."""
    incomplete: tuple[str, ...]
    """What the manifest itself says is missing: the gaps of the projects."""
    counted: tuple[str, ...]
    """The tables of which only the counts were compared: the destination changes their values."""

    def __repr__(self) -> str:
        state = "ok" if self.ok else f"problems={len(self.problems)}"
        return f"<Check {state} projects={self.projects} rows={self.rows}>"

    @property
    def ok(self) -> bool:
        """Whether every row that the manifest promises is there, and no other."""
        return not self.problems


@frozen
class _Entry:
    """What the manifest says of a project."""

    key: ProjectKey
    load: str
    tables: dict[str, TableDigest]
    gaps: tuple[str, ...]


def check(pipeline: Pipeline) -> Check:
    """Reads everything that `agilekit.dlt.source` has loaded, and compares it with the manifest.

    Blocks; nothing is changed. The destination must be one that dlt asks by SQL.

    Raises InvalidInput if the pipeline has loaded no manifest, ExportError if the destination
    cannot be read.
    """
    if LOADED_MANIFEST.name not in (
        pipeline.schemas[_SCHEMA].tables if _SCHEMA in pipeline.schemas else ()
    ):
        raise InvalidInput(f"the pipeline {pipeline.pipeline_name} has loaded no manifest")
    with opened_dataset(pipeline, _SCHEMA) as dataset:
        entries = [*map(_entry, _rows(dataset, LOADED_MANIFEST))]
        completed = dataset.completed_loads()
        counted = tuple(table.name for table in TABLES if not _is_exact(dataset, table))
        problems = [
            f"{' '.join(entry.key)}: the load {entry.load} did not come to its end: {_LOAD_AGAIN}"
            for entry in entries
            if entry.load not in completed
        ]
        for table in TABLES:
            problems += _compared(dataset, table, entries, is_exact=table.name not in counted)
    return Check(
        projects=len(entries),
        rows=sum(one["rows"] for entry in entries for one in entry.tables.values()),
        problems=tuple(problems),
        incomplete=tuple(f"{' '.join(one.key)}: {gap}" for one in entries for gap in one.gaps),
        counted=counted,
    )


def _entry(row: Row) -> _Entry:
    load, tables, gaps = (
        str(value_of(row, LOADED_MANIFEST, name)) for name in ("run", "tables", "gaps")
    )
    return _Entry(
        project_of(row, LOADED_MANIFEST), load, json.loads(tables), tuple(json.loads(gaps))
    )


def _is_exact(dataset: Dataset, table: Table) -> bool:
    """Whether the destination gives the values of a table back as they were."""
    return not dataset.holds(table.name) or all(
        dataset.type_of(table.name, column.name) != "json"
        for column in table.columns
        if column.type == "json"
    )


def _compared(
    dataset: Dataset, table: Table, entries: Sequence[_Entry], *, is_exact: bool
) -> Iterator[str]:
    promised = {one.key: one.tables[table.name] for one in entries if table.name in one.tables}
    left, known = dict(promised), {one.key for one in entries}
    for key, group in groupby(_rows(dataset, table), key=lambda row: project_of(row, table)):
        found = manifest.digest_of(manifest.lines(table, table.in_order([*group])))
        if key not in known:
            yield f"{' '.join(key)}: {found['rows']} rows of {table.name} that nothing promises"
        elif key in promised:
            yield from _difference(key, table, found, left.pop(key), is_exact=is_exact)
    for key, expected in left.items():
        yield from _difference(key, table, manifest.digest_of(()), expected, is_exact=is_exact)


def _difference(
    key: ProjectKey, table: Table, found: TableDigest, expected: TableDigest, *, is_exact: bool
) -> Iterator[str]:
    what = f"{' '.join(key)}: "
    if found["rows"] != expected["rows"]:
        what += f"{table.name} has {found['rows']} rows instead of {expected['rows']}"
    elif is_exact and found != expected:
        what += f"the rows of {table.name} are not those that were read"
    else:
        return
    yield f"{what}: {_READ_ANEW}"


def _rows(dataset: Dataset, table: Table) -> Iterator[Row]:
    """The rows of a table as they were read, those of a project together."""
    if not dataset.holds(table.name):
        return
    names = [column.name for column in table.columns]
    for row in dataset.select(table.name, names, PROJECT_KEY):
        yield tuple(map(_canonical, table.columns, row))


def _canonical(column: Column, value: object) -> Value:
    """A value as an export stores it, from what the driver of a destination makes of it."""
    match value:
        case None:
            return None
        case list() | dict():
            return json_text(cast("JSON", value))
        case datetime():
            return time_text(value if value.tzinfo else value.replace(tzinfo=UTC))
        case date():
            return value.isoformat()
        case str() if column.type == "texts":
            return json_text(json.loads(value))  # the spaces are those of the destination
        case str():
            return value
        case _:
            return column.value(cast("float", value))
