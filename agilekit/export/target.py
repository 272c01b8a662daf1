"""Where an export is written to."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from agilekit.errors import AgilekitError
from agilekit.export.model import Part

__all__ = ["Target"]


class Target(Protocol):
    """A file or a folder. The methods block, and raise OSError or sqlite3.Error."""

    @property
    def path(self) -> Path: ...

    def prepare(self) -> None:
        """Makes it, where it is not there yet. Raises InvalidInput where something else is."""
        ...

    def commit(self, part: Part) -> None:
        """Puts a project in the place of what was there of it: all of it, or nothing."""
        ...

    def fail(self, part: Part, error: AgilekitError) -> None:
        """Notes why a project was not written. What was there of it stays."""
        ...
