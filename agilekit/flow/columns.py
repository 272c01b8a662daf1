"""The columns of a project."""

from __future__ import annotations

from agilekit.flow.models import Column, Project
from agilekit.flow.params import id_of
from agilekit.flow.routes import GET_COLS
from agilekit.session.listing import Listing
from agilekit.session.resource import Resource

__all__ = ["Columns"]


class Columns(Resource):
    """``flow.columns``"""

    def all(self, project: Project | int | str) -> Listing[Column]:
        """Lists the columns of a project.

        Source: flow API Reference, "GET /project_id/cols.format".
        """
        ids = {"project_id": id_of(project, Project)}
        return self._session.listing(GET_COLS, ids)
