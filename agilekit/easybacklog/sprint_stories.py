"""The sprint stories: which stories are in a sprint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from agilekit.checks import id_of
from agilekit.easybacklog.models import Sprint, SprintStory
from agilekit.easybacklog.params import (
    SPRINT_STORY_CHANGES,
    SprintStoryChanges,
    SprintStoryDraft,
)
from agilekit.easybacklog.routes import (
    CREATE_SPRINT_STORY,
    DELETE_SPRINT_STORY,
    LIST_SPRINT_STORIES,
    RETRIEVE_SPRINT_STORY,
    UPDATE_SPRINT_STORY,
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

__all__ = ["SprintStories"]


class SprintStories(Resource):
    """``easy.sprint_stories``"""

    def all(self, sprint: Sprint | int | str) -> Listing[SprintStory]:
        """Lists the sprint stories of a sprint.

        Source: easyBacklog API documentation, "List the Sprint Stories".
        """
        return self._session.listing(LIST_SPRINT_STORIES, _in(sprint))

    async def get(
        self, sprint: Sprint | int | str, sprint_story: SprintStory | int | str
    ) -> SprintStory:
        """Reads one sprint story.

        Source: easyBacklog API documentation, "Retrieve a Sprint Story".
        """
        return await self._session.call(RETRIEVE_SPRINT_STORY, _ids(sprint, sprint_story))

    async def create(
        self, sprint: Sprint | int | str, **draft: Unpack[SprintStoryDraft]
    ) -> SprintStory:
        """Assigns a story to a sprint.

        A story that is in another sprint is answered by the published server with 500, which
        raises UnknownAfterServerError. Raises UnknownOutcome if nothing tells whether it was
        assigned; it is never sent twice.

        Source: easyBacklog API documentation, "Create a Sprint Story".
        """
        body = specs.SPRINT_STORIES.encode(draft)
        return await self._session.call(CREATE_SPRINT_STORY, _in(sprint), body)

    async def create_many(
        self,
        sprint: Sprint | int | str,
        drafts: bulk.Drafts[SprintStoryDraft],
        **options: Unpack[bulk.BulkOptions],
    ) -> bulk.BulkReport[SprintStory]:
        """Assigns a story for each draft, exactly once, and reports what became of each.

        One that is in another sprint, which the published server answers with 500, is tried again
        some times before it is reported as refused.

        Source: easyBacklog API documentation, "Create a Sprint Story".
        """
        creation = specs.SPRINT_STORIES.within(self._session, _in(sprint))
        return await bulk.create_many(creation, drafts, **options)

    async def update(
        self,
        sprint: Sprint | int | str,
        sprint_story: SprintStory | int | str,
        **changes: Unpack[SprintStoryChanges],
    ) -> None:
        """Changes the status or the position of a story, or moves it to another sprint.

        Raises InvalidInput if there is nothing to change.

        Source: easyBacklog API documentation, "Update a Sprint Story".
        """
        ids = _ids(sprint, sprint_story)
        await self._session.call(
            UPDATE_SPRINT_STORY, ids, encode_changes(changes, SPRINT_STORY_CHANGES)
        )

    async def delete(
        self, sprint: Sprint | int | str, sprint_story: SprintStory | int | str
    ) -> None:
        """Takes a story out of a sprint; the story itself stays.

        Source: easyBacklog API documentation, "Delete a Sprint Story".
        """
        await self._session.call(DELETE_SPRINT_STORY, _ids(sprint, sprint_story))


def _in(sprint: object) -> dict[str, int]:
    return {"SPRINT_ID": id_of(sprint, Sprint)}


def _ids(sprint: object, sprint_story: object) -> dict[str, int]:
    return {**_in(sprint), "SPRINT_STORY_ID": id_of(sprint_story, SprintStory)}
