"""Transactions in one schema of a PostgreSQL database.

A connection is kept open from one transaction to the next. Each transaction has one to itself, so
one that is read slowly stands in no other's way. What it needs is set in the transaction itself:
a pooler may hand each to another session of the server.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from attrs import field, frozen
from psycopg import Connection, Cursor, IsolationLevel
from psycopg.errors import LockNotAvailable, UndefinedColumn, UndefinedTable

from agilekit.export.damage import EXPORT_AGAIN, START_OVER
from agilekit.export.errors import TargetError
from agilekit.export.target.errors import target_errors
from agilekit.export.target.postgres_address import PostgresAddress
from agilekit.export.target.sql_tables import quoted

__all__ = ["CommitLost", "PostgresDatabase"]

_LOCK_TIMEOUT: Final = "30s"  # that another process may hold a project or a run
_MOST_IDLE: Final = "60s"  # until a process that stopped while it wrote has lost its transaction
_EVER_SO_IDLE: Final = "0"  # whoever reads is in nobody's way
_ROWS_AT_ONCE: Final = 2_000


class CommitLost(TargetError):
    """The connection was lost after a commit was sent, and before it was answered."""

    def __init__(self, path: str) -> None:
        message = "the connection was lost during a commit, and whether it was done is not known"
        super().__init__(message, path)


@frozen
class PostgresDatabase:
    """Opens a connection when it is needed. Raises TargetError for whatever fails."""

    address: PostgresAddress
    _idle: list[Connection[Any]] = field(factory=list[Connection[Any]], eq=False, repr=False)

    @contextmanager
    def transaction(self) -> Generator[Cursor[Any]]:
        """Commits at its end, or else changes nothing. Raises CommitLost if that is not known."""
        with (
            self._errors(),
            self._begun(_MOST_IDLE) as connection,
            connection.cursor(binary=True) as cursor,
        ):
            yield cursor

    @contextmanager
    def reading(self, statement: str, parameters: Sequence[str] = ()) -> Generator[Cursor[Any]]:
        """The rows of one statement, fetched as they are asked for."""
        with (
            self._errors(advice=EXPORT_AGAIN),
            self._begun(_EVER_SO_IDLE) as connection,
            connection.cursor("rows", binary=True) as cursor,
        ):
            cursor.itersize = _ROWS_AT_ONCE
            yield cursor.execute(statement.encode(), parameters)

    def lock(self, cursor: Cursor[Any], *names: str) -> None:
        """Waits until no other transaction has locked these names in this schema."""
        digest = hashlib.sha256("\0".join((self.address.schema, *names)).encode()).digest()
        key = int.from_bytes(digest[:8], signed=True)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _begun(self, most_idle: str) -> Generator[Connection[Any]]:
        connection = self._connection()
        # What others have made for this session of the server comes last.
        search_path = f"{quoted(self.address.schema)}, pg_temp"
        is_commit_sent = False
        try:
            with connection.transaction():
                connection.execute(_SET_UP, [search_path, _LOCK_TIMEOUT, most_idle])
                yield connection
                is_commit_sent = True
        except psycopg.OperationalError as error:
            if is_commit_sent and connection.closed:
                raise CommitLost(self.address.path) from error
            raise
        finally:
            if connection.closed:
                connection.close()  # lost: what it holds here is given back
            else:
                self._idle.append(connection)

    def _connection(self) -> Connection[Any]:
        while self._idle:
            connection = self._idle.pop()
            try:
                connection.execute("")
            except psycopg.OperationalError:
                connection.close()  # the server, or something on the way, has ended it meanwhile
            else:
                return connection
        connection = psycopg.connect(self.address.conninfo, autocommit=True, prepare_threshold=None)
        connection.isolation_level = IsolationLevel.READ_COMMITTED
        return connection

    @contextmanager
    def _errors(self, *, advice: str | None = None) -> Generator[None]:
        """advice: what to do about values that were never written."""
        path = self.address.path
        with target_errors(path, advice=advice):
            try:
                yield
            except (UndefinedTable, UndefinedColumn) as error:
                raise TargetError(_message(error), path, START_OVER) from error
            except psycopg.Error as error:
                raise TargetError(_message(error), path) from error


def _message(error: psycopg.Error) -> str:
    """What the server says; or libpq, of a server that it does not reach."""
    message = error.diag.message_primary or " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, LockNotAvailable):
        return f"another process has been at work on it for {_LOCK_TIMEOUT} ({message})"
    if "no password supplied" in message:
        return f"it asks for a password: set PGPASSWORD, or write it into ~/.pgpass ({message})"
    return message


_SET_UP: Final = """
SELECT set_config('timezone', 'UTC', true), set_config('search_path', %s, true),
       set_config('lock_timeout', %s, true),
       set_config('idle_in_transaction_session_timeout', %s, true),
       set_config('standard_conforming_strings', 'on', true)
"""
