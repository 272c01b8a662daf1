"""Reading a journal without its job: the file stays as it is, even while a job writes to it.

What a job has written lately stands in the file beside it, ``-wal``, until SQLite copies it over.
While there is such a file, both are copied, and the copies are read. They fit together if the
``-wal`` was not begun anew in the meantime, which its head tells: until then it holds every page
that may have come into the file since. If there is none, the file itself is read.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Final, Self

from agilekit.bulk.journal.file import Contents, absolute, contents_of, is_new, schema_of, select
from agilekit.bulk.journal.rows import Row, State, row_of
from agilekit.errors import JournalError

__all__ = ["Snapshot", "read"]

_AT_ONCE: Final = 500
_HEAD: Final = 32  # bytes
_MOST_COPIES: Final = 10


class Snapshot:
    """A journal as it was at one moment."""

    def __init__(self, path: str, file: Path) -> None:
        """Raises JournalError if it cannot be read.

        file: the file that is read.
        """
        self.path: Final = path
        self._file = file
        try:
            self._seen: Final = _stamp(file)
            with closing(_connect(file, "mode=ro&immutable=1")) as database:
                if is_new(database, path):
                    raise JournalError(f"{path} is not a journal of a bulk job: it is empty")
                self._sql: Final = select(schema_of(database))
                self.contents: Final[Contents] = contents_of(database)
        except (OSError, sqlite3.Error, ValueError) as error:
            raise _unreadable(path, error) from None

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Self:
        """The journal as it is now. Raises JournalError if there is none.

        Copies are removed when nobody holds the snapshot any more.
        """
        name = absolute(path)
        try:
            if not Path(name).is_file():
                raise JournalError(f"there is no journal {name}")
            if not _head(name):
                return cls(name, Path(name))
            folder = tempfile.mkdtemp(prefix="agilekit-journal-")
        except (OSError, ValueError) as error:
            raise _unreadable(name, error) from None
        try:
            found = cls(name, _copy(name, Path(folder)))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        weakref.finalize(found, shutil.rmtree, folder, ignore_errors=True)
        return found

    def rows(self, states: Sequence[State] = ()) -> Iterator[Row]:
        """In the order of the input: those of some states, or all if none is named.

        Raises JournalError.
        """
        for rows in _pages(self.path, self._file, self._sql, states, "mode=ro&immutable=1"):
            if self._has_changed():
                raise JournalError(
                    f"a job has written to the journal {self.path} since it was opened for "
                    "reading: open it again"
                )
            yield from rows

    def _has_changed(self) -> bool:
        try:
            return _stamp(self._file) != self._seen
        except OSError as error:
            raise _unreadable(self.path, error) from None


def read(path: str, states: Sequence[State]) -> Iterator[Row]:
    """The rows of a journal that no job has open, as `Snapshot.rows`. Raises JournalError."""
    for rows in _pages(path, Path(path), select(), states, "mode=rw"):
        yield from rows


def _pages(
    path: str, file: Path, sql: str, states: Sequence[State], how: str
) -> Iterator[list[Row]]:
    named = ",".join(str(int(state)) for state in states)
    where = f"AND state IN ({named})" if named else ""
    last = -1
    while True:
        query = f"{sql} WHERE position > {last} {where} ORDER BY position LIMIT {_AT_ONCE}"
        try:
            with closing(_connect(file, how)) as database:
                rows = [row_of(values, path) for values in database.execute(query)]
        except (sqlite3.Error, ValueError) as error:
            raise _unreadable(path, error) from None
        if not rows:
            return
        yield rows
        last = rows[-1].position


def _connect(file: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.as_uri()}?{how}", uri=True)


def _copy(path: str, folder: Path) -> Path:
    """A copy of a journal, with what was written lately."""
    copy = folder / "journal"
    try:
        for _ in range(_MOST_COPIES):
            head = _head(path)
            shutil.copyfile(path, copy)
            with Path(f"{copy}-wal").open("wb") as late, suppress(FileNotFoundError):
                late.write(Path(f"{path}-wal").read_bytes())
            if _head(path) == head:
                break
        else:
            raise JournalError(f"a job is writing to the journal {path}: try again")
        with closing(_connect(copy, "mode=rw")) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except (OSError, sqlite3.Error) as error:
        raise _unreadable(path, error) from None
    return copy


def _head(path: str) -> bytes:
    """How the ``-wal`` file begins; nothing if there is none."""
    try:
        with Path(f"{path}-wal").open("rb") as file:
            return file.read(_HEAD)
    except FileNotFoundError:
        return b""


def _stamp(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_mtime_ns, found.st_size


def _unreadable(path: str, error: Exception) -> JournalError:
    return JournalError(f"the journal {path} cannot be read: {error}")
