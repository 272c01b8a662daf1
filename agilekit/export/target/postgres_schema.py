"""The schema of an export in PostgreSQL: its tables, indexes and views.

Beside the tables of `agilekit.export.tables` it holds ``agilekit_export``, one row with the version
of the format, that of the schema, and the last epoch; ``manifest``, one row for each project; and
``runs``. An older schema is made a new one by the statements in `MIGRATIONS`, in one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from psycopg import Cursor, DataError

from agilekit.errors import InvalidInput
from agilekit.export import manifest
from agilekit.export.table import ColumnType
from agilekit.export.tables import TABLES
from agilekit.export.target.manifest_table import MANIFEST
from agilekit.export.target.postgres_rows import EXACT, TYPES, StoredTable, fits_json
from agilekit.export.target.sql_tables import create_indexes, create_table, quoted
from agilekit.export.target.views import VIEWS

__all__ = ["MIGRATIONS", "STORED", "check_schema", "differences", "make_schema"]

VERSION: Final = 1
MIGRATIONS: Final[Mapping[int, Sequence[str]]] = {}
"""By version of the schema: the statements that lead to the next one."""

STORED: Final[Mapping[str, StoredTable]] = {
    table.name: StoredTable(table) for table in (*TABLES, MANIFEST)
}
"""The tables of rows, by name."""


def check_schema(cursor: Cursor[Any], schema: str, path: str) -> int | None:
    """The version of the schema; None if it is not there, or empty.

    Raises InvalidInput if it holds something else, or what another version of agilekit wrote.
    """
    names = {name for (name,) in cursor.execute(_NAMES, [schema])}
    if not names:
        return None
    if "agilekit_export" not in names:
        raise InvalidInput(f"{path} is a schema with other tables, not an export of agilekit")
    found = cursor.execute("SELECT format, version FROM agilekit_export").fetchone()
    format, version = found or (None, VERSION)
    if version not in {VERSION, *MIGRATIONS}:
        raise InvalidInput(f"{path} was written by a later version of agilekit: use that version")
    if version == VERSION:
        manifest.checked_version(format, path, oldest=manifest.FORMAT)
    return int(version)


def make_schema(cursor: Cursor[Any], schema: str, path: str) -> None:
    """Makes what is not there. Raises InvalidInput as `check_schema` does."""
    version = check_schema(cursor, schema, path)
    if version is None:
        # Whoever may make tables in a schema that is there need not have the right to make schemas.
        if not cursor.execute(_IS_THERE, [schema]).fetchone():
            cursor.execute(f"CREATE SCHEMA {quoted(schema)}".encode())
        for statement in _NEW:
            cursor.execute(statement.encode())
        cursor.execute("INSERT INTO agilekit_export VALUES (%s, %s, 0)", [manifest.FORMAT, VERSION])
        return
    for older in range(version, VERSION):
        for statement in MIGRATIONS[older]:
            cursor.execute(statement.encode())
    if version < VERSION:
        values = [manifest.FORMAT, VERSION]
        cursor.execute("UPDATE agilekit_export SET format = %s, version = %s", values)


def differences(cursor: Cursor[Any], schema: str) -> Iterator[str]:
    """What is not as it was made: sentences for people."""
    found: dict[str, dict[str, str]] = {}
    for table, column, type in cursor.execute(_COLUMNS, [schema]):
        found.setdefault(table, {})[column] = type
    for name, stored in STORED.items():
        columns = {column.name: TYPES[column.type] for column in stored.table.columns}
        if found.get(name) != {**columns, EXACT: "text"}:
            yield f"the columns of {name} are not as they were made"
    for view in VIEWS:
        if view.name not in found:
            yield f"the view {view.name} is not there"
    for name, stored in STORED.items():
        for column in stored.table.columns:
            if column.type == "json" and name in found:
                yield from _other_json(cursor, name, column.name)
                yield from _lost_json(cursor, name, column.name)


def _other_json(cursor: Cursor[Any], table: str, column: str) -> Iterator[str]:
    """Whether JSON is another than its text, by which the manifest is made."""
    statement = _OTHER_JSON.format(table=quoted(table), column=quoted(column), exact=EXACT)
    try:
        with cursor.connection.transaction():
            ((count,),) = cursor.execute(statement.encode(), [column])
    except DataError as error:
        yield f"{EXACT} of {table} cannot be read: {error.diag.message_primary}"
        return
    if count:
        yield f"{count} rows of {table} have another {column} than was written"


def _lost_json(cursor: Cursor[Any], table: str, column: str) -> Iterator[str]:
    """Whether JSON is null that can be kept as such."""
    statement = _NO_JSON.format(table=quoted(table), column=quoted(column), exact=EXACT)
    with cursor.connection.cursor("lost_json", binary=True) as rows:
        rows.execute(statement.encode())
        try:
            values = (json.loads(exact).get(column) for (exact,) in rows)
            count = sum(value is not None and fits_json(value) for value in values)
        except (ValueError, AttributeError, TypeError) as error:
            yield f"{EXACT} of {table} cannot be read: {error}"
            return
    if count:
        yield f"{count} rows of {table} have lost their {column}"


_COLLATED: Final[Mapping[ColumnType, str]] = {**TYPES, "text": 'text COLLATE "C"'}
_EXPORT: Final = """
CREATE TABLE agilekit_export (
    format integer NOT NULL,
    version integer NOT NULL,
    epoch bigint NOT NULL
)
"""
_RUNS: Final = """
CREATE TABLE runs (
    scope text PRIMARY KEY,
    id text NOT NULL,
    epoch bigint NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz
)
"""
_NEW: Final = (
    _EXPORT,
    _RUNS,
    create_table(MANIFEST, _COLLATED, f"{EXACT} text"),
    *(create_table(table, _COLLATED, f"{EXACT} text") for table in TABLES),
    *(index for table in TABLES for index in create_indexes(table)),
    *(f"CREATE VIEW {quoted(view.name)} AS {view.sql('postgres')}" for view in VIEWS),
)
_IS_THERE: Final = "SELECT 1 FROM pg_namespace WHERE nspname = %s"
_NAMES: Final = """
SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = %s
"""
_COLUMNS: Final = """
SELECT relname, attname, format_type(atttypid, atttypmod)
FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
WHERE nspname = %s AND relkind IN ('r', 'v') AND attnum > 0 AND NOT attisdropped
"""
# A text that jsonb cannot hold must not be read as one, nor what stands beside such a text.
_OTHER_JSON: Final = """
SELECT count(*) FROM {table} WHERE CASE
    WHEN {column} IS NULL OR position('\\u0000' IN {exact}) > 0 THEN false
    ELSE {column} IS DISTINCT FROM ({exact}::json ->> %s)::jsonb
END
"""
_NO_JSON: Final = "SELECT {exact} FROM {table} WHERE {column} IS NULL AND {exact} IS NOT NULL"
