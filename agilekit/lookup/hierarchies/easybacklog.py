"""What lies in easyBacklog: accounts with companies and backlogs, and in these themes and sprints,
stories, and when a story is done.
"""

from __future__ import annotations

from typing import Final

from agilekit.easybacklog import EasyBacklog
from agilekit.easybacklog.models import (
    AcceptanceCriterion,
    Account,
    Backlog,
    Company,
    ScoringRule,
    Sprint,
    SprintStory,
    SprintStoryStatus,
    Story,
    Theme,
)
from agilekit.lookup.item import Branch, Hierarchy, ItemKind

__all__ = ["EASYBACKLOG"]


def _sprint_title(sprint: Sprint) -> str:
    """Sprints have no names; an export calls them so, too."""
    return "" if sprint.iteration is None else f"Sprint {sprint.iteration}"


_ACCOUNTS: Final = ItemKind[EasyBacklog](
    "accounts",
    "account",
    Account,
    lambda account: account.name,
    get=lambda easy, ids: easy.accounts.get(ids[-1]),
)
_COMPANIES: Final = ItemKind[EasyBacklog](
    "companies", "company", Company, lambda company: company.name
)
_BACKLOGS: Final = ItemKind[EasyBacklog](
    "backlogs",
    "backlog",
    Backlog,
    lambda backlog: backlog.name,
    lambda backlog: "archived" if backlog.archived else "",
)
_SCORING_RULES: Final = ItemKind[EasyBacklog](
    "scoring-rules", "scoring rule", ScoringRule, lambda rule: rule.title
)
_STATUSES: Final = ItemKind[EasyBacklog](
    "statuses", "status", SprintStoryStatus, lambda status: status.status
)
_THEMES: Final = ItemKind[EasyBacklog]("themes", "theme", Theme, lambda theme: theme.name)
_SPRINTS: Final = ItemKind[EasyBacklog](
    "sprints",
    "sprint",
    Sprint,
    _sprint_title,
    lambda sprint: "complete" if sprint.completed else "",
)
_STORIES: Final = ItemKind[EasyBacklog](
    "stories",
    "story",
    Story,
    lambda story: story.i_want_to,
    is_content=True,
    get=lambda easy, ids: easy.stories.get(ids[-1], associated=True),
)
_CRITERIA: Final = ItemKind[EasyBacklog](
    "criteria",
    "criterion",
    AcceptanceCriterion,
    lambda criterion: criterion.criterion,
    is_content=True,
)
_SPRINT_STORIES: Final = ItemKind[EasyBacklog](
    "sprint-stories",
    "sprint story",
    SprintStory,
    lambda one: f"story {one.story_id}",
    is_content=True,
)

EASYBACKLOG: Final = Hierarchy[EasyBacklog](
    branches=(
        Branch(None, (_ACCOUNTS,), lambda easy, _: easy.accounts.all()),
        Branch(None, (_SCORING_RULES,), lambda easy, _: easy.scoring_rules.all()),
        Branch(None, (_STATUSES,), lambda easy, _: easy.statuses.all()),
        Branch(_ACCOUNTS, (_COMPANIES,), lambda easy, ids: easy.companies.all(ids[-1])),
        Branch(
            _ACCOUNTS,
            (_BACKLOGS,),
            lambda easy, ids: easy.backlogs.all(ids[-1], include_archived=True),
        ),
        Branch(_BACKLOGS, (_THEMES,), lambda easy, ids: easy.themes.all(ids[-1])),
        Branch(_BACKLOGS, (_SPRINTS,), lambda easy, ids: easy.sprints.all(ids[-1])),
        Branch(_THEMES, (_STORIES,), lambda easy, ids: easy.stories.all(ids[-1])),
        Branch(_STORIES, (_CRITERIA,), lambda easy, ids: easy.criteria.all(ids[-1])),
        Branch(_SPRINTS, (_SPRINT_STORIES,), lambda easy, ids: easy.sprint_stories.all(ids[-1])),
    ),
    overview=(_ACCOUNTS, _COMPANIES, _BACKLOGS),
    subject=_STORIES,
)
