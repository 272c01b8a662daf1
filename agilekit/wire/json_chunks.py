"""A long JSON text, decoded in chunks.

The standard decoder holds the interpreter's lock from the first character to the last: for a
listing of 50 MB no other thread runs for half a second, whichever thread decodes it. Here it gets
some hundred thousand characters at a time, and the lock is free between two of them.

*Which characters are a chunk.* What stands between a place where an element of an array begins and
a later comma is a run of whole elements if it is one in brackets: the decoder reads both the same
way. So a comma that looks like one between two elements is tried, and then any. Where it stands
deeper, the elements up to it are decoded one by one. So it is with the members of an object, in
braces.

Whatever is nested in a value that is long itself is decoded one by one, too. A text that is short
is better off with the decoder.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeAlias

from agilekit.wire.decode_limits import check_wanted

if TYPE_CHECKING:
    from agilekit.wire.json import JSON

__all__ = ["Decode", "decode"]

Decode: TypeAlias = "Callable[[str, int], tuple[JSON, int]]"
"""The value that begins at an index, and the index behind it. Raises ValueError."""

_CHUNK: Final = 1 << 18  # characters
_DEEPEST: Final = 4
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_BETWEEN: Final = {
    "[": re.compile(r"\}[ \t\n\r]*(?=,[ \t\n\r]*\{)"),
    "{": re.compile(r"\}[ \t\n\r]*(?=,[ \t\n\r]*\")"),
}


def decode(text: str, one: Decode, *, run: Decode | None = None, chunk: int = _CHUNK) -> JSON:
    """Raises ValueError if the text is not one value, as `one` does.

    one: decodes a value, of whatever length, at once.
    run: the same, for what is no longer than two chunks; `one` if it is not given.
    chunk: about how many characters are decoded at once.
    """
    chunks = _ChunkDecoder(text, one, run or one, chunk)
    value, end = chunks.value(chunks.skip(0), depth=0)
    if chunks.skip(end) != len(text):
        raise ValueError(f"extra data at character {end}")
    return value


class _ChunkDecoder:
    def __init__(self, text: str, one: Decode, run: Decode, chunk: int) -> None:
        self._text = text
        self._one = one
        self._short = run
        self._chunk = chunk

    def skip(self, index: int) -> int:
        """The index of the next character that is not white space."""
        found = _SPACE.match(self._text, index)
        return found.end() if found else index

    def value(self, start: int, *, depth: int) -> tuple[JSON, int]:
        """The value at an index, taken apart if it is one of many values."""
        first = self._text[start : start + 1]
        if first == "[" and depth < _DEEPEST:
            return self._array(start, depth)
        if first == "{" and depth < _DEEPEST:
            return self._object(start, depth)
        return self._one(self._text, start)

    def _array(self, start: int, depth: int) -> tuple[list[JSON], int]:
        items: list[JSON] = []
        # Up to an index at which no run of whole elements was found, they are decoded one by one.
        is_long, one_by_one_to = True, 0
        start = self.skip(start + 1)
        if self._text.startswith("]", start):
            return items, start + 1
        while True:
            if start >= one_by_one_to:
                some, one_by_one_to = self._run(start, "[", "]")
                if isinstance(some, list):
                    items += some
                    start = self.skip(one_by_one_to + 1)
                    continue
            item, end = self._sibling(start, depth, is_long=is_long)
            items.append(item)
            is_long = end - start > self._chunk
            end = self.skip(end)
            if self._text.startswith("]", end):
                return items, end + 1
            start = self._behind(",", end)

    def _object(self, start: int, depth: int) -> tuple[dict[str, JSON], int]:
        members: dict[str, JSON] = {}
        is_long, one_by_one_to = True, 0
        start = self.skip(start + 1)
        if self._text.startswith("}", start):
            return members, start + 1
        while True:
            if start >= one_by_one_to:
                some, one_by_one_to = self._run(start, "{", "}")
                if isinstance(some, dict):
                    members |= some
                    start = self.skip(one_by_one_to + 1)
                    continue
            name, end = self._one(self._text, start)
            if not isinstance(name, str):
                raise ValueError(f"expected a name at character {start}")
            start = self._behind(":", self.skip(end))
            members[name], end = self._sibling(start, depth, is_long=is_long)
            is_long = end - start > self._chunk
            end = self.skip(end)
            if self._text.startswith("}", end):
                return members, end + 1
            start = self._behind(",", end)

    def _run(self, start: int, opens: str, closes: str) -> tuple[JSON, int]:
        """What stands between an index and a comma, and its index.

        None if it is not whole: up to that index, it is to be decoded one by one.
        """
        check_wanted()
        text, end = self._text, start + self._chunk
        between = _BETWEEN[opens].search(text, end, end + self._chunk)
        for comma in (between.end() if between else -1, text.rfind(",", start, end)):
            if comma > start:
                run = f"{opens}{text[start:comma]}{closes}"
                with suppress(ValueError):
                    found, last = self._short(run, 0)
                    if last == len(run) and found:
                        return found, comma
        return None, end

    def _sibling(self, start: int, depth: int, *, is_long: bool) -> tuple[JSON, int]:
        """A value among others.

        is_long: whether the one before it was, as this one may be, too.
        """
        return self.value(start, depth=depth + 1) if is_long else self._one(self._text, start)

    def _behind(self, sign: str, index: int) -> int:
        if not self._text.startswith(sign, index):
            raise ValueError(f"expected {sign!r} at character {index}")
        return self.skip(index + 1)
