"""The file of a journal: whether it is one, its tables, and the job to which it belongs.

An SQLite file is a journal if it bears the application id below, and is of a version (schema) that
is known. One of an earlier version is read as it is, and brought up to date when a job writes to
it. A journal belongs to the container of its job; that of another job is refused, unless nothing
can have been created of what it holds.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager, suppress
from os import PathLike
from pathlib import Path
from typing import Final, cast

from attrs import frozen

from agilekit.bulk.journal.damage import damaged
from agilekit.bulk.journal.rows import COLUMNS, State
from agilekit.errors import InvalidInput, JournalError

__all__ = [
    "Contents",
    "absolute",
    "contents_of",
    "is_new",
    "open_database",
    "schema_of",
    "select",
    "transaction",
]

_APPLICATION: Final = 0x61676B6A  # "agkj"
_SCHEMA: Final = 3
_ADDED: Final = {"sent_at": (1, "REAL"), "unstored": (2, "TEXT"), "checksum": (2, "INTEGER")}
"""By column, the last schema that lacks it, and its type."""
_PATIENCE: Final = 0.5  # seconds, if the file is locked
_TABLES: Final = """
CREATE TABLE job (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE drafts (
    position INTEGER PRIMARY KEY,
    hash BLOB NOT NULL,
    state INTEGER NOT NULL,
    item_id TEXT,
    draft TEXT NOT NULL,
    result TEXT,
    sent_at REAL,
    unstored TEXT,
    checksum INTEGER
);
CREATE INDEX drafts_by_item ON drafts (item_id) WHERE item_id IS NOT NULL;
CREATE INDEX drafts_by_state ON drafts (state, position);
"""
_MAY_EXIST: Final = frozenset({State.SENT, State.CREATED, State.UNKNOWN})
_CONTAINER: Final = "place"  # the name in the file: part of its format


@frozen
class Contents:
    """What a journal holds beside its rows."""

    counts: Mapping[State, int]
    """How many drafts are in which state."""
    values: Mapping[str, str]
    """What was noted of the job as a whole."""
    last: int
    """The last position; -1 if there is none."""
    sent_at: float | None
    """When anything was sent last, in seconds since 1970, as far as the journal tells."""

    @property
    def container(self) -> Mapping[str, str]:
        """What names the container of the job; its server is under ``at``."""
        with suppress(ValueError):
            found: object = json.loads(self.values.get(_CONTAINER, "{}"))
            if isinstance(found, dict):
                return cast("Mapping[str, str]", found)
        return {}


def absolute(path: object) -> str:
    """Raises InvalidInput for what is not a path."""
    if not isinstance(path, str | PathLike):
        raise InvalidInput(f"journal must be the path of a file, not {path!r:.60}")
    # "" and ":memory:" would be databases that are gone once they are closed.
    return str(Path(cast("str | PathLike[str]", path)).absolute())


def open_database(path: str, container: Mapping[str, str]) -> tuple[sqlite3.Connection, Contents]:
    """The journal of a job, to be written; a new one if there is none. Raises JournalError.

    container: what tells the job from others.
    """
    try:
        # Before anything is written: a file that is not a journal stays as it is.
        with closing(sqlite3.connect(path, timeout=_PATIENCE)) as database:
            is_new(database, path)
        database = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=_PATIENCE
        )
        try:
            return database, _prepare(database, path, container)
        except BaseException:
            database.close()
            raise
    except (sqlite3.Error, ValueError) as error:
        if "locked" in str(error):
            raise JournalError(
                f"the journal {path} is in use by another job: wait for its end, or use another "
                "journal"
            ) from None
        raise JournalError(
            f"the journal {path} cannot be used: {error}. Mend that, or use another journal"
        ) from None


def is_new(database: sqlite3.Connection, path: str) -> bool:
    """Whether nothing is in the file yet. Raises JournalError if it is not a journal."""
    ((application,),) = database.execute("PRAGMA application_id")
    ((tables,),) = database.execute("SELECT count(*) FROM sqlite_master")
    if not tables and not application:
        return True
    if application != _APPLICATION:
        raise JournalError(f"{path} is not a journal of a bulk job: use another file")
    schema = schema_of(database)
    if schema > _SCHEMA:
        raise JournalError(
            f"the journal {path} was written by a later version of agilekit ({schema}): use that "
            "version, or another journal"
        )
    if schema < 1:
        raise damaged(path, f"its version is {schema}")
    return False


def schema_of(database: sqlite3.Connection) -> int:
    ((schema,),) = database.execute("PRAGMA user_version")
    return int(str(schema))


def select(schema: int = _SCHEMA) -> str:
    """The query for the rows of a journal, also of an earlier version."""
    added = {name: lacking for name, (lacking, _) in _ADDED.items() if schema <= lacking}
    columns = ", ".join(f"NULL AS {name}" if name in added else name for name in COLUMNS)
    return f"SELECT {columns} FROM drafts"  # noqa: S608 - only names


def contents_of(database: sqlite3.Connection) -> Contents:
    counts = database.execute("SELECT state, count(*) FROM drafts GROUP BY state").fetchall()
    values = database.execute("SELECT name, value FROM job").fetchall()
    ((last,),) = database.execute("SELECT max(position) FROM drafts")
    ((sent_at,),) = database.execute(f"SELECT max(sent_at) FROM ({select(schema_of(database))})")  # noqa: S608
    return Contents(
        {State(state): count for state, count in counts},
        {str(name): str(value) for name, value in values},
        -1 if last is None else int(last),
        sent_at if isinstance(sent_at, float) else None,
    )


@contextmanager
def transaction(database: sqlite3.Connection) -> Generator[None, None, None]:
    try:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            database.execute("ROLLBACK")
        raise


def _prepare(database: sqlite3.Connection, path: str, container: Mapping[str, str]) -> Contents:
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    # With this locking mode, the first transaction takes a lock that the connection keeps.
    with transaction(database):
        if is_new(database, path):
            for statement in _TABLES.split(";"):
                database.execute(statement)
            database.execute(f"PRAGMA application_id = {_APPLICATION}")
            _begin(database, container)
        else:
            schema = schema_of(database)
            for name, (lacking, kind) in _ADDED.items():
                if schema <= lacking:
                    database.execute(f"ALTER TABLE drafts ADD COLUMN {name} {kind}")
        database.execute(f"PRAGMA user_version = {_SCHEMA}")
    ((check,),) = database.execute("PRAGMA quick_check(1)")
    if check != "ok":
        raise damaged(path, check)
    found = contents_of(database)
    if found.values.get(_CONTAINER) == _as_text(container):
        return found
    if not _MAY_EXIST.isdisjoint(found.counts):
        raise JournalError(
            f"the journal {path} belongs to another job: {found.values.get(_CONTAINER, 'none')}, "
            f"not {_as_text(container)}. Use another journal for this job"
        )
    with transaction(database):
        database.execute("DELETE FROM drafts")
        database.execute("DELETE FROM job")
        _begin(database, container)
    return contents_of(database)


def _begin(database: sqlite3.Connection, container: Mapping[str, str]) -> None:
    database.execute("INSERT INTO job VALUES (?, ?)", (_CONTAINER, _as_text(container)))


def _as_text(container: Mapping[str, str]) -> str:
    return json.dumps(dict(container), sort_keys=True, ensure_ascii=False)
