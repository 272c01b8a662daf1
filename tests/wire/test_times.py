from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from agilekit.wire.json import JSON
from agilekit.wire.times import from_date_wrapper, from_iso, retry_after

EMPTY: JSON = []
NOW = datetime(2026, 1, 5, 8, 0, 0, tzinfo=UTC)
SCHEMA = datetime(2013, 5, 18, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        {"$date": "2013-05-18T21:00:00.000Z"},
        {"$date": "2013-05-18T21:00:00Z"},
        {"$date": "2013-05-18T23:00:00+02:00"},
        {"$date": 1368910800000},
        {"$date": "1368910800000"},
        {"$date": {"$numberLong": "1368910800000"}},
        "2013-05-18T21:00:00.000Z",
        "2013-05-18T21:00:00",
    ],
)
def test_a_time_is_the_same_moment_in_every_form(written: JSON) -> None:
    moment = from_date_wrapper(written)
    assert moment == SCHEMA
    assert moment.tzinfo is not None


def test_a_time_before_1970_may_be_written_in_milliseconds() -> None:
    assert from_date_wrapper({"$date": -1000}) == datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        *("", "soon", None, 5, EMPTY, {}, {"$date": "soon"}, {"$date": EMPTY}),
        *({"$date": "9" * 400}, {"$date": 10**400}, {"$date": 1e300}, {"$date": "--5"}),
        {"$date": "2013-13-01"},
    ],
    ids=lambda written: repr(written)[:30],
)
def test_what_is_no_time_is_a_value_error(written: object) -> None:
    with pytest.raises(ValueError):
        from_date_wrapper(cast("JSON", written))


def test_a_time_without_offset_is_taken_as_utc() -> None:
    assert from_iso("2014-10-26T22:00:00").utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("1.5", 1.5),
        ("Mon, 05 Jan 2026 08:00:30 GMT", 30.0),
        ("Mon, 05 Jan 2026 10:00:30 +0200", 30.0),
        ("Monday, 05-Jan-26 08:00:30 GMT", 30.0),
        ("Mon, 05 Jan 2026 07:00:00 GMT", 0.0),
        ("Mon Jan  5 08:00:30 2026", 30.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("9" * 40, None),
        ("inf", None),
        ("Mon, 05 Jan 99999 08:00:30 GMT", None),
        ("Mon, 05 Jan 2026 08:00:30 +" + "9" * 30, None),
    ],
)
def test_retry_after_is_read_in_both_its_forms(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, now=NOW) == seconds
