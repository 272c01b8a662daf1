"""The encoding of a file of drafts and, if it is CSV, the delimiter between its cells.

Both can be given (``--encoding``, ``--delimiter``); else they are detected, but never guessed:

| the bytes | are read as |
|---|---|
| begin with a byte order mark of UTF-8, UTF-16 or UTF-32 | that encoding |
| are UTF-8 from the first to the last | UTF-8 |
| anything else | nothing: refused, and shown as Windows-1252 (cp1252) reads them, to be compared |

In an encoding of one byte a letter, every byte means something. So only a reader who knows what
should be there can tell cp1252 from its relatives.

| the header names only fields, and all that are needed, | is read with |
|---|---|
| with commas | commas |
| with exactly one of semicolons, tabs and bars | that one |
| with none | nothing: refused, in the words of the delimiter that comes nearest |
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from agilekit.cli.create.columns import Columns
from agilekit.errors import InvalidInput

__all__ = [
    "TextFormat",
    "delimiter_of",
    "detect",
    "encoding_of",
    "header_of",
    "undecodable",
]

_UTF_8: Final = "utf-8-sig"
_COMMA: Final = ","
_DELIMITERS: Final = {_COMMA: "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_NAMES: Final = {"comma": _COMMA, "semicolon": ";", "tab": "\t", "\\t": "\t", "bar": "|"}
_NO_DELIMITERS: Final = frozenset('"\r\n\0 \ufeff')
# Longest first: the mark of UTF-32 begins like that of UTF-16.
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, _UTF_8),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEAD: Final = 4  # bytes
_SHOWN: Final = 60  # characters


@frozen
class TextFormat:
    """How a file is read."""

    encoding: str
    delimiter: str = _COMMA
    """Of CSV; one character."""
    notes: tuple[str, ...] = ()
    """What was detected and is unusual, such as ``"as UTF-16"``."""

    @property
    def delimiter_words(self) -> str:
        """``"with semicolons between the cells"``"""
        return _between(self.delimiter)


def encoding_of(given: str) -> str:
    """Python's name of an encoding. Raises InvalidInput for an unknown one."""
    try:
        "".encode(given)  # refuses codecs such as rot13, which do not make text of bytes
        name = codecs.lookup(given).name
    except (LookupError, ValueError):
        raise InvalidInput(
            f"--encoding {given[:_SHOWN]!r} is not known; there are utf-8, utf-16, cp1252, and "
            "whatever else Python knows"
        ) from None
    return _UTF_8 if name == "utf-8" else name


def delimiter_of(given: str) -> str:
    """A delimiter, or its name such as ``tab``. Raises InvalidInput for what cannot be one."""
    found = _NAMES.get(given.lower(), given)
    if len(found) != 1 or found in _NO_DELIMITERS:
        raise InvalidInput(
            f"--delimiter takes one character, or {', '.join(_NAMES)}, not {given[:_SHOWN]!r}"
        )
    return found


def detect(
    path: Path,
    *,
    name: str,
    columns: Columns | None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> TextFormat:
    """How a file is read: as `encoding` and `delimiter` say, or as it shows itself.

    name: of the file, in messages.
    columns: of CSV; None for other files, which have no delimiter.

    Raises InvalidInput if the file does not show it.
    """
    notes: list[str] = []
    with path.open("rb") as file:
        head = file.read(_HEAD)
    marked = next((of for mark, of in _MARKS if head.startswith(mark)), None)
    if encoding is None:
        if marked is None and b"\0" in head:
            raise InvalidInput(
                f"{name} is not text in UTF-8. It may be UTF-16 without a byte order mark: "
                "--encoding utf-16-le, or utf-16-be"
            )
        encoding = marked or _UTF_8
        if encoding != _UTF_8:
            notes.append(f"as {encoding.upper()}")
    elif marked and encoding.startswith(marked):
        encoding = marked  # utf-16-le, say, would hand on the mark as a character
    if columns is None or delimiter is not None:
        return TextFormat(encoding, delimiter or _COMMA, tuple(notes))
    try:
        delimiter = _delimiter(path, encoding, columns)
    except UnicodeError:
        raise undecodable(path, name, encoding) from None
    if delimiter != _COMMA:
        notes.append(_between(delimiter))
    return TextFormat(encoding, delimiter, tuple(notes))


def undecodable(path: Path, name: str, encoding: str) -> InvalidInput:
    """The error for a file that is not text in its encoding, with the first line that is wrong."""
    if encoding != _UTF_8:
        return InvalidInput(f"{name} is not text in {encoding.upper()}")
    wrong = f"{name} is not text in UTF-8"
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode()
            except UnicodeDecodeError as error:
                shown = _around(line, error.start)
                return InvalidInput(
                    f"{wrong}: see line {number}. --encoding cp1252, which spreadsheets on Windows "
                    f"write, would read there: {shown}"
                )
    return InvalidInput(wrong)


def _between(delimiter: str) -> str:
    return f"with {_DELIMITERS.get(delimiter, repr(delimiter))} between the cells"


def _around(line: bytes, at: int) -> str:
    begin = max(0, at - _SHOWN // 2)
    return line[begin : begin + _SHOWN].decode("cp1252", "replace").strip()


def _delimiter(path: Path, encoding: str, columns: Columns) -> str:
    headers = {it: _header(path, encoding, it) for it in _DELIMITERS}
    fitting = [it for it, header in headers.items() if _fits(header, columns)]
    if _COMMA in fitting or len(fitting) > 1:
        return _COMMA
    if fitting:
        return fitting[0]
    # The order of the table decides between equals.
    return max(_DELIMITERS, key=lambda it: columns.count_known(headers[it]))


def _header(path: Path, encoding: str, delimiter: str) -> list[str]:
    with path.open(encoding=encoding, newline="") as text:
        try:
            return header_of(csv.reader(text, strict=True, delimiter=delimiter))
        except csv.Error:
            return []


def header_of(rows: Iterable[list[str]]) -> list[str]:
    """The first row that is not empty, without the white space around its cells."""
    row = next((row for row in rows if row), list[str]())
    return [column.strip() for column in row]


def _fits(header: Sequence[str], columns: Columns) -> bool:
    try:
        columns.fields_of(header)
    except InvalidInput:
        return False
    return bool(header)
