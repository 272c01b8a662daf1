"""The task types of a project."""

from __future__ import annotations

from agilekit.flow.models import Project, TaskType
from agilekit.flow.params import id_of
from agilekit.flow.routes import GET_TASK_TYPES
from agilekit.session.listing import Listing
from agilekit.session.resource import Resource

__all__ = ["TaskTypes"]


class TaskTypes(Resource):
    """``flow.task_types``"""

    def all(self, project: Project | int | str) -> Listing[TaskType]:
        """Lists the task types of a project.

        Source: flow API Reference, "GET /project_id/task_types.format".
        """
        ids = {"project_id": id_of(project, Project)}
        return self._session.listing(GET_TASK_TYPES, ids)
