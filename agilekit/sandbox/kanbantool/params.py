"""What a request is sent: every attribute is checked, and all errors are answered at once."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from agilekit.sandbox.kanbantool.response_format import Invalid
from agilekit.sandbox.messages import Json
from agilekit.sandbox.rewriting import Rewriting

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_WHOLE: Final = re.compile(r"\s*-?[0-9]{1,15}\s*", re.ASCII)
_DECIMAL: Final = re.compile(r"\s*-?[0-9]{1,9}(\.[0-9]{1,15})?\s*", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_SHORT_YEAR: Final = re.compile(r"[0-9]{2}-[0-9]{2}-[0-9]{2}T", re.ASCII)


def parse_time(text: str, zone: tzinfo) -> datetime | None:
    """A time in UTC, or None if it is not valid; without an offset it is in the zone.

    "YY-MM-DDThh:mm format (i.e. 2011-11-23T23:11)", Listing recent activity for board.
    """
    full = f"20{text}" if _SHORT_YEAR.match(text) else text
    try:
        found = datetime.fromisoformat(full)
        there = found if found.tzinfo else found.replace(tzinfo=zone)
        return there.astimezone(UTC).replace(microsecond=0) if 1 < found.year < 9999 else None
    except (ValueError, OverflowError):
        return None


def parse_int(text: str) -> int | None:
    return int(text) if _WHOLE.fullmatch(text) else None


def _parse_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _as_in_a_form(value: Json) -> str | None:
    """A value as a form would have it, in which null is empty; None if it cannot be in one."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return str(value)
        case _:
            return None


class Params:
    """The attributes that were sent, and what is wrong with them so far.

    Each method reads one, notes an error, and gives something in its place; :meth:`check` raises.
    """

    def __init__(self, given: Mapping[str, Json], rewriting: Rewriting | None = None) -> None:
        self._given: Final = given
        self._rewriting: Final = rewriting or Rewriting()
        self.errors: Final[dict[str, str]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._given

    def check(self, status: int) -> None:
        """Raises :class:`Invalid` with all errors."""
        if self.errors:
            raise Invalid(status, self.errors)

    def text(self, name: str) -> str | None:
        if self._given.get(name) is None:
            return None
        return self._rewriting.stored(self._read(name, "is invalid"))

    def required(self, name: str, error: str) -> str:
        """Text that must not be blank."""
        text = self._read(name, error)
        if not text.strip():
            self.errors[name] = error
        return self._rewriting.stored(text)

    def integer(self, name: str, known: Collection[int] | None = None) -> int | None:
        """A whole number, None if it is empty; one of the known ones, if they are given."""
        text = self._read(name, "is invalid").strip()
        found = parse_int(text)
        if found is None and text:
            self.errors[name] = "must be numeric" if known is None else "is invalid"
        elif found is not None and known is not None and found not in known:
            self.errors[name] = "is invalid"
        return found

    def flag(self, name: str) -> bool:
        return self._read(name, "is invalid").strip().lower() in ("1", "true", "t", "yes", "on")

    def decimal(self, name: str) -> Decimal:
        """With one digit after the point, or two if they are needed."""
        text = self._read(name, "must be numeric")
        if not _DECIMAL.fullmatch(text):
            self.errors[name] = "must be numeric"
            return Decimal()
        exact = Decimal(text.strip()).quantize(Decimal("0.01"))
        short = exact.quantize(Decimal("0.1"))
        return short if short == exact else exact

    def day(self, name: str) -> date | None:
        text = self._read(name, "is invalid").strip()
        found = _parse_date(text)
        if text and found is None:
            self.errors[name] = "is invalid"
        return found

    def moment(self, name: str, zone: tzinfo) -> datetime | None:
        text = self._read(name, "is invalid").strip()
        found = parse_time(text, zone)
        if text and found is None:
            self.errors[name] = "is invalid"
        return found

    def _read(self, name: str, error: str) -> str:
        text = _as_in_a_form(self._given.get(name))
        if text is None:
            self.errors[name] = error
        return text or ""
