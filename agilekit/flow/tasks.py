"""The tasks of a project."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, Unpack

from attrs import frozen

from agilekit.errors import InvalidInput
from agilekit.first_use import FirstUse
from agilekit.flow.models import Change, EditedTask, Project, Task
from agilekit.flow.params import TASK_CHANGES, TaskChanges, TaskDraft, id_of
from agilekit.flow.routes import (
    DELETE_TASK,
    GET_RECENT_ACTIVITY,
    GET_TASK,
    GET_TASKS,
    POST_TASK,
    PUT_TASK,
)
from agilekit.session.listing import Listing
from agilekit.session.session import Session
from agilekit.wire.encode import encode_changes

if TYPE_CHECKING:
    from agilekit import bulk
    from agilekit.flow import specs
else:
    bulk = FirstUse("agilekit.bulk")
    specs = FirstUse("agilekit.flow.specs")

__all__ = ["Tasks"]

# Source: flow API Reference, "GET /project_id/tasks.format": the list has no more of the tasks in
# the Done column.
_MOST_SHOWN: Final = 50


@frozen
class Tasks:
    """``flow.tasks``"""

    _session: Session
    _user_id: int | None

    def all(self, project: Project | int | str) -> Listing[Task]:
        """Lists the tasks of a project, but of those in its Done column only the first 50.

        The others are read one by one, with `get`.

        Source: flow API Reference, "GET /project_id/tasks.format".
        """
        ids = {"project_id": id_of(project, Project)}
        return self._session.listing(GET_TASKS, ids)

    def recent_activity(self, project: Project | int | str) -> Listing[Change]:
        """Lists the changes of the last 24 hours to the tasks of a project.

        The listing is also empty if there is no such project: the service answers both with 404.

        Source: flow API Reference, "GET /project_id/tasks/recent_activity.format".
        """
        ids = {"project_id": id_of(project, Project)}
        return self._session.listing(GET_RECENT_ACTIVITY, ids)

    async def get(self, task: Task | int | str) -> Task:
        """Reads one task.

        Source: flow API Reference, "GET /task/task_id.format".
        """
        return await self._session.call(GET_TASK, {"task_id": id_of(task, Task)})

    async def create(self, project: Project | int | str, **draft: Unpack[TaskDraft]) -> int:
        """Adds a task to a project and returns its id: ``task_text=`` and ``task_type_id=``.

        Raises UnknownOutcome if nothing tells whether it was added; it is never sent twice.

        Source: flow API Reference, "POST /task.format".
        """
        body = {
            "user_id": self._author(),
            "project_id": id_of(project, Project),
            **specs.TASKS.encode(draft),
        }
        return await self._session.call(POST_TASK, {}, body)

    async def create_many(
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
        ids = {"project_id": id_of(project, Project)}
        beside = {"user_id": self._author(), **ids}

        async def survey(session: Session, above: int) -> bulk.Survey[Task]:
            tasks = await session.listing(GET_TASKS, ids)
            # A column that shows the most that it can may hide others.
            sizes = Counter(task.col_id for task in tasks)
            hides = any(size == _MOST_SHOWN for size in sizes.values())
            return bulk.Survey([task for task in tasks if task.task_id > above], is_whole=not hides)

        creation = specs.TASKS.within(self._session, ids, beside=beside, survey=survey)
        return await bulk.create_many(creation, drafts, **options)

    async def update(self, task: Task | int | str, **changes: Unpack[TaskChanges]) -> EditedTask:
        """Edits a task and returns what has changed.

        ``task_text=``, ``task_type_id=``, ``task_status=``, ``user_ids=``, ``col_id=``,
        ``prev_task_order=``: at least one. A keyword that is left out changes nothing.

        An edit whose answer is lost is sent again; then what the first one changed is not returned.

        Source: flow API Reference, "PUT /task/task_id.format".
        """
        ids = {"task_id": id_of(task, Task)}
        body = {"user_id": self._author(), **encode_changes(changes, TASK_CHANGES)}
        return await self._session.call(PUT_TASK, ids, body)

    async def delete(self, task: Task | int | str) -> EditedTask | None:
        """Marks a task as deleted and returns what has changed; ``task_status="U"`` undoes it.

        None if the answer was lost, and the task is not found any more.

        Source: flow API Reference, "DELETE /task/task_id.format".
        """
        ids = {"task_id": id_of(task, Task)}
        return await self._session.call(DELETE_TASK, ids, {"user_id": self._author()})

    def _author(self) -> int:
        """The member in whose name is written. Raises InvalidInput if none was named."""
        # Source: flow API Reference, "POST /task.format": a write names a board member.
        if self._user_id is None:
            raise InvalidInput("a write needs the id of a board member: Flow(…, user_id=1)")
        return self._user_id
