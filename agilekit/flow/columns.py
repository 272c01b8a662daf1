"""The columns of a project."""

from __future__ import annotations

from attrs import frozen

from agilekit.flow.models import Column, Project
from agilekit.flow.routes import GET_COLS
from agilekit.flow.scope import Scope, id_of
from agilekit.session.listing import Listing

__all__ = ["Columns"]


@frozen
class Columns:
    """``flow.columns``"""

    _scope: Scope

    def all(self, project: Project | int | str) -> Listing[Column]:
        """Lists the columns of a project.

        Source: flow API Reference, "GET /project_id/cols.format".
        """
        ids = {"project_id": id_of(project, Project)}
        return self._scope.session.listing(GET_COLS, ids)
