"""The projects of the board."""

from __future__ import annotations

from agilekit.flow.models import Project
from agilekit.flow.routes import GET_PROJECTS
from agilekit.session.listing import Listing
from agilekit.session.resource import Resource

__all__ = ["Projects"]


class Projects(Resource):
    """``flow.projects``"""

    def all(self) -> Listing[Project]:
        """Lists the projects of the board, archived ones too.

        Source: flow API Reference, "GET /projects.format".
        """
        return self._session.listing(GET_PROJECTS, {})
