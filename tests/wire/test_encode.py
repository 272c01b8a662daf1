"""What is to be written is checked, and named where it is wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from agilekit.errors import InvalidInput
from agilekit.kanbantool import Board, Task
from agilekit.wire import encode
from agilekit.wire.encode import Encode, encode_changes, encode_draft, nullable
from tests.each import each

EAST = timezone(timedelta(hours=-5))


@each(
    ("write", "given", "made"),
    [
        (encode.string, "", ""),
        (encode.non_empty, "x", "x"),
        (encode.number, 1.5, 1.5),
        (encode.number, "1.5", 1.5),
        (encode.integer, 3, 3),
        (encode.integer, "3", 3),
        (encode.integer, 3.0, 3),
        (encode.boolean, True, True),
        (encode.boolean, "false", False),
        (encode.iso_date, date(2010, 2, 9), "2010-02-09"),
        (encode.iso_date, "2010-02-09", "2010-02-09"),
        (encode.iso_time, datetime(2010, 2, 9, 15, 12, 35, tzinfo=UTC), "2010-02-09T15:12:35Z"),
        (encode.iso_time, datetime(2010, 2, 9, 10, 12, 35, tzinfo=EAST), "2010-02-09T15:12:35Z"),
        (encode.iso_time, "2010-02-09T16:12:35+01:00", "2010-02-09T15:12:35Z"),
        (encode.one_of("", "R"), "", ""),
        (nullable(encode.iso_date), None, None),
        (nullable(encode.iso_date), "2010-02-09", "2010-02-09"),
    ],
)
def test_a_value_that_fits_is_written(write: Encode, given: object, made: object) -> None:
    assert encode_draft({"it": given}, {"it": write}) == {"it": made}


@each(
    ("write", "given"),
    [
        (encode.string, 1),
        (encode.string, "\ud800"),
        (encode.non_empty, " "),
        (encode.non_empty, None),
        (encode.number, "x"),
        (encode.number, float("nan")),
        (encode.number, 10**400),
        (encode.number, True),
        (encode.integer, 1.5),
        (encode.boolean, "yes"),
        (encode.boolean, 1),
        (encode.iso_date, "2010-02-30"),
        (encode.iso_date, "9.2.2010"),
        (encode.iso_date, "2010-02-09T15:12:35Z"),
        (encode.iso_date, datetime(2010, 2, 9, tzinfo=UTC)),
        (encode.iso_date, 20100209),
        (encode.iso_time, datetime(2010, 2, 9)),  # noqa: DTZ001 - the point of it
        (encode.iso_time, "2010-02-09T15:12:35"),
        (encode.iso_time, "yesterday"),
        (encode.iso_time, datetime.max.replace(tzinfo=EAST)),
        (encode.one_of("up", "down"), "left"),
        (encode.one_of("up", "down"), ["up"]),
        (nullable(encode.iso_date), ""),
    ],
)
def test_one_that_does_not_is_refused_by_its_name(write: Encode, given: Any) -> None:
    with pytest.raises(InvalidInput, match=r"^it "):
        encode_draft({"it": given}, {"it": write})


def test_an_unknown_field_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(InvalidInput, match=r"'title' cannot be set; what can: name, tags$"):
        encode_draft({"title": "x"}, {"name": encode.string, "tags": encode.string})


def test_a_missing_field_is_refused_and_one_that_is_left_out_is_not_sent() -> None:
    table = {"name": encode.string, "tags": encode.string}
    assert encode_draft({"name": "x"}, table, required=("name",)) == {"name": "x"}
    with pytest.raises(InvalidInput, match="name is missing"):
        encode_draft({"tags": "x"}, table, required=("name",))


@pytest.mark.parametrize("given", [None, [], "name", 1])
def test_anything_but_a_mapping_is_refused(given: Any) -> None:
    with pytest.raises(InvalidInput, match="expected a mapping"):
        encode_draft(given, {})


def test_a_reference_is_an_entity_or_its_id_also_as_text() -> None:
    table = {"board_id": encode.reference(Board)}
    for given in (7, "7", Board(id=7)):
        assert encode_draft({"board_id": given}, table) == {"board_id": 7}
    for wrong in ("seven", Task(id=7), 0, "0", None, True):
        with pytest.raises(InvalidInput, match=r"^board_id must be a board or its id"):
            encode_draft({"board_id": wrong}, table)


def test_an_update_of_nothing_is_refused() -> None:
    assert encode_changes({"name": "x"}, {"name": encode.string}) == {"name": "x"}
    with pytest.raises(InvalidInput, match=r"nothing to change; what can be: name$"):
        encode_changes({}, {"name": encode.string})
