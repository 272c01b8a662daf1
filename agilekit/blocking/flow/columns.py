"""The columns of a project.

Generated from `agilekit.flow.columns` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.flow.columns import Columns as AsyncColumns
from agilekit.flow.models import Column, Project

__all__ = ["Columns"]


class Columns(WrappedResource[AsyncColumns]):
    """``flow.columns``"""

    def all(self, project: Project | int | str) -> Listing[Column]:
        """Lists the columns of a project.

        Source: flow API Reference, "GET /project_id/cols.format".
        """
        return self._list(self._resource.all(project))
