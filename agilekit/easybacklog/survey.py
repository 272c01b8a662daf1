"""Stories and themes that were moved out of their theme or backlog.

A job looks here for what became of a create whose answer was lost, if its container does not show
it.

Source: easyBacklog API documentation, "Move story from another theme" and "Move theme to another
backlog".
"""

from __future__ import annotations

from agilekit.bulk import Survey
from agilekit.checks import id_of
from agilekit.easybacklog.models import Story, Theme
from agilekit.easybacklog.params import flag
from agilekit.easybacklog.routes import LIST_ACCOUNTS, LIST_BACKLOGS, LIST_STORIES, LIST_THEMES
from agilekit.errors import NotFound
from agilekit.session.session import Session

__all__ = ["survey_stories", "survey_themes"]


async def survey_stories(theme: Theme | int | str, session: Session, above: int) -> Survey[Story]:
    """The stories of a theme's backlog with an id above one. Raises CallError."""
    stories: list[Story] = []
    themes = await _themes_beside(session, theme)
    for one in themes:
        listing = session.listing(LIST_STORIES, {"THEME_ID": one.id})
        try:
            stories += [story async for story in listing if story.id > above]
        except NotFound:  # deleted meanwhile
            continue
    return Survey(stories, is_whole=bool(themes))


async def survey_themes(session: Session, above: int) -> Survey[Theme]:
    """The themes of every backlog with an id above one. Raises CallError."""
    found: list[Theme] = []
    for backlog in await _backlogs(session):
        listing = session.listing(LIST_THEMES, {"BACKLOG_ID": backlog})
        found += [theme async for theme in listing if theme.id > above]
    return Survey(found)


async def _themes_beside(session: Session, theme: Theme | int | str) -> list[Theme]:
    """The themes of the backlog of a theme, this one included; none if no backlog shows it."""
    known = theme.backlog_id if isinstance(theme, Theme) else None
    theme_id = id_of(theme, Theme)
    first = [] if known is None else [known]
    for backlog in [*first, *(one for one in await _backlogs(session) if one != known)]:
        try:
            themes = await session.listing(LIST_THEMES, {"BACKLOG_ID": backlog})
        except NotFound:  # deleted meanwhile
            continue
        if any(one.id == theme_id for one in themes):
            return themes
    return []


async def _backlogs(session: Session) -> list[int]:
    backlogs: list[int] = []
    for account in await session.listing(LIST_ACCOUNTS, {}):
        ids = {"ACCOUNT_ID": account.id}
        listing = session.listing(LIST_BACKLOGS, ids, flag("include_archived", True))
        backlogs += [backlog.id async for backlog in listing]
    return backlogs
