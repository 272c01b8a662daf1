"""What every target can do, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from attrs import frozen

from agilekit.errors import AgilekitError
from agilekit.export.damage import Damage
from agilekit.export.manifest import ProjectEntry
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.table import ProjectKey, Row, Table

__all__ = ["Run", "Target"]


@frozen
class Run:
    """One export of certain connections, from its beginning until it ends by itself."""

    scope: str
    """Which connections: another run of the same ones follows it, or continues it."""
    id: str
    continued: bool = False
    """Whether a process began it that did not come to its end."""
    started_at: str | None = None
    """When that process began it; None for a new run."""


class Target(Protocol):
    """A file or a folder. The methods block, and raise OSError, ValueError or sqlite3.Error."""

    @property
    def path(self) -> str: ...

    def prepare(self) -> None:
        """Makes it if it is not there yet. Raises InvalidInput if something else is."""
        ...

    def check(self) -> None:
        """Raises InvalidInput if there is no export."""
        ...

    def begin(self, scope: str, *, resume: bool) -> Run:
        """A new run; or, to resume it, the one that did not come to its end."""
        ...

    def entries(self) -> list[ProjectEntry]:
        """What there is of each project, sorted by key; also of a run that has not ended."""
        ...

    def manifest(self) -> list[ProjectEntry]:
        """What the manifest says of each project, sorted by key."""
        ...

    def commit(self, run: Run, data: ProjectData) -> None:
        """Replaces what was there of a project: by all of it, or not at all."""
        ...

    def fail(self, project: ProjectRef, error: AgilekitError) -> None:
        """Notes why a project was not written. What was there of it stays."""
        ...

    def skip(self, project: ProjectRef, why: str) -> None:
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

    def rows_of(self, key: ProjectKey, table: Table) -> Iterator[Row]:
        """What was last committed of a project, in the order of the table's key."""
        ...

    def rows(self, table: Table) -> Iterator[Row]:
        """What is there of a table, sorted by its key: so project by project."""
        ...
