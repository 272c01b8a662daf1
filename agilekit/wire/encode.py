"""What a caller gives to be written -> what goes over the wire, or a clear error.

A service has a table of its fields for each kind of thing that can be written; each row is one of
the functions below. They raise ValueError with what is wrong; `encode_draft` and `encode_changes`
go through a table, and name the field.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime
from typing import Final, TypeAlias, cast

from agilekit.checks import alternatives, parse_id
from agilekit.errors import InvalidInput
from agilekit.wire import decode
from agilekit.wire.json import JSON
from agilekit.wire.short_repr import short_repr
from agilekit.wire.times import from_iso_date

__all__ = [
    "Encode",
    "boolean",
    "encode_changes",
    "encode_draft",
    "integer",
    "iso_date",
    "iso_time",
    "max_length",
    "non_empty",
    "nullable",
    "number",
    "one_of",
    "reference",
    "string",
]

_DATE_LENGTH: Final = len("2010-02-09")

Encode: TypeAlias = Callable[[object], JSON]
"""Makes what goes over the wire of a value. Raises ValueError."""


def string(value: object) -> str:
    """Text."""
    if not isinstance(value, str):
        raise ValueError(f"must be text, not {short_repr(value)}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("holds an unpaired surrogate") from None
    return value


def max_length(characters: int) -> Encode:
    """Text that is no longer."""

    def encode(value: object) -> JSON:
        found = string(value)
        if len(found) > characters:
            raise ValueError(f"must be at most {characters} characters, not {len(found):,}")
        return found

    return encode


def non_empty(value: object) -> str:
    """Text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"must be text that is not empty, not {short_repr(value)}")
    return string(value)


def number(value: object) -> float:
    """A finite number, or one written as text."""
    try:
        found = decode.to_float(value)
    except ValueError:
        raise ValueError(f"must be a number, not {short_repr(value)}") from None
    if not decode.is_finite(found):
        raise ValueError("must be a finite number")
    return found


def integer(value: object) -> int:
    """A whole number, or one written as text."""
    found = number(value)
    if int(found) != found:
        raise ValueError(f"must be a whole number, not {short_repr(value)}")
    return int(found)


def boolean(value: object) -> bool:
    """True or False, or ``"true"`` or ``"false"``."""
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ValueError(f"must be true or false, not {short_repr(value)}")


def iso_date(value: object) -> str:
    """A date, or one in ISO 8601, as ``2010-02-09``."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    try:
        found = (
            from_iso_date(value) if isinstance(value, str) and len(value) <= _DATE_LENGTH else None
        )
    except ValueError:
        found = None
    if found is None:
        raise ValueError(f"must be a date such as 2010-02-09, not {short_repr(value)}")
    return found.isoformat()


def iso_time(value: object) -> str:
    """An aware datetime, or one in ISO 8601 with its offset, as ``2010-02-09T15:12:35Z``."""
    found = value
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            found = None
    if not isinstance(found, datetime):
        raise ValueError(f"must be a time such as 2010-02-09T15:12:35Z, not {short_repr(value)}")
    if found.tzinfo is None:
        raise ValueError(f"must be a time with a time zone, not {short_repr(value)}")
    return found.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def one_of(*values: str) -> Encode:
    """One of these words."""

    def encode(value: object) -> JSON:
        if isinstance(value, str) and value in values:
            return value
        raise ValueError(f"must be {alternatives(values)}, not {short_repr(value)}")

    return encode


def reference(kind: type[object], *, attribute: str = "id") -> Encode:
    """An entity of a kind or its id, which may be written as text."""
    return lambda value: parse_id(value, kind, attribute=attribute)


def nullable(encode: Encode) -> Encode:
    """The same, or None, which clears."""
    return lambda value: None if value is None else encode(value)


def encode_draft(
    given: object,
    fields: Mapping[str, Encode],
    *,
    required: Collection[str] = (),
) -> dict[str, JSON]:
    """What goes over the wire, by the names of the fields.

    Raises InvalidInput for a field that is unknown, missing or wrong.
    """
    if not isinstance(given, Mapping):
        first = next(iter(fields), "name")
        raise InvalidInput(f"expected a mapping such as {{{first!r}: …}}, not {short_repr(given)}")
    made: dict[str, JSON] = {}
    for name, value in cast("Mapping[object, object]", given).items():
        if not isinstance(name, str) or name not in fields:
            raise InvalidInput(f"{short_repr(name)} cannot be set; what can: {', '.join(fields)}")
        try:
            made[name] = fields[name](value)
        except (ValueError, OverflowError) as error:
            raise InvalidInput(f"{name} {error}") from None
    for name in required:
        if name not in made:
            raise InvalidInput(f"{name} is missing")
    return made


def encode_changes(given: object, fields: Mapping[str, Encode]) -> dict[str, JSON]:
    """As `encode_draft`, for an update. Raises InvalidInput, too, if nothing is to be changed."""
    made = encode_draft(given, fields)
    if not made:
        raise InvalidInput(f"there is nothing to change; what can be: {', '.join(fields)}")
    return made
