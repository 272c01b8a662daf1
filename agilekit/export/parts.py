"""A project as one file: its entry of the manifest, then its rows, as lines of JSON, gzipped.

::

    {"format": 3, "entry": {…}}
    {"table": "projects", "rows": 1}
    {"service": "flyingdonut", …}
    …

One file is replaced as a whole, so a project is there whole or not at all.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO, Final, cast
from urllib.parse import quote

from agilekit.export import manifest
from agilekit.export.manifest import Contents, Entry, Key
from agilekit.export.model import TABLES, Part
from agilekit.export.store import Store

__all__ = ["entry_of", "lines_of", "name_of", "save"]

_SPEED: Final = 1  # of gzip: the fastest


def name_of(key: Key) -> str:
    """The name of a project's file, without its ending."""
    return "-".join(quote(part, safe="") for part in key)


def save(store: Store, name: str, part: Part, run: str) -> None:
    """Writes a project."""
    made = {table.name: [*manifest.lines(table, part.rows[table.name])] for table in TABLES}
    tables: Mapping[str, Contents] = {
        table: manifest.contents(lines) for table, lines in made.items()
    }
    entry = manifest.complete(part, run, tables)

    def write(stream: BinaryIO) -> None:
        with gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=_SPEED, mtime=0) as packed:
            packed.write(_line({"format": manifest.FORMAT, "entry": entry}))
            for table, lines in made.items():
                packed.write(_line({"table": table, "rows": len(lines)}))
                packed.writelines(lines)

    store.write(name, write)


def entry_of(store: Store, name: str) -> Entry:
    """The entry of a project. Raises OSError, ValueError where it is damaged."""
    try:
        with store.open(name) as stream, gzip.open(stream, "rb") as packed:
            head = json.loads(next(iter(packed), b""))
        return cast("Entry", head["entry"])
    except (gzip.BadGzipFile, EOFError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{name} is damaged: remove it, and export its project again") from error


def lines_of(store: Store, name: str, table: str) -> Iterator[bytes]:
    """The rows of a project in one table, as they were written."""
    with store.open(name) as stream, gzip.open(stream, "rb") as packed:
        lines: Iterable[bytes] = packed
        left = iter(lines)
        next(left)
        for head in left:
            about = json.loads(head)
            for _ in range(about["rows"]):
                line = next(left)
                if about["table"] == table:
                    yield line
            if about["table"] == table:
                return


def _line(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
