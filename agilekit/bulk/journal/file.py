"""The file of a journal: whether it is one, its tables, and whose job it holds."""

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
    "opened",
    "schema_of",
    "select",
    "transaction",
]

_APPLICATION: Final = 0x61676B6A  # "agkj"
_SCHEMA: Final = 3
_ADDED: Final = {"sent_at": (1, "REAL"), "unstored": (2, "TEXT"), "checksum": (2, "INTEGER")}
"""By column, the last schema that lacks it, and its type."""
_PATIENCE: Final = 0.5  # seconds, where the file is locked
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
_MAY_BE_THERE: Final = frozenset({State.SENT, State.CREATED, State.UNKNOWN})
_PLACE: Final = "place"


@frozen
class Contents:
    """What a journal holds beside its rows."""

    counts: Mapping[State, int]
    """How many drafts are in which state."""
    values: Mapping[str, str]
    """What was noted of the job as a whole."""
    last: int
    """The last position; -1 where there is none."""
    sent_at: float | None
    """When anything was sent last, in seconds since 1970, as far as the journal tells."""

    @property
    def place(self) -> Mapping[str, str]:
        """The container of the job, with its server under ``at``."""
        with suppress(ValueError):
            found: object = json.loads(self.values.get(_PLACE, "{}"))
            if isinstance(found, dict):
                return cast("Mapping[str, str]", found)
        return {}


def absolute(path: object) -> str:
    """Raises InvalidInput for what is no path."""
    if not isinstance(path, str | PathLike):
        raise InvalidInput(f"journal must be the path of a file, not {path!r:.60}")
    # "" and ":memory:" as they are would be databases that nobody finds again.
    return str(Path(cast("str | PathLike[str]", path)).absolute())


def opened(path: str, place: Mapping[str, str]) -> tuple[sqlite3.Connection, Contents]:
    """The journal of a job, to be written; it is begun where there is none. Raises JournalError.

    place: what tells the job from others.
    """
    try:
        # A file of somebody else's stays as it is.
        with closing(sqlite3.connect(path, timeout=_PATIENCE)) as database:
            is_new(database, path)
        database = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=_PATIENCE
        )
        try:
            return database, _prepare(database, path, place)
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
    """Whether nothing is in the file yet. Raises JournalError where it is no journal."""
    ((application,),) = database.execute("PRAGMA application_id")
    ((tables,),) = database.execute("SELECT count(*) FROM sqlite_master")
    if not tables and not application:
        return True
    if application != _APPLICATION:
        raise JournalError(f"{path} is no journal of a bulk job: use another file")
    schema = schema_of(database)
    if schema > _SCHEMA:
        raise JournalError(
            f"the journal {path} is of a later version of agilekit ({schema}): use that one, or "
            "another journal"
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


def _prepare(database: sqlite3.Connection, path: str, place: Mapping[str, str]) -> Contents:
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    # The lock is kept from the first transaction to the end of the connection.
    with transaction(database):
        if is_new(database, path):
            for statement in _TABLES.split(";"):
                database.execute(statement)
            database.execute(f"PRAGMA application_id = {_APPLICATION}")
            _begin(database, place)
        else:
            schema = schema_of(database)
            for name, (lacking, kind) in _ADDED.items():
                if schema <= lacking:
                    database.execute(f"ALTER TABLE drafts ADD COLUMN {name} {kind}")
        database.execute(f"PRAGMA user_version = {_SCHEMA}")
    ((sound,),) = database.execute("PRAGMA quick_check(1)")
    if sound != "ok":
        raise damaged(path, sound)
    found = contents_of(database)
    if found.values.get(_PLACE) == _as_text(place):
        return found
    if not _MAY_BE_THERE.isdisjoint(found.counts):
        raise JournalError(
            f"the journal {path} is of another job: {found.values.get(_PLACE, 'of none')}, not "
            f"{_as_text(place)}. Use another journal for this job"
        )
    with transaction(database):
        database.execute("DELETE FROM drafts")
        database.execute("DELETE FROM job")
        _begin(database, place)
    return contents_of(database)


def _begin(database: sqlite3.Connection, place: Mapping[str, str]) -> None:
    database.execute("INSERT INTO job VALUES (?, ?)", (_PLACE, _as_text(place)))


def _as_text(place: Mapping[str, str]) -> str:
    return json.dumps(dict(place), sort_keys=True, ensure_ascii=False)
