"""The sprints of a backlog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from agilekit.checks import id_of
from agilekit.easybacklog.models import Backlog, Sprint
from agilekit.easybacklog.params import SPRINT_FIELDS, SprintChanges, SprintDraft, with_children
from agilekit.easybacklog.routes import (
    CREATE_SPRINT,
    DELETE_SPRINT,
    LIST_SPRINTS,
    RETRIEVE_SPRINT,
    UPDATE_SPRINT,
)
from agilekit.first_use import FirstUse
from agilekit.session.listing import Listing
from agilekit.session.resource import Resource
from agilekit.wire.encode import encode_changes

if TYPE_CHECKING:
    from agilekit import bulk
    from agilekit.easybacklog import specs
else:
    bulk = FirstUse("agilekit.bulk")
    specs = FirstUse("agilekit.easybacklog.specs")

__all__ = ["Sprints"]


class Sprints(Resource):
    """``easy.sprints``"""

    def all(self, backlog: Backlog | int | str, *, associated: bool = False) -> Listing[Sprint]:
        """Lists the sprints of a backlog.

        associated: whether to include their sprint stories.

        Source: easyBacklog API documentation, "List the Sprints".
        """
        return self._session.listing(LIST_SPRINTS, _in(backlog), with_children(associated))

    async def get(
        self, backlog: Backlog | int | str, sprint: Sprint | int | str, *, associated: bool = False
    ) -> Sprint:
        """Reads one sprint.

        associated: whether to include its sprint stories.

        Source: easyBacklog API documentation, "Retrieve a Sprint".
        """
        query = with_children(associated)
        return await self._session.call(RETRIEVE_SPRINT, _ids(backlog, sprint), query=query)

    async def create(self, backlog: Backlog | int | str, **draft: Unpack[SprintDraft]) -> Sprint:
        """Creates a sprint, with the next number.

        Raises UnknownOutcome if nothing tells whether it was created; it is never sent twice.

        Source: easyBacklog API documentation, "Create a Sprint".
        """
        body = specs.SPRINTS.encode(draft)
        return await self._session.call(CREATE_SPRINT, _in(backlog), body)

    async def create_many(
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
        creation = specs.SPRINTS.within(self._session, _in(backlog))
        return await bulk.create_many(creation, drafts, **options)

    async def update(
        self,
        backlog: Backlog | int | str,
        sprint: Sprint | int | str,
        **changes: Unpack[SprintChanges],
    ) -> None:
        """Changes a sprint; `complete` and `reopen` do only that.

        Raises InvalidInput if there is nothing to change.

        Source: easyBacklog API documentation, "Update a Sprint".
        """
        await self._session.call(
            UPDATE_SPRINT, _ids(backlog, sprint), encode_changes(changes, SPRINT_FIELDS)
        )

    # The sample of "Update a Sprint" sends complete=true, which the published server ignores.
    async def complete(self, backlog: Backlog | int | str, sprint: Sprint | int | str) -> None:
        """Marks a sprint as complete.

        Source: easyBacklog API documentation, "Update a Sprint".
        """
        await self._session.call(UPDATE_SPRINT, _ids(backlog, sprint), {"completed": "true"})

    async def reopen(self, backlog: Backlog | int | str, sprint: Sprint | int | str) -> None:
        """Marks a complete sprint as incomplete again.

        Source: easyBacklog API documentation, "Update a Sprint".
        """
        await self._session.call(UPDATE_SPRINT, _ids(backlog, sprint), {"completed": "false"})

    async def delete(self, backlog: Backlog | int | str, sprint: Sprint | int | str) -> None:
        """Deletes a sprint.

        Source: easyBacklog API documentation, "Delete a Sprint".
        """
        await self._session.call(DELETE_SPRINT, _ids(backlog, sprint))


def _in(backlog: object) -> dict[str, int]:
    return {"BACKLOG_ID": id_of(backlog, Backlog)}


def _ids(backlog: object, sprint: object) -> dict[str, int]:
    return {**_in(backlog), "SPRINT_ID": id_of(sprint, Sprint)}
