"""The input: drafts in CSV or JSON Lines, each with the line that it begins on.

The input is read once to be checked and counted, and once more, draft by draft, to be sent.
"""

from __future__ import annotations

import csv
import json
import re
from array import array
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import Final, Literal, NoReturn, TextIO, TypeAlias, cast

import click
from attrs import frozen

from agilekit import InvalidInput
from agilekit.bulk import Draft
from agilekit.cli.create.text_form import header_of, not_text, text_form

__all__ = ["Columns", "Format", "Input", "opened"]

Format: TypeAlias = Literal["csv", "jsonl"]
_Record: TypeAlias = Sequence[str] | str

# What a spreadsheet writes TRUE or FALSE for.
_TRUTHS: Final = ("is_completed", "use_50_90", "default_use_50_90")


class Unreadable(Mapping[str, object]):
    """A line of which no draft can be made. Whoever asks for its fields is told why."""

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


@frozen
class Columns:
    """Which field of a draft each column of the input is."""

    fields: Sequence[str]
    required: Sequence[str]
    mapped: Mapping[str, str | None]
    """By column, as ``--map`` says; None leaves the column out."""

    def of(self, column: str) -> str | None:
        """The field of a column, None for one that is left out; its own name where it has none."""
        if column in self.mapped:
            return self.mapped[column]
        name = re.sub(r"[\s_-]+", "_", column.strip().casefold())
        return name if name in self.fields else column

    def known(self, header: Sequence[str]) -> int:
        """How many columns of a header have a field, or are left out by name."""
        return sum(self.of(column) in (None, *self.fields) for column in header)

    def of_header(self, header: Sequence[str]) -> list[str | None]:
        """The field of each column. Raises InvalidInput where one fits no field, or two fit one."""
        found = [self.of(column) for column in header]
        pairs = list(zip(header, found, strict=True))
        if strange := [column for column, name in pairs if name not in (None, *self.fields)]:
            raise InvalidInput(
                f"no field for the {_columns(strange)}; the fields are {', '.join(self.fields)}. "
                f'Name the field with --map "{strange[0]}=FIELD", or leave the column out with '
                f'--map "{strange[0]}="'
            )
        if absent := [column for column in self.mapped if column not in header]:
            raise InvalidInput(f"--map names the {_columns(absent)}; there is {_columns(header)}")
        for name in self.fields:
            if len(same := [column for column, other in pairs if other == name]) > 1:
                raise InvalidInput(f"the {_columns(same)} are both {name}")
        if missing := [name for name in self.required if name not in found]:
            raise InvalidInput(f"no column for {', '.join(missing)}; there is {_columns(header)}")
        return found


class Input:
    """The drafts of a file."""

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
        """Raises InvalidInput for what cannot be read as such a file.

        encoding, delimiter: as they are said; None where they are to be found.
        """
        self._path = path
        self._name = name
        self._format = format
        self._columns = columns
        of_header = columns if format == "csv" else None
        self._form = text_form(
            path, name=name, columns=of_header, encoding=encoding, delimiter=delimiter
        )
        self._fields: list[str | None] = []
        self._lines = array("Q", (line for line, _ in self._records()))

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[Draft]:
        for _, record in self._records():
            yield self._of_line(record) if isinstance(record, str) else self._of_row(record)

    def line(self, position: int) -> int | None:
        """The line of a draft, from 1; None where only a journal still knows the draft."""
        return self._lines[position] if position < len(self) else None

    @property
    def found(self) -> str | None:
        """A sentence on what was found in the file, and is not usual, of how it is written."""
        found = self._form.found
        return f"{self._name} is read {', '.join(found)}." if found else None

    def _records(self) -> Iterator[tuple[int, _Record]]:
        try:
            with self._path.open(encoding=self._form.encoding, newline="") as text:
                yield from self._rows(text) if self._format == "csv" else _filled_lines(text)
        except UnicodeError:
            raise not_text(self._path, self._name, self._form.encoding) from None

    def _rows(self, text: TextIO) -> Iterator[tuple[int, _Record]]:
        rows = csv.reader(text, strict=True, delimiter=self._form.delimiter)
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
            return self._columns.of_header(header)
        except InvalidInput as error:
            how = f" (read {self._form.words})" if self._form.delimiter != "," else ""
            raise InvalidInput(f"{self._name}{how}: {error}") from None

    def _of_row(self, row: Sequence[str]) -> Draft:
        if len(row) > len(self._fields):
            reason = f"it has {len(row)} cells, but the header has {len(self._fields)}"
            return Unreadable(repr(row), reason)
        cells = zip(self._fields, row, strict=False)
        return {name: _value(name, cell) for name, cell in cells if name and cell.strip()}

    def _of_line(self, line: str) -> Draft:
        try:
            data: object = json.loads(line)
        except (ValueError, RecursionError) as error:
            return Unreadable(line.strip(), f"it is no JSON: {error}")
        if not isinstance(data, dict):
            return Unreadable(line.strip(), "it is no object of JSON, with a field for each key")
        draft: dict[str, object] = {}
        for column, value in cast("dict[str, object]", data).items():
            name = self._columns.of(column)
            if name in draft:
                return Unreadable(line.strip(), f"two of its keys are {name}")
            if name is not None:
                draft[name] = value
        return draft


@contextmanager
def opened(file: str) -> Generator[Path, None, None]:
    """A file that can be read twice: the input itself, or a copy of what comes through a pipe."""
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
    return bare.lower() if name in _TRUTHS else cell


def _columns(names: Sequence[str]) -> str:
    return f"column{'s' if len(names) > 1 else ''} {', '.join(map(repr, names))}"
