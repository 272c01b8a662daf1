"""What an empty export as SQLite is made of: its tables, indexes and views."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Final

from agilekit.export.table import ColumnType, Table
from agilekit.export.tables import TABLES
from agilekit.export.target.views import VIEWS

__all__ = ["EPOCH", "make_schema", "quoted"]

EPOCH: Final = "epoch INTEGER NOT NULL DEFAULT 0"
"""The column of those tables that tell which run may write."""


def make_schema(database: sqlite3.Connection) -> None:
    """Makes all of it that is not there."""
    for statement in _SCHEMA:
        database.execute(statement)
    for table in ("runs", "manifest"):
        columns = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
        if "epoch" not in columns:  # an export that was made before runs were fenced has none
            database.execute(f"ALTER TABLE {table} ADD COLUMN {EPOCH}")


def _create_table(table: Table) -> str:
    required = {*table.key}
    lines = [
        f'"{column.name}" {_TYPES[column.type]}{" NOT NULL" if column.name in required else ""}'
        for column in table.columns
    ]
    lines.append(f"PRIMARY KEY ({quoted(*table.key)})")
    for column in table.columns:
        if column.references:
            here, there = _foreign_key(column.name)
            lines.append(f'FOREIGN KEY ({here}) REFERENCES "{column.references}" ({there})')
    return f'CREATE TABLE IF NOT EXISTS "{table.name}" ({", ".join(lines)})'


def _foreign_key(name: str) -> tuple[str, str]:
    """The columns of a foreign key, in its table and in the one that it refers to."""
    project = ("service", "host", "project_id")
    if name in project:
        return quoted(*project), quoted(*project)
    return quoted(*project, name), quoted(*project, "id")


def _create_indexes(table: Table) -> Iterator[str]:
    for column in table.columns:
        if column.name in _INDEXED and column.name not in table.key:
            names = quoted("service", "host", "project_id", column.name)
            yield (
                f'CREATE INDEX IF NOT EXISTS "{table.name}_{column.name}" '
                f'ON "{table.name}" ({names})'
            )


def quoted(*names: str) -> str:
    return ", ".join(f'"{name}"' for name in names)


# The affinity of the values as they are stored, so that each is read as it was written.
_TYPES: Final[Mapping[ColumnType, str]] = {
    "text": "TEXT",
    "integer": "INTEGER",
    "number": "REAL",
    "boolean": "INTEGER",
    "time": "TEXT",
    "day": "TEXT",
    "texts": "TEXT",
    "json": "TEXT",
}
_INDEXED: Final = ("card_id", "column_id", "sprint_id", "entity_id")
_RUNS: Final = """
CREATE TABLE IF NOT EXISTS runs (
    scope TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    started_at TEXT,
    finished_at TEXT
)
"""
_MANIFEST: Final = """
CREATE TABLE IF NOT EXISTS manifest (
    service TEXT NOT NULL,
    host TEXT NOT NULL,
    project_id TEXT NOT NULL,
    title TEXT,
    base_url TEXT NOT NULL,
    agilekit TEXT NOT NULL,
    run TEXT,
    watermark TEXT,
    finished_at TEXT,
    tables TEXT,
    gaps TEXT NOT NULL,
    notes TEXT NOT NULL,
    memory TEXT,
    skipped_at TEXT,
    skipped TEXT,
    failed_at TEXT,
    error TEXT,
    PRIMARY KEY (service, host, project_id)
)
"""
_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS agilekit_export (format INTEGER NOT NULL)",
    _RUNS,
    _MANIFEST,
    *map(_create_table, TABLES),
    *(index for table in TABLES for index in _create_indexes(table)),
    *(f'CREATE VIEW IF NOT EXISTS "{view.name}" AS {view.sql("sqlite")}' for view in VIEWS),
)
