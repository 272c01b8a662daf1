"""The themes of a backlog.

Generated from `agilekit.easybacklog.themes` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from agilekit.blocking.drafts import taken_here
from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.easybacklog.models import Backlog, Story, Theme
from agilekit.easybacklog.params import ThemeChanges, ThemeDraft
from agilekit.easybacklog.themes import Themes as AsyncThemes
from agilekit.first_use import FirstUse

if TYPE_CHECKING:
    from agilekit import bulk
else:
    bulk = FirstUse("agilekit.bulk")

__all__ = ["Themes"]


class Themes(WrappedResource[AsyncThemes]):
    """``easy.themes``"""

    def all(self, backlog: Backlog | int | str, *, associated: bool = False) -> Listing[Theme]:
        """Lists the themes of a backlog.

        associated: whether to include their stories and acceptance criteria.

        Source: easyBacklog API documentation, "List the Themes".
        """
        return self._list(self._resource.all(backlog, associated=associated))

    def get(
        self, backlog: Backlog | int | str, theme: Theme | int | str, *, associated: bool = False
    ) -> Theme:
        """Reads one theme.

        associated: whether to include its stories and acceptance criteria.

        Source: easyBacklog API documentation, "Retrieve a Theme".
        """
        return self._run(self._resource.get, backlog, theme, associated=associated)

    def create(self, backlog: Backlog | int | str, **draft: Unpack[ThemeDraft]) -> Theme:
        """Creates a theme.

        Raises UnknownOutcome if nothing tells whether it was created; it is never sent twice.

        Source: easyBacklog API documentation, "Create a Theme".
        """
        return self._run(self._resource.create, backlog, **draft)

    def create_many(
        self,
        backlog: Backlog | int | str,
        drafts: bulk.Drafts[ThemeDraft],
        **options: Unpack[bulk.BulkOptions],
    ) -> bulk.BulkReport[Theme]:
        """Creates a theme for each draft, exactly once, and reports what became of each.

        The service refuses a second theme of the same name.

        Source: easyBacklog API documentation, "Create a Theme".
        """
        return self._run(self._resource.create_many, backlog, taken_here(drafts), **options)

    def update(
        self,
        backlog: Backlog | int | str,
        theme: Theme | int | str,
        **changes: Unpack[ThemeChanges],
    ) -> None:
        """Changes a theme. Raises InvalidInput if there is nothing to change.

        Source: easyBacklog API documentation, "Update a Theme".
        """
        self._run(self._resource.update, backlog, theme, **changes)

    def grab_story(
        self, backlog: Backlog | int | str, theme: Theme | int | str, story: Story | int | str
    ) -> None:
        """Moves a story into a theme, from another theme of the same backlog.

        Raises UnknownOutcome if nothing tells whether it was moved; it is never sent twice.

        Source: easyBacklog API documentation, "Move story from another theme".
        """
        self._run(self._resource.grab_story, backlog, theme, story)

    def move_to(
        self,
        backlog: Backlog | int | str,
        theme: Theme | int | str,
        target_backlog: Backlog | int | str,
    ) -> None:
        """Moves a theme with its stories to another backlog; none may be in a sprint.

        Raises UnknownOutcome if nothing tells whether it was moved; it is never sent twice.

        Source: easyBacklog API documentation, "Move theme to another backlog".
        """
        self._run(self._resource.move_to, backlog, theme, target_backlog)

    def delete(self, backlog: Backlog | int | str, theme: Theme | int | str) -> None:
        """Deletes a theme.

        Source: easyBacklog API documentation, "Delete a Theme".
        """
        self._run(self._resource.delete, backlog, theme)
