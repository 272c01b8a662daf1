"""The rows of one table of a project, in the order of its key, however many there are.

Up to `HELD` rows are a list. More go to a database of their own that SQLite keeps in a temporary
file without a name, in the folder that the variable ``SQLITE_TMPDIR`` or ``TMPDIR`` names: it is
gone with the process, whatever ends that. They come back in the order of the key, as often as they
are asked for.

A project of a few rows more than `HELD` takes no file: SQLite makes one when its cache is full.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, islice
from typing import Final
from weakref import finalize

from agilekit.export.errors import ExportError
from agilekit.export.table import Row, Table

__all__ = ["HELD", "in_order"]

HELD: Final = 25_000
"""Rows: of cards with their raw answers, some 50 MB."""
_CACHE: Final = 8 << 10  # KB
_ADVICE: Final = "SQLITE_TMPDIR may name a folder with more room"


def in_order(table: Table, rows: Iterable[Row]) -> Collection[Row]:
    """The rows of a table, which are read once, sorted by its key. Equal keys keep their order."""
    left = iter(rows)
    held = [*islice(left, HELD)]
    beyond = next(left, None)
    return table.in_order(held) if beyond is None else _Spool(table, chain(held, (beyond,), left))


class _Spool(Collection[Row]):
    """Rows in a temporary file."""

    def __init__(self, table: Table, rows: Iterable[Row]) -> None:
        # Targets read in other threads than that in which it is filled, one at a time.
        self._database: Final = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        finalize(self, self._database.close)
        key = ", ".join(f'"{name}"' for name in table.key)
        self._select: Final = f"SELECT * FROM rows ORDER BY {key}"  # noqa: S608 - own names
        try:
            self._length: Final = self._fill(table, rows)
            self._database.execute(f"CREATE INDEX by_key ON rows ({key})")
        except sqlite3.Error as error:
            raise ExportError(f"{error}; {_ADVICE}", "the temporary file of a project") from error

    def _fill(self, table: Table, rows: Iterable[Row]) -> int:
        self._database.execute(f"PRAGMA cache_size = -{_CACHE}")
        self._database.execute("PRAGMA journal_mode = OFF")
        # Without types, each value comes back as it was given.
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        places = ", ".join("?" * len(table.columns))
        self._database.execute(f"CREATE TABLE rows ({columns})")
        self._database.execute("BEGIN")
        insert = f"INSERT INTO rows VALUES ({places})"  # noqa: S608 - own names
        inserted = self._database.executemany(insert, rows).rowcount
        self._database.execute("COMMIT")
        return inserted

    def __repr__(self) -> str:
        return f"<{self._length:,} rows in a temporary file>"

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Row]:
        yield from self._database.execute(self._select)  # it keeps this object, and so the file

    def __contains__(self, row: object) -> bool:
        return any(one == row for one in self)

    def __reduce__(self) -> tuple[object, ...]:
        return tuple, ([*self],)  # another process has no use for the file
