"""The tasks of a card.

Generated from `agilekit.flyingdonut.tasks` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Unpack

from agilekit.blocking.drafts import taken_here
from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.first_use import FirstUse
from agilekit.flyingdonut.models import Card, Task
from agilekit.flyingdonut.params import TaskChanges, TaskDraft
from agilekit.flyingdonut.tasks import Tasks as AsyncTasks
from agilekit.versioned import OnConflict, Reapply
from agilekit.wire.json import JSON

if TYPE_CHECKING:
    from agilekit import bulk
else:
    bulk = FirstUse("agilekit.bulk")

__all__ = ["Tasks"]


class Tasks(WrappedResource[AsyncTasks]):
    """``donut.tasks``"""

    def of(self, card: Card | str) -> Listing[Task]:
        """Lists the tasks of a card.

        Source: Flying Donut API, "Fetch Card Tasks".
        """
        return self._list(self._resource.of(card))

    def get(self, task: Task | str) -> Task:
        """Reads one task.

        Source: Flying Donut API, "Fetch Task".
        """
        return self._run(self._resource.get, task)

    def create(self, card: Card | str, **draft: Unpack[TaskDraft]) -> Task:
        """Creates one task of a card: ``title=``, ``summary=``, ``estimate=`` (hours, or a
        `timedelta`).

        Raises UnknownOutcome if nothing tells whether it was created; it is never sent twice.

        Source: Flying Donut API, "Create Card Task".
        """
        return self._run(self._resource.create, card, **draft)

    def create_many(
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
        return self._run(
            self._resource.create_many, card, taken_here(drafts), batch_size=batch_size, **options
        )

    def update(
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
        return self._run(
            self._resource.update, task, on_conflict=on_conflict, base=base, extra=extra, **changes
        )
