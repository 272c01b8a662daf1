"""Which target a path or URL means."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Literal, TypeAlias, cast, get_args

from agilekit.errors import InvalidInput
from agilekit.export.folder import Folder, TableFormat
from agilekit.export.jsonlines import CompressedJSONLines, JSONLines
from agilekit.export.parquet import Parquet
from agilekit.export.remote import FsspecStore, RemoteSQLite, is_url
from agilekit.export.sqlite import SQLite
from agilekit.export.store import LocalStore, Store
from agilekit.export.target import Target

__all__ = ["Format", "target_at"]

Format: TypeAlias = Literal["sqlite", "jsonl", "jsonl.zst", "parquet"]

_PATHS: Final = (str, os.PathLike)
_BY_ENDING: Final[Mapping[str, Format]] = {
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
    ".parquet": "parquet",
    ".zst": "jsonl.zst",
}
_TABLES: Final[Mapping[Format, Callable[[], TableFormat]]] = {
    "jsonl": JSONLines,
    "jsonl.zst": CompressedJSONLines,
    "parquet": Parquet,
}


def target_at(to: object, format: object = None) -> Target:
    """The target at a path or URL, in the format that is given, or that its ending tells, or that
    a folder holds already, or JSON Lines.

    Raises InvalidInput for what is no path, for a folder around it that is not there, and where
    the library for it is missing.
    """
    path = os.fspath(cast("str | os.PathLike[str]", to)) if isinstance(to, _PATHS) else None
    if not isinstance(path, str) or not path or "\0" in path:
        raise InvalidInput(f"to must be the path of a file or a folder, not {to!r:.60}")
    if format is not None and format not in get_args(Format):
        formats = ", ".join(get_args(Format))
        raise InvalidInput(f"format must be one of {formats}, not {format!r:.60}")
    path = path.removeprefix("file://")
    chosen = cast("Format | None", format) or _BY_ENDING.get(Path(path).suffix.lower())
    if chosen == "sqlite":
        return _sqlite(path)
    store: Store = FsspecStore(path) if is_url(path) else LocalStore(_local(path))
    held = cast("Format", Folder.kind_at(store)) if chosen is None else chosen
    return Folder(store, _TABLES.get(held, JSONLines)())


def _sqlite(path: str) -> Target:
    if not is_url(path):
        return SQLite(_local(path))
    around, _, name = path.rpartition("/")
    return RemoteSQLite(FsspecStore(around if is_url(f"{around}/") else f"{around}/"), name)


def _local(path: str) -> Path:
    place = Path(path)
    if not place.parent.is_dir():
        raise InvalidInput(f"there is no folder {place.parent}")
    return place
