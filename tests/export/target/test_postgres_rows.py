"""Rows come back from PostgreSQL as they were written, whatever is in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Final

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import make_conninfo

from agilekit.export.table import Column, ColumnType, Row, Table, Value, json_text
from agilekit.export.target import postgres_rows
from agilekit.export.target.postgres_rows import EXACT, TYPES, StoredTable
from agilekit.export.target.sql_tables import create_table
from tests.each import each
from tests.postgres_server import PostgresServer

TABLE: Final = Table(
    "every_type",
    "One column of each type.",
    tuple(Column(name, name, "") for name in TYPES),
    ("text",),
)
STORED: Final = StoredTable(TABLE)
DEEP: Final = "[" * 300 + "]" * 300


@pytest.fixture(scope="module")
def cursor(postgres: PostgresServer) -> Iterator[psycopg.Cursor[tuple[Value, ...]]]:
    with (
        psycopg.connect(make_conninfo(postgres.url("postgres"))) as connection,
        connection.cursor(binary=True) as cursor,
    ):
        cursor.execute("SET timezone = 'UTC'")
        types: Mapping[ColumnType, str] = {**TYPES, "text": 'text COLLATE "C"'}
        statement = create_table(TABLE, types, f"{EXACT} text")
        cursor.execute(statement.replace("CREATE", "CREATE TEMP", 1).encode())
        yield cursor
        connection.rollback()


def read_back(cursor: psycopg.Cursor[tuple[Value, ...]], rows: list[Row]) -> list[Row]:
    cursor.execute("DELETE FROM every_type")
    STORED.copy(cursor, rows)
    found = cursor.execute(f"SELECT {STORED.selected} FROM every_type ORDER BY text".encode())  # noqa: S608
    return [STORED.row(values) for values in found]


def row(type: ColumnType, value: Value) -> Row:
    values: dict[str, Value] = {"text": "key", type: value}
    return tuple(values.get(column.name) for column in TABLE.columns)


@each(
    ("type", "value", "shown"),
    [
        ("text", "Grüße\n", "Grüße\n"),
        ("text", "", ""),
        ("integer", -(2**63), -(2**63)),
        ("integer", 2**63 - 1, 2**63 - 1),
        ("integer", "many", None),
        ("number", 0.1, 0.1),
        ("number", 1e308, 1e308),
        ("number", float("inf"), float("inf")),
        ("boolean", 1, True),
        ("boolean", 0, False),
        ("boolean", 2, None),
        ("time", "2026-03-02T00:00:00.000000Z", datetime(2026, 3, 2, tzinfo=UTC)),
        ("time", "0001-01-01T00:00:00.000001Z", datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=UTC)),
        ("time", "9999-12-31T23:59:59.999999Z", datetime.max.replace(tzinfo=UTC)),
        ("time", "2026-03-02T00:00:00Z", None),
        ("time", "soon", None),
        ("day", "2026-03-02", date(2026, 3, 2)),
        ("day", "20260302", None),
        ("day", "0000-00-00", None),
        ("texts", '["a","b"]', ["a", "b"]),
        ("texts", "[]", []),
        ("texts", '["a", "b"]', None),
        ("texts", "[1]", None),
        ("texts", '{"a":1}', None),
        ("texts", '["\\ud800"]', None),
        ("texts", "a", None),
        ("json", '{"z":1,"a":1.0}', {"z": 1, "a": 1.0}),
        (
            "json",
            '"written \\\\u0000, not meant; and 1e9999"',
            "written \\u0000, not meant; and 1e9999",
        ),
        ("json", f'"{DEEP}"', DEEP),
        ("json", '"\\u0000"', None),
        ("json", '{"a":"\\ud800"}', None),
        ("json", "1e9999", None),
        ("json", f"1{'0' * 1001}", None),
        ("json", '{"a":NaN}', None),
        ("json", DEEP, None),
    ],
)
def test_each_value_has_a_type_that_queries_can_use_and_comes_back_as_it_was(
    type: ColumnType,
    value: Value,
    shown: object,
    cursor: psycopg.Cursor[tuple[Value, ...]],
) -> None:
    written = row(type, value)
    assert read_back(cursor, [written]) == [written]
    found = cursor.execute(f"SELECT {type} FROM every_type".encode()).fetchone()  # noqa: S608
    assert found == (shown,)


def test_texts_sort_as_in_python_though_postgresql_has_no_nul(
    cursor: psycopg.Cursor[tuple[Value, ...]],
) -> None:
    texts = [
        "",
        "\0",
        "\0\0",
        "\0\1",
        "\1",
        "\1\0",
        "\1\1",
        "\1\2",
        "\2",
        "A",
        "Z",
        "a",
        "ä",
        "\uffff",
        "😀",
    ]
    rows: list[Row] = [(text, *[None] * (len(TABLE.columns) - 1)) for text in texts]
    assert read_back(cursor, rows) == sorted(rows, key=lambda one: str(one[0]))


ANY_JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()), inner),
    max_leaves=5,
)
ROWS: Final = st.tuples(
    *(
        *(
            st.text(),
            st.none() | st.integers(-(2**63), 2**63 - 1),
            st.none() | st.floats().map(lambda number: number + 0.0),
        ),
        *(st.none() | st.integers(0, 1), st.none() | st.text() | st.datetimes().map(str)),
        *(
            st.none() | st.text() | st.dates().map(str),
            st.none() | st.lists(st.text()).map(lambda texts: json_text([*texts])),
        ),
        st.none() | ANY_JSON.map(json_text),
    )
)


@given(written=ROWS)
def test_any_row_comes_back_as_it_was(
    written: Row, cursor: psycopg.Cursor[tuple[Value, ...]]
) -> None:
    assert json.dumps(read_back(cursor, [written])) == json.dumps([written])


def test_json_that_is_too_long_for_jsonb_is_kept_as_text_only(
    cursor: psycopg.Cursor[tuple[Value, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_rows, "LONGEST_JSON", 100)
    rows = [row("json", f'["{"x" * length}"]') for length in (96, 97)]
    for one, kept in zip(rows, (True, False), strict=True):
        assert read_back(cursor, [one]) == [one]
        shown = cursor.execute("SELECT json IS NOT NULL FROM every_type").fetchall()
        assert shown == [(kept,)]


@pytest.mark.slow
def test_the_longest_json_that_is_kept_as_such_fits_whatever_it_holds(
    cursor: psycopg.Cursor[tuple[Value, ...]],
) -> None:
    items = (postgres_rows.LONGEST_JSON - len("[1]")) // len("1,")
    one = row("json", f"[{'1,' * items}1]")
    assert read_back(cursor, [one]) == [one]
    ((kept,),) = cursor.execute("SELECT json IS NOT NULL FROM every_type").fetchall()
    assert kept
