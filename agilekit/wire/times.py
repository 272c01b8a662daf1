"""The services' ways to write a time -> an aware datetime."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, Final

from agilekit.wire.json import JSON
from agilekit.wire.short_repr import short_repr

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = [
    "from_date_wrapper",
    "from_iso",
    "from_iso_date",
    "from_us_eastern",
    "http_date",
    "retry_after",
]

_SECONDS: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")  # some servers write a fraction
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def from_iso(text: object) -> datetime:
    """ISO 8601, taken as UTC if it has no offset. Raises ValueError."""
    if not isinstance(text, str):
        raise ValueError(f"not a time: {short_repr(text)}")
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def from_iso_date(text: object) -> date:
    """A day in ISO 8601, also if a time follows. Raises ValueError."""
    if not isinstance(text, str):
        raise ValueError(f"not a date: {short_repr(text)}")
    return date.fromisoformat(text) if len(text) <= len("2010-01-14") else from_iso(text).date()


# Source: flow API Reference, "REST API Overview", notes.
def from_us_eastern(data: JSON) -> datetime:
    """``2010-02-05 07:36:25`` in the eastern time of the USA -> the same moment in UTC.

    Of the hour that the end of daylight saving time repeats, the first one is taken; a time in the
    hour that its beginning skips counts on from the hour before. Raises ValueError.
    """
    if not isinstance(data, str):
        raise ValueError(f"not a time: {short_repr(data)}")
    moment = datetime.fromisoformat(data)
    # In UTC, because Python compares and subtracts two times of one zone without their offsets.
    return (moment if moment.tzinfo else moment.replace(tzinfo=_us_eastern())).astimezone(UTC)


@cache
def _us_eastern() -> ZoneInfo:
    # Loaded by the first such time: only flow writes them.
    try:
        from zoneinfo import ZoneInfo

        return ZoneInfo("America/New_York")
    except (OSError, ImportError) as error:  # such as too many open files
        raise ValueError(f"the time zones cannot be loaded: {error}") from None


# Source: Flying Donut API, "Schema"; the guide, "Timestamps and data types".
# MongoDB's extended JSON, which the wrapper comes from, also knows milliseconds.
def from_date_wrapper(data: JSON) -> datetime:
    """``{"$date": "2013-05-18T21:00:00.000Z"}``, or the bare text. Raises ValueError."""
    if not isinstance(data, dict):
        return from_iso(data)
    date = data.get("$date")
    if isinstance(date, dict):
        date = date.get("$numberLong")
    if isinstance(date, int | float) or (isinstance(date, str) and date.lstrip("-").isdecimal()):
        try:
            return _EPOCH + timedelta(milliseconds=float(date))
        except OverflowError:
            raise ValueError(f"not a time: {short_repr(date)}") from None
    return from_iso(date)


def http_date(value: str | None) -> datetime | None:
    """A date as headers write it; None for anything else. Source: RFC 9110, 5.6.7."""
    try:
        moment = parsedate_to_datetime(value or "")
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def retry_after(value: str | None, *, now: datetime) -> float | None:
    """The seconds that a ``Retry-After`` header asks for, in either form; None for anything else.

    Source: RFC 9110, 10.2.3 "Retry-After".
    """
    if value is None:
        return None
    text = value.strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    moment = http_date(text)
    return None if moment is None else max(0.0, (moment - now).total_seconds())
