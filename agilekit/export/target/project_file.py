"""A project as one file of JSON lines, gzipped: its entry of the manifest, then its rows.

::

    {"format": 3, "entry": {…}}
    {"table": "projects", "rows": 1}
    {"service": "flyingdonut", …}
    …

One file is replaced as a whole, so a project is there whole or not at all.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final, cast
from urllib.parse import quote

from agilekit.export import manifest
from agilekit.export.damage import UNPACK_ERRORS
from agilekit.export.manifest import ProjectEntry
from agilekit.export.project import ProjectData
from agilekit.export.table import ProjectKey
from agilekit.export.tables import TABLES
from agilekit.export.target.store import Store

__all__ = ["differences", "entry_of", "lines_of", "name_of", "save"]

_SPEED: Final = 1  # of gzip: the fastest
_READABLE: Final = 100


def name_of(key: ProjectKey) -> str:
    """The name of a project's files, without an ending; no two projects have the same.

    It begins with what people can read. Its end tells apart what that does not: ids with dashes in
    them, long ones, and those that differ only in upper and lower case.
    """
    readable = "-".join(quote(part, safe="", errors="replace") for part in key)
    digest = hashlib.sha256(json.dumps(key).encode()).hexdigest()
    return f"{readable[:_READABLE]}-{digest[:16]}"


def save(store: Store, name: str, data: ProjectData, run: str) -> None:
    """Writes a project."""
    made = {table.name: [*manifest.lines(table, data.rows[table.name])] for table in TABLES}
    digests = {table: manifest.digest_of(lines) for table, lines in made.items()}
    entry = manifest.complete(data, run, digests)

    def write(stream: BinaryIO) -> None:
        with gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=_SPEED, mtime=0) as packed:
            packed.write(_line({"format": manifest.FORMAT, "entry": entry}))
            for table, lines in made.items():
                packed.write(_line({"table": table, "rows": len(lines)}))
                packed.writelines(lines)

    store.write(name, write)


def entry_of(store: Store, name: str) -> ProjectEntry:
    """The entry of a project. Raises OSError, and ValueError if the file is damaged."""
    try:
        with store.open(name) as stream, gzip.open(stream, "rb") as packed:
            head = json.loads(next(iter(packed), b""))
        return cast("ProjectEntry", head["entry"])
    except (gzip.BadGzipFile, *UNPACK_ERRORS, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{name} is damaged: remove it, and export its project again") from error


def lines_of(store: Store, name: str, table: str) -> Iterator[bytes]:
    """The rows of a project in one table, as they were written. Raises OSError, ValueError."""
    try:
        with store.open(name) as stream, gzip.open(stream, "rb") as packed:
            yield from _of_table(packed, table)
    except (gzip.BadGzipFile, *UNPACK_ERRORS, KeyError, TypeError) as error:
        raise ValueError(f"{name} is damaged: {type(error).__name__}: {error}") from error


def differences(store: Store, name: str) -> Iterator[str]:
    """How the rows of a project differ from what its entry promises. Raises OSError, ValueError."""
    promised = entry_of(store, name)["tables"] or {}
    for table in TABLES:
        if manifest.digest_of(lines_of(store, name, table.name)) != promised.get(table.name):
            yield f"{name}: the rows of {table.name} are not those that were written"


def _of_table(packed: Iterable[bytes], table: str) -> Iterator[bytes]:
    lines = iter(packed)
    next(lines, None)  # the entry
    for head in lines:
        about = json.loads(head)
        for _ in range(about["rows"]):
            line = next(lines, b"")
            if not line:
                raise EOFError("it ends before its last row")
            if about["table"] == table:
                yield line
        if about["table"] == table:
            return


def _line(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
