"""What a column stores of a value, and rows by the names of their columns."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import cast

import pytest

from agilekit.export import TABLES, Column
from agilekit.export.table import ColumnType, json_text, project_of, time_text, value_of
from agilekit.export.tables import BY_NAME


def test_a_row_has_no_columns_but_those_of_its_table() -> None:
    with pytest.raises(TypeError, match="projects has no column colour"):
        TABLES[0].row(service="flyingdonut", host="h", project_id="1", colour="red")


def test_a_value_is_found_by_the_name_of_its_column() -> None:
    cards = BY_NAME["cards"]
    row = cards.row(service="flow", host="h", project_id="16", id="1", title="Ship it")
    assert value_of(row, cards, "title") == "Ship it"
    assert value_of(row, cards, "estimate") is None
    assert project_of(row, cards) == ("flow", "h", "16")
    with pytest.raises(ValueError, match="cards has no column colour"):
        value_of(row, cards, "colour")


def test_a_moment_that_utc_cannot_name_is_null() -> None:
    assert time_text(datetime(2026, 3, 2, tzinfo=UTC)) == "2026-03-02T00:00:00.000000Z"
    assert time_text(datetime.fromisoformat("0001-01-01T00:00:00+01:00")) is None


def test_json_is_utf_8_and_escapes_only_what_utf_8_cannot_hold() -> None:
    assert json_text({"a": "ü"}) == '{"a":"ü"}'
    assert json_text({"a": "ü\ud800"}) == '{"a":"\\u00fc\\ud800"}'


def test_each_type_has_a_form_that_is_stored_and_one_for_programs() -> None:
    moment, day = datetime(2026, 3, 2, 10, 0, 0, 7, tzinfo=UTC), date(2026, 3, 2)
    for type, stored, python in (
        ("text", "a", "a"),
        ("integer", 5, 5),
        ("number", 5.0, 5.0),
        ("boolean", 1, True),
        ("time", "2026-03-02T10:00:00.000007Z", moment),
        ("day", "2026-03-02", day),
        ("texts", '["a","ü"]', ["a", "ü"]),
        ("json", '{"a":1}', '{"a":1}'),
    ):
        column = Column("name", cast("ColumnType", type), "A meaning.")
        found = column.python(stored)
        assert found == python
        assert found.__class__ is python.__class__
        assert column.value(found) == stored
        assert column.python(None) is None


def test_a_row_for_programs_has_its_values_by_the_names_of_the_columns() -> None:
    cards = BY_NAME["cards"]
    row = cards.row(service="flow", host="h", project_id="16", id="1", is_done=False)
    found = cards.python_row(row)
    assert [*found] == [column.name for column in cards.columns]
    assert (found["id"], found["is_done"], found["due_on"]) == ("1", False, None)


def test_a_list_of_texts_holds_no_unpaired_surrogate() -> None:
    assert Column("name", "texts", "A meaning.").value(["a\ud800"]) == '["a\ufffd"]'
