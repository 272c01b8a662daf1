"""The project itself.

Generated from `agilekit.flyingdonut.project` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from agilekit.blocking.wrapped import WrappedResource
from agilekit.flyingdonut.models import Project
from agilekit.flyingdonut.project import ProjectResource as AsyncProjectResource

__all__ = ["ProjectResource"]


class ProjectResource(WrappedResource[AsyncProjectResource]):
    """``donut.project``"""

    def get(self) -> Project:
        """Reads the project.

        Source: Flying Donut API, "Fetch Project".
        """
        return self._run(self._resource.get)
