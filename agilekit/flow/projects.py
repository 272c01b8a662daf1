"""The projects of the board."""

from __future__ import annotations

from attrs import frozen

from agilekit.flow.models import Project
from agilekit.flow.routes import GET_PROJECTS
from agilekit.flow.scope import Scope
from agilekit.session.listing import Listing

__all__ = ["Projects"]


@frozen
class Projects:
    """``flow.projects``"""

    _scope: Scope

    def all(self) -> Listing[Project]:
        """Lists the projects of the board, archived ones too.

        Source: flow API Reference, "GET /projects.format".
        """
        return self._scope.session.listing(GET_PROJECTS, {})
