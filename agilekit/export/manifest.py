"""What proves a project complete: how many rows of each table it has, and their hash.

A row is hashed as its line of JSON: an object of the table's columns in their order, in UTF-8
without spaces, with a line feed at its end. The hash of a table is the SHA-256 of the lines of one
project, sorted by the key. From every format the same lines can be made anew, which is how an
export is verified.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, TypedDict

from agilekit._version import __version__
from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.table import ProjectKey, Row, Table, time_text
from agilekit.export.tables import TABLES
from agilekit.wire.json import replace_surrogates

__all__ = [
    "FORMAT",
    "UPGRADED",
    "ProjectEntry",
    "TableDigest",
    "checked_version",
    "complete",
    "digest_of",
    "digests",
    "failed",
    "key_of",
    "lines",
    "now",
    "skipped",
]

FORMAT: Final = 4
"""The version of the format; a new one means that older readers would misread it.

From 4 on, the columns of Parquet have types of their own.
"""
UPGRADED: Final = 3
"""The oldest version that the next export makes into this one, because that loses nothing."""


class TableDigest(TypedDict):
    """How many rows a project has in one table, and their hash."""

    rows: int
    sha256: str


class ProjectEntry(TypedDict):
    """One project: what is there of it, and what the last attempt made of it."""

    service: str
    host: str
    project_id: str
    title: str | None
    base_url: str
    agilekit: str
    """The version of this library."""
    run: str | None
    """The run that wrote it."""
    watermark: str | None
    """The revision of the project as it was read."""
    finished_at: str | None
    """When it was written; null if it never was."""
    tables: dict[str, TableDigest] | None
    """Of the tables that were chosen; null if it never was written."""
    gaps: list[str]
    """What the service has by its own account, and did not show."""
    notes: list[str]
    """What is worth knowing of it, though nothing says that anything is missing."""
    memory: str | None
    """The state of its reader, which the next export has to know to ask for less; null for none."""
    skipped_at: str | None
    skipped: str | None
    """Why the last attempt left it as it was; null if it was written."""
    failed_at: str | None
    error: str | None
    """Why the last attempt failed; null if it did not."""


def checked_version(found: object, path: str, *, oldest: int = UPGRADED) -> int:
    """The version of an export. Raises InvalidInput, with the remedy, if it cannot be used.

    oldest: the oldest that is used as it is, or upgraded by what follows.
    """
    if isinstance(found, int) and oldest <= found <= FORMAT:
        return found
    if isinstance(found, int) and UPGRADED <= found < FORMAT:
        remedy = "export anything to it, which keeps what it holds and makes its tables anew"
    elif isinstance(found, int) and found > FORMAT:
        remedy = "use that version, or a later one"
    else:
        remedy = "move it away, and export again"
    raise InvalidInput(f"{path} was written by another version of agilekit: {remedy}")


def key_of(entry: ProjectEntry) -> ProjectKey:
    return entry["service"], entry["host"], entry["project_id"]


def lines(table: Table, rows: Iterable[Row]) -> Iterator[bytes]:
    """The rows as lines of JSON."""
    return map(table.line, rows)


def digest_of(lines_of_rows: Iterable[bytes]) -> TableDigest:
    """How many lines there are, and their hash."""
    count, digest = 0, hashlib.sha256()
    for line in lines_of_rows:
        count += 1
        digest.update(line)
    return TableDigest(rows=count, sha256=digest.hexdigest())


def digests(data: ProjectData) -> dict[str, TableDigest]:
    """Of each table, how many rows a project has, and their hash."""
    return {table.name: digest_of(lines(table, data.rows[table.name])) for table in TABLES}


def complete(data: ProjectData, run: str, tables: Mapping[str, TableDigest]) -> ProjectEntry:
    """The entry of a project that is about to be written.

    run: the id of its run.
    tables: its digests.
    """
    return {
        **_without_attempt(None, data.project),
        "run": run,
        "watermark": data.project.done.stamped(data.project.revision),
        "finished_at": now(),
        "tables": {one.name: tables[one.name] for one in TABLES if one.name in data.tables},
        "gaps": [*map(replace_surrogates, data.gaps)],
        "notes": [*map(replace_surrogates, data.notes)],
        "memory": data.reader_state,
    }


def failed(before: ProjectEntry | None, project: ProjectRef, error: AgilekitError) -> ProjectEntry:
    """The entry of a project that could not be exported. What there was of it stays.

    before: its entry as it is there; None if there is none.
    """
    text = replace_surrogates(f"{type(error).__name__}: {error}")
    return {**_without_attempt(before, project), "failed_at": now(), "error": text}


def skipped(before: ProjectEntry | None, project: ProjectRef, why: str) -> ProjectEntry:
    """The entry of a project that was left as it was."""
    text = replace_surrogates(why)
    return {**_without_attempt(before, project), "skipped_at": now(), "skipped": text}


def _without_attempt(before: ProjectEntry | None, project: ProjectRef) -> ProjectEntry:
    """The entry of a project as it was before, without what the last attempt made of it."""
    if before is not None:
        return {**before, "skipped_at": None, "skipped": None, "failed_at": None, "error": None}
    return ProjectEntry(
        service=project.service,
        host=project.host,
        project_id=project.project_id,
        title=None if project.title is None else replace_surrogates(project.title),
        base_url=project.base_url,
        agilekit=__version__,
        run=None,
        watermark=None,
        finished_at=None,
        tables=None,
        gaps=[],
        notes=[],
        memory=None,
        skipped_at=None,
        skipped=None,
        failed_at=None,
        error=None,
    )


def now() -> str | None:
    return time_text(datetime.now(UTC))
