"""The options of ``agilekit create`` that take more than a word or a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import click

from agilekit.cli.create.drafts_file import Format
from agilekit.cli.create.text_format import delimiter_of
from agilekit.suggestions import did_you_mean

__all__ = ["JOURNAL_SUFFIX", "delimiter_for", "format_of", "journal_path", "parse_mapping"]

JOURNAL_SUFFIX: Final = ".agilekit-journal"
"""What the journal's name has after that of the file, unless ``--journal`` says otherwise."""

_FORMATS: Final[Mapping[str, Format]] = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl"}


def parse_mapping(mapping: Sequence[str], fields: Sequence[str]) -> dict[str, str | None]:
    """``--map COLUMN=FIELD``: the field of each column, None to leave it out.

    Raises UsageError for another form, and for an unknown field.
    """
    mapped: dict[str, str | None] = {}
    for one in mapping:
        column, equals, field = one.rpartition("=")
        if not equals:
            raise click.UsageError(f"--map takes COLUMN=FIELD, not {one}")
        if field and field not in fields:
            known = ", ".join(fields)
            meant = did_you_mean(field, fields)
            raise click.UsageError(f"--map {one}: no field {field}; the fields are {known}{meant}")
        mapped[column.strip()] = field or None
    return mapped


def format_of(file: str) -> Format:
    """The format by the file's name. Raises UsageError if the name does not tell."""
    found = _FORMATS.get(Path(file).suffix.lower())
    if found is None:
        name = "standard input" if file == "-" else file
        raise click.UsageError(f"--format csv or jsonl is needed: {name} does not tell")
    return found


def delimiter_for(format: Format, given: str) -> str:
    """``--delimiter``. Raises UsageError for a format that has none."""
    if format != "csv":
        raise click.UsageError(f"--delimiter is for CSV, not for {format}")
    return delimiter_of(given)


def journal_path(file: str, given: str | None, *, no_journal: bool) -> str | None:
    """Where the journal is; None for no journal.

    Raises UsageError for standard input, beside which no file can stand.
    """
    if given is not None and no_journal:
        raise click.UsageError("--journal and --no-journal exclude each other")
    if given is not None or no_journal:
        return given
    if not Path(file).is_file():
        raise click.UsageError("a job whose input is not a file needs --journal or --no-journal")
    return f"{file}{JOURNAL_SUFFIX}"
