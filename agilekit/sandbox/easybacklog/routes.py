"""The table of the calls, in the order of the easyBacklog API documentation.

If the document shows a wrong path (Create a Company, Update a Theme, Update a Sprint, Retrieve
a Locale), the one of its example is here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agilekit.sandbox.easybacklog.handlers import (
    accounts,
    backlogs,
    catalogue,
    companies,
    criteria,
    snapshots,
    sprint_stories,
    sprints,
    stories,
    themes,
)
from agilekit.sandbox.routing import Route

if TYPE_CHECKING:
    from agilekit.sandbox.easybacklog.call import Call

_ACCOUNT: Final = "/accounts/{account_id}"
_COMPANIES: Final = f"{_ACCOUNT}/companies"
_COMPANY: Final = f"{_COMPANIES}/{{company_id}}"
_BACKLOGS: Final = f"{_ACCOUNT}/backlogs"
_BACKLOG: Final = f"{_BACKLOGS}/{{backlog_id}}"
_SNAPSHOTS: Final = f"{_BACKLOG}/snapshots"
_SNAPSHOT: Final = f"{_SNAPSHOTS}/{{snapshot_id}}"
_THEMES: Final = "/backlogs/{backlog_id}/themes"
_THEME: Final = f"{_THEMES}/{{theme_id}}"
_SPRINTS: Final = "/backlogs/{backlog_id}/sprints"
_SPRINT: Final = f"{_SPRINTS}/{{sprint_id}}"
_STORIES: Final = "/themes/{theme_id}/stories"
_STORY: Final = f"{_STORIES}/{{story_id}}"
_CRITERIA: Final = "/stories/{story_id}/acceptance-criteria"
_CRITERION: Final = f"{_CRITERIA}/{{acceptance_criteria_id}}"
_SPRINT_STORIES: Final = "/sprints/{sprint_id}/sprint-stories"
_SPRINT_STORY: Final = f"{_SPRINT_STORIES}/{{sprint_story_id}}"

ROUTES: Final[tuple[Route[Call], ...]] = (
    Route("GET", "/accounts", accounts.list_accounts),
    Route("GET", _ACCOUNT, accounts.retrieve_account),
    Route("PUT", _ACCOUNT, accounts.update_account),
    Route("GET", _COMPANIES, companies.list_companies),
    Route("GET", _COMPANY, companies.retrieve_company),
    Route("POST", _COMPANIES, companies.create_company),
    Route("PUT", _COMPANY, companies.update_company),
    Route("DELETE", _COMPANY, companies.delete_company),
    Route("GET", _BACKLOGS, backlogs.list_backlogs),
    Route("GET", _BACKLOG, backlogs.retrieve_backlog),
    Route("GET", f"{_BACKLOG}/stats", backlogs.retrieve_statistics),
    Route("POST", _BACKLOGS, backlogs.create_backlog),
    Route("PUT", _BACKLOG, backlogs.update_backlog),
    Route("POST", f"{_BACKLOG}/duplicate", backlogs.duplicate_backlog),
    Route("DELETE", _BACKLOG, backlogs.delete_backlog),
    Route("GET", _SNAPSHOTS, snapshots.list_snapshots),
    Route("GET", _SNAPSHOT, snapshots.retrieve_snapshot),
    Route("POST", _SNAPSHOTS, snapshots.create_snapshot),
    Route("DELETE", _SNAPSHOT, snapshots.delete_snapshot),
    Route("GET", _THEMES, themes.list_themes),
    Route("GET", _THEME, themes.retrieve_theme),
    Route("POST", _THEMES, themes.create_theme),
    Route("PUT", _THEME, themes.update_theme),
    Route("POST", f"{_THEME}/grab-story", themes.grab_story),
    Route("POST", f"{_THEME}/move-to-backlog", themes.move_to_backlog),
    Route("DELETE", _THEME, themes.delete_theme),
    Route("GET", _SPRINTS, sprints.list_sprints),
    Route("GET", _SPRINT, sprints.retrieve_sprint),
    Route("POST", _SPRINTS, sprints.create_sprint),
    Route("PUT", _SPRINT, sprints.update_sprint),
    Route("DELETE", _SPRINT, sprints.delete_sprint),
    Route("GET", _STORIES, stories.list_stories),
    Route("GET", _STORY, stories.retrieve_story),
    Route("GET", "/stories/{story_id}", stories.retrieve_story_shortcut),
    Route("POST", _STORIES, stories.create_story),
    Route("PUT", _STORY, stories.update_story),
    Route("DELETE", _STORY, stories.delete_story),
    Route("GET", _CRITERIA, criteria.list_criteria),
    Route("GET", _CRITERION, criteria.retrieve_criterion),
    Route("POST", _CRITERIA, criteria.create_criterion),
    Route("PUT", _CRITERION, criteria.update_criterion),
    Route("DELETE", _CRITERION, criteria.delete_criterion),
    Route("GET", _SPRINT_STORIES, sprint_stories.list_sprint_stories),
    Route("GET", _SPRINT_STORY, sprint_stories.retrieve_sprint_story),
    Route("POST", _SPRINT_STORIES, sprint_stories.create_sprint_story),
    Route("PUT", _SPRINT_STORY, sprint_stories.update_sprint_story),
    Route("DELETE", _SPRINT_STORY, sprint_stories.delete_sprint_story),
    Route("GET", "/locales", catalogue.list_locales),
    Route("GET", "/locales/{locale_id}", catalogue.retrieve_locale),
    Route("GET", "/scoring-rules", catalogue.list_scoring_rules),
    Route("GET", "/scoring-rules/{scoring_rule_id}", catalogue.retrieve_scoring_rule),
    Route("GET", "/sprint-story-statuses", catalogue.list_statuses),
    Route("GET", "/sprint-story-statuses/{sprint_story_status_id}", catalogue.retrieve_status),
)
