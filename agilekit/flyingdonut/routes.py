"""The 16 documented calls of Flying Donut, in the document's order.

Source: Flying Donut API, "API". An update bears the version of each attribute that it names, so
sending the same one twice is safe: only one of the two can win. That does not hold for a version of
-1, so such an update is sent as one that is not safe.
"""

from typing import Final

from agilekit.flyingdonut.decoders import DECODER, backlog, sprint_items
from agilekit.flyingdonut.models import (
    Bucket,
    Burndown,
    Card,
    Project,
    Sprint,
    Task,
)
from agilekit.wire.route import Route

FETCH_PROJECT: Final = Route(
    "Fetch Project",
    "GET",
    "/projects/{projectId}",
    DECODER.entity(Project),
    entity_id="projectId",
)
FETCH_BACKLOG_CARDS: Final = Route(
    "Fetch Backlog Cards",
    "GET",
    "/projects/{projectId}/backlog/items",
    backlog,
)
FETCH_BACKLOG_BUCKETS: Final = Route(
    "Fetch Backlog Buckets",
    "GET",
    "/projects/{projectId}/backlog/buckets",
    DECODER.entities(Bucket),
)
FETCH_BACKLOG_BUCKET: Final = Route(
    "Fetch Backlog Bucket",
    "GET",
    "/projects/{projectId}/backlog/buckets/{bucketId}",
    DECODER.entity(Bucket),
    entity_id="bucketId",
)
FETCH_BACKLOG_BUCKET_CARDS: Final = Route(
    "Fetch Backlog Bucket Cards",
    "GET",
    "/projects/{projectId}/backlog/buckets/{bucketId}/items",
    DECODER.entities(Card),
)
CREATE_BACKLOG_BUCKET_CARD: Final = Route(
    "Create Backlog Bucket Card",
    "POST",
    "/projects/{projectId}/backlog/buckets/{bucketId}/items",
    DECODER.entity(Card),
)
CREATE_BACKLOG_BUCKET_CARDS: Final = Route(
    "Create Backlog Bucket Card",
    "POST",
    "/projects/{projectId}/backlog/buckets/{bucketId}/items",
    DECODER.entities(Card),
)
FETCH_SPRINTS: Final = Route(
    "Fetch Sprints",
    "GET",
    "/projects/{projectId}/iterations",
    DECODER.entities(Sprint),
)
FETCH_SPRINT: Final = Route(
    "Fetch Sprint",
    "GET",
    "/projects/{projectId}/iterations/{iterationId}",
    DECODER.entity(Sprint),
    entity_id="iterationId",
)
FETCH_SPRINT_CARDS: Final = Route(
    "Fetch Sprint Cards",
    "GET",
    "/projects/{projectId}/iterations/{iterationId}/items",
    sprint_items,
)
FETCH_SPRINT_BURNDOWN_CHART: Final = Route(
    "Fetch Sprint Burndown Chart",
    "GET",
    "/projects/{projectId}/iterations/{iterationId}/burndown-chart",
    DECODER.part(Burndown),
)
FETCH_CARD: Final = Route(
    "Fetch Card",
    "GET",
    "/projects/{projectId}/items/{itemId}",
    DECODER.entity(Card),
    entity_id="itemId",
)
UPDATE_CARD: Final = Route(
    "Update Card",
    "PUT",
    "/projects/{projectId}/items/{itemId}",
    DECODER.one(Card),
    safe_write=True,
)
FETCH_CARD_TASKS: Final = Route(
    "Fetch Card Tasks",
    "GET",
    "/projects/{projectId}/items/{itemId}/tasks",
    DECODER.entities(Task),
)
CREATE_CARD_TASK: Final = Route(
    "Create Card Task",
    "POST",
    "/projects/{projectId}/items/{itemId}/tasks",
    DECODER.entity(Task),
)
CREATE_CARD_TASKS: Final = Route(
    "Create Card Task",
    "POST",
    "/projects/{projectId}/items/{itemId}/tasks",
    DECODER.entities(Task),
)
FETCH_TASK: Final = Route(
    "Fetch Task",
    "GET",
    "/projects/{projectId}/tasks/{taskId}",
    DECODER.entity(Task),
    entity_id="taskId",
)
UPDATE_TASK: Final = Route(
    "Update Task",
    "PUT",
    "/projects/{projectId}/tasks/{taskId}",
    DECODER.one(Task),
    safe_write=True,
)
