"""The 53 documented calls of easyBacklog, in the document's order.

Source: easyBacklog API documentation. An update sets values, and a deletion deletes one thing, so
sending either twice does no more than sending it once. To grab a story or to move a theme twice may
undo what somebody else did in between. Codes, positions and numbers are computed without a lock, so
what gets one of them has one writer in each container.
"""

from typing import Final

from agilekit.easybacklog.decoders import DECODER, backlog, snapshot, snapshots
from agilekit.easybacklog.models import (
    AcceptanceCriterion,
    Account,
    Backlog,
    Company,
    Locale,
    ScoringRule,
    Snapshot,
    Sprint,
    SprintStory,
    SprintStoryStatus,
    Story,
    Theme,
)
from agilekit.easybacklog.statistics import Statistics
from agilekit.wire.route import Route, no_result

LIST_ACCOUNTS: Final = Route(
    "List the Accounts",
    "GET",
    "/accounts",
    DECODER.entities(Account),
)
RETRIEVE_ACCOUNT: Final = Route(
    "Retrieve an Account",
    "GET",
    "/accounts/{ACCOUNT_ID}",
    DECODER.entity(Account),
    entity_id="ACCOUNT_ID",
)
UPDATE_ACCOUNT: Final = Route(
    "Update an Account",
    "PUT",
    "/accounts/{ACCOUNT_ID}",
    no_result,
    safe_write=True,
)
LIST_COMPANIES: Final = Route(
    "List the Companies",
    "GET",
    "/accounts/{ACCOUNT_ID}/companies",
    DECODER.entities(Company),
)
RETRIEVE_COMPANY: Final = Route(
    "Retrieve a Company",
    "GET",
    "/accounts/{ACCOUNT_ID}/companies/{COMPANY_ID}",
    DECODER.entity(Company),
    entity_id="COMPANY_ID",
)
# The document's URL ends in the id of a company, by mistake; its sample does not.
CREATE_COMPANY: Final = Route(
    "Create a Company",
    "POST",
    "/accounts/{ACCOUNT_ID}/companies",
    DECODER.entity(Company),
    one_writer=True,
)
UPDATE_COMPANY: Final = Route(
    "Update a Company",
    "PUT",
    "/accounts/{ACCOUNT_ID}/companies/{COMPANY_ID}",
    no_result,
    safe_write=True,
)
DELETE_COMPANY: Final = Route(
    "Delete a Company",
    "DELETE",
    "/accounts/{ACCOUNT_ID}/companies/{COMPANY_ID}",
    no_result,
    safe_write=True,
)
LIST_BACKLOGS: Final = Route(
    "List the Backlogs",
    "GET",
    "/accounts/{ACCOUNT_ID}/backlogs",
    DECODER.entities(Backlog),
)
RETRIEVE_BACKLOG: Final = Route(
    "Retrieve a Backlog",
    "GET",
    "/accounts/{ACCOUNT_ID}/backlogs/{BACKLOG_ID}",
    backlog,
    entity_id="BACKLOG_ID",
)
RETRIEVE_STATISTICS: Final = Route(
    "Retrieve backlog statistics",
    "GET",
    "/accounts/{ACCOUNT_ID}/backlogs/{BACKLOG_ID}/stats",
    DECODER.part(Statistics),
)
CREATE_BACKLOG: Final = Route(
    "Create a Backlog",
    "POST",
    "/accounts/{ACCOUNT_ID}/backlogs",
    DECODER.entity(Backlog),
    one_writer=True,
)
UPDATE_BACKLOG: Final = Route(
    "Update a Backlog",
    "PUT",
    "/accounts/{ACCOUNT_ID}/backlogs/{BACKLOG_ID}",
    no_result,
    safe_write=True,
)
DUPLICATE_BACKLOG: Final = Route(
    "Duplicate a Backlog",
    "POST",
    "/accounts/{ACCOUNT_ID}/backlogs/{BACKLOG_ID}/duplicate",
    DECODER.entity(Backlog),
)
DELETE_BACKLOG: Final = Route(
    "Delete a Backlog",
    "DELETE",
    "/accounts/{ACCOUNT_ID}/backlogs/{BACKLOG_ID}",
    no_result,
    safe_write=True,
)
LIST_SNAPSHOTS: Final = Route(
    "List the Snapshots",
    "GET",
    "/accounts/{ACCOUNT_ID}/backlogs/{BACKLOG_ID}/snapshots",
    snapshots,
)
RETRIEVE_SNAPSHOT: Final = Route(
    "Retrieve a Snapshot",
    "GET",
    "/accounts/{ACCOUNT_ID}/backlogs/{BACKLOG_ID}/snapshots/{SNAPSHOT_ID}",
    snapshot,
    entity_id="SNAPSHOT_ID",
)
CREATE_SNAPSHOT: Final = Route(
    "Create a Snapshot",
    "POST",
    "/accounts/{ACCOUNT_ID}/backlogs/{BACKLOG_ID}/snapshots",
    DECODER.entity(Snapshot),
)
DELETE_SNAPSHOT: Final = Route(
    "Delete a Snapshot",
    "DELETE",
    "/accounts/{ACCOUNT_ID}/backlogs/{BACKLOG_ID}/snapshots/{SNAPSHOT_ID}",
    no_result,
    safe_write=True,
)
LIST_THEMES: Final = Route(
    "List the Themes",
    "GET",
    "/backlogs/{BACKLOG_ID}/themes",
    DECODER.entities(Theme),
)
RETRIEVE_THEME: Final = Route(
    "Retrieve a Theme",
    "GET",
    "/backlogs/{BACKLOG_ID}/themes/{THEME_ID}",
    DECODER.entity(Theme),
    entity_id="THEME_ID",
)
CREATE_THEME: Final = Route(
    "Create a Theme",
    "POST",
    "/backlogs/{BACKLOG_ID}/themes",
    DECODER.entity(Theme),
    one_writer=True,
)
# The document's URL is that of a backlog, by mistake; its sample is right.
UPDATE_THEME: Final = Route(
    "Update a Theme",
    "PUT",
    "/backlogs/{BACKLOG_ID}/themes/{THEME_ID}",
    no_result,
    safe_write=True,
)
MOVE_STORY: Final = Route(
    "Move story from another theme",
    "POST",
    "/backlogs/{BACKLOG_ID}/themes/{THEME_ID}/grab-story",
    no_result,
)
MOVE_THEME: Final = Route(
    "Move theme to another backlog",
    "POST",
    "/backlogs/{BACKLOG_ID}/themes/{THEME_ID}/move-to-backlog",
    no_result,
)
DELETE_THEME: Final = Route(
    "Delete a Theme",
    "DELETE",
    "/backlogs/{BACKLOG_ID}/themes/{THEME_ID}",
    no_result,
    safe_write=True,
)
LIST_SPRINTS: Final = Route(
    "List the Sprints",
    "GET",
    "/backlogs/{BACKLOG_ID}/sprints",
    DECODER.entities(Sprint),
)
RETRIEVE_SPRINT: Final = Route(
    "Retrieve a Sprint",
    "GET",
    "/backlogs/{BACKLOG_ID}/sprints/{SPRINT_ID}",
    DECODER.entity(Sprint),
    entity_id="SPRINT_ID",
)
CREATE_SPRINT: Final = Route(
    "Create a Sprint",
    "POST",
    "/backlogs/{BACKLOG_ID}/sprints",
    DECODER.entity(Sprint),
    one_writer=True,
)
# The document's URL is that of a backlog, by mistake; its sample is right.
UPDATE_SPRINT: Final = Route(
    "Update a Sprint",
    "PUT",
    "/backlogs/{BACKLOG_ID}/sprints/{SPRINT_ID}",
    no_result,
    safe_write=True,
)
DELETE_SPRINT: Final = Route(
    "Delete a Sprint",
    "DELETE",
    "/backlogs/{BACKLOG_ID}/sprints/{SPRINT_ID}",
    no_result,
    safe_write=True,
)
LIST_STORIES: Final = Route(
    "List the Stories",
    "GET",
    "/themes/{THEME_ID}/stories",
    DECODER.entities(Story),
)
RETRIEVE_STORY: Final = Route(
    "Retrieve a Story",
    "GET",
    "/themes/{THEME_ID}/stories/{STORY_ID}",
    DECODER.entity(Story),
    entity_id="STORY_ID",
)
RETRIEVE_STORY_SHORTCUT: Final = Route(
    "Retrieve a Story Shortcut",
    "GET",
    "/stories/{STORY_ID}",
    DECODER.entity(Story),
    entity_id="STORY_ID",
)
CREATE_STORY: Final = Route(
    "Create a Story",
    "POST",
    "/themes/{THEME_ID}/stories",
    DECODER.entity(Story),
    one_writer=True,
)
UPDATE_STORY: Final = Route(
    "Update a Story",
    "PUT",
    "/themes/{THEME_ID}/stories/{STORY_ID}",
    no_result,
    safe_write=True,
)
DELETE_STORY: Final = Route(
    "Delete a Story",
    "DELETE",
    "/themes/{THEME_ID}/stories/{STORY_ID}",
    no_result,
    safe_write=True,
)
LIST_ACCEPTANCE_CRITERIA: Final = Route(
    "List the Acceptance Criteria",
    "GET",
    "/stories/{STORY_ID}/acceptance-criteria",
    DECODER.entities(AcceptanceCriterion),
)
RETRIEVE_ACCEPTANCE_CRITERION: Final = Route(
    "Retrieve an Acceptance Criterion",
    "GET",
    "/stories/{STORY_ID}/acceptance-criteria/{ACCEPTANCE_CRITERIA_ID}",
    DECODER.entity(AcceptanceCriterion),
    entity_id="ACCEPTANCE_CRITERIA_ID",
)
CREATE_ACCEPTANCE_CRITERION: Final = Route(
    "Create an Acceptance Criterion",
    "POST",
    "/stories/{STORY_ID}/acceptance-criteria",
    DECODER.entity(AcceptanceCriterion),
    one_writer=True,
)
UPDATE_ACCEPTANCE_CRITERION: Final = Route(
    "Update an Acceptance Criterion",
    "PUT",
    "/stories/{STORY_ID}/acceptance-criteria/{ACCEPTANCE_CRITERIA_ID}",
    no_result,
    safe_write=True,
)
DELETE_ACCEPTANCE_CRITERION: Final = Route(
    "Delete an Acceptance Criterion",
    "DELETE",
    "/stories/{STORY_ID}/acceptance-criteria/{ACCEPTANCE_CRITERIA_ID}",
    no_result,
    safe_write=True,
)
LIST_SPRINT_STORIES: Final = Route(
    "List the Sprint Stories",
    "GET",
    "/sprints/{SPRINT_ID}/sprint-stories",
    DECODER.entities(SprintStory),
)
RETRIEVE_SPRINT_STORY: Final = Route(
    "Retrieve a Sprint Story",
    "GET",
    "/sprints/{SPRINT_ID}/sprint-stories/{SPRINT_STORY_ID}",
    DECODER.entity(SprintStory),
    entity_id="SPRINT_STORY_ID",
)
CREATE_SPRINT_STORY: Final = Route(
    "Create a Sprint Story (assign a story to a sprint)",
    "POST",
    "/sprints/{SPRINT_ID}/sprint-stories",
    DECODER.entity(SprintStory),
    one_writer=True,
)
UPDATE_SPRINT_STORY: Final = Route(
    "Update a Sprint Story",
    "PUT",
    "/sprints/{SPRINT_ID}/sprint-stories/{SPRINT_STORY_ID}",
    no_result,
    safe_write=True,
)
DELETE_SPRINT_STORY: Final = Route(
    "Delete a Sprint Story",
    "DELETE",
    "/sprints/{SPRINT_ID}/sprint-stories/{SPRINT_STORY_ID}",
    no_result,
    safe_write=True,
)
LIST_LOCALES: Final = Route(
    "List the Locales",
    "GET",
    "/locales",
    DECODER.entities(Locale),
)
# The document's URL begins with /locale, by mistake; its sample is right.
RETRIEVE_LOCALE: Final = Route(
    "Retrieve a Locale",
    "GET",
    "/locales/{LOCALE_ID}",
    DECODER.entity(Locale),
    entity_id="LOCALE_ID",
)
LIST_SCORING_RULES: Final = Route(
    "List the Scoring Rules",
    "GET",
    "/scoring-rules",
    DECODER.entities(ScoringRule),
)
RETRIEVE_SCORING_RULE: Final = Route(
    "Retrieve a Scoring Rule",
    "GET",
    "/scoring-rules/{SCORING_RULE_ID}",
    DECODER.entity(ScoringRule),
    entity_id="SCORING_RULE_ID",
)
LIST_SPRINT_STORY_STATUSES: Final = Route(
    "List the Sprint Story Statuses",
    "GET",
    "/sprint-story-statuses",
    DECODER.entities(SprintStoryStatus),
)
RETRIEVE_SPRINT_STORY_STATUS: Final = Route(
    "Retrieve a Sprint Story Status",
    "GET",
    "/sprint-story-statuses/{SPRINT_STORY_STATUS_ID}",
    DECODER.entity(SprintStoryStatus),
    entity_id="SPRINT_STORY_STATUS_ID",
)
