"""The samples of easyBacklog's document, in the order of the document.

Each constant is named after the heading that its sample stands under; the same in XML ends in
`_XML`, with the tags and types that Rails writes, which the document's page has lost. What the
document shows in no sample says so.

Source: easyBacklog API documentation.
"""

from typing import Final

from tests.payloads.samples import Samples

_samples = Samples("easybacklog")
Sample = dict[str, object]


def _array(name: str, *elements: str) -> str:
    return f'<{name} type="array">{"".join(elements)}</{name}>'


# Errors. The document's own sample is the first; the XML and the list of errors are in none.
ERRORS: Final = _samples.entity("errors")
ERRORS_XML: Final = _samples.xml("errors")
VALIDATION_ERRORS: Final = _samples.entity("validation-errors")
VALIDATION_ERRORS_XML: Final = _samples.xml("validation-errors")

# The Account object; Retrieve an Account
ACCOUNT: Final = _samples.entity("account")
ACCOUNT_XML: Final = _samples.xml("account")
# List the Accounts
ACCOUNTS: Final = [ACCOUNT]
ACCOUNTS_XML: Final = _array("accounts", ACCOUNT_XML)

# The Company object; List the Companies
COMPANY: Final = _samples.entity("company")
COMPANY_XML: Final = _samples.xml("company")
COMPANIES: Final = [COMPANY]
COMPANIES_XML: Final = _array("companies", COMPANY_XML)
# Retrieve a Company
COMPANY_RETRIEVED: Final[Sample] = {**COMPANY, "updated_at": "2012-05-25T17:47:24Z"}
COMPANY_RETRIEVED_XML: Final = COMPANY_XML.replace("17:11:42", "17:47:24")
# Create a Company
COMPANY_CREATED: Final = _samples.entity("company-created")
COMPANY_CREATED_XML: Final = _samples.xml("company-created")

# The Backlog object; Retrieve a Backlog
BACKLOG: Final = _samples.entity("backlog")
BACKLOG_XML: Final = _samples.xml("backlog")
# List the Backlogs
BACKLOGS: Final = [BACKLOG]
BACKLOGS_XML: Final = _array("backlogs", BACKLOG_XML)
# Retrieve a Backlog, with include_associated_data; no sample
BACKLOG_TREE: Final = _samples.entity("backlog-tree")
BACKLOG_TREE_XML: Final = _samples.xml("backlog-tree")
# The same as one element, with children in place of attributes; no sample
BACKLOG_TREE_NESTED_XML: Final = _samples.xml("backlog-tree-nested")
# Retrieve backlog statistics
STATISTICS: Final = _samples.entity("statistics")
STATISTICS_XML: Final = _samples.xml("statistics")
# Create a Backlog
BACKLOG_CREATED: Final = _samples.entity("backlog-created")
BACKLOG_CREATED_XML: Final = _samples.xml("backlog-created")
# Duplicate a Backlog
BACKLOG_DUPLICATED: Final = _samples.entity("backlog-duplicated")
BACKLOG_DUPLICATED_XML: Final = _samples.xml("backlog-duplicated")

# The Snapshot object; Retrieve a Snapshot
SNAPSHOT: Final = _samples.entity("snapshot")
SNAPSHOT_XML: Final = _samples.xml("snapshot")
# List the Snapshots
SNAPSHOTS: Final = _samples.entity("snapshots")
SNAPSHOTS_XML: Final = _samples.xml("snapshots")
# Create a Snapshot
SNAPSHOT_CREATED: Final = _samples.entity("snapshot-created")
SNAPSHOT_CREATED_XML: Final = _samples.xml("snapshot-created")

# The Theme object; List the Themes
THEME: Final = _samples.entity("theme")
THEME_XML: Final = _samples.xml("theme")
THEMES: Final = [THEME]
THEMES_XML: Final = _array("themes", THEME_XML)
# Retrieve a Theme
THEME_RETRIEVED: Final = _samples.entity("theme-retrieved")
THEME_RETRIEVED_XML: Final = _samples.xml("theme-retrieved")
# Create a Theme
THEME_CREATED: Final = _samples.entity("theme-created")
THEME_CREATED_XML: Final = _samples.xml("theme-created")

# The Sprint object; Retrieve a Sprint
SPRINT: Final = _samples.entity("sprint")
SPRINT_XML: Final = _samples.xml("sprint")
SPRINT_INSIDE_XML: Final = SPRINT_XML.removeprefix("<hash>").removesuffix("</hash>")
# List the Sprints
SPRINTS: Final = [SPRINT]
SPRINTS_XML: Final = _array("sprints", f"<sprint>{SPRINT_INSIDE_XML}</sprint>")
# Create a Sprint
SPRINT_CREATED: Final = _samples.entity("sprint-created")
SPRINT_CREATED_XML: Final = _samples.xml("sprint-created")

# The Story object; Retrieve a Story; Retrieve a Story Shortcut
STORY: Final = _samples.entity("story")
STORY_XML: Final = _samples.xml("story")
STORY_INSIDE_XML: Final = STORY_XML.removeprefix("<hash>").removesuffix("</hash>")
# List the Stories
STORIES: Final = [STORY]
STORIES_XML: Final = _array("stories", f"<story>{STORY_INSIDE_XML}</story>")
# Create a Story
STORY_CREATED: Final = _samples.entity("story-created")
STORY_CREATED_XML: Final = _samples.xml("story-created")

# The Acceptance Criterion object; Retrieve an Acceptance Criterion
CRITERION: Final = _samples.entity("criterion")
CRITERION_XML: Final = _samples.xml("criterion")
# List the Acceptance Criteria
CRITERIA: Final = [CRITERION]
CRITERIA_XML: Final = _array("acceptance-criteria", CRITERION_XML)
# Create an Acceptance Criterion
CRITERION_CREATED: Final = _samples.entity("criterion-created")
CRITERION_CREATED_XML: Final = _samples.xml("criterion-created")

# The Sprint Story object; Retrieve a Sprint Story
SPRINT_STORY: Final = _samples.entity("sprint-story")
SPRINT_STORY_XML: Final = _samples.xml("sprint-story")
# List the Sprint Stories
SPRINT_STORIES: Final = [SPRINT_STORY]
SPRINT_STORIES_XML: Final = _array("sprint-stories", SPRINT_STORY_XML)
# Create a Sprint Story (assign a story to a sprint)
SPRINT_STORY_CREATED: Final = _samples.entity("sprint-story-created")
SPRINT_STORY_CREATED_XML: Final = _samples.xml("sprint-story-created")

# List the Themes, the Sprints and the Stories with include_associated_data; no samples
THEME_WITH_STORIES: Final[Sample] = {**THEME, "stories": [{**STORY, "acceptance_criteria": []}]}
THEMES_WITH_STORIES: Final = [THEME_WITH_STORIES]
THEME_WITH_STORIES_XML: Final = THEME_XML.replace(
    "</theme>",
    f"""<stories type="array">
      <story>{STORY_INSIDE_XML}<acceptance-criteria type="array"/></story>
    </stories></theme>""",
)
THEMES_WITH_STORIES_XML: Final = _array("themes", THEME_WITH_STORIES_XML)
SPRINT_WITH_STORIES: Final[Sample] = {**SPRINT, "sprint_stories": SPRINT_STORIES}
SPRINT_WITH_STORIES_XML: Final = f"<hash>{SPRINT_INSIDE_XML}{SPRINT_STORIES_XML}</hash>"
SPRINTS_WITH_STORIES: Final = [SPRINT_WITH_STORIES]
SPRINTS_WITH_STORIES_XML: Final = _array(
    "sprints", f"<sprint>{SPRINT_INSIDE_XML}{SPRINT_STORIES_XML}</sprint>"
)
STORY_WITH_CRITERIA: Final[Sample] = {**STORY, "acceptance_criteria": CRITERIA}
STORY_WITH_CRITERIA_XML: Final = f"<hash>{STORY_INSIDE_XML}{CRITERIA_XML}</hash>"
STORIES_WITH_CRITERIA: Final = _samples.entities("stories-with-criteria")
STORIES_WITH_CRITERIA_XML: Final = _samples.xml("stories-with-criteria")

# The Locale object; List the Locales; Retrieve a Locale
LOCALE: Final = _samples.entity("locale")
LOCALE_XML: Final = _samples.xml("locale")
LOCALES: Final = [LOCALE]
LOCALES_XML: Final = _array("locales", LOCALE_XML)

# The Scoring Rule object; List the Scoring Rules; Retrieve a Scoring Rule
SCORING_RULE: Final = _samples.entity("scoring-rule")
SCORING_RULE_XML: Final = _samples.xml("scoring-rule")
SCORING_RULES: Final = [SCORING_RULE]
SCORING_RULES_XML: Final = _array("scoring-rules", SCORING_RULE_XML)

# The Sprint Story Status object; List the Sprint Story Statuses; Retrieve a Sprint Story Status
STATUS: Final = _samples.entity("status")
STATUS_XML: Final = _samples.xml("status")
STATUSES: Final = [STATUS]
STATUSES_XML: Final = _array("sprint-story-statuses", STATUS_XML)
