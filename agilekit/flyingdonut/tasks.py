"""The tasks of a card."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Unpack

from agilekit.first_use import FirstUse
from agilekit.flyingdonut.models import Card, Task
from agilekit.flyingdonut.params import TaskChanges, TaskDraft, id_of
from agilekit.flyingdonut.routes import (
    CREATE_CARD_TASK,
    FETCH_CARD_TASKS,
    FETCH_TASK,
)
from agilekit.flyingdonut.scope import ScopedResource
from agilekit.session.listing import Listing
from agilekit.versioned import OnConflict, Reapply
from agilekit.wire.json import JSON

if TYPE_CHECKING:
    from agilekit import bulk
    from agilekit.flyingdonut import specs, survey, updates
else:
    bulk = FirstUse("agilekit.bulk")
    specs = FirstUse("agilekit.flyingdonut.specs")
    survey = FirstUse("agilekit.flyingdonut.survey")
    updates = FirstUse("agilekit.flyingdonut.updates")

__all__ = ["Tasks"]


class Tasks(ScopedResource):
    """``donut.tasks``"""

    def of(self, card: Card | str) -> Listing[Task]:
        """Lists the tasks of a card.

        Source: Flying Donut API, "Fetch Card Tasks".
        """
        ids = self._scope.ids(itemId=id_of(card, Card))
        return self._scope.session.listing(FETCH_CARD_TASKS, ids)

    async def get(self, task: Task | str) -> Task:
        """Reads one task.

        Source: Flying Donut API, "Fetch Task".
        """
        ids = self._scope.ids(taskId=id_of(task, Task))
        return await self._scope.session.call(FETCH_TASK, ids)

    async def create(self, card: Card | str, **draft: Unpack[TaskDraft]) -> Task:
        """Creates one task of a card: ``title=``, ``summary=``, ``estimate=`` (hours, or a
        `timedelta`).

        Raises UnknownOutcome if nothing tells whether it was created; it is never sent twice.

        Source: Flying Donut API, "Create Card Task".
        """
        ids = self._scope.ids(itemId=id_of(card, Card))
        body: JSON = {"username": self._scope.author(), **specs.TASKS.encode(draft)}
        return await self._scope.session.call(CREATE_CARD_TASK, ids, body)

    async def create_many(
        self,
        card: Card | str,
        drafts: bulk.Drafts[TaskDraft],
        *,
        batch_size: int = 50,
        **options: Unpack[bulk.BulkOptions],
    ) -> bulk.BulkReport[Task]:
        """Creates a task of a card for each draft, as `Cards.create_many` does for cards.

        Source: Flying Donut API, "Create Card Task".
        """
        ids = self._scope.ids(itemId=id_of(card, Card))
        beside = {"username": self._scope.author()}
        everywhere = partial(survey.survey_tasks, self._scope)
        creation = specs.TASKS.within(self._scope.session, ids, beside=beside, survey=everywhere)
        return await bulk.create_many(creation, drafts, batch_size=batch_size, **options)

    async def update(
        self,
        task: Task | str,
        *,
        on_conflict: OnConflict = Reapply(),  # noqa: B008 - frozen
        base: Mapping[str, int] | None = None,
        extra: Mapping[str, JSON] | None = None,
        **changes: Unpack[TaskChanges],
    ) -> Task:
        """Changes attributes of a task and returns the task as it is afterwards.

        Works as `Cards.update`, with the same strategies for a conflict: `Reapply`, `Merge`,
        `Force` and `Abort`. A plain value, reapplied, replaces what others wrote. Raises the same
        errors.

        Source: Flying Donut API, "Update Task".
        """
        return await updates.update(
            self._scope, updates.TASK_UPDATES, task, changes, on_conflict, base=base, extra=extra
        )
