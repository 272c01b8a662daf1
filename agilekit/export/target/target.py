"""What every target can do, whatever its format, and what may be relied on.

An export begins a run, commits its projects one after another, and finishes the run. Several
processes may do so to one target at the same time. A process that was thought dead may come late,
so each run is fenced by its epoch, a number that grows with every beginning in a target:

=======================  ===================================================================
a step of a run          if
=======================  ===================================================================
is refused               a later beginning has taken its scope over, or it was finished
changes nothing          it is a commit, and a run with a higher epoch has committed the project
is done                  neither is so
=======================  ===================================================================

What is refused raises `TargetError`. What changes nothing is no error: it is as though it had been
done just before the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from attrs import frozen

from agilekit.errors import AgilekitError
from agilekit.export.damage import Damage
from agilekit.export.errors import TargetError
from agilekit.export.manifest import ProjectEntry
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.table import ProjectKey, Row, Table

__all__ = ["Run", "Target"]


@frozen
class Run:
    """One export of certain connections, from its beginning until it is finished."""

    scope: str
    """Which connections: another run of the same ones follows it, or continues it."""
    id: str
    epoch: int
    """Grows with every beginning in a target, of whatever scope."""
    continued: bool = False
    """Whether a process began it that did not come to its end."""
    started_at: str | None = None
    """When that process began it; None for a new run."""

    def check(self, last: Run | None, path: str, *, is_finished: bool = False) -> None:
        """Raises TargetError if a step of this run may not be done any more.

        last: what was last begun of its scope.
        path: of the target.
        """
        if last is None or (last.id, last.epoch) != (self.id, self.epoch):
            raise TargetError(
                "another export has taken this run over, so nothing more of it is written", path
            )
        if is_finished:
            raise TargetError("this run has ended, so nothing more of it is written", path)


class Target(Protocol):
    """The destination of an export.

    The methods block. They are called one at a time, but from changing threads. They raise
    TargetError and nothing else; `prepare` and `check` raise InvalidInput, too.
    """

    @property
    def path(self) -> str:
        """What messages call it: no secret is in it."""
        ...

    def prepare(self) -> None:
        """Makes it if it is not there yet. Raises InvalidInput if something else is."""
        ...

    def check(self) -> None:
        """Raises InvalidInput if there is no export."""
        ...

    def begin(self, scope: str, *, resume: bool) -> Run:
        """A new run; or, to resume it, the one of this scope that did not come to its end.

        Either has a new epoch, and takes over what was begun of its scope before.
        """
        ...

    def unfinished(self) -> list[Run]:
        """The runs that did not come to their end, sorted by scope."""
        ...

    def entries(self) -> list[ProjectEntry]:
        """What there is of each project, sorted by key; also of a run that has not ended."""
        ...

    def manifest(self) -> list[ProjectEntry]:
        """What the manifest says of each project, sorted by key."""
        ...

    def commit(self, run: Run, data: ProjectData) -> None:
        """Replaces what was there of a project: by all of it, or not at all.

        What is there when it returns is not lost any more, whatever becomes of this process.
        """
        ...

    def fail(self, run: Run, project: ProjectRef, error: AgilekitError) -> None:
        """Notes why a project was not written. What was there of it stays."""
        ...

    def skip(self, run: Run, project: ProjectRef, why: str) -> None:
        """Notes that a project was left as it is."""
        ...

    def finish(self, runs: Sequence[Run]) -> None:
        """Ends runs, after which the manifest says what there is. One that has ended stays so."""
        ...

    def damage(self) -> Iterator[Damage]:
        """What is wrong with its files, whatever their rows are."""
        ...

    def rows_of(self, key: ProjectKey, table: Table) -> Iterator[Row]:
        """What was last committed of a project, in the order of the table's key."""
        ...

    def rows(self, table: Table) -> Iterator[Row]:
        """What is there of a table, sorted by its key: so project by project."""
        ...

    def close(self) -> None:
        """Gives up what was only needed here."""
        ...
