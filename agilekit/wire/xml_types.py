"""What a document of XML becomes, and the values of the types that Rails writes in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from agilekit.wire.decode import to_float, to_int
from agilekit.wire.json import JSON
from agilekit.wire.short_repr import short_repr

__all__ = ["PAGINATION", "TEXT", "Document", "typed"]

PAGINATION: Final = "pagination"
TEXT: Final = "#text"
"""The key of a text that stands beside attributes."""

_NO_PAGINATION: Final[Mapping[str, JSON]] = {}
_WHOLE: Final = re.compile("-?[0-9]{1,18}")


@frozen
class Document:
    """A document without the name of its root, which cannot be trusted."""

    data: JSON
    pagination: Mapping[str, JSON] = _NO_PAGINATION
    """What stands beside the items of an array to say which page this is."""


def typed(kind: str, text: str) -> JSON:
    """The value of a text, by the type that its element names, in lower case.

    Raises ValueError if it has none.
    """
    stripped = text.strip()
    if kind == "integer":
        return to_int(stripped) if stripped else None
    if kind in ("decimal", "float"):
        return to_float(stripped) if stripped else None
    if kind == "boolean":
        if stripped not in ("true", "false", "1", "0", ""):
            raise ValueError(f"expected true or false, found {short_repr(text)}")
        return stripped in ("true", "1") if stripped else None
    if kind == "yaml":
        return _of_yaml(text)
    return text


# What Rails has no type for, it writes as YAML. Anything but a whole number, or nothing, is text.
def _of_yaml(text: str) -> JSON:
    scalar = text.strip().removeprefix("---").removesuffix("...").strip()
    if _WHOLE.fullmatch(scalar):
        return int(scalar)
    return None if scalar in ("", "~", "null") else text
