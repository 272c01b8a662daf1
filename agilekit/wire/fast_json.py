"""JSON by msgspec, for clients that are "fast": the same values as by the standard decoder.

msgspec refuses some of what the standard decoder takes (a BOM, half a surrogate pair): then that
one has the word, also about what neither takes. As msgspec holds the interpreter's lock from the
first byte to the last, it gets a long text in chunks; a text that is long in bytes only is left to
the standard decoder.
"""

from __future__ import annotations

from typing import Final

import msgspec

from agilekit.wire import json
from agilekit.wire.json import JSON

__all__ = ["load"]

_LONG: Final = 1 << 18  # bytes
_decoder: Final = msgspec.json.Decoder()
_REFUSED: Final = (msgspec.MsgspecError, ValueError, RecursionError)


def load(body: bytes, *, most: int = 1 << 21) -> JSON:
    """As `json.load`, with its values and errors."""
    if len(body) > _LONG:
        return json.load(body, most=most, run=_run)
    most_arrays = most // 4
    # A body that is short enough has not that many brackets, and need not be searched for them.
    if len(body) <= most_arrays or (body.count(b"{") <= most and body.count(b"[") <= most_arrays):
        try:
            return _decode(body)
        except _REFUSED:
            pass
    return json.load(body, most=most)


def _decode(text: bytes | str) -> JSON:
    data: JSON = _decoder.decode(text)
    return data


def _run(text: str, index: int) -> tuple[JSON, int]:
    if index:
        raise ValueError("only a whole text is decoded")
    try:
        return _decode(text), len(text)
    except _REFUSED:
        raise ValueError("to be decoded part by part") from None
