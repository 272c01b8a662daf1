"""The task types of a project.

Generated from `agilekit.flow.task_types` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.flow.models import Project, TaskType
from agilekit.flow.task_types import TaskTypes as AsyncTaskTypes

__all__ = ["TaskTypes"]


class TaskTypes(WrappedResource[AsyncTaskTypes]):
    """``flow.task_types``"""

    def all(self, project: Project | int | str) -> Listing[TaskType]:
        """Lists the task types of a project.

        Source: flow API Reference, "GET /project_id/task_types.format".
        """
        return self._list(self._resource.all(project))
