"""flow's maps, in every form that they may come in.

The document shows them in JSON alone, keyed by id; a server in PHP writes an empty one as ``[]``.
In XML no element can be named 16, so an entry is known by what it holds, or by ``<item id="16">``,
``<_16>`` or ``<item16>``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeVar

from agilekit.wire.decode import Malformed, to_int
from agilekit.wire.json import JSON
from agilekit.wire.route import Decode
from agilekit.wire.short_repr import short_repr

__all__ = ["entity_id", "entries", "ids", "is_empty", "listed", "maybe_empty", "only"]

T = TypeVar("T")

_ID: Final = "id"
_TEXT: Final = "#text"
_DIGITS_AT_END: Final = re.compile(r"[0-9]+\Z")


def is_empty(data: JSON) -> bool:
    """Whether there is nothing, as either format writes it."""
    return not data.strip() if isinstance(data, str) else data is None or data in ([], {})


def entries(data: JSON) -> list[tuple[str, JSON]]:
    """The entries of a map, in the order of the answer: key and value.

    The key is an id in digits, or a name where there is none. Raises ValueError for what is no map.
    """
    if is_empty(data):
        return []
    if isinstance(data, list):
        return [_entry("", value) for value in data]
    if isinstance(data, dict):
        return [
            _entry(name, value)
            for name, part in data.items()
            for value in (part if isinstance(part, list) else [part])
        ]
    raise ValueError(f"expected a map, found {short_repr(data)}")


def _entry(name: str, value: JSON) -> tuple[str, JSON]:
    digits = _DIGITS_AT_END.search(name)
    key = digits[0] if digits else name
    if isinstance(value, dict):
        return str(value.get(_ID, key)), value.get(_TEXT, value)
    return key, value


def ids(data: JSON) -> tuple[int, ...]:
    """Ids by position, as in ``assignments``, or with commas between them. Raises ValueError."""
    if isinstance(data, str | int):
        return tuple(to_int(part) for part in str(data).split(",") if part.strip())
    return tuple(to_int(_alone(value)) for _, value in entries(data) if value is not None)


def _alone(value: JSON) -> JSON:
    """What a child holds, where it holds nothing else: ``<user id="1"/>``."""
    return next(iter(value.values())) if isinstance(value, dict) and len(value) == 1 else value


def listed(one: Decode[T], id_name: str) -> Decode[list[T]]:
    """A function that makes a list of a map of entities, in the order of the answer.

    id_name: where an entity holds its id; one that holds none takes its key.
    """

    def decode(data: JSON) -> list[T]:
        try:
            found = [entry for entry in entries(data) if entry[1] is not None]
        except ValueError as error:
            raise Malformed(str(error)) from None
        if isinstance(data, dict) and data and not (found or any(map(_DIGITS_AT_END.search, data))):
            raise Malformed(f"expected a map by id, found {short_repr(data)}")
        # What stands beside entities is an attribute of their parent.
        found = [entry for entry in found if isinstance(entry[1], dict)] or found
        return [one(_identified(value, id_name, key)) for key, value in found]

    return decode


def _identified(value: JSON, id_name: str, key: str) -> JSON:
    if isinstance(value, dict) and is_empty(value.get(id_name)) and key.isdecimal():
        return {**value, id_name: key}
    return value


def maybe_empty(one: Decode[T], empty: Callable[[], T]) -> Decode[T]:
    """The same, where an object without fields may come as an empty map does."""
    return lambda data: empty() if is_empty(data) else one(data)


def entity_id(value: object) -> int:
    """The id of something that is there. Raises ValueError."""
    found = to_int(value)
    if found < 1:
        raise ValueError("expected an id")
    return found


def only(name: str, read: Callable[[object], T]) -> Decode[T]:
    """A function that reads an answer of one value: an object with nothing else, or the root of an
    XML document. What cannot be read is not shown, since it may be a secret.
    """

    def decode(data: JSON) -> T:
        found = data.get(name) if isinstance(data, dict) else data
        try:
            if not is_empty(found):
                return read(found)
        except ValueError:
            pass
        raise Malformed(f"it holds no {name}")

    return decode
