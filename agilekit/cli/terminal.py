"""Text that came from elsewhere, on its way to a terminal or to another program.

No command prints a control character, one of C1 (U+0080 to U+009F), a separator of lines, a mark
that turns the direction of a text, or anything else that is obeyed rather than shown.

| what is printed | with | such a character becomes |
|---|---|---|
| a sentence, a title | `one_line` | a space; the text is one line |
| a line whose spaces matter | `printable` | an escape, such as ``\\x1b`` |
| JSON | `to_json` | an escape of JSON: whoever reads it has the very same text |

What the encoding of standard output cannot hold, such as cp1252 in a pipe of Windows, becomes an
escape of JSON, too (`escape_the_unencodable`).
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Sequence
from io import TextIOWrapper
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "console_of",
    "escape_the_unencodable",
    "one_line",
    "print_table",
    "printable",
    "to_json",
]

_ESCAPING: Final = "agilekit.escape"
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7e]")


def one_line(text: str) -> str:
    """The text on one line, without the characters that a terminal would obey."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def printable(line: str) -> str:
    """The line, with escapes for what a terminal would obey."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)


def to_json(data: object) -> str:
    """Data as JSON on several lines, with escapes for what a terminal would obey."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return _BEYOND_ASCII.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if character.isprintable():
        return character
    # The JSON module leaves DEL as it is.
    return "\\u007f" if character == "\x7f" else json.dumps(character)[1:-1]


def escape_the_unencodable(stream: object) -> None:
    """Lets a stream that would fail at such a character write its escape instead."""
    if isinstance(stream, TextIOWrapper) and stream.errors == "strict":
        codecs.register_error(_ESCAPING, _as_escape)
        stream.reconfigure(errors=_ESCAPING)


def _as_escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


def console_of(*, stderr: bool = False) -> Console:
    """A console that prints texts as they are: without markup, and without colours for numbers."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False)


def print_table(header: Sequence[str], *rows: Sequence[str], stderr: bool = False) -> None:
    """A table without lines; the first column has the names, the others have numbers."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 3, 0, 0))
    for number, title in enumerate(header):
        table.add_column(title, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    console_of(stderr=stderr).print(table)
