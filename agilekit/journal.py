"""The journal of a bulk job: what was sent, on disk before it leaves, and what became of it.

A draft is known by its position in the input and by a hash of its content. Its row goes from *sent*
to *created*, *refused*, *unknown* or *unsent*; a row that is *sent* when a job begins is one whose
request was under way when the job before it ended.

The file is an SQLite database in WAL mode with full synchronisation, so that what is written there
survives a crash of the machine. One process at a time can have it.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from enum import IntEnum
from math import isfinite
from os import PathLike
from pathlib import Path
from typing import Final, ParamSpec, Self, TypeAlias, TypeVar, cast

import anyio
import anyio.to_thread
from attrs import frozen

from agilekit.errors import InvalidInput, JournalError

__all__ = ["Journal", "Row", "State", "read"]

P = ParamSpec("P")
R = TypeVar("R")

_APPLICATION: Final = 0x61676B6A  # "agkj"
_SCHEMA: Final = 3
_ADDED: Final = ((1, "sent_at REAL"), (2, "unstored TEXT"))
"""The columns that a schema lacks, and those before it: a journal is brought up to date."""
_AT_ONCE: Final = 500
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
    unstored TEXT
);
CREATE INDEX drafts_by_item ON drafts (item_id) WHERE item_id IS NOT NULL;
CREATE INDEX drafts_by_state ON drafts (state, position);
"""


class State(IntEnum):
    SENT = 1
    CREATED = 2
    REFUSED = 3
    UNKNOWN = 4
    UNSENT = 5
    """Not sent, for a reason that may pass."""


@frozen
class Row:
    """What the journal holds of one draft."""

    position: int
    hash: bytes
    state: State
    draft: str
    """As JSON."""
    item_id: str | None = None
    result: str | None = None
    """The item, or the error, as JSON."""
    sent_at: float | None = None
    """When it was sent last, in seconds since 1970 by the clock on the wall, where that matters."""
    unstored: str | None = None
    """The fields that the service does not show as they were sent, as JSON; None if all are."""


class Journal:
    """An open journal. Raises JournalError wherever it cannot be used."""

    def __init__(
        self,
        path: str,
        database: sqlite3.Connection,
        counts: Mapping[State, int],
        values: Mapping[str, str],
    ) -> None:
        self.path: Final[str] = path
        self.counts: Final[Counter[State]] = Counter(counts)
        """How many drafts are in which state."""
        self.values: Final[dict[str, str]] = dict(values)
        """What was noted of the job as a whole."""
        self._database = database
        # One thread at a time: the order of what is written is the order of what happened.
        self._limiter = anyio.CapacityLimiter(1)

    @classmethod
    async def open(cls, path: str | PathLike[str], job: Mapping[str, str]) -> Self:
        """Opens the journal of a job, or begins it where there is none.

        job: what tells the job from others; a journal of another one is refused.
        """
        name = _absolute(path)
        return cls(name, *await anyio.to_thread.run_sync(_opened, name, dict(job)))

    async def aclose(self) -> None:
        with anyio.CancelScope(shield=True):
            await self._do(self._database.close)

    async def note(self, name: str, value: str) -> None:
        """Writes a value of the job as a whole, in the place of an earlier one."""
        await self._do(self._note, name, value)
        self.values[name] = value

    async def find(self, first: int, last: int) -> dict[int, Row]:
        """The rows of the drafts from one position to another, both included."""
        sql = f"{_ROWS} WHERE position BETWEEN ? AND ?"
        rows = await self._do(self._drafts, sql, (first, last))
        return {row.position: row for row in rows}

    async def last(self, state: State, most: int, *, below: int | None = None) -> list[Row]:
        """The last rows of a state, or the last before a position, the very last first."""
        sql = f"{_ROWS} WHERE state = ? AND position < ? ORDER BY position DESC LIMIT ?"
        end = sys.maxsize if below is None else below
        return await self._do(self._drafts, sql, (state, end, most))

    async def beyond(self, position: int) -> int | None:
        """The last position above one that a row has."""
        sql = "SELECT max(position) FROM drafts WHERE position > ?"
        ((found,),) = await self._do(self._rows, sql, (position,))
        return None if found is None else int(str(found))

    async def owns(self, item_ids: Sequence[str]) -> set[str]:
        """Those of some items that were created of a draft of this job."""
        marks = ",".join("?" * len(item_ids))
        sql = f"SELECT item_id FROM drafts WHERE item_id IN ({marks})"  # noqa: S608 - only marks
        return {str(found) for (found,) in await self._do(self._rows, sql, item_ids)}

    async def put(self, rows: Sequence[Row]) -> None:
        """Writes rows, all of them or none, and returns when they are on disk."""
        await self._do(self._put, rows)

    async def _do(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        def attempt() -> R:
            try:
                return work(*args, **kwargs)
            except (sqlite3.Error, ValueError) as error:
                raise JournalError(f"the journal {self.path} failed: {error}") from None

        return await anyio.to_thread.run_sync(attempt, limiter=self._limiter)

    def _rows(self, sql: str, values: Sequence[object]) -> list[tuple[object, ...]]:
        return self._database.execute(sql, values).fetchall()

    def _drafts(self, sql: str, values: Sequence[object]) -> list[Row]:
        return [_row(row) for row in self._rows(sql, values)]

    def _note(self, name: str, value: str) -> None:
        with _transaction(self._database):
            self._database.execute("INSERT OR REPLACE INTO job VALUES (?, ?)", (name, value))

    def _put(self, rows: Sequence[Row]) -> None:
        before: list[State] = []
        with _transaction(self._database):
            for row in rows:
                sql = "SELECT state FROM drafts WHERE position = ?"
                before += [State(one) for (one,) in self._database.execute(sql, (row.position,))]
                self._database.execute(
                    "INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        *(row.position, row.hash, row.state, row.item_id, row.draft),
                        *(row.result, row.sent_at, row.unstored),
                    ),
                )
        self.counts.subtract(before)
        self.counts.update(row.state for row in rows)


@contextmanager
def _transaction(database: sqlite3.Connection) -> Generator[None, None, None]:
    try:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            database.execute("ROLLBACK")
        raise


_ROWS: Final = "SELECT position, hash, state, draft, item_id, result, sent_at, unstored FROM drafts"


def read(path: str, states: Sequence[State]) -> Iterator[Row]:
    """The rows of a closed journal, in the order of the input: of some states, or of all where none
    is named. Raises JournalError.
    """
    named = ",".join(str(int(state)) for state in states)
    where = f"AND state IN ({named})" if named else ""
    last = -1
    while True:
        sql = f"{_ROWS} WHERE position > {last} {where} ORDER BY position LIMIT {_AT_ONCE}"
        try:
            with closing(sqlite3.connect(f"{Path(path).as_uri()}?mode=rw", uri=True)) as database:
                rows = [_row(row) for row in database.execute(sql)]
        except (sqlite3.Error, ValueError) as error:
            raise JournalError(f"the journal {path} cannot be read: {error}") from None
        if not rows:
            return
        yield from rows
        last = rows[-1].position


def _row(values: Sequence[object]) -> Row:
    position, digest, state, draft, item_id, result, sent_at, unstored = values
    return Row(
        int(str(position)),
        bytes(digest) if isinstance(digest, bytes) else b"",
        State(int(str(state))),
        str(draft),
        None if item_id is None else str(item_id),
        None if result is None else str(result),
        sent_at if isinstance(sent_at, float) and isfinite(sent_at) else None,
        None if unstored is None else str(unstored),
    )


def _absolute(path: object) -> str:
    if not isinstance(path, str | PathLike):
        raise InvalidInput(f"journal must be the path of a file, not {path!r:.60}")
    # "" and ":memory:" as they are would be databases that nobody finds again.
    return str(Path(cast("str | PathLike[str]", path)).absolute())


_Opened: TypeAlias = tuple[sqlite3.Connection, dict[State, int], dict[str, str]]


def _opened(path: str, job: dict[str, str]) -> _Opened:
    try:
        # A file of somebody else's stays as it is.
        with closing(sqlite3.connect(path, timeout=_PATIENCE)) as database:
            _is_new(database, path)
        database = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=_PATIENCE
        )
        try:
            return database, *_prepare(database, path, job)
        except BaseException:
            database.close()
            raise
    except (sqlite3.Error, ValueError) as error:
        if "locked" in str(error):
            raise JournalError(f"the journal {path} is in use by another job") from None
        raise JournalError(f"the journal {path} cannot be used: {error}") from None


def _is_new(database: sqlite3.Connection, path: str) -> bool:
    """Whether nothing is in the file yet. Raises JournalError where it is no journal."""
    ((application,),) = database.execute("PRAGMA application_id")
    ((schema,),) = database.execute("PRAGMA user_version")
    ((tables,),) = database.execute("SELECT count(*) FROM sqlite_master")
    if not tables and not application:
        return True
    if application != _APPLICATION:
        raise JournalError(f"{path} is no journal of a bulk job")
    if schema not in range(1, _SCHEMA + 1):
        raise JournalError(f"the journal {path} is of another version of agilekit ({schema})")
    return False


def _prepare(
    database: sqlite3.Connection, path: str, job: Mapping[str, str]
) -> tuple[dict[State, int], dict[str, str]]:
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    # The lock is kept from the first transaction to the end of the connection.
    with _transaction(database):
        if _is_new(database, path):
            for statement in _TABLES.split(";"):
                database.execute(statement)
            database.execute(f"PRAGMA application_id = {_APPLICATION}")
            database.execute(f"PRAGMA user_version = {_SCHEMA}")
            database.execute("INSERT INTO job VALUES ('place', ?)", (_as_text(job),))
        else:
            ((schema,),) = database.execute("PRAGMA user_version")
            for lacking, column in _ADDED:
                if schema <= lacking:
                    database.execute(f"ALTER TABLE drafts ADD COLUMN {column}")
            database.execute(f"PRAGMA user_version = {_SCHEMA}")
    ((sound,),) = database.execute("PRAGMA quick_check(1)")
    if sound != "ok":
        raise JournalError(f"the journal {path} is damaged: {sound}")
    values = {str(name): str(value) for name, value in database.execute("SELECT * FROM job")}
    if values.get("place") != _as_text(job):
        found = values.get("place", "nothing")
        raise JournalError(f"the journal {path} is of another job: {found}, not {_as_text(job)}")
    counts = database.execute("SELECT state, count(*) FROM drafts GROUP BY state")
    return {State(state): count for state, count in counts}, values


def _as_text(job: Mapping[str, str]) -> str:
    return json.dumps(job, sort_keys=True, ensure_ascii=False)
