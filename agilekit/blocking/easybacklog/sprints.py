"""The sprints of a backlog.

Generated from `agilekit.easybacklog.sprints` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from agilekit.blocking.drafts import taken_here
from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.easybacklog.models import Backlog, Sprint
from agilekit.easybacklog.params import SprintChanges, SprintDraft
from agilekit.easybacklog.sprints import Sprints as AsyncSprints
from agilekit.first_use import FirstUse

if TYPE_CHECKING:
    from agilekit import bulk
else:
    bulk = FirstUse("agilekit.bulk")

__all__ = ["Sprints"]


class Sprints(WrappedResource[AsyncSprints]):
    """``easy.sprints``"""

    def all(self, backlog: Backlog | int | str, *, associated: bool = False) -> Listing[Sprint]:
        """Lists the sprints of a backlog.

        associated: whether to include their sprint stories.

        Source: easyBacklog API documentation, "List the Sprints".
        """
        return self._list(self._resource.all(backlog, associated=associated))

    def get(
        self, backlog: Backlog | int | str, sprint: Sprint | int | str, *, associated: bool = False
    ) -> Sprint:
        """Reads one sprint.

        associated: whether to include its sprint stories.

        Source: easyBacklog API documentation, "Retrieve a Sprint".
        """
        return self._run(self._resource.get, backlog, sprint, associated=associated)

    def create(self, backlog: Backlog | int | str, **draft: Unpack[SprintDraft]) -> Sprint:
        """Creates a sprint, with the next number.

        Raises UnknownOutcome if nothing tells whether it was created; it is never sent twice.

        Source: easyBacklog API documentation, "Create a Sprint".
        """
        return self._run(self._resource.create, backlog, **draft)

    def create_many(
        self,
        backlog: Backlog | int | str,
        drafts: bulk.Drafts[SprintDraft],
        **options: Unpack[bulk.BulkOptions],
    ) -> bulk.BulkReport[Sprint]:
        """Creates a sprint for each draft, exactly once, and reports what became of each.

        One after the other, since the published server refuses a sprint that begins before the last
        one does.

        Source: easyBacklog API documentation, "Create a Sprint".
        """
        return self._run(self._resource.create_many, backlog, taken_here(drafts), **options)

    def update(
        self,
        backlog: Backlog | int | str,
        sprint: Sprint | int | str,
        **changes: Unpack[SprintChanges],
    ) -> None:
        """Changes a sprint; `complete` and `reopen` do only that.

        Raises InvalidInput if there is nothing to change.

        Source: easyBacklog API documentation, "Update a Sprint".
        """
        self._run(self._resource.update, backlog, sprint, **changes)

    def complete(self, backlog: Backlog | int | str, sprint: Sprint | int | str) -> None:
        """Marks a sprint as complete.

        Source: easyBacklog API documentation, "Update a Sprint".
        """
        self._run(self._resource.complete, backlog, sprint)

    def reopen(self, backlog: Backlog | int | str, sprint: Sprint | int | str) -> None:
        """Marks a complete sprint as incomplete again.

        Source: easyBacklog API documentation, "Update a Sprint".
        """
        self._run(self._resource.reopen, backlog, sprint)

    def delete(self, backlog: Backlog | int | str, sprint: Sprint | int | str) -> None:
        """Deletes a sprint.

        Source: easyBacklog API documentation, "Delete a Sprint".
        """
        self._run(self._resource.delete, backlog, sprint)
