"""What is generated from a table makes the rows and lines of the slow way, whatever the values."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agilekit.export import TABLES, Table
from agilekit.export.manifest import lines
from agilekit.export.tables import BY_NAME


class Text(str):
    __slots__ = ()


TEXTS = st.one_of(
    st.text(),
    st.text(st.characters(), max_size=8).map(lambda text: f'{text}\x00"\\\n\u2028\ud800'),
    st.text(max_size=3).map(Text),
    st.sampled_from(["", "é", "\ud83d\ude00", "\U0001f600", "\x7f", "</script>"]),
)
NUMBERS = st.one_of(
    st.integers(),
    st.sampled_from([1 << 63, (1 << 63) - 1, -(1 << 63), -(1 << 63) - 1, 10**400, 0]),
    st.floats(),
    st.sampled_from([-0.0, 0.0, 1e300, 5e-324, 1e16]),
    st.booleans(),
)
TIMES = st.one_of(
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from(
        [
            datetime(2026, 3, 2, tzinfo=timezone(timedelta(hours=5, minutes=30))),
            datetime.fromisoformat("0001-01-01T00:00:00+01:00"),
            datetime.fromisoformat("9999-12-31T23:59:59-01:00"),
        ]
    ),
    st.dates(),
    st.just(date(1, 1, 1)),
)
VALUES = st.one_of(st.none(), TEXTS, NUMBERS, TIMES, st.lists(TEXTS, max_size=3))
DAMAGED = st.one_of(st.none(), TEXTS, NUMBERS, st.binary(), st.floats())


def row_of(table: Table, values: dict[str, Any]) -> tuple[object, ...]:
    """The slow way."""
    return tuple(column.value(values.get(column.name)) for column in table.columns)


def line_of(table: Table, row: tuple[object, ...]) -> bytes:
    """The slow way."""
    data = dict(zip([column.name for column in table.columns], row, strict=True))
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=repr)
    return text.encode(errors="surrogatepass") + b"\n"


@st.composite
def values_of(draw: st.DrawFn, values: st.SearchStrategy[Any]) -> tuple[Table, dict[str, Any]]:
    table = draw(st.sampled_from(TABLES))
    names = draw(st.sets(st.sampled_from([column.name for column in table.columns]), max_size=9))
    return table, {name: draw(values) for name in sorted(names)}


def same(one: object, other: object) -> bool:
    """Whether two values are equal in their type, too, and in the sign of zero."""
    return type(one) is type(other) and repr(one) == repr(other)


@given(values_of(VALUES))
def test_a_row_and_its_line_are_those_of_the_slow_way(given: tuple[Table, dict[str, Any]]) -> None:
    table, values = given
    row = table.row(**values)
    assert all(map(same, row, row_of(table, values)))
    assert table.line(row) == line_of(table, row)


@given(values_of(DAMAGED))
def test_a_damaged_row_has_the_line_of_the_slow_way(given: tuple[Table, dict[str, Any]]) -> None:
    table, values = given
    row: Any = tuple(values.get(column.name) for column in table.columns)
    assert table.line(row) == line_of(table, row)


def test_a_row_of_another_length_has_no_line() -> None:
    row = BY_NAME["people"].row(service="flow", host="h", project_id="1", id="1")
    for wrong in (row[:-1], (*row, None)):
        with pytest.raises(ValueError, match="values to unpack"):
            next(lines(BY_NAME["people"], [wrong]))


def test_a_table_can_be_handed_to_another_process() -> None:
    cards = BY_NAME["cards"]
    copy = pickle.loads(pickle.dumps(cards))  # noqa: S301 - our own
    assert copy == cards
    assert copy.row(id="1") == cards.row(id="1")
