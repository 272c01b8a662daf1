"""What proves a project complete: how many rows of each table it has, and their hash.

A row is hashed as its line of JSON: an object of the table's columns in their order, in UTF-8
without spaces, with a line feed at its end. The hash of a table is the SHA-256 of the lines of one
project, sorted by the key. From every format the same lines can be made anew, which is how an
export is verified.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, TypeAlias, TypedDict

from agilekit._version import __version__
from agilekit.errors import AgilekitError
from agilekit.export.tables import TABLES, Found, Part, Row, Table, sound, time_text

__all__ = [
    "FORMAT",
    "Contents",
    "Entry",
    "Key",
    "complete",
    "contents",
    "failed",
    "key_of",
    "lines",
    "noted",
    "now",
    "skipped",
]

FORMAT: Final = 3
"""The version of the format; a new one means that older readers would misread it."""

Key: TypeAlias = tuple[str, str, str]
"""The service, the host and the id of a project."""


class Contents(TypedDict):
    """What a project has in one table."""

    rows: int
    sha256: str


class Entry(TypedDict):
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
    """Of the project as it was read."""
    finished_at: str | None
    """When it was written; null where it never was."""
    tables: dict[str, Contents] | None
    gaps: list[str]
    """What the service has by its own account, and did not show."""
    notes: list[str]
    """What is worth knowing of it, though nothing says that anything is missing."""
    memory: str | None
    """What the next export has to know to ask for less; null where there is nothing."""
    skipped_at: str | None
    skipped: str | None
    """Why the last attempt left it as it was; null where it was written."""
    failed_at: str | None
    error: str | None
    """Why the last attempt failed; null where it did not."""


def key_of(entry: Entry) -> Key:
    return entry["service"], entry["host"], entry["project_id"]


def lines(table: Table, rows: Iterable[Row]) -> Iterator[bytes]:
    """The rows as lines of JSON."""
    names = [column.name for column in table.columns]
    for row in rows:
        values = dict(zip(names, row, strict=True))
        line = json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=repr)
        # No row that was written holds half a surrogate pair, or bytes; one that is read may.
        yield line.encode(errors="surrogatepass") + b"\n"


def contents(made: Iterable[bytes]) -> Contents:
    """How many lines there are, and their hash."""
    count, digest = 0, hashlib.sha256()
    for line in made:
        count += 1
        digest.update(line)
    return Contents(rows=count, sha256=digest.hexdigest())


def complete(part: Part, run: str, tables: Mapping[str, Contents]) -> Entry:
    """The entry of a project that is about to be written."""
    entry = noted(None, part.project)
    return {
        **entry,
        "run": run,
        "watermark": part.project.done.stamped(part.project.watermark),
        "finished_at": now(),
        "tables": {table.name: tables[table.name] for table in TABLES},
        "gaps": [sound(gap) for gap in part.gaps],
        "notes": [sound(note) for note in part.notes],
        "memory": part.memory,
    }


def failed(before: Entry | None, project: Found, error: AgilekitError) -> Entry:
    """The entry of a project that could not be exported. What there was of it stays."""
    text = sound(f"{type(error).__name__}: {error}")
    return {**noted(before, project), "failed_at": now(), "error": text}


def skipped(before: Entry | None, project: Found, why: str) -> Entry:
    """The entry of a project that was left as it was."""
    return {**noted(before, project), "skipped_at": now(), "skipped": why}


def noted(before: Entry | None, project: Found) -> Entry:
    """The entry of a project as it was before, without what the last attempt made of it."""
    if before is not None:
        return {**before, "skipped_at": None, "skipped": None, "failed_at": None, "error": None}
    return Entry(
        service=project.service,
        host=project.host,
        project_id=project.project_id,
        title=None if project.title is None else sound(project.title),
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
