"""The 16 calls of the document, typed from it, each with the method that makes it.

Source: Flying Donut API Integration, "API", by heading and in its order.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from attrs import frozen

from agilekit import FlyingDonut, Reapply
from agilekit.flyingdonut import (
    Bucket,
    BucketCards,
    Burndown,
    Card,
    Oid,
    Project,
    RichText,
    Sprint,
    Task,
)
from agilekit.versioned import Versioned
from tests.contract.headings import Heading
from tests.payloads import flyingdonut as samples

BUCKET: Final = "590e04cc276e03287520db7a"
SPRINT: Final = "54744d10c955ca8169c61ef2"
CARD: Final = "54744c20c955ca8169c61eef"
TASK: Final = "6000882d5898d474b09b205e"

_TEXT: Final = RichText("My test card description", "<p>My test card description</p>\n")

CARD_AS_READ: Final = Card(
    id=Oid(CARD),
    title=Versioned("4th Test card", 1),
    summary=Versioned(RichText("old"), 2),
    estimate=Versioned(8, 6),
)
"""The card that the sample of "Update Card" changes, as it was before."""
TASK_AS_READ: Final = Task(
    id=CARD_AS_READ.id,
    title=Versioned("4th Test task", 1),
    summary=Versioned(RichText("old"), 2),
    estimate=Versioned(13, 6),
    state=Versioned("todo", 9),
)
"""The task that the sample of "Update Task" changes, as it was before."""


@frozen
class Call:
    heading: str
    method: str
    path: str
    """Below the project, with the ids of this module."""
    answer: object
    """The sample."""
    models: tuple[type[object], ...]
    """Of the result, or of its elements."""
    make: Callable[[FlyingDonut], Awaitable[object]]

    @property
    def gives_many(self) -> bool:
        return isinstance(self.answer, list)


async def _update_card(donut: FlyingDonut) -> Card:
    return await donut.cards.update(
        CARD_AS_READ,
        title="5th Test card",
        summary=_TEXT,
        estimate=13,
        on_conflict=Reapply(attempts=2),
    )


async def _update_task(donut: FlyingDonut) -> Task:
    return await donut.tasks.update(
        TASK_AS_READ,
        title="5th Test task",
        summary=RichText("My test task description", "<p>My test task description</p>\n"),
        estimate=60,
        state="in-progress",
        on_conflict=Reapply(attempts=2),
    )


DOCUMENT: Final[Sequence[Heading]] = (
    ("API Integration", "`FlyingDonut`"),
    ("Overview", "`FlyingDonut`"),
    ("Usage", "[guides](guides/reading.md)"),
    ("Schema", "`Versioned`, and the [entities](reference/flyingdonut.md)"),
    ("Getting Started", "[first steps](tutorial.md)"),
    ("Details", "`FlyingDonut(project_id)`"),
    ("Configuration", "`FlyingDonut(project_id, secret=…)`"),
    ("Authentication", "`FlyingDonut(secret=…)`"),
    ("Secret", "`FlyingDonut(secret=…)`"),
    ("API", "`FlyingDonut`"),
    "Fetch Project",
    "Fetch Backlog Cards",
    "Fetch Backlog Buckets",
    "Fetch Backlog Bucket",
    "Fetch Backlog Bucket Cards",
    "Create Backlog Bucket Card",
    "Fetch Sprints",
    "Fetch Sprint",
    "Fetch Sprint Cards",
    "Fetch Sprint Burndown Chart",
    "Fetch Card",
    "Update Card",
    "Fetch Card Tasks",
    "Create Card Task",
    "Fetch Task",
    "Update Task",
)
"""Every heading of the document, in its order: a call, or where its subject is in the library."""

GUIDE: Final[Sequence[Heading]] = (
    (
        "API: export data, build reports, and extend Flying Donut",
        "[exporting](guides/exporting.md)",
    ),
    ("What you can do with the API", "[exporting](guides/exporting.md), [bulk](guides/bulk.md)"),
    ("Getting started with the API", "`FlyingDonut(username=…)`, `Force`"),
    ("Key endpoints", "the calls above"),
    ("Data model: versioned attributes", "`Versioned`, [changing](guides/changing.md)"),
    ("Example: creating a card via the API", "`cards.create`, `cards.create_many`"),
    ("Example: exporting sprint data for reporting", "`cards.in_sprint`, `sprints.burndown`"),
    ("Timestamps and data types", "aware `datetime`, `Oid`, `float`"),
    ("Common questions", "`FlyingDonut(rate=…)`, `sprints.burndown`"),
    ("Build custom workflows and reports with the API", "[exporting](guides/exporting.md)"),
)
"""Every heading of the guide to the API, of which it makes no call."""

CALLS: Final = (
    Call(
        "Fetch Project",
        "GET",
        "",
        samples.FETCH_PROJECT,
        (Project,),
        lambda donut: donut.project.get(),
    ),
    Call(
        "Fetch Backlog Cards",
        "GET",
        "/backlog/items",
        samples.FETCH_BACKLOG_CARDS,
        (BucketCards,),
        lambda donut: donut.cards.in_backlog(),
    ),
    Call(
        "Fetch Backlog Buckets",
        "GET",
        "/backlog/buckets",
        samples.FETCH_BACKLOG_BUCKETS,
        (Bucket,),
        lambda donut: donut.buckets.all(),
    ),
    Call(
        "Fetch Backlog Bucket",
        "GET",
        f"/backlog/buckets/{BUCKET}",
        samples.FETCH_BACKLOG_BUCKET,
        (Bucket,),
        lambda donut: donut.buckets.get(BUCKET),
    ),
    Call(
        "Fetch Backlog Bucket Cards",
        "GET",
        f"/backlog/buckets/{BUCKET}/items",
        samples.FETCH_BACKLOG_BUCKET_CARDS,
        (Card,),
        lambda donut: donut.cards.in_bucket(BUCKET),
    ),
    Call(
        "Create Backlog Bucket Card",
        "POST",
        f"/backlog/buckets/{BUCKET}/items",
        samples.CREATE_BACKLOG_BUCKET_CARD,
        (Card,),
        lambda donut: donut.cards.create(BUCKET, title="5th Test card"),
    ),
    Call(
        "Fetch Sprints",
        "GET",
        "/iterations",
        samples.FETCH_SPRINTS,
        (Sprint,),
        lambda donut: donut.sprints.all(),
    ),
    Call(
        "Fetch Sprint",
        "GET",
        f"/iterations/{SPRINT}",
        samples.FETCH_SPRINT,
        (Sprint,),
        lambda donut: donut.sprints.get(SPRINT),
    ),
    Call(
        "Fetch Sprint Cards",
        "GET",
        f"/iterations/{SPRINT}/items",
        samples.FETCH_SPRINT_CARDS,
        (Card, Task),
        lambda donut: donut.cards.in_sprint(SPRINT),
    ),
    Call(
        "Fetch Sprint Burndown Chart",
        "GET",
        f"/iterations/{SPRINT}/burndown-chart",
        samples.FETCH_SPRINT_BURNDOWN_CHART,
        (Burndown,),
        lambda donut: donut.sprints.burndown(SPRINT),
    ),
    Call(
        "Fetch Card",
        "GET",
        f"/items/{CARD}",
        samples.FETCH_CARD,
        (Card,),
        lambda donut: donut.cards.get(CARD),
    ),
    Call("Update Card", "PUT", f"/items/{CARD}", samples.UPDATE_CARD, (Card,), _update_card),
    Call(
        "Fetch Card Tasks",
        "GET",
        f"/items/{CARD}/tasks",
        samples.FETCH_CARD_TASKS,
        (Task,),
        lambda donut: donut.tasks.of(CARD),
    ),
    Call(
        "Create Card Task",
        "POST",
        f"/items/{CARD}/tasks",
        samples.CREATE_CARD_TASK,
        (Task,),
        lambda donut: donut.tasks.create(CARD, title="1st Test task"),
    ),
    Call(
        "Fetch Task",
        "GET",
        f"/tasks/{TASK}",
        samples.FETCH_TASK,
        (Task,),
        lambda donut: donut.tasks.get(TASK),
    ),
    Call("Update Task", "PUT", f"/tasks/{CARD}", samples.UPDATE_TASK, (Task,), _update_task),
)
