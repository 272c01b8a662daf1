"""The sprint stories: which stories are in a sprint.

Generated from `agilekit.easybacklog.sprint_stories` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from agilekit.blocking.drafts import taken_here
from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.easybacklog.models import Sprint, SprintStory
from agilekit.easybacklog.params import SprintStoryChanges, SprintStoryDraft
from agilekit.easybacklog.sprint_stories import SprintStories as AsyncSprintStories
from agilekit.first_use import FirstUse

if TYPE_CHECKING:
    from agilekit import bulk
else:
    bulk = FirstUse("agilekit.bulk")

__all__ = ["SprintStories"]


class SprintStories(WrappedResource[AsyncSprintStories]):
    """``easy.sprint_stories``"""

    def all(self, sprint: Sprint | int | str) -> Listing[SprintStory]:
        """Lists the sprint stories of a sprint.

        Source: easyBacklog API documentation, "List the Sprint Stories".
        """
        return self._list(self._resource.all(sprint))

    def get(self, sprint: Sprint | int | str, sprint_story: SprintStory | int | str) -> SprintStory:
        """Reads one sprint story.

        Source: easyBacklog API documentation, "Retrieve a Sprint Story".
        """
        return self._run(self._resource.get, sprint, sprint_story)

    def create(self, sprint: Sprint | int | str, **draft: Unpack[SprintStoryDraft]) -> SprintStory:
        """Assigns a story to a sprint.

        A story that is in another sprint is answered by the published server with 500, which
        raises UnknownAfterServerError. Raises UnknownOutcome if nothing tells whether it was
        assigned; it is never sent twice.

        Source: easyBacklog API documentation, "Create a Sprint Story".
        """
        return self._run(self._resource.create, sprint, **draft)

    def create_many(
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
        return self._run(self._resource.create_many, sprint, taken_here(drafts), **options)

    def update(
        self,
        sprint: Sprint | int | str,
        sprint_story: SprintStory | int | str,
        **changes: Unpack[SprintStoryChanges],
    ) -> None:
        """Changes the status or the position of a story, or moves it to another sprint.

        Raises InvalidInput if there is nothing to change.

        Source: easyBacklog API documentation, "Update a Sprint Story".
        """
        self._run(self._resource.update, sprint, sprint_story, **changes)

    def delete(self, sprint: Sprint | int | str, sprint_story: SprintStory | int | str) -> None:
        """Takes a story out of a sprint; the story itself stays.

        Source: easyBacklog API documentation, "Delete a Sprint Story".
        """
        self._run(self._resource.delete, sprint, sprint_story)
