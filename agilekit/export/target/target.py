"""Where an export is written to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from attrs import frozen

from agilekit.errors import AgilekitError
from agilekit.export.damage import Damage
from agilekit.export.manifest import Entry, Key
from agilekit.export.tables import Found, Part, Row, Table

__all__ = ["Run", "Target"]


@frozen
class Run:
    """One export of certain connections, from its beginning until it ends by itself."""

    scope: str
    """Which connections: another run of the same ones follows it, or continues it."""
    id: str
    continued: bool = False
    """Whether it was begun by a process that did not come to its end."""
    started_at: str | None = None
    """When that process began it; None if it was begun anew."""


class Target(Protocol):
    """A file or a folder. The methods block, and raise OSError, ValueError or sqlite3.Error."""

    @property
    def path(self) -> str: ...

    def prepare(self) -> None:
        """Makes it, where it is not there yet. Raises InvalidInput where something else is."""
        ...

    def check(self) -> None:
        """Raises InvalidInput where there is no export."""
        ...

    def begin(self, scope: str, *, resume: bool) -> Run:
        """A new run, or the one that did not come to its end."""
        ...

    def entries(self) -> list[Entry]:
        """What there is of each project, sorted by key; of a run that goes on, too."""
        ...

    def manifest(self) -> list[Entry]:
        """What the manifest says of each project, sorted by key."""
        ...

    def commit(self, run: Run, part: Part) -> None:
        """Puts a project in the place of what was there of it: all of it, or nothing."""
        ...

    def fail(self, project: Found, error: AgilekitError) -> None:
        """Notes why a project was not written. What was there of it stays."""
        ...

    def skip(self, project: Found, why: str) -> None:
        """Notes that a project was left as it is."""
        ...

    def finish(self, run: Run) -> None:
        """Ends a run."""
        ...

    def damage(self) -> Iterator[Damage]:
        """What is wrong with its files, whatever their rows are."""
        ...

    def close(self) -> None:
        """Removes what was only needed here. Nothing else may follow."""
        ...

    def rows_of(self, key: Key, table: Table) -> Iterator[Row]:
        """What was last committed of a project, in the order of the table's key."""
        ...

    def rows(self, table: Table) -> Iterator[tuple[Key, Row]]:
        """What is there of a table, project by project, sorted by its key."""
        ...
