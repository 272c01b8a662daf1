"""A compressed body -> its content, piece by piece, and whether its end was seen.

| what comes | it is |
|---|---|
| no byte | the empty content |
| a stream up to its end | its content |
| of gzip, another member, or zeros | read on, or passed over |
| anything else behind the end | an error |
| less than a stream | an error: half an answer must not pass for a whole one |
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

__all__ = ["ENCODINGS", "CorruptStream", "Inflater"]

ENCODINGS: Final = ("gzip", "x-gzip", "deflate")

_BY_HEADER: Final = zlib.MAX_WBITS | 32  # gzip or zlib
_AT_ONCE: Final = 1 << 18  # bytes of content
_READ_AT_ONCE: Final = 1 << 16  # bytes
_MOST_MEMBERS: Final = 10_000  # one that holds nothing costs as much time as thousands of bytes


class CorruptStream(ValueError):
    """What came is not one complete content in its encoding."""


class Inflater:
    """Unpacks one body. Every method raises CorruptStream."""

    def __init__(self, encoding: str) -> None:
        """encoding: one of `ENCODINGS`."""
        self._has_members = encoding != "deflate"
        self._engine = zlib.decompressobj(wbits=_BY_HEADER)
        self._members = 0
        self._began = False

    def inflate(self, data: bytes) -> Iterator[bytes]:
        """The content that some bytes bring, in pieces of bounded size."""
        for start in range(0, len(data), _READ_AT_ONCE):
            left = data[start : start + _READ_AT_ONCE]
            while left := self._of_this_member(left):
                try:
                    yield self._engine.decompress(left, _AT_ONCE)
                except zlib.error as error:
                    raise CorruptStream(str(error)) from None
                left = self._engine.unconsumed_tail or self._engine.unused_data

    def end(self) -> None:
        """The body is over."""
        if self._began and not self._engine.eof:
            raise CorruptStream("it ends in the middle of its compressed content")

    def _of_this_member(self, data: bytes) -> bytes:
        """The bytes to read next, those of a new member if the one before is over."""
        if not self._engine.eof:
            self._began = self._began or bool(data)
            return data
        data = data.lstrip(b"\0")
        if data:
            self._members += 1
            if not self._has_members or self._members >= _MOST_MEMBERS:
                raise CorruptStream("something follows the end of its compressed content")
            self._engine = zlib.decompressobj(wbits=_BY_HEADER)
        return data
