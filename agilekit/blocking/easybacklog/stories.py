"""The stories of a theme.

Generated from `agilekit.easybacklog.stories` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from agilekit.blocking.drafts import taken_here
from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.easybacklog.models import Story, Theme
from agilekit.easybacklog.params import StoryChanges, StoryDraft
from agilekit.easybacklog.stories import Stories as AsyncStories
from agilekit.first_use import FirstUse

if TYPE_CHECKING:
    from agilekit import bulk
else:
    bulk = FirstUse("agilekit.bulk")

__all__ = ["Stories"]


class Stories(WrappedResource[AsyncStories]):
    """``easy.stories``"""

    def all(self, theme: Theme | int | str, *, associated: bool = False) -> Listing[Story]:
        """Lists the stories of a theme.

        associated: whether to include their acceptance criteria. The service then leaves out the
            times.

        Source: easyBacklog API documentation, "List the Stories".
        """
        return self._list(self._resource.all(theme, associated=associated))

    def get(
        self,
        story: Story | int | str,
        *,
        theme: Theme | int | str | None = None,
        associated: bool = False,
    ) -> Story:
        """Reads one story, wherever it is; if a theme is named, only in that theme.

        associated: whether to include its acceptance criteria.

        Source: easyBacklog API documentation, "Retrieve a Story Shortcut" and "Retrieve a Story".
        """
        return self._run(self._resource.get, story, theme=theme, associated=associated)

    def create(self, theme: Theme | int | str, **draft: Unpack[StoryDraft]) -> Story:
        """Creates a story.

        Raises UnknownOutcome if nothing tells whether it was created; it is never sent twice.

        Source: easyBacklog API documentation, "Create a Story".
        """
        return self._run(self._resource.create, theme, **draft)

    def create_many(
        self,
        theme: Theme | int | str,
        drafts: bulk.Drafts[StoryDraft],
        **options: Unpack[bulk.BulkOptions],
    ) -> bulk.BulkReport[Story]:
        """Creates a story for each draft, exactly once, and reports what became of each.

        Source: easyBacklog API documentation, "Create a Story".
        """
        return self._run(self._resource.create_many, theme, taken_here(drafts), **options)

    def update(
        self, theme: Theme | int | str, story: Story | int | str, **changes: Unpack[StoryChanges]
    ) -> None:
        """Changes a story. Raises InvalidInput if there is nothing to change.

        Source: easyBacklog API documentation, "Update a Story".
        """
        self._run(self._resource.update, theme, story, **changes)

    def delete(self, theme: Theme | int | str, story: Story | int | str) -> None:
        """Deletes a story.

        Source: easyBacklog API documentation, "Delete a Story".
        """
        self._run(self._resource.delete, theme, story)
