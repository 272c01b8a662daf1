"""One value of an answer -> a Python value, whichever of its usual forms it comes in.

Servers write numbers as text, text as numbers, and arrays as objects. Each function takes every
form that means the same, and raises ValueError for anything else.
"""

from __future__ import annotations

from math import isfinite
from typing import cast

from agilekit.wire.json import JSON
from agilekit.wire.route import Decode
from agilekit.wire.short_repr import short_repr

__all__ = [
    "Malformed",
    "elements",
    "is_finite",
    "loose_elements",
    "to_bool",
    "to_float",
    "to_int",
    "to_str",
    "typed_repr",
]


class Malformed(ValueError):
    """Data that no model can be made of; the message names the place."""

    entity: tuple[Decode[object], JSON] | None = None
    """What was decoded, and how, if it is one of many."""


def to_str(value: object) -> str:
    """A string, or a number as one."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"expected text, found {typed_repr(value)}")


def to_float(value: object) -> float:
    """A finite number, also if it is written as text; a whole one stays an int."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        found = int(value) if value.lstrip("-").isdecimal() else float(value)
        if is_finite(found):
            return found
    raise ValueError(f"expected a number, found {typed_repr(value)}")


def is_finite(value: float) -> bool:
    """Whether a number is one that a float can hold."""
    try:
        return isfinite(value)
    except OverflowError:
        return False


def to_int(value: object) -> int:
    """A whole number, also if it is written as text or as 2.0."""
    found = to_float(value)
    if int(found) != found:
        raise ValueError(f"expected a whole number, found {typed_repr(value)}")
    return int(found)


def to_bool(value: object) -> bool:
    """True or false, also if it is written as text, as 1 or as 0."""
    if isinstance(value, bool):
        return value
    if value in ("true", "false", "1", "0", 1, 0):
        return value in ("true", "1", 1)
    raise ValueError(f"expected true or false, found {typed_repr(value)}")


def elements(data: object) -> list[JSON]:
    """The elements of an array."""
    if not isinstance(data, list):
        raise ValueError(f"expected an array, found {typed_repr(data)}")
    return cast("list[JSON]", data)


def loose_elements(data: object) -> list[JSON]:
    """The elements of an array that may have come as an object: a map by id or by position, or
    XML that does not say what is an array.
    """
    if isinstance(data, str) and not data.strip():
        return []  # XML without children
    if not isinstance(data, dict):
        return elements(data)
    found: list[JSON] = []
    for part in cast("dict[str, JSON]", data).values():
        found += part if isinstance(part, list) else [part]
    # What stands beside children is an attribute of their parent.
    return [part for part in found if isinstance(part, dict)] or found


def typed_repr(value: object) -> str:
    """A value with its type, for messages: what came in the place of something else."""
    return "null" if value is None else f"{type(value).__name__} {short_repr(value)}"
