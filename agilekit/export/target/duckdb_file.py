"""How the file of an export as DuckDB is opened, and what becomes of its errors.

Only one process at a time may have such a file open, or several that only read. So each step opens
it, and closes it again; what another process has open is waited for.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from threading import RLock
from typing import Any, Final

from attrs import field, frozen

from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export.damage import START_OVER
from agilekit.export.errors import TargetError
from agilekit.export.optional import require
from agilekit.export.target.errors import target_errors

__all__ = ["DuckDBFile", "execute"]

_LOCK_TIMEOUT: Final = 30.0  # seconds that another process may have the file open
_LOCK_POLL: Final = 0.05  # seconds
_MAGIC: Final = b"DUCK"
_MAGIC_AT: Final = 8  # bytes; a checksum stands before it
_LOCKED: Final = "lock on file"
_SIGNS_OF_DAMAGE: Final = ("Corrupt database", "Could not read enough bytes")
# Transactions of one process do not wait for each other: they fail.
_LOCKS: Final = defaultdict[Path, RLock](RLock)


def _library() -> Any:
    return require("duckdb", extra="duckdb", by="the format duckdb")


@frozen
class DuckDBFile:
    """The file of an export. Raises InvalidInput if the library for it is missing."""

    file: Path
    library: Any = field(factory=_library, eq=False, repr=False)

    @contextmanager
    def transaction(self) -> Generator[Any]:
        with _LOCKS[self.file.absolute()], self.connected(to_write=True) as database:
            execute(database, "BEGIN")
            yield database
            execute(database, "COMMIT")

    @contextmanager
    def connected(self, *, to_write: bool = False) -> Generator[Any]:
        with self._errors():
            database = self._connect(to_write=to_write)
            try:
                yield database
            finally:
                database.close()  # which rolls back what was not committed

    def _connect(self, *, to_write: bool) -> Any:
        # For a file of another kind, DuckDB would look for an extension that can read it.
        if _is_of_another_kind(self.file):
            raise self._not_a_database()
        deadline, modes = time.monotonic() + _LOCK_TIMEOUT, cycle(self._modes(to_write=to_write))
        while True:
            try:
                return self.library.connect(str(self.file), read_only=next(modes))
            except self.library.IOException as error:
                if _LOCKED not in str(error):
                    raise
                if time.monotonic() > deadline:
                    what = f"another process has it open for more than {_LOCK_TIMEOUT:.0f} s"
                    raise TargetError(what, str(self.file)) from error
            time.sleep(_LOCK_POLL)

    def _modes(self, *, to_write: bool) -> tuple[bool, ...]:
        """Whether to open it read-only: in turns, where that lets others read it meanwhile."""
        if self.file.exists() and not os.access(self.file, os.W_OK):
            return (True,)
        return (False,) if to_write else (False, True)

    @contextmanager
    def _errors(self) -> Generator[None]:
        with target_errors(str(self.file), advice=START_OVER):
            try:
                yield
            except self.library.Error as error:
                raise self._error(error) from error

    def _error(self, error: Exception) -> AgilekitError:
        text = str(error)
        if "not a valid DuckDB database" in text:  # an empty file, for one
            return self._not_a_database()
        if "different configuration" in text:
            what = "this process has it open in another way, such as read-only: close that first"
            return TargetError(what, str(self.file))
        advice = START_OVER if self._is_damage(error) else None
        return TargetError(text.partition("\n")[0], str(self.file), advice)

    def _not_a_database(self) -> InvalidInput:
        return InvalidInput(f"{self.file} is not a database of DuckDB")

    def _is_damage(self, error: Exception) -> bool:
        """Whether a block or a table of the file is not as it was written."""
        library = self.library
        kinds = (library.CatalogException, library.BinderException, library.SerializationException)
        return isinstance(error, kinds) or any(sign in str(error) for sign in _SIGNS_OF_DAMAGE)


def _is_of_another_kind(file: Path) -> bool:
    if not file.exists():
        return False
    with file.open("rb") as stream:
        begin = stream.read(_MAGIC_AT + len(_MAGIC))
    return bool(begin) and begin[_MAGIC_AT:] != _MAGIC


def execute(database: Any, statement: str, parameters: Sequence[object] = ()) -> list[Any]:
    """All that a statement gives: a connection does nothing else before that was taken."""
    found: list[Any] = database.execute(statement, [*parameters]).fetchall()
    return found
