"""The target that a path, a URL or an address means."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Literal, TypeAlias, cast, get_args

from agilekit.checks import alternatives
from agilekit.connections import TargetAddress
from agilekit.errors import InvalidInput
from agilekit.export.optional import require
from agilekit.export.target.csv import CSV
from agilekit.export.target.duckdb import DuckDB
from agilekit.export.target.entry_points import target_of_a_package
from agilekit.export.target.errors import target_errors
from agilekit.export.target.folder import Folder
from agilekit.export.target.jsonlines import CompressedJSONLines, JSONLines
from agilekit.export.target.parquet import Parquet
from agilekit.export.target.remote import FsspecStore, RemoteSQLite, is_url
from agilekit.export.target.sqlite import SQLite
from agilekit.export.target.store import LocalStore, Store
from agilekit.export.target.table_format import TableFormat
from agilekit.export.target.target import Target
from agilekit.suggestions import did_you_mean

__all__ = ["Destination", "Format", "open_target"]

Destination: TypeAlias = str | os.PathLike[str] | TargetAddress
"""A path or a URL, or what `agilekit.connections.load_targets` gives by its name."""

Format: TypeAlias = Literal["sqlite", "jsonl", "jsonl.zst", "parquet", "csv", "duckdb"]

_PATHS: Final = (str, os.PathLike)
_POSTGRES: Final = ("postgresql://", "postgres://")
_BY_ENDING: Final[Mapping[str, Format]] = {
    "": "jsonl",
    ".jsonl": "jsonl",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
    ".parquet": "parquet",
    ".csv": "csv",
    ".duckdb": "duckdb",
    ".zst": "jsonl.zst",
}
_TABLE_FORMATS: Final[Mapping[Format, Callable[[], TableFormat]]] = {
    "jsonl": JSONLines,
    "jsonl.zst": CompressedJSONLines,
    "parquet": Parquet,
    "csv": CSV,
}


def open_target(to: object, format: object = None) -> Target:
    """The target at a path, URL or address, in the format that is given, or else as its name ends.

    | the name ends in | the target is |
    |---|---|
    | ``.sqlite``, ``.sqlite3``, ``.db`` | a database of SQLite |
    | ``.duckdb`` | a database of DuckDB |
    | ``.parquet`` | a folder of Parquet |
    | ``.csv`` | a folder of CSV |
    | ``.zst`` | a folder of compressed JSON Lines |
    | ``.jsonl``, or nothing | a folder in the format that it holds already, or JSON Lines |
    | anything else | that folder, if it holds an export already; or else refused |

    A URL of ``postgresql://`` is a schema of that database. A URL may also be one for which another
    package has a target, by its scheme.

    Raises InvalidInput for what is not a path, for an ending that tells no format, for a folder
    around it that is not there, for an address whose password is not where its file says, and if
    the library for it is missing; TargetError if the system does not let it be looked at.
    """
    if isinstance(to, TargetAddress):
        to = to.with_password()
    path = os.fspath(cast("str | os.PathLike[str]", to)) if isinstance(to, _PATHS) else None
    if not isinstance(path, str) or not path or "\0" in path:
        raise InvalidInput(f"to must be the path of a file or a folder, not {to!r:.60}")
    if format is not None and format not in get_args(Format):
        formats, meant = alternatives(get_args(Format)), did_you_mean(format, get_args(Format))
        raise InvalidInput(f"format must be {formats}, not {format!r:.60}{meant}")
    if path.startswith(_POSTGRES):
        return _postgres(path, format)
    path = path.removeprefix("file://")
    if is_url(path) and (target := target_of_a_package(path)) is not None:
        if format is not None:
            raise InvalidInput(f"format is for files and folders, not for {target.path}")
        return target
    _check_scheme(path)
    ending = _ending(path)
    chosen = cast("Format | None", format) or _BY_ENDING.get(ending)
    if chosen == "sqlite":
        return _sqlite(path)
    if chosen == "duckdb":
        return _duckdb(path)
    store: Store = FsspecStore(path) if is_url(path) else LocalStore(_local(path))
    if format is None and chosen in (None, "jsonl"):
        # What is there already decides.
        chosen = cast("Format | None", Folder.kind_at(store)) or chosen
    if chosen is None:
        raise _unknown_ending(path, ending)
    # A kind that a newer version wrote is refused by the folder itself.
    return Folder(store, _TABLE_FORMATS.get(chosen, JSONLines)())


def _check_scheme(path: str) -> None:
    """Raises InvalidInput for a URL that is meant for a database."""
    scheme = path.partition("://")[0].lower() if is_url(path) else None
    if meant := did_you_mean(scheme, ("postgresql",)):
        raise InvalidInput(f"nothing can be exported to {scheme:.60}://{meant}")
    if scheme in ("sqlite", "duckdb"):
        raise InvalidInput(
            f"a file of {scheme} is named by its path, such as backup.{scheme}, not {scheme}://"
        )


def _ending(path: str) -> str:
    ending = Path(path).suffix.lower()
    # The name of a bucket may have a dot in it.
    is_host = is_url(path) and not path.partition("://")[2].partition("/")[2].strip("/")
    return "" if is_host and ending not in _BY_ENDING else ending


def _unknown_ending(path: str, ending: str) -> InvalidInput:
    known = sorted(filter(None, _BY_ENDING))
    name, meant = Path(path).name, did_you_mean(ending, known) or "."
    return InvalidInput(
        f"{name!r:.60} does not tell the format of the export: no format ends in {ending:.20}"
        f"{meant} It may end in {', '.join(known)}, or in no ending for a folder of JSON Lines; or "
        f"else say the format: {', '.join(get_args(Format))}"
    )


def _postgres(url: str, format: object) -> Target:
    if format is not None:
        raise InvalidInput("format is for files and folders: leave it out for postgresql://")
    require("psycopg", extra="postgres", by="postgresql://")
    from agilekit.export.target.postgres import Postgres

    return Postgres(url)


def _sqlite(path: str) -> Target:
    if not is_url(path):
        return SQLite(_local(path))
    folder, _, name = path.rpartition("/")
    return RemoteSQLite(FsspecStore(f"{folder}/"), name)  # memory:// is the root of its store


def _duckdb(path: str) -> Target:
    if is_url(path):
        raise InvalidInput("a file of DuckDB is made on this machine, not at a URL")
    return DuckDB(_local(path))


def _local(path: str) -> Path:
    local = Path(path)
    with target_errors(path):
        if not local.parent.is_dir():
            raise InvalidInput(f"there is no folder {local.parent}")
    return local
