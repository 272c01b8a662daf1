"""JSON bodies <-> plain Python data."""

from __future__ import annotations

import json
import math
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol, TypeAlias

from agilekit.wire import json_chunks
from agilekit.wire.decode_limits import check_wanted

__all__ = ["JSON", "Load", "dump", "is_larger", "load", "replace_surrogates", "text_of"]

if TYPE_CHECKING:
    JSON: TypeAlias = "str | int | float | bool | list[JSON] | dict[str, JSON] | None"
else:
    JSON = Any  # a recursive alias would hide from the converter what it means: as it came


class Load(Protocol):
    """What decodes a body: `load`, or another that makes the same of it."""

    def __call__(self, body: bytes, /, *, most: int) -> JSON: ...


def load(body: bytes, /, *, most: int = 1 << 21, run: json_chunks.Decode | None = None) -> JSON:
    """
    most: how many objects it may have, and how many arrays for each four of them; brackets in texts
        are counted, too.
    run: decodes the chunks of a long text, each a value of its own; by default, as all else.

    Raises ValueError if the body is not JSON (by RFC 8259, NaN and Infinity are not), or has too
    many parts.
    """
    # By "utf-8-sig", a module would be loaded in the middle of a call.
    text = body.removeprefix(BOM_UTF8).decode()
    most_arrays = most // 4
    # A text that is short enough has not that many brackets, and need not be searched for them.
    if len(text) > most_arrays and (text.count("{") > most or text.count("[") > most_arrays):
        raise ValueError("it has too many arrays or objects")
    try:
        if len(text) > _LONG:
            return json_chunks.decode(text, _patient.raw_decode, run=run or _decoder.raw_decode)
        data: JSON = _decoder.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return data


def text_of(body: bytes) -> str:
    """The text of a body in UTF-8, or in UTF-16 or UTF-32 if it bears their mark, or begins as JSON
    or XML does. Of anything else, what can be read of it, without zero bytes.
    """
    with suppress(UnicodeDecodeError):
        text = body.decode(json.detect_encoding(body))
        if body.startswith(_MARKS) or text.lstrip().startswith(_BEGINS):
            return text
    return body.replace(b"\0", b"").decode(errors="replace")


def is_larger(data: JSON, size: int) -> bool:
    """Whether data has more than so many parts and characters together."""
    left = [data]
    while left:
        part = left.pop()
        size -= 1 + (len(part) if isinstance(part, str | list | dict) else 0)
        if size < 0:
            return True
        if isinstance(part, list):
            left += part
        elif isinstance(part, dict):
            left += part.keys()
            left += part.values()
    return False


def dump(data: JSON) -> bytes:
    """Raises ValueError for a number that JSON has no word for, and for an unpaired surrogate."""
    return _encoder.encode(data).encode()


def replace_surrogates(text: str) -> str:
    """Text that UTF-8 can hold, with a replacement character for each unpaired surrogate."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _object(found: JSON) -> JSON:
    # Here Python code runs, so that the interpreter's lock can change hands.
    check_wanted()
    return found


def _whole(digits: str) -> int:
    # As in `_object`; the same function without Python code would not let go of the lock.
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError("a number out of range")
    return number


_LONG: Final = 1 << 18  # characters
_MARKS: Final = (BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE)
_BEGINS: Final = ("{", "[", '"', "<")
_decoder: Final = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)
_patient: Final = json.JSONDecoder(
    parse_constant=_no_constant, parse_float=_finite, parse_int=_whole, object_hook=_object
)
"""The same, but it lets other threads run wherever it comes to an object or a number."""
_encoder: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
