"""JSON bodies <-> plain Python data."""

from __future__ import annotations

import json
import math
from json import detect_encoding
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeAlias

__all__ = ["JSON", "dump", "load", "text_of"]

if TYPE_CHECKING:
    JSON: TypeAlias = "str | int | float | bool | list[JSON] | dict[str, JSON] | None"
else:
    JSON = Any  # a recursive alias would hide from the converter what it means: as it came


def load(body: bytes) -> JSON:
    """Raises ValueError where the body is not JSON (by RFC 8259, NaN and Infinity are not)."""
    try:
        data: JSON = _decoder.decode(body.decode("utf-8-sig"))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return data


def text_of(body: bytes) -> str:
    """The text of a body in UTF-8, UTF-16 or UTF-32, or as much of it as there is in UTF-8."""
    try:
        return body.decode(detect_encoding(body))
    except UnicodeDecodeError:
        return body.decode(errors="replace")


def dump(data: JSON) -> bytes:
    """Raises ValueError for a number that JSON has no word for, and for half a surrogate pair."""
    return _encoder.encode(data).encode()


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError("a number beyond all bounds")
    return number


_decoder: Final = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)
_encoder: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
