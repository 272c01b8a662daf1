"""The themes of a backlog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from agilekit.checks import id_of
from agilekit.easybacklog.models import Backlog, Story, Theme
from agilekit.easybacklog.params import THEME_FIELDS, ThemeChanges, ThemeDraft, with_children
from agilekit.easybacklog.routes import (
    CREATE_THEME,
    DELETE_THEME,
    LIST_THEMES,
    MOVE_STORY,
    MOVE_THEME,
    RETRIEVE_THEME,
    UPDATE_THEME,
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

__all__ = ["Themes"]


class Themes(Resource):
    """``easy.themes``"""

    def all(self, backlog: Backlog | int | str, *, associated: bool = False) -> Listing[Theme]:
        """Lists the themes of a backlog.

        associated: whether to include their stories and acceptance criteria.

        Source: easyBacklog API documentation, "List the Themes".
        """
        return self._session.listing(LIST_THEMES, _in(backlog), with_children(associated))

    async def get(
        self, backlog: Backlog | int | str, theme: Theme | int | str, *, associated: bool = False
    ) -> Theme:
        """Reads one theme.

        associated: whether to include its stories and acceptance criteria.

        Source: easyBacklog API documentation, "Retrieve a Theme".
        """
        query = with_children(associated)
        return await self._session.call(RETRIEVE_THEME, _ids(backlog, theme), query=query)

    async def create(self, backlog: Backlog | int | str, **draft: Unpack[ThemeDraft]) -> Theme:
        """Creates a theme.

        Raises UnknownOutcome if nothing tells whether it was created; it is never sent twice.

        Source: easyBacklog API documentation, "Create a Theme".
        """
        body = specs.THEMES.encode(draft)
        return await self._session.call(CREATE_THEME, _in(backlog), body)

    async def create_many(
        self,
        backlog: Backlog | int | str,
        drafts: bulk.Drafts[ThemeDraft],
        **options: Unpack[bulk.BulkOptions],
    ) -> bulk.BulkReport[Theme]:
        """Creates a theme for each draft, exactly once, and reports what became of each.

        The service refuses a second theme of the same name.

        Source: easyBacklog API documentation, "Create a Theme".
        """
        ids = _in(backlog)
        creation = specs.THEMES.within(self._session, ids, survey=survey.survey_themes)
        return await bulk.create_many(creation, drafts, **options)

    async def update(
        self,
        backlog: Backlog | int | str,
        theme: Theme | int | str,
        **changes: Unpack[ThemeChanges],
    ) -> None:
        """Changes a theme. Raises InvalidInput if there is nothing to change.

        Source: easyBacklog API documentation, "Update a Theme".
        """
        await self._session.call(
            UPDATE_THEME, _ids(backlog, theme), encode_changes(changes, THEME_FIELDS)
        )

    async def grab_story(
        self, backlog: Backlog | int | str, theme: Theme | int | str, story: Story | int | str
    ) -> None:
        """Moves a story into a theme, from another theme of the same backlog.

        Raises UnknownOutcome if nothing tells whether it was moved; it is never sent twice.

        Source: easyBacklog API documentation, "Move story from another theme".
        """
        ids, story_id = _ids(backlog, theme), id_of(story, Story)
        await self._session.call(MOVE_STORY, ids, {"story_id": story_id})

    async def move_to(
        self,
        backlog: Backlog | int | str,
        theme: Theme | int | str,
        target_backlog: Backlog | int | str,
    ) -> None:
        """Moves a theme with its stories to another backlog; none may be in a sprint.

        Raises UnknownOutcome if nothing tells whether it was moved; it is never sent twice.

        Source: easyBacklog API documentation, "Move theme to another backlog".
        """
        ids, target_id = (
            _ids(backlog, theme),
            id_of(target_backlog, Backlog, name="target_backlog"),
        )
        await self._session.call(MOVE_THEME, ids, {"target_backlog_id": target_id})

    async def delete(self, backlog: Backlog | int | str, theme: Theme | int | str) -> None:
        """Deletes a theme.

        Source: easyBacklog API documentation, "Delete a Theme".
        """
        await self._session.call(DELETE_THEME, _ids(backlog, theme))


def _in(backlog: object) -> dict[str, int]:
    return {"BACKLOG_ID": id_of(backlog, Backlog)}


def _ids(backlog: object, theme: object) -> dict[str, int]:
    return {**_in(backlog), "THEME_ID": id_of(theme, Theme)}
