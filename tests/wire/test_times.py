from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import cast

import pytest

from agilekit.wire.json import JSON
from agilekit.wire.times import (
    from_date_wrapper,
    from_iso,
    from_iso_date,
    from_us_eastern,
    retry_after,
)
from tests.each import each

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


@each(
    "written",
    [
        *("", "soon", None, 5, EMPTY, {}, {"$date": "soon"}, {"$date": EMPTY}),
        *({"$date": "9" * 400}, {"$date": 10**400}, {"$date": 1e300}, {"$date": "--5"}),
        {"$date": "2013-13-01"},
    ],
    ids=lambda written: repr(written)[:30],
)
def test_anything_but_a_time_is_a_value_error(written: object) -> None:
    with pytest.raises(ValueError):
        from_date_wrapper(cast("JSON", written))


def test_a_time_without_offset_is_taken_as_utc() -> None:
    assert from_iso("2014-10-26T22:00:00").utcoffset() == timedelta(0)


@each(
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


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        # The samples of the document.
        ("2010-02-05 07:36:25", datetime(2010, 2, 5, 12, 36, 25, tzinfo=UTC)),
        ("2010-03-24 06:58:25", datetime(2010, 3, 24, 10, 58, 25, tzinfo=UTC)),
        # The end of daylight saving time repeats an hour: the first of the two.
        ("2010-11-07 00:59:59", datetime(2010, 11, 7, 4, 59, 59, tzinfo=UTC)),
        ("2010-11-07 01:30:00", datetime(2010, 11, 7, 5, 30, 0, tzinfo=UTC)),
        ("2010-11-07 02:00:00", datetime(2010, 11, 7, 7, 0, 0, tzinfo=UTC)),
        # Its beginning skips one.
        ("2010-03-14 01:59:59", datetime(2010, 3, 14, 6, 59, 59, tzinfo=UTC)),
        ("2010-03-14 02:30:00", datetime(2010, 3, 14, 7, 30, 0, tzinfo=UTC)),
        ("2010-03-14 03:00:00", datetime(2010, 3, 14, 7, 0, 0, tzinfo=UTC)),
        # An offset, should a server ever send one, is believed.
        ("2010-02-05T07:36:25+01:00", datetime(2010, 2, 5, 6, 36, 25, tzinfo=UTC)),
    ],
)
def test_us_eastern_time_becomes_utc(written: str, moment: datetime) -> None:
    found = from_us_eastern(written)
    assert found == moment
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize("written", ["", "0000-00-00 00:00:00", "noon", None, 5])
def test_anything_but_a_us_eastern_time_is_refused(written: JSON) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_us_eastern(written)


@pytest.mark.parametrize(
    "written", ["2011-02-07", "2011-02-07T10:00:00Z", "2011-02-07T23:59:59+01:00"]
)
def test_a_date_is_a_date_even_if_a_time_follows(written: str) -> None:
    assert from_iso_date(written) == date(2011, 2, 7)


@pytest.mark.parametrize("written", ["", "7.2.2011", "2011-02-30", None, 20110207])
def test_anything_but_a_date_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_iso_date(written)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of open files")
def test_a_process_without_files_left_is_a_value_error() -> None:
    program = """
import resource
from agilekit.wire.times import from_us_eastern

resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
try:
    from_us_eastern("2010-02-05 07:36:25")
except ValueError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "the time zones cannot be loaded" in done.stdout
