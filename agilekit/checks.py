"""Arguments that every part checks in the same words: numbers, flags, choices and ids."""

from __future__ import annotations

from collections.abc import Collection
from math import inf
from typing import Final

from agilekit.errors import InvalidInput

__all__ = [
    "alternatives",
    "check_choice",
    "check_count",
    "check_flag",
    "check_id",
    "check_positive",
    "id_of",
    "parse_id",
]

_LARGEST: Final = 1 << 31
_LONGEST_ID: Final = 18


def check_positive(name: str, value: object) -> None:
    """Raises InvalidInput for what is not a finite number above 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < inf:
        raise InvalidInput(f"{name} must be a number above 0, not {value!r:.60}")


def check_count(name: str, value: object, *, least: int) -> None:
    """Raises InvalidInput for what is not a whole number from `least`."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value < _LARGEST:
        raise InvalidInput(f"{name} must be a whole number from {least}, not {value!r:.60}")


def check_flag(name: str, value: object) -> bool:
    """A flag. Raises InvalidInput for what is neither True nor False."""
    if not isinstance(value, bool):
        raise InvalidInput(f"{name} must be true or false, not {value!r:.60}")
    return value


def check_choice(name: str, value: object, choices: Collection[str]) -> str:
    """One of some words. Raises InvalidInput for anything else."""
    if not isinstance(value, str) or value not in choices:
        raise InvalidInput(f"{name} must be {alternatives(choices)}, not {value!r:.60}")
    return value


def alternatives(choices: Collection[str]) -> str:
    """``'json', 'xml' or 'jsonp'``"""
    *others, last = map(repr, choices)
    return f"{', '.join(others)} or {last}" if others else last


def id_of(
    entity: object, kind: type[object], *, attribute: str = "id", name: str | None = None
) -> int:
    """The id of a `kind`, or an id as it is: a whole number above 0, or its ASCII digits.

    name: the argument, if it is not called as its kind is.

    Raises InvalidInput for anything else.
    """
    try:
        return parse_id(entity, kind, attribute=attribute)
    except ValueError as error:
        argument = name or _words(kind).partition(" ")[2].replace(" ", "_")
        raise InvalidInput(f"{argument} {error}") from None


def parse_id(entity: object, kind: type[object], *, attribute: str = "id") -> int:
    """As `id_of`. Raises ValueError with what is wrong."""
    found: object = getattr(entity, attribute) if isinstance(entity, kind) else entity
    id = _digits_of(found)
    if id is None:
        shown = f"{found!r:.60}" if isinstance(found, str | int | float) else type(found).__name__
        raise ValueError(f"must be {_words(kind)} or its id, a number above 0, not {shown}")
    return id


def check_id(name: str, value: object) -> int:
    """An id: a whole number above 0, or its ASCII digits. Raises InvalidInput."""
    id = _digits_of(value)
    if id is None:
        raise InvalidInput(f"{name} must be an id, a number above 0, not {value!r:.60}")
    return id


def _digits_of(value: object) -> int | None:
    """A whole number above 0, also if it is written in ASCII digits; None for anything else."""
    if isinstance(value, str):
        short = value.isascii() and value.isdecimal() and len(value) <= _LONGEST_ID
        return int(value) or None if short else None
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    return None


def _words(kind: type[object]) -> str:
    """``AcceptanceCriterion`` -> ``an acceptance criterion``"""
    name = "".join(f" {one.lower()}" if one.isupper() else one for one in kind.__name__)
    return f"an{name}" if name[1] in "aeio" else f"a{name}"
