"""Parquet files say what their columns mean, to every program that reads them."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any, Final

import pytest
from hypothesis import given, settings

from agilekit.export import TABLES
from agilekit.export.table import ColumnType, Row
from agilekit.export.target.parquet import Parquet
from tests.export.target.card_files import CARDS, card, written
from tests.export.target.values import ROWS

# They have no types, or none that strict checks accept.
duckdb: Any = import_module("duckdb")
polars: Any = import_module("polars")
ParquetFile: Any = import_module("pyarrow.parquet").ParquetFile

TYPES: Final[dict[ColumnType, str]] = {
    "text": "string",
    "integer": "int64",
    "number": "double",
    "boolean": "bool",
    "time": "timestamp[us, tz=UTC]",
    "day": "date32[day]",
    "texts": "list<element: string>",
    "json": "string",
}


@pytest.fixture
def file(tmp_path: Any) -> str:
    """Two cards that were done in the same week, and one that is not."""
    day = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    rows = (
        card("1", is_done=True, created_at=day, completed_at=day + timedelta(days=3, minutes=1)),
        card("2", is_done=True, created_at=day, completed_at=day + timedelta(days=4)),
        card("3", is_done=False, assignees=["ann", "bob"], due_on=date(2026, 3, 9)),
    )
    path = tmp_path / "cards.parquet"
    path.write_bytes(written(Parquet(), *rows).getvalue())
    return str(path)


def test_each_type_of_meaning_is_a_type_of_parquet() -> None:
    for table in TABLES:
        stream = io.BytesIO()
        Parquet().write(stream, table, iter(()))
        schema = ParquetFile(stream).schema_arrow
        types = {one.name: str(one.type) for one in schema}
        assert types == {one.name: TYPES[one.type] for one in table.columns}


def test_duckdb_counts_by_week_and_subtracts_times_and_unnests_lists(file: str) -> None:
    with duckdb.connect() as database:
        database.read_parquet(file).create_view("cards")

        def rows(query: str) -> list[tuple[object, ...]]:
            found: list[tuple[object, ...]] = database.execute(query).fetchall()
            return found

        weeks = "SELECT count(*) FROM cards WHERE is_done GROUP BY date_trunc('week', completed_at)"
        assert rows(weeks) == [(2,)]
        taken = "SELECT completed_at - created_at FROM cards WHERE is_done ORDER BY id"
        assert rows(taken) == [(timedelta(days=3, minutes=1),), (timedelta(days=4),)]
        people = "SELECT id, unnest(assignees) FROM cards ORDER BY ALL"
        assert rows(people) == [("3", "ann"), ("3", "bob")]
        late = "SELECT id FROM cards WHERE due_on < DATE '2026-03-10'"
        assert rows(late) == [("3",)]


def test_polars_counts_by_week_and_subtracts_times_and_explodes_lists(file: str) -> None:
    cards, column = polars.read_parquet(file), polars.col
    done = cards.filter("is_done").sort("id")
    weeks = done.group_by(column("completed_at").dt.truncate("1w").dt.date()).len()
    assert weeks.rows() == [(date(2026, 3, 2), 2)]
    taken = done.select(column("completed_at") - column("created_at"))
    assert taken.rows() == [(timedelta(days=3, minutes=1),), (timedelta(days=4),)]
    people = cards.explode("assignees").filter(column("assignees").is_not_null())
    assert people.select("id", "assignees").rows() == [("3", "ann"), ("3", "bob")]
    late = cards.filter(column("due_on") < date(2026, 3, 10))
    assert late.select("id").rows() == [("3",)]


@settings(deadline=None)  # the first case loads pyarrow
@given(ROWS)
def test_every_value_is_read_back_as_it_is_stored(rows: list[Row]) -> None:
    stream = written(Parquet(), *rows)
    assert [*Parquet().read(stream, CARDS)] == rows
    assert [*Parquet().differences(stream, CARDS)] == []


def test_statistics_of_a_list_are_compared_with_its_elements() -> None:
    cards = card("1", assignees=["ann", "bob"]), card("2", assignees=[]), card("3")
    stream = written(Parquet(), *cards)
    content = stream.getvalue()
    assert [*Parquet().differences(stream, CARDS)] == []
    at = content.rindex(b"bob")  # in the footer, as the greatest element
    changed = io.BytesIO(content[:at] + b"bop" + content[at + 3 :])
    (found,) = Parquet().differences(changed, CARDS)
    assert found == "cards: the statistics of assignees are not those of its values"
