"""What proves a project complete: how many rows of each table it has, and their hash.

A row is hashed as its line of JSON: an object of the table's columns in their order, in UTF-8
without spaces, with a line feed at its end. The hash of a table is the SHA-256 of the lines of one
project, sorted by the key. In JSON Lines that is the hash of the file; from SQLite the same lines
can be made anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final, TypeAlias, TypedDict

from agilekit._version import __version__
from agilekit.errors import AgilekitError
from agilekit.export.model import TABLES, Part, Row, Table, sound, time_text

__all__ = ["FORMAT", "Complete", "Contents", "Failed", "complete", "contents", "failed", "lines"]

FORMAT: Final = 1
"""The version of the format; a new one means that older readers would misread it."""


class Contents(TypedDict):
    """What a project has in one table."""

    rows: int
    sha256: str


Tables: TypeAlias = dict[str, Contents]


class _Entry(TypedDict):
    service: str
    project_id: str
    title: str | None
    base_url: str
    agilekit: str
    """The version of this library."""


class Complete(_Entry):
    """The entry of a project that was written."""

    finished_at: str | None
    tables: Tables


class Failed(_Entry):
    """The entry of the last attempt at a project, where that failed."""

    failed_at: str | None
    error: str


def lines(table: Table, rows: Iterable[Row]) -> Iterator[bytes]:
    """The rows as lines of JSON."""
    names = [column.name for column in table.columns]
    for row in rows:
        values = dict(zip(names, row, strict=True))
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def contents(table: Table, rows: Iterable[Row]) -> Contents:
    """How many rows there are, and their hash."""
    count, digest = 0, hashlib.sha256()
    for line in lines(table, rows):
        count += 1
        digest.update(line)
    return Contents(rows=count, sha256=digest.hexdigest())


def complete(part: Part) -> Complete:
    """The entry of a project that is about to be written."""
    return Complete(
        service=part.service,
        project_id=part.project_id,
        title=None if part.title is None else sound(part.title),
        base_url=part.base_url,
        agilekit=__version__,
        finished_at=time_text(datetime.now(UTC)),
        tables={table.name: contents(table, part.rows[table.name]) for table in TABLES},
    )


def failed(part: Part, error: AgilekitError) -> Failed:
    """The entry of a project that was not written; `part` has no rows."""
    return Failed(
        service=part.service,
        project_id=part.project_id,
        title=None if part.title is None else sound(part.title),
        base_url=part.base_url,
        agilekit=__version__,
        failed_at=time_text(datetime.now(UTC)),
        error=sound(f"{type(error).__name__}: {error}"),
    )
