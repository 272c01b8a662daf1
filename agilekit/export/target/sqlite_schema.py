"""What an empty export as SQLite is made of: its tables, indexes and views."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Final

from agilekit.export.table import ColumnType, Table
from agilekit.export.tables import TABLES
from agilekit.export.target.sql_tables import create_indexes, create_table, quoted
from agilekit.export.target.views import VIEWS

__all__ = ["EPOCH", "make_schema"]

EPOCH: Final = "epoch INTEGER NOT NULL DEFAULT 0"
"""The column of those tables that tell which run may write."""


def make_schema(database: sqlite3.Connection) -> None:
    """Makes all of it that is not there, and views anew that another version has made."""
    for name, statement in _VIEWS.items():
        found = database.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        if found and found[0] != statement:
            database.execute(f'DROP VIEW "{name}"')
    for statement in _SCHEMA:
        database.execute(statement)
    for table in ("runs", "manifest"):
        columns = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
        if "epoch" not in columns:  # an export that was made before runs were fenced has none
            database.execute(f"ALTER TABLE {table} ADD COLUMN {EPOCH}")


def _create_table(table: Table) -> str:
    return create_table(table, _TYPES, *_foreign_keys(table))


def _foreign_keys(table: Table) -> Iterator[str]:
    project = ("service", "host", "project_id")
    for column in table.columns:
        if column.references:
            here = project if column.name in project else (*project, column.name)
            there = project if column.name in project else (*project, "id")
            yield (
                f'FOREIGN KEY ({quoted(*here)}) REFERENCES "{column.references}" ({quoted(*there)})'
            )


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
_VIEWS: Final = {view.name: f'CREATE VIEW "{view.name}" AS {view.sql("sqlite")}' for view in VIEWS}
_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS agilekit_export (format INTEGER NOT NULL)",
    _RUNS,
    _MANIFEST,
    *map(_create_table, TABLES),
    *(index for table in TABLES for index in create_indexes(table)),
    *(statement.replace("VIEW", "VIEW IF NOT EXISTS", 1) for statement in _VIEWS.values()),
)
