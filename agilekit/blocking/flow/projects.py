"""The projects of the board.

Generated from `agilekit.flow.projects` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.flow.models import Project
from agilekit.flow.projects import Projects as AsyncProjects

__all__ = ["Projects"]


class Projects(WrappedResource[AsyncProjects]):
    """``flow.projects``"""

    def all(self) -> Listing[Project]:
        """Lists the projects of the board, archived ones too.

        Source: flow API Reference, "GET /projects.format".
        """
        return self._list(self._resource.all())
