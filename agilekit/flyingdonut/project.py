"""The project itself."""

from __future__ import annotations

from agilekit.flyingdonut.models import Project
from agilekit.flyingdonut.routes import FETCH_PROJECT
from agilekit.flyingdonut.scope import ScopedResource

__all__ = ["ProjectResource"]


class ProjectResource(ScopedResource):
    """``donut.project``"""

    async def get(self) -> Project:
        """Reads the project.

        Source: Flying Donut API, "Fetch Project".
        """
        return await self._scope.session.call(FETCH_PROJECT, self._scope.ids())
