"""CSV in its dialect: read back exactly, and by the programs that people open it with."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given

from agilekit.export import manifest
from agilekit.export.table import Row
from agilekit.export.tables import BY_NAME
from agilekit.export.target.csv import CSV
from tests.export.target.card_files import CARDS, card, written
from tests.export.target.values import ROWS

# They have no types, or none that strict checks accept.
duckdb: Any = import_module("duckdb")
pandas: Any = import_module("pandas")
polars: Any = import_module("polars")

TITLES: Final = [None, "", "nul\0 byte", "two\r\nlines\nand\rmore", "=1+1", 'say "hi", you', " ü "]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    moment = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    rows = [
        card(str(number), title=title, created_at=moment, due_on=date(2026, 3, 9), is_done=True)
        for number, title in enumerate(TITLES)
    ]
    path = tmp_path / "cards.csv"
    path.write_bytes(written(CSV(), *rows).getvalue())
    return path


def test_a_file_looks_as_the_dialect_says() -> None:
    table = BY_NAME["people"]
    stream = io.BytesIO()
    rows = [
        table.row(service="flow", host="h", project_id="1", id="2", name='Ann "A"', raw='{"a":1}'),
        table.row(service="flow", host="h", project_id="1", id="3", name="", raw=None),
    ]
    CSV().write(stream, table, iter([manifest.lines(table, rows)]))
    assert stream.getvalue().decode("utf-8") == (
        "\ufeffservice,host,project_id,id,name,raw\r\n"
        '"flow","h","1","2","Ann ""A""","{""a"":1}"\r\n'
        '"flow","h","1","3","",\r\n'
    )


@given(ROWS)
def test_every_value_is_read_back_as_it_is_stored(rows: list[Row]) -> None:
    assert [*CSV().read(written(CSV(), *rows), CARDS)] == rows


def test_what_is_not_of_the_dialect_is_refused() -> None:
    content = written(CSV(), card("1", title="a", estimate=1.5, is_done=True)).getvalue()
    for old, new, problem in (
        (b"service", b"Service", "the columns are not those of cards"),
        (b"\r\n", b"\n", "not"),
        (b'"a"', b"a", "a line of cards is not a row of it"),
        (b'"a"', b'"a', "quotes"),
        (b'"a"', b'"a","b"', "a line of cards is not a row of it"),
        (b"1.5", b"one", "could not convert"),
        (b"true", b"yes", "'yes' is neither true nor false"),
        (b'"a"', b'"\xff"', "utf-8"),
        (b'"{}"\r\n', b'"{}"', "a line of cards is not a row of it"),
    ):
        assert old in content
        with pytest.raises(ValueError, match=problem):
            list(CSV().read(io.BytesIO(content.replace(old, new)), CARDS))


def test_duckdb_reads_it(file: Path) -> None:
    cards = duckdb.read_csv(str(file), header=True, allow_quoted_nulls=False)
    titles = [title for (title,) in cards.project("title").fetchall()]
    assert titles == TITLES
    types = dict(zip(cards.columns, map(str, cards.types), strict=True))
    assert types["created_at"] == "TIMESTAMP WITH TIME ZONE"
    assert (types["due_on"], types["is_done"]) == ("DATE", "BOOLEAN")


def test_polars_reads_it(file: Path) -> None:
    cards = polars.read_csv(file, try_parse_dates=True)
    assert cards["title"].to_list() == TITLES
    assert cards["created_at"][0] == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert (cards["due_on"][0], cards["is_done"][0]) == (date(2026, 3, 9), True)


def test_pandas_and_the_standard_library_read_it_but_for_null(file: Path) -> None:
    cards = pandas.read_csv(file, keep_default_na=False, parse_dates=["created_at"])
    assert cards["title"].tolist() == [title or "" for title in TITLES]
    assert cards["created_at"][0] == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        assert [row["title"] for row in csv.DictReader(lines)] == [one or "" for one in TITLES]
