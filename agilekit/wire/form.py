"""Form fields, as Rails and PHP write them: ``{"task": {"name": "x"}}`` is ``task[name]=x``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from agilekit.errors import InvalidInput
from agilekit.wire.json import JSON

__all__ = ["urlencoded"]


def urlencoded(fields: Mapping[str, JSON]) -> str:
    """Form fields as a body, or as a query; None is an empty value.

    Raises InvalidInput for what cannot be written so.
    """
    try:
        return urlencode(list(_pairs(fields)))
    except UnicodeEncodeError:
        raise InvalidInput("a text holds an unpaired surrogate") from None


def _pairs(fields: Mapping[str, JSON], inside: str = "") -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        full = f"{inside}[{name}]" if inside else name
        match value:
            case dict():
                yield from _pairs(value, full)
            case None:
                yield full, ""
            case bool():
                yield full, "true" if value else "false"
            case list():
                raise InvalidInput(f"{full} cannot be a list")
            case _:
                yield full, str(value)
