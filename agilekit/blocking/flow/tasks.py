"""The tasks of a project.

Generated from `agilekit.flow.tasks` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from agilekit.blocking.drafts import taken_here
from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.first_use import FirstUse
from agilekit.flow.models import Change, EditedTask, Project, Task
from agilekit.flow.params import TaskChanges, TaskDraft
from agilekit.flow.tasks import Tasks as AsyncTasks

if TYPE_CHECKING:
    from agilekit import bulk
else:
    bulk = FirstUse("agilekit.bulk")

__all__ = ["Tasks"]


class Tasks(WrappedResource[AsyncTasks]):
    """``flow.tasks``"""

    def all(self, project: Project | int | str) -> Listing[Task]:
        """Lists the tasks of a project, but of those in its Done column only the first 50.

        The others are read one by one, with `get`.

        Source: flow API Reference, "GET /project_id/tasks.format".
        """
        return self._list(self._resource.all(project))

    def recent_activity(self, project: Project | int | str) -> Listing[Change]:
        """Lists the changes of the last 24 hours to the tasks of a project.

        The listing is also empty if there is no such project: the service answers both with 404.

        Source: flow API Reference, "GET /project_id/tasks/recent_activity.format".
        """
        return self._list(self._resource.recent_activity(project))

    def get(self, task: Task | int | str) -> Task:
        """Reads one task.

        Source: flow API Reference, "GET /task/task_id.format".
        """
        return self._run(self._resource.get, task)

    def create(self, project: Project | int | str, **draft: Unpack[TaskDraft]) -> int:
        """Adds a task to a project and returns its id: ``task_text=`` and ``task_type_id=``.

        Raises UnknownOutcome if nothing tells whether it was added; it is never sent twice.

        Source: flow API Reference, "POST /task.format".
        """
        return self._run(self._resource.create, project, **draft)

    def create_many(
        self,
        project: Project | int | str,
        drafts: bulk.Drafts[TaskDraft],
        **options: Unpack[bulk.BulkOptions],
    ) -> bulk.BulkReport[Task]:
        """Adds a task for each draft, exactly once, and reports what became of each.

        The service answers with only an id: a task of the report holds it and what was sent. One
        whose answer was lost is as the list of the project shows it.

        Source: flow API Reference, "POST /task.format".
        """
        return self._run(self._resource.create_many, project, taken_here(drafts), **options)

    def update(self, task: Task | int | str, **changes: Unpack[TaskChanges]) -> EditedTask:
        """Edits a task and returns what has changed.

        ``task_text=``, ``task_type_id=``, ``task_status=``, ``user_ids=``, ``col_id=``,
        ``prev_task_order=``: at least one. A keyword that is left out changes nothing.

        An edit whose answer is lost is sent again; then what the first one changed is not returned.

        Source: flow API Reference, "PUT /task/task_id.format".
        """
        return self._run(self._resource.update, task, **changes)

    def delete(self, task: Task | int | str) -> EditedTask | None:
        """Marks a task as deleted and returns what has changed; ``task_status="U"`` undoes it.

        None if the answer was lost, and the task is not found any more.

        Source: flow API Reference, "DELETE /task/task_id.format".
        """
        return self._run(self._resource.delete, task)
