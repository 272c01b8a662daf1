"""The manifest of an export in a database, as one more table: a row for each project."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, cast

from agilekit.export.manifest import ProjectEntry
from agilekit.export.table import Column, ColumnType, Row, Table, json_text, value_of

__all__ = ["MANIFEST", "entry_of", "epoch_of", "row_of"]

_TYPES: Final[Mapping[str, ColumnType]] = {
    "service": "text",
    "host": "text",
    "project_id": "text",
    "title": "text",
    "base_url": "text",
    "agilekit": "text",
    "run": "text",
    "watermark": "text",
    "finished_at": "time",
    "tables": "json",
    "gaps": "texts",
    "notes": "texts",
    "memory": "text",
    "skipped_at": "time",
    "skipped": "text",
    "failed_at": "time",
    "error": "text",
    "epoch": "integer",
}
MANIFEST: Final = Table(
    "manifest",
    "What there is of each project, and the epoch that wrote it.",
    tuple(Column(name, type, "") for name, type in _TYPES.items()),
    ("service", "host", "project_id"),
)


def row_of(entry: ProjectEntry, epoch: int) -> Row:
    """The row of a project that was committed in an epoch; 0 if it never was."""
    tables = entry["tables"]
    values = {**entry, "tables": None if tables is None else json_text(cast("Any", tables))}
    return MANIFEST.row(**cast("Any", values), epoch=epoch)


def entry_of(row: Row) -> ProjectEntry:
    """Raises ValueError for a row that was not written."""
    values: dict[str, Any] = dict(zip(_TYPES, row, strict=True))
    del values["epoch"]
    for name in ("tables", "gaps", "notes"):
        values[name] = None if values[name] is None else json.loads(values[name])
    return cast("ProjectEntry", values)


def epoch_of(row: Row) -> int:
    """The epoch that has committed a project; 0 if none has."""
    return int(value_of(row, MANIFEST, "epoch") or 0)
