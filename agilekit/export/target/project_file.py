"""A project as one file of JSON lines, gzipped: its entry of the manifest, then its rows.

::

    {"format": 4, "entry": {…}}
    {"table": "projects", "rows": 1}
    {"service": "flyingdonut", …}
    …

One file appears as a whole, so a project is there whole or not at all.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, BinaryIO, Final, cast
from urllib.parse import quote

from agilekit.export import manifest
from agilekit.export.damage import UNPACK_ERRORS
from agilekit.export.manifest import ProjectEntry, TableDigest
from agilekit.export.project import ProjectData
from agilekit.export.table import ProjectKey
from agilekit.export.tables import TABLES

__all__ = ["differences", "entry_of", "lines_of", "name_of", "write"]

_SPEED: Final = 1  # of gzip: the fastest
_READABLE: Final = 100
_IN_MEMORY: Final = 1 << 23  # bytes of a project that are not worth a file


def name_of(key: ProjectKey) -> str:
    """The name of a project's files, without an ending; no two projects have the same.

    It begins with what people can read. Its end tells apart what that does not: ids with dashes in
    them, long ones, and those that differ only in upper and lower case.
    """
    readable = "-".join(quote(part, safe="", errors="replace") for part in key)
    digest = hashlib.sha256(json.dumps(key).encode()).hexdigest()
    return f"{readable[:_READABLE]}-{digest[:16]}"


def write(stream: BinaryIO, data: ProjectData, run: str) -> None:
    """Writes a project. Its rows are read once, and not held."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as body:
        digests = dict[str, TableDigest]()
        with _packed(body) as packed:
            for table in TABLES:
                rows = data.rows[table.name]
                packed.write(_line({"table": table.name, "rows": len(rows)}))
                digests[table.name] = manifest.digest_of(
                    _written(packed, manifest.lines(table, rows))
                )
        with _packed(stream) as packed:
            entry = manifest.complete(data, run, digests)
            packed.write(_line({"format": manifest.FORMAT, "entry": entry}))
        body.seek(0)
        shutil.copyfileobj(body, stream)


def entry_of(stream: BinaryIO, name: str) -> ProjectEntry:
    """The entry of a project. Raises OSError, and ValueError if the file is damaged."""
    try:
        with gzip.open(stream, "rb") as packed:
            head = json.loads(next(iter(packed), b""))
        return cast("ProjectEntry", head["entry"])
    except (gzip.BadGzipFile, *UNPACK_ERRORS, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{name} is damaged: remove it, and export its project again") from error


def lines_of(stream: BinaryIO, name: str, table: str) -> Iterator[bytes]:
    """The rows of a project in one table, as they were written. Raises OSError, ValueError."""
    try:
        with gzip.open(stream, "rb") as packed:
            yield from _of_table(packed, table)
    except (gzip.BadGzipFile, *UNPACK_ERRORS, KeyError, TypeError) as error:
        raise ValueError(f"{name} is damaged: {type(error).__name__}: {error}") from error


def differences(stream: BinaryIO, file: str, name: str) -> Iterator[str]:
    """How the rows of a project differ from what its entry promises. Raises OSError, ValueError.

    name: what `name_of` its key has to be.
    """
    entry = entry_of(stream, file)
    if name_of(manifest.key_of(entry)) != name:
        yield f"{file}: it holds another project"
    promised, nothing = entry["tables"] or {}, manifest.digest_of(())
    for table in TABLES:
        stream.seek(0)
        found = manifest.digest_of(lines_of(stream, file, table.name))
        if found != promised.get(table.name, nothing):
            yield f"{file}: the rows of {table.name} are not those that were written"


def _packed(stream: IO[bytes]) -> gzip.GzipFile:
    return gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=_SPEED, mtime=0)


def _written(stream: gzip.GzipFile, lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines, each as it was written."""
    for line in lines:
        stream.write(line)
        yield line


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
