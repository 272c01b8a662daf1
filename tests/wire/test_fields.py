"""What is to be written is checked, and named where it is wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from agilekit.errors import InvalidInput
from agilekit.kanbantool import Board, Task
from agilekit.wire import fields
from agilekit.wire.fields import Write, changed, or_none, written
from tests.each import each

EAST = timezone(timedelta(hours=-5))


@each(
    ("write", "given", "made"),
    [
        (fields.text, "", ""),
        (fields.filled, "x", "x"),
        (fields.number, 1.5, 1.5),
        (fields.number, "1.5", 1.5),
        (fields.whole, 3, 3),
        (fields.whole, "3", 3),
        (fields.whole, 3.0, 3),
        (fields.truth, True, True),
        (fields.truth, "false", False),
        (fields.day, date(2010, 2, 9), "2010-02-09"),
        (fields.day, "2010-02-09", "2010-02-09"),
        (fields.moment, datetime(2010, 2, 9, 15, 12, 35, tzinfo=UTC), "2010-02-09T15:12:35Z"),
        (fields.moment, datetime(2010, 2, 9, 10, 12, 35, tzinfo=EAST), "2010-02-09T15:12:35Z"),
        (fields.moment, "2010-02-09T16:12:35+01:00", "2010-02-09T15:12:35Z"),
        (fields.one_of("", "R"), "", ""),
        (or_none(fields.day), None, None),
        (or_none(fields.day), "2010-02-09", "2010-02-09"),
    ],
)
def test_a_value_that_fits_is_written(write: Write, given: object, made: object) -> None:
    assert written({"it": given}, {"it": write}) == {"it": made}


@each(
    ("write", "given"),
    [
        (fields.text, 1),
        (fields.text, "\ud800"),
        (fields.filled, " "),
        (fields.filled, None),
        (fields.number, "x"),
        (fields.number, float("nan")),
        (fields.number, 10**400),
        (fields.number, True),
        (fields.whole, 1.5),
        (fields.truth, "yes"),
        (fields.truth, 1),
        (fields.day, "2010-02-30"),
        (fields.day, "9.2.2010"),
        (fields.day, "2010-02-09T15:12:35Z"),
        (fields.day, datetime(2010, 2, 9, tzinfo=UTC)),
        (fields.day, 20100209),
        (fields.moment, datetime(2010, 2, 9)),  # noqa: DTZ001 - the point of it
        (fields.moment, "2010-02-09T15:12:35"),
        (fields.moment, "yesterday"),
        (fields.moment, datetime.max.replace(tzinfo=EAST)),
        (fields.one_of("up", "down"), "left"),
        (fields.one_of("up", "down"), ["up"]),
        (or_none(fields.day), ""),
    ],
)
def test_one_that_does_not_is_refused_by_its_name(write: Write, given: Any) -> None:
    with pytest.raises(InvalidInput, match=r"^it "):
        written({"it": given}, {"it": write})


def test_an_unknown_field_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(InvalidInput, match=r"'title' cannot be set; what can: name, tags$"):
        written({"title": "x"}, {"name": fields.text, "tags": fields.text})


def test_a_missing_field_is_refused_and_one_that_is_left_out_is_not_sent() -> None:
    table = {"name": fields.text, "tags": fields.text}
    assert written({"name": "x"}, table, required=("name",)) == {"name": "x"}
    with pytest.raises(InvalidInput, match="name is missing"):
        written({"tags": "x"}, table, required=("name",))


@pytest.mark.parametrize("given", [None, [], "name", 1])
def test_what_is_no_mapping_is_refused(given: Any) -> None:
    with pytest.raises(InvalidInput, match="expected a mapping"):
        written(given, {})


def test_a_reference_is_an_entity_or_its_id_also_as_text() -> None:
    table = {"board_id": fields.reference(Board)}
    for given in (7, "7", Board(id=7)):
        assert written({"board_id": given}, table) == {"board_id": 7}
    for wrong in ("seven", Task(id=7), 0, "0", None, True):
        with pytest.raises(InvalidInput, match=r"^board_id must be a board or its id"):
            written({"board_id": wrong}, table)


def test_an_update_of_nothing_is_refused() -> None:
    assert changed({"name": "x"}, {"name": fields.text}) == {"name": "x"}
    with pytest.raises(InvalidInput, match=r"nothing to change; what can be: name$"):
        changed({}, {"name": fields.text})
