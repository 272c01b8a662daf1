"""The manifest of an export in a database, as one more table: a row for each project."""

from __future__ import annotations

import json
from typing import Any, Final, cast

from agilekit.export.manifest import ProjectEntry
from agilekit.export.table import Column, Row, Table, json_text, value_of

__all__ = ["MANIFEST", "entry_of", "epoch_of", "row_of"]

MANIFEST: Final = Table(
    "manifest",
    "What there is of each project, and the epoch that wrote it.",
    (
        Column("service", "text", "The service of the project."),
        Column("host", "text", "The host of the base URL."),
        Column("project_id", "text", "The id of the project."),
        Column("title", "text", "Its title or name."),
        Column("base_url", "text", "The base URL that it was read from."),
        Column("agilekit", "text", "The version of this library."),
        Column("run", "text", "The run that wrote it."),
        Column("watermark", "text", "The revision of the project as it was read."),
        Column("finished_at", "time", "When it was written."),
        Column("tables", "json", "Of each table, how many rows, and their hash."),
        Column("gaps", "texts", "What the service has by its own account, and did not show."),
        Column("notes", "texts", "What is worth knowing of it."),
        Column("memory", "text", "What its reader has to know the next time."),
        Column("skipped_at", "time", "When it was left as it was."),
        Column("skipped", "text", "Why."),
        Column("failed_at", "time", "When the last attempt at it failed."),
        Column("error", "text", "Why."),
        Column("epoch", "integer", "The epoch that has committed it; 0 if none has."),
    ),
    ("service", "host", "project_id"),
)
_NAMES: Final = tuple(column.name for column in MANIFEST.columns)


def row_of(entry: ProjectEntry, epoch: int) -> Row:
    """The row of a project that was committed in an epoch; 0 if it never was."""
    tables = entry["tables"]
    values = {**entry, "tables": None if tables is None else json_text(cast("Any", tables))}
    return MANIFEST.row(**cast("Any", values), epoch=epoch)


def entry_of(row: Row) -> ProjectEntry:
    """Raises ValueError for a row that was not written."""
    values: dict[str, Any] = dict(zip(_NAMES, row, strict=True))
    del values["epoch"]
    for name in ("tables", "gaps", "notes"):
        values[name] = None if values[name] is None else json.loads(values[name])
    return cast("ProjectEntry", values)


def epoch_of(row: Row) -> int:
    """The epoch that has committed a project; 0 if none has."""
    return int(value_of(row, MANIFEST, "epoch") or 0)
