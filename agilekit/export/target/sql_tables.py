"""The common tables as statements of SQL, in the types of a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from agilekit.export.table import ColumnType, Table

__all__ = ["create_indexes", "create_table", "quoted"]

_PROJECT: Final = ("service", "host", "project_id")
_QUOTE: Final = '"'
_INDEXED: Final = ("card_id", "column_id", "sprint_id", "entity_id")


def create_table(table: Table, types: Mapping[ColumnType, str], *more: str) -> str:
    """Makes a table, if it is not there.

    types: what the database calls the types of columns.
    more: what follows its primary key: further keys, or columns where those may follow one.
    """
    required = {*table.key}
    lines = [
        f'"{column.name}" {types[column.type]}{" NOT NULL" if column.name in required else ""}'
        for column in table.columns
    ]
    lines += [f"PRIMARY KEY ({quoted(*table.key)})", *more]
    return f'CREATE TABLE IF NOT EXISTS "{table.name}" ({", ".join(lines)})'


def create_indexes(table: Table) -> Iterator[str]:
    """Makes quick to find what views and foreign keys look for."""
    for column in table.columns:
        if column.name in _INDEXED and column.name not in table.key:
            yield (
                f'CREATE INDEX IF NOT EXISTS "{table.name}_{column.name}" '
                f'ON "{table.name}" ({quoted(*_PROJECT, column.name)})'
            )


def quoted(*names: str) -> str:
    return ", ".join(f'"{name.replace(_QUOTE, _QUOTE * 2)}"' for name in names)
