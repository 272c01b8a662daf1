"""The samples of Flying Donut's documents, whole and in the order of the documents.

Each constant is named after the heading that its sample stands under; what is sent ends in
`_REQUEST`. Only syntax is mended: stray commas, a missing one, a comment. Values and number forms
are the documents' own, oddities included.

Source: Flying Donut API Integration; Flying Donut guide, "API" (`GUIDE_…`).
"""

from typing import Final

from tests.payloads.samples import Samples

_samples = Samples("flyingdonut")
SCHEMA_DATE: Final = _samples.entity("schema-date")
SCHEMA_VERSIONED: Final = _samples.entity("schema-versioned")
SCHEMA_TASK_COUNTERS: Final = _samples.entity("schema-task-counters")
FETCH_PROJECT: Final = _samples.entity("fetch-project")
FETCH_BACKLOG_CARDS: Final = _samples.entities("fetch-backlog-cards")
FETCH_BACKLOG_BUCKETS: Final = _samples.entities("fetch-backlog-buckets")
FETCH_BACKLOG_BUCKET: Final = _samples.entity("fetch-backlog-bucket")
FETCH_BACKLOG_BUCKET_CARDS: Final = _samples.entities("fetch-backlog-bucket-cards")
CREATE_BACKLOG_BUCKET_CARD_REQUEST: Final = _samples.entity("create-backlog-bucket-card-request")
CREATE_BACKLOG_BUCKET_CARD: Final = _samples.entity("create-backlog-bucket-card")
CREATE_BACKLOG_BUCKET_CARDS_REQUEST: Final = _samples.entities(
    "create-backlog-bucket-cards-request"
)
CREATE_BACKLOG_BUCKET_CARDS: Final = _samples.entities("create-backlog-bucket-cards")
FETCH_SPRINTS: Final = _samples.entities("fetch-sprints")
FETCH_SPRINT: Final = _samples.entity("fetch-sprint")
FETCH_SPRINT_CARDS: Final = _samples.entities("fetch-sprint-cards")
FETCH_SPRINT_BURNDOWN_CHART: Final = _samples.entity("fetch-sprint-burndown-chart")
FETCH_CARD: Final = _samples.entity("fetch-card")
UPDATE_CARD_REQUEST: Final = _samples.entity("update-card-request")
UPDATE_CARD: Final = _samples.entity("update-card")
FETCH_CARD_TASKS: Final = _samples.entities("fetch-card-tasks")
CREATE_CARD_TASK_REQUEST: Final = _samples.entity("create-card-task-request")
CREATE_CARD_TASK: Final = _samples.entity("create-card-task")
CREATE_CARD_TASKS_REQUEST: Final = _samples.entities("create-card-tasks-request")
CREATE_CARD_TASKS: Final = _samples.entities("create-card-tasks")
FETCH_TASK: Final = _samples.entity("fetch-task")
UPDATE_TASK_REQUEST: Final = _samples.entity("update-task-request")
UPDATE_TASK: Final = _samples.entity("update-task")
GUIDE_VERSIONED_ATTRIBUTES: Final = _samples.entity("guide-versioned-attributes")
GUIDE_CREATE_CARD_REQUEST: Final = _samples.entity("guide-create-card-request")
