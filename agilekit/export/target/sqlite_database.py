"""How the file of an export as SQLite is opened, and what becomes of its errors.

A step opens the file, and closes it again. A run keeps one connection for all of its steps: from
`keep` until `close`. Whatever fails closes it, too, which rolls back what was not committed; the
next step opens another.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from attrs import define, field, frozen

from agilekit.errors import InvalidInput
from agilekit.export.damage import START_OVER
from agilekit.export.errors import TargetError
from agilekit.export.target.errors import target_errors

__all__ = ["SQLiteDatabase", "is_damage", "readable"]

_LOCK_TIMEOUT: Final = 30.0  # seconds that another process may hold the file
_SHORT_LOCK_TIMEOUT: Final = 1.0  # second


@frozen
class _Kept:
    """A connection, the process that it belongs to, and the file that it writes to."""

    connection: sqlite3.Connection
    file: os.stat_result
    process: int = field(factory=os.getpid)


# SQLite does not let a forked process touch what it inherits: not even to close it.
_INHERITED: Final[list[_Kept]] = []


@define
class SQLiteDatabase:
    """The file of an export."""

    file: Path
    path: str
    """What messages call it."""
    _keeps: bool = field(init=False, default=False)
    _kept: _Kept | None = field(init=False, default=None, repr=False)

    def keep(self) -> None:
        """From now on, one connection is opened, and stays open."""
        self._keeps = True

    def close(self) -> None:
        kept, self._kept = self._own(), None
        if kept is not None:
            kept.connection.close()

    def __del__(self) -> None:
        # Of a target that nobody closed; a connection that a fork has inherited stays as it is.
        kept = self._kept
        if kept is not None and kept.process == os.getpid():
            kept.connection.close()

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        with self._connected(f"file:{_escaped(self.file)}") as database:
            database.execute("BEGIN IMMEDIATE")
            yield database
            database.execute("COMMIT")

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        with self._connected(readable(self.file)) as database:
            yield database

    def use_write_ahead_log(self) -> None:
        """Without the log, readers stop writers. The file stays so if it is being read just now."""
        with (
            self._errors(),
            suppress(sqlite3.OperationalError),
            closing(
                _connect(f"file:{_escaped(self.file)}", timeout=_SHORT_LOCK_TIMEOUT)
            ) as database,
        ):
            database.execute("PRAGMA journal_mode = WAL")

    @contextmanager
    def _connected(self, uri: str) -> Generator[sqlite3.Connection]:
        with self._errors():
            kept = self._own()
            database = _connect(uri) if kept is None else kept.connection
            try:
                if self._keeps and kept is None:
                    database.execute("PRAGMA schema_version")  # it opens the file only now
                    self._kept = _Kept(database, self.file.stat())
                yield database
            except BaseException:
                self._kept = None
                database.close()
                raise
            if not self._keeps:
                database.close()

    def _own(self) -> _Kept | None:
        """The connection that is kept, if this process has opened it."""
        kept = self._kept
        if kept is not None and kept.process != os.getpid():
            _INHERITED.append(kept)
            kept = self._kept = None
        if kept is not None and not self._is_there(kept):
            kept.connection.close()
            kept = self._kept = None
        return kept

    def _is_there(self, kept: _Kept) -> bool:
        """Whether the file was neither removed nor replaced: what is written would be lost."""
        try:
            return os.path.samestat(self.file.stat(), kept.file)
        except OSError:
            return False

    @contextmanager
    def _errors(self) -> Generator[None]:
        try:
            with target_errors(self.path, advice=START_OVER):
                yield
        except TargetError as error:
            cause = error.__cause__
            if getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
                raise InvalidInput(f"{self.path} is not a database of SQLite") from None
            if is_damage(cause):
                what = f"the file is damaged: {cause}"
                raise TargetError(what, error.path, START_OVER) from cause
            raise


def is_damage(error: BaseException | None) -> bool:
    """Whether what is in the file is to blame, and not the system."""
    if isinstance(error, sqlite3.OperationalError):
        # An error of Python's own has no code: of a text that is not UTF-8, for one.
        code = getattr(error, "sqlite_errorcode", None)
        return code in {None, sqlite3.SQLITE_ERROR}  # the latter, if a table is gone
    return type(error) is sqlite3.DatabaseError  # its other subclasses tell of the caller


def _connect(uri: str, *, timeout: float = _LOCK_TIMEOUT) -> sqlite3.Connection:
    connection = sqlite3.connect(
        uri, timeout=timeout, isolation_level=None, check_same_thread=False, uri=True
    )
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def readable(file: Path) -> str:
    """The URI by which to read a file.

    It is not opened as read-only, because what a killed process has left has to be put in order
    first. In a folder that cannot be written to, nothing can be left, and no log can be made.
    """
    if os.access(file.parent, os.W_OK) or file.with_name(f"{file.name}-wal").exists():
        return f"file:{_escaped(file)}?mode=rw"
    return f"file:{_escaped(file)}?immutable=1"


def _escaped(file: Path) -> str:
    return str(file).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
