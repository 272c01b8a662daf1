"""The columns of a project."""

from __future__ import annotations

from attrs import frozen

from agilekit.flow.models import Column, Project
from agilekit.flow.params import id_of
from agilekit.flow.routes import GET_COLS
from agilekit.session.listing import Listing
from agilekit.session.session import Session

__all__ = ["Columns"]


@frozen
class Columns:
    """``flow.columns``"""

    _session: Session

    def all(self, project: Project | int | str) -> Listing[Column]:
        """Lists the columns of a project.

        Source: flow API Reference, "GET /project_id/cols.format".
        """
        ids = {"project_id": id_of(project, Project)}
        return self._session.listing(GET_COLS, ids)
