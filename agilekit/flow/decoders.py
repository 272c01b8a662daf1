"""What an answer of flow is decoded to, the same from JSON and from XML.

Maps: the document shows them only in JSON, keyed by id; a server in PHP writes an empty one as
``[]``. In XML no element can be named 16, so an entry is known by what it holds, or by
``<item id="16">``, ``<_16>`` or ``<item16>``.

``change_content``: the document says only that these are the fields that were changed. Its sample
shows numbers where a name ends in ``_id`` or ``_order`` and inside ``task_metrics``, and text
anywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar

from agilekit.flow.models import (
    ChangedFields,
    IdleTimes,
    MaybeIdleTimes,
    MaybeTaskMetrics,
    MemberIds,
    PhaseTimes,
    TaskMetrics,
)
from agilekit.wire.decode import Malformed, to_float, to_int, to_str
from agilekit.wire.decoder import Decoder
from agilekit.wire.generated import TEXT, WHOLE, Hook, text_by
from agilekit.wire.json import JSON
from agilekit.wire.route import Decode
from agilekit.wire.short_repr import short_repr
from agilekit.wire.times import from_us_eastern

__all__ = ["DECODER", "list_of", "or_empty", "positive_id", "single_value"]

T = TypeVar("T")

_ID: Final = "id"
_TEXT: Final = "#text"
_DIGITS_AT_END: Final = re.compile(r"[0-9]+\Z")
_NUMBERS: Final = ("_id", "_order", "_limit", "_time")
_IDS: Final = ("assignments", "user_ids")


def _is_empty(data: JSON) -> bool:
    """Whether there is nothing, as either format writes it."""
    return not data.strip() if isinstance(data, str) else data is None or data in ([], {})


def _entries(data: JSON) -> list[tuple[str, JSON]]:
    """The entries of a map, in the order of the answer: key and value.

    The key is an id in digits, or a name if there is none. Raises ValueError for what is not a map.
    """
    if _is_empty(data):
        return []
    if isinstance(data, list):
        return [_entry("", value) for value in data]
    if isinstance(data, dict):
        # In XML, entries of the same name have become a list.
        return [
            _entry(name, value)
            for name, part in data.items()
            for value in (part if isinstance(part, list) else [part])
        ]
    raise ValueError(f"expected a map, found {short_repr(data)}")


def _entry(name: str, value: JSON) -> tuple[str, JSON]:
    """An entry by the id that its element has as an attribute, or that its name ends in."""
    digits = _DIGITS_AT_END.search(name)
    key = digits[0] if digits else name
    if isinstance(value, dict):
        return str(value.get(_ID, key)), value.get(_TEXT, value)
    return key, value


def _ids(data: JSON) -> tuple[int, ...]:
    """Ids by position, as in ``assignments``, or with commas between them. Raises ValueError."""
    if isinstance(data, str | int):
        return tuple(to_int(part) for part in str(data).split(",") if part.strip())
    return tuple(to_int(_only_child(value)) for _, value in _entries(data) if value is not None)


def _only_child(value: JSON) -> JSON:
    """What an element holds if it holds nothing else: ``<user id="1"/>``."""
    return next(iter(value.values())) if isinstance(value, dict) and len(value) == 1 else value


def _changed_fields(data: JSON) -> dict[str, JSON]:
    """``change_content`` in its normal form. Raises ValueError for what is not an object."""
    if _is_empty(data):
        return {}
    if not isinstance(data, dict):
        raise ValueError(f"expected an object, found {short_repr(data)}")
    return {name: _field(name, value) for name, value in data.items()}


def _field(name: str, value: JSON) -> JSON:
    try:
        if name.endswith("_times"):
            return {key: _number(seconds) for key, seconds in _entries(value)}
        if name.endswith(_IDS):
            return list(_ids(value))
        if name.endswith("task_metrics"):
            return _changed_fields(value)
    except ValueError:
        return value  # not what its name says: it stays as it came
    if name.endswith(_NUMBERS):
        return _number(value)
    return _changed_fields(value) if isinstance(value, dict) and value else _text(value)


def _number(value: JSON) -> JSON:
    if _is_empty(value):
        return None
    try:
        return to_float(value)
    except ValueError:
        return value


def _text(value: JSON) -> JSON:
    if value is None or value in ([], {}):
        return ""
    return value if isinstance(value, bool | list) else to_str(value)


def _phase_times(data: JSON, _: object) -> dict[int, int]:
    return {to_int(key): to_int(value) for key, value in _entries(data) if value is not None}


def _unless_empty(cls: type[T]) -> Hook:
    def structure(data: JSON, _: object) -> T | None:
        return None if _is_empty(data) else DECODER.one(cls)(data)

    return structure


DECODER: Final = Decoder(
    time=from_us_eastern,
    keys=str,
    nulls=("0000-00-00 00:00:00",),  # MySQL's way to say that there is no time
    hooks={
        # For a field that is never None: XML cannot tell null from an empty text.
        int: lambda value, _: 0 if _is_empty(value) else to_int(value),
        str: lambda value, _: "" if value is None else to_str(value),
        MemberIds: lambda value, _: _ids(value),
        PhaseTimes: _phase_times,
        ChangedFields: lambda value, _: _changed_fields(value),
        MaybeIdleTimes: _unless_empty(IdleTimes),
        MaybeTaskMetrics: _unless_empty(TaskMetrics),
    },
    usual_shapes={int: WHOLE, str: TEXT, datetime: text_by(from_us_eastern)},
)


def list_of(one: Decode[T], id_name: str) -> Decode[list[T]]:
    """A function that makes a list of a map of entities, in the order of the answer.

    id_name: where an entity holds its id; one that holds none takes its key.
    """

    def decode(data: JSON) -> list[T]:
        try:
            found = [entry for entry in _entries(data) if entry[1] is not None]
        except ValueError as error:
            raise Malformed(str(error)) from None
        # {"error": null} is not an empty listing.
        if isinstance(data, dict) and data and not (found or any(map(_DIGITS_AT_END.search, data))):
            raise Malformed(f"expected a map by id, found {short_repr(data)}")
        # Text beside entities is an attribute of their parent.
        found = [entry for entry in found if isinstance(entry[1], dict)] or found
        return [one(_identified(value, id_name, key)) for key, value in found]

    return decode


def _identified(value: JSON, id_name: str, key: str) -> JSON:
    if isinstance(value, dict) and _is_empty(value.get(id_name)) and key.isdecimal():
        return {**value, id_name: key}
    return value


def or_empty(one: Decode[T], empty: Callable[[], T]) -> Decode[T]:
    """The same, if an object without fields may come as an empty map does."""
    return lambda data: empty() if _is_empty(data) else one(data)


def positive_id(value: object) -> int:
    """The id of something that is there. Raises ValueError."""
    found = to_int(value)
    if found < 1:
        raise ValueError("expected an id")
    return found


def single_value(name: str, read: Callable[[object], T]) -> Decode[T]:
    """A function that reads an answer of one value: an object with nothing else, or the root of an
    XML document. What cannot be read is not shown, since it may be a secret.
    """

    def decode(data: JSON) -> T:
        found = data.get(name) if isinstance(data, dict) else data
        try:
            if not _is_empty(found):
                return read(found)
        except ValueError:
            pass
        raise Malformed(f"it holds no {name}")

    return decode
