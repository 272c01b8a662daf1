"""What a column stores of a value, and rows by the names of their columns."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agilekit.export import TABLES
from agilekit.export.table import json_text, project_of, time_text, value_of
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
