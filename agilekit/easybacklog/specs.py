"""What can be created in easyBacklog: a row for each kind of thing, one thing in a request.

A container has one writer: the server computes codes, positions and numbers by reading first,
without a lock, so that creates in one container at once get the same ones, or fail.
"""

from __future__ import annotations

from typing import Final

from agilekit.bulk import one_by_one, spec_of_named_fields
from agilekit.easybacklog.decoders import DECODER
from agilekit.easybacklog.models import (
    AcceptanceCriterion,
    Backlog,
    Company,
    Sprint,
    SprintStory,
    Story,
    Theme,
)
from agilekit.easybacklog.params import (
    BACKLOG_FIELDS,
    COMPANY_FIELDS,
    CRITERION_FIELDS,
    SPRINT_FIELDS,
    SPRINT_STORY_DRAFT,
    STORY_FIELDS,
    THEME_FIELDS,
    BacklogDraft,
    CompanyDraft,
    CriterionDraft,
    SprintDraft,
    SprintStoryDraft,
    StoryDraft,
    ThemeDraft,
)
from agilekit.easybacklog.routes import (
    CREATE_ACCEPTANCE_CRITERION,
    CREATE_BACKLOG,
    CREATE_COMPANY,
    CREATE_SPRINT,
    CREATE_SPRINT_STORY,
    CREATE_STORY,
    CREATE_THEME,
    LIST_ACCEPTANCE_CRITERIA,
    LIST_BACKLOGS,
    LIST_COMPANIES,
    LIST_SPRINT_STORIES,
    LIST_SPRINTS,
    LIST_STORIES,
    LIST_THEMES,
)

__all__ = ["BACKLOGS", "COMPANIES", "CRITERIA", "SPRINTS", "SPRINT_STORIES", "STORIES", "THEMES"]

STORIES: Final = spec_of_named_fields(
    name="stories",
    container=("theme",),
    draft=StoryDraft,
    write=STORY_FIELDS,
    send=one_by_one(CREATE_STORY),
    listing=LIST_STORIES,
    load=DECODER.one(Story),
    key=lambda story: story.id,
    label=("i_want_to",),
    not_compared=("position",),
    texts=("as_a", "i_want_to", "so_i_can", "comments"),
    shows_all=True,
)
CRITERIA: Final = spec_of_named_fields(
    name="criteria",
    container=("story",),
    draft=CriterionDraft,
    write=CRITERION_FIELDS,
    send=one_by_one(CREATE_ACCEPTANCE_CRITERION),
    listing=LIST_ACCEPTANCE_CRITERIA,
    load=DECODER.one(AcceptanceCriterion),
    key=lambda criterion: criterion.id,
    label=("criterion",),
    not_compared=("position",),
    texts=("criterion",),
    shows_all=True,
)
THEMES: Final = spec_of_named_fields(
    name="themes",
    container=("backlog",),
    draft=ThemeDraft,
    write=THEME_FIELDS,
    send=one_by_one(CREATE_THEME),
    listing=LIST_THEMES,
    load=DECODER.one(Theme),
    key=lambda theme: theme.id,
    label=("name",),
    not_compared=("code", "position"),
    texts=("name",),
    shows_all=True,
)
SPRINTS: Final = spec_of_named_fields(
    name="sprints",
    container=("backlog",),
    draft=SprintDraft,
    write=SPRINT_FIELDS,
    send=one_by_one(CREATE_SPRINT),
    listing=LIST_SPRINTS,
    load=DECODER.one(Sprint),
    key=lambda sprint: sprint.id,
    label=("start_on", "duration_days"),
    shows_all=True,
)
SPRINT_STORIES: Final = spec_of_named_fields(
    name="sprint-stories",
    container=("sprint",),
    draft=SprintStoryDraft,
    write=SPRINT_STORY_DRAFT,
    send=one_by_one(CREATE_SPRINT_STORY),
    listing=LIST_SPRINT_STORIES,
    load=DECODER.one(SprintStory),
    key=lambda sprint_story: sprint_story.id,
    label=("story_id",),
    not_compared=("position",),
    shows_all=True,
)
BACKLOGS: Final = spec_of_named_fields(
    name="backlogs",
    container=("account",),
    draft=BacklogDraft,
    write=BACKLOG_FIELDS,
    send=one_by_one(CREATE_BACKLOG),
    listing=LIST_BACKLOGS,
    load=DECODER.one(Backlog),
    key=lambda backlog: backlog.id,
    label=("name",),
    not_compared=("company_id",),
    needs={"rate": "velocity"},
    texts=("name",),
    shows_all=True,
)
# The published server lists the companies of an account, but creates them in none.
COMPANIES: Final = spec_of_named_fields(
    name="companies",
    container=("account",),
    draft=CompanyDraft,
    write=COMPANY_FIELDS,
    send=one_by_one(CREATE_COMPANY),
    listing=LIST_COMPANIES,
    lists_all=False,
    load=DECODER.one(Company),
    key=lambda company: company.id,
    label=("name",),
    texts=("name",),
    shows_all=True,
)
