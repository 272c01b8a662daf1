"""The stories of a theme."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Unpack

from agilekit.checks import id_of
from agilekit.easybacklog.models import Story, Theme
from agilekit.easybacklog.params import STORY_FIELDS, StoryChanges, StoryDraft, with_children
from agilekit.easybacklog.routes import (
    CREATE_STORY,
    DELETE_STORY,
    LIST_STORIES,
    RETRIEVE_STORY,
    RETRIEVE_STORY_SHORTCUT,
    UPDATE_STORY,
)
from agilekit.first_use import FirstUse
from agilekit.session.listing import Listing
from agilekit.session.resource import Resource
from agilekit.wire.encode import encode_changes

if TYPE_CHECKING:
    from agilekit import bulk
    from agilekit.easybacklog import specs, survey
else:
    bulk = FirstUse("agilekit.bulk")
    specs = FirstUse("agilekit.easybacklog.specs")
    survey = FirstUse("agilekit.easybacklog.survey")

__all__ = ["Stories"]


class Stories(Resource):
    """``easy.stories``"""

    def all(self, theme: Theme | int | str, *, associated: bool = False) -> Listing[Story]:
        """Lists the stories of a theme.

        associated: whether to include their acceptance criteria. The service then leaves out the
            times.

        Source: easyBacklog API documentation, "List the Stories".
        """
        return self._session.listing(LIST_STORIES, _in(theme), with_children(associated))

    async def get(
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
        query = with_children(associated)
        if theme is None:
            ids = {"STORY_ID": id_of(story, Story)}
            return await self._session.call(RETRIEVE_STORY_SHORTCUT, ids, query=query)
        return await self._session.call(RETRIEVE_STORY, _ids(theme, story), query=query)

    async def create(self, theme: Theme | int | str, **draft: Unpack[StoryDraft]) -> Story:
        """Creates a story.

        Raises UnknownOutcome if nothing tells whether it was created; it is never sent twice.

        Source: easyBacklog API documentation, "Create a Story".
        """
        return await self._session.call(CREATE_STORY, _in(theme), specs.STORIES.encode(draft))

    async def create_many(
        self,
        theme: Theme | int | str,
        drafts: bulk.Drafts[StoryDraft],
        **options: Unpack[bulk.BulkOptions],
    ) -> bulk.BulkReport[Story]:
        """Creates a story for each draft, exactly once, and reports what became of each.

        Source: easyBacklog API documentation, "Create a Story".
        """
        everywhere = partial(survey.survey_stories, theme)
        creation = specs.STORIES.within(self._session, _in(theme), survey=everywhere)
        return await bulk.create_many(creation, drafts, **options)

    async def update(
        self, theme: Theme | int | str, story: Story | int | str, **changes: Unpack[StoryChanges]
    ) -> None:
        """Changes a story. Raises InvalidInput if there is nothing to change.

        Source: easyBacklog API documentation, "Update a Story".
        """
        await self._session.call(
            UPDATE_STORY, _ids(theme, story), encode_changes(changes, STORY_FIELDS)
        )

    async def delete(self, theme: Theme | int | str, story: Story | int | str) -> None:
        """Deletes a story.

        Source: easyBacklog API documentation, "Delete a Story".
        """
        await self._session.call(DELETE_STORY, _ids(theme, story))


def _in(theme: object) -> dict[str, int]:
    return {"THEME_ID": id_of(theme, Theme)}


def _ids(theme: object, story: object) -> dict[str, int]:
    return {**_in(theme), "STORY_ID": id_of(story, Story)}
