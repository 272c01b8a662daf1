"""A file of drafts, as CSV or JSON Lines, and the line on which each draft begins.

The file is read once to be checked and counted, and once more, draft by draft, to be sent. So a
wrong header is found before anything is sent, and a file may be larger than memory.
"""

from __future__ import annotations

import csv
import json
from array import array
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import Final, Literal, NoReturn, TextIO, TypeAlias, cast

import click

from agilekit import InvalidInput
from agilekit.bulk import Draft
from agilekit.cli.create.columns import Columns
from agilekit.cli.create.text_format import detect, header_of, undecodable

__all__ = ["DraftsFile", "Format", "readable_twice"]

Format: TypeAlias = Literal["csv", "jsonl"]
_Record: TypeAlias = Sequence[str] | str

# Fields in whose cells a spreadsheet writes TRUE or FALSE.
_BOOLEANS: Final = ("is_completed", "use_50_90", "default_use_50_90")


class UnreadableDraft(Mapping[str, object]):
    """Stands for a line that is not a draft; asking for its fields raises InvalidInput.

    So the job refuses this draft, with the reason, and goes on with the others.
    """

    def __init__(self, text: str, reason: str) -> None:
        self._text = text
        self._reason = reason

    def __getitem__(self, name: str) -> NoReturn:
        raise InvalidInput(self._reason)

    def __iter__(self) -> Iterator[str]:
        raise InvalidInput(self._reason)

    def __len__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return self._text


class DraftsFile:
    """The drafts of a file. Iterating reads the file."""

    def __init__(
        self,
        path: Path,
        *,
        name: str,
        format: Format,
        columns: Columns,
        encoding: str | None = None,
        delimiter: str | None = None,
    ) -> None:
        """Raises InvalidInput if the file cannot be read as `format`.

        name: of the file, in messages.
        encoding, delimiter: as the options say; None if they are to be detected.
        """
        self._path = path
        self._name = name
        self._format = format
        self._columns = columns
        self._text = detect(
            path,
            name=name,
            columns=columns if format == "csv" else None,
            encoding=encoding,
            delimiter=delimiter,
        )
        self._fields: list[str | None] = []
        self._lines = array("Q", (line for line, _ in self._records()))

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[Draft]:
        for _, record in self._records():
            if isinstance(record, str):
                yield self._draft_of_line(record)
            else:
                yield self._draft_of_row(record)

    def line(self, position: int) -> int | None:
        """The line of a draft, counted from 1; None if only a journal still has the draft."""
        return self._lines[position] if position < len(self) else None

    @property
    def note(self) -> str | None:
        """A sentence on what was detected and is unusual: the encoding, the delimiter."""
        notes = self._text.notes
        return f"{self._name} is read {', '.join(notes)}." if notes else None

    def _records(self) -> Iterator[tuple[int, _Record]]:
        try:
            with self._path.open(encoding=self._text.encoding, newline="") as text:
                yield from self._rows(text) if self._format == "csv" else _filled_lines(text)
        except UnicodeError:
            raise undecodable(self._path, self._name, self._text.encoding) from None

    def _rows(self, text: TextIO) -> Iterator[tuple[int, _Record]]:
        rows = csv.reader(text, strict=True, delimiter=self._text.delimiter)
        try:
            self._fields = self._fields_of(header_of(rows))
            line = rows.line_num + 1
            for row in rows:
                if any(cell.strip() for cell in row):
                    yield line, row
                line = rows.line_num + 1
        except csv.Error as error:
            raise InvalidInput(f"{self._name}: line {rows.line_num}: {error}") from None

    def _fields_of(self, header: Sequence[str]) -> list[str | None]:
        if not header:
            raise InvalidInput(f"{self._name} has no header that names its columns")
        try:
            return self._columns.fields_of(header)
        except InvalidInput as error:
            how = f" (read {self._text.delimiter_words})" if self._text.delimiter != "," else ""
            raise InvalidInput(f"{self._name}{how}: {error}") from None

    def _draft_of_row(self, row: Sequence[str]) -> Draft:
        if len(row) > len(self._fields):
            reason = f"it has {len(row)} cells, but the header has {len(self._fields)}"
            return UnreadableDraft(repr(row), reason)
        cells = zip(self._fields, row, strict=False)
        return {name: _value(name, cell) for name, cell in cells if name and cell.strip()}

    def _draft_of_line(self, line: str) -> Draft:
        try:
            data: object = json.loads(line)
        except (ValueError, RecursionError) as error:
            return UnreadableDraft(line.strip(), f"it is not valid JSON: {error}")
        if not isinstance(data, dict):
            return UnreadableDraft(
                line.strip(), "it is not a JSON object, with a field for each key"
            )
        draft: dict[str, object] = {}
        for column, value in cast("dict[str, object]", data).items():
            name = self._columns.field_of(column)
            if name in draft:
                return UnreadableDraft(line.strip(), f"two of its keys are {name}")
            if name is not None:
                draft[name] = value
        return draft


@contextmanager
def readable_twice(file: str) -> Generator[Path, None, None]:
    """The file itself, or a copy of what comes through a pipe, which can be read only once."""
    if Path(file).is_file():
        yield Path(file)
        return
    with TemporaryDirectory(prefix="agilekit-create-") as folder:
        copy = Path(folder) / "input"
        with click.open_file(file, "rb") as source, copy.open("wb") as target:
            copyfileobj(source, target)
        yield copy


def _filled_lines(text: Iterable[str]) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(text, start=1) if line.strip())


def _value(name: str, cell: str) -> object:
    bare = cell.strip()
    if name.endswith("_id") and bare.isdecimal():
        return int(bare)
    return bare.lower() if name in _BOOLEANS else cell
