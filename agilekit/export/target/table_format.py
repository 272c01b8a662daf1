"""What every format of a folder can do: write a table as a file, and read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Protocol

from agilekit.export.table import Row, Table

__all__ = ["TableFormat"]


class TableFormat(Protocol):
    """How a table is written as a file."""

    @property
    def kind(self) -> str:
        """The name of the format."""
        ...

    @property
    def suffix(self) -> str: ...

    @property
    def is_fragile(self) -> bool:
        """Whether a file that was changed may bring down the whole process that reads it."""
        ...

    @property
    def same_since(self) -> int:
        """The oldest version of exports whose files are read like those of this one."""
        ...

    def write(self, stream: BinaryIO, table: Table, lines: Iterator[Iterator[bytes]]) -> None:
        """Fills a file with the rows of a table, project by project, each a line of JSON."""
        ...

    def read(self, stream: BinaryIO, table: Table) -> Iterator[Row]:
        """The rows of a file. Raises ValueError if it is not one of this format."""
        ...

    def differences(self, stream: BinaryIO, table: Table) -> Iterator[str]:
        """What else a file says of its rows that is not so. Raises OSError, ValueError."""
        ...
