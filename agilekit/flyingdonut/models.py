"""The entities of Flying Donut, as its documents show them.

An attribute that bears a version is a `Versioned`; one that the answer did not hold has the version
None, and the value None. Titles and the states of tasks are never null at the service: if an
answer still lacks one, or has null for it, its value is ``""``, and `raw` tells which it
was. Everything else that may be missing or null is None, or an empty tuple. Times are aware.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal, NewType, TypeAlias, cast

from attrs import field, frozen

from agilekit.versioned import Versioned
from agilekit.wire.json import JSON
from agilekit.wire.model import Model, raw_field, undocumented, unsent_field, wire_key
from agilekit.wire.serializable import Serializable

__all__ = [
    "Bucket",
    "BucketCards",
    "Burndown",
    "BurndownItem",
    "Card",
    "ItemCounters",
    "Oid",
    "Project",
    "RichText",
    "Sprint",
    "SprintCards",
    "SprintItem",
    "Task",
    "TaskCounters",
    "TaskState",
    "TaskUser",
    "TimeRemaining",
    "UserCounters",
]

Oid = NewType("Oid", str)
"""An id of Flying Donut: the text inside ``{"$oid": …}``."""

TaskState: TypeAlias = Literal["todo", "in-progress", "done"]
"""Source: Flying Donut API, "Update Task"."""

_NO_STATE: Final = cast("TaskState", "")


@frozen
class RichText(Serializable):
    """A text as it was written, and as the server renders it."""

    markdown: str = ""
    html: str | None = None

    def __str__(self) -> str:
        return self.markdown


@frozen
class TaskCounters(Serializable):
    """How many tasks are in which state. Source: Flying Donut API, "Schema"."""

    done: float | None = None
    todo: float | None = None
    in_progress: float | None = None
    total: float | None = None
    status: str | None = None
    """``"todo"``, ``"in-progress"`` or ``"done"``."""


@frozen
class ItemCounters(Serializable):
    """How many cards of a sprint are in which state, by the sprint's own count.

    No document shows them with a value; recorded answers have `done`, `todo` and `total`.
    """

    done: float | None = None
    todo: float | None = None
    in_progress: float | None = None
    total: float | None = None
    status: str | None = None


@frozen
class UserCounters(Serializable):
    """How many people take part in a project."""

    total: int | None = None
    observers: int | None = None
    participants: int | None = None


@frozen(repr=False)
class Bucket(Model):
    """A part of the backlog."""

    id: Oid = Oid("")
    title: str | None = None
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class Project(Model):
    """Source: Flying Donut API, "Fetch Project"."""

    id: Oid = field(default=Oid(""), metadata=wire_key("_id"))
    title: Versioned[str] = Versioned("")
    summary: Versioned[RichText | None] = Versioned()
    type: Versioned[str | None] = Versioned()
    """``"PRIVATE"``, …"""
    owner: Versioned[str | None] = Versioned()
    timezone: Versioned[str | None] = Versioned()
    """A name of the IANA time zone database."""
    start_date: Versioned[datetime | None] = Versioned()
    end_date: Versioned[datetime | None] = Versioned()
    backlog_buckets: Versioned[tuple[Bucket, ...] | None] = Versioned()
    user_counters: Versioned[UserCounters | None] = Versioned()
    activity_counter: Versioned[int | None] = Versioned()
    integrations: JSON = None
    version: int | None = None
    raw: Mapping[str, JSON] = raw_field()


@frozen
class TaskUser(Serializable):
    """Somebody who works on a task."""

    user: str | None = None
    who: str | None = None
    """Who assigned it."""
    when: datetime | None = None


@frozen
class TimeRemaining(Serializable):
    """An estimate of the hours that a task still needs."""

    duration: float | None = None
    """Hours."""
    when: datetime | None = None
    who: str | None = None


@frozen(repr=False)
class Task(Model):
    """Source: Flying Donut API, "Fetch Task" and "Fetch Sprint Cards"."""

    id: Oid = field(default=Oid(""), metadata=wire_key("_id"))
    cid: int | None = None
    """Counts up within the project, cards and tasks together."""
    title: Versioned[str] = Versioned("")
    summary: Versioned[RichText | None] = Versioned()
    estimate: Versioned[float | None] = Versioned()
    """Hours."""
    state: Versioned[TaskState] = Versioned(_NO_STATE)
    """A state that no document names is kept as the server wrote it."""
    owner: Versioned[Oid | None] = Versioned()
    """The id of its card."""
    owner_type: Versioned[JSON] = Versioned()
    project: Versioned[Oid | None] = Versioned()
    type: Versioned[JSON] = Versioned()
    order: Versioned[str | None] = Versioned()
    """Sorts as text."""
    users: tuple[TaskUser, ...] = ()
    time_remaining: tuple[TimeRemaining, ...] = ()
    time_entries_total: float | None = None
    version: int | None = None
    position: int | None = field(default=None, metadata=wire_key("_order"))
    """Its index in the answer, from 0."""
    replaced: Mapping[str, Versioned[Any]] = unsent_field()
    """By attribute, after an update: what it replaced that its caller had not read; without a
    version if that is not known."""
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class Card(Model):
    """Source: Flying Donut API, "Fetch Card" and "Fetch Sprint Cards"."""

    id: Oid = field(default=Oid(""), metadata=wire_key("_id"))
    cid: int | None = None
    """Counts up within the project, cards and tasks together."""
    title: Versioned[str] = Versioned("")
    summary: Versioned[RichText | None] = Versioned()
    estimate: Versioned[float | None] = Versioned()
    """Story points."""
    state: Versioned[Oid | None] = Versioned()
    """The id of its bucket."""
    iteration: Versioned[Oid | None] = Versioned()
    """The id of its sprint."""
    iteration_review: Versioned[RichText | None] = field(
        default=Versioned(), metadata=undocumented()
    )
    """No document shows one: what is not a text stays only in `raw`."""
    owner: Versioned[JSON] = Versioned()
    owner_type: Versioned[JSON] = Versioned()
    project: Versioned[Oid | None] = Versioned()
    type: Versioned[JSON] = Versioned()
    value: Versioned[JSON] = Versioned()
    order: Versioned[str | None] = Versioned()
    """Sorts as text."""
    is_standalone_tp: bool | None = field(default=None, metadata=wire_key("isStandaloneTP"))
    """Whether it only holds the tasks of a sprint that belong to no card."""
    task_counters: Versioned[TaskCounters | None] = Versioned()
    task_estimate: Versioned[float | None] = Versioned()
    """Hours of all its tasks."""
    total_attachments: Versioned[int | None] = Versioned()
    total_comments: Versioned[int | None] = Versioned()
    total_discussions: Versioned[int | None] = Versioned()
    tasks: tuple[Task, ...] = ()
    """Its tasks, if the server sends them along."""
    version: int | None = None
    position: int | None = field(default=None, metadata=wire_key("_order"))
    """Its index in the answer, from 0."""
    replaced: Mapping[str, Versioned[Any]] = unsent_field()
    """By attribute, after an update: what it replaced that its caller had not read; without a
    version if that is not known."""
    raw: Mapping[str, JSON] = raw_field()


SprintItem: TypeAlias = Card | Task


@frozen(repr=False)
class BucketCards(Model):
    """A bucket with its cards. Source: Flying Donut API, "Fetch Backlog Cards"."""

    id: Oid = field(default=Oid(""), metadata=wire_key("id"))
    title: str | None = field(default=None, metadata=wire_key("bucket"))
    cards: tuple[Card, ...] = field(default=(), metadata=wire_key("items"))
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class Sprint(Model):
    """Source: Flying Donut API, "Fetch Sprint"."""

    id: Oid = field(default=Oid(""), metadata=wire_key("_id"))
    title: Versioned[str] = Versioned("")
    summary: Versioned[RichText | None] = Versioned()
    start_date: Versioned[datetime | None] = Versioned()
    end_date: Versioned[datetime | None] = Versioned()
    estimate: Versioned[float | None] = Versioned()
    """Story points of all its cards."""
    task_estimate: Versioned[float | None] = Versioned()
    """Hours of all its tasks."""
    item_counters: Versioned[ItemCounters | None] = field(
        default=Versioned(), metadata=undocumented()
    )
    """How many of its cards are done."""
    task_counters: Versioned[TaskCounters | None] = Versioned()
    milestone: Versioned[JSON] = Versioned()
    non_working_days: Versioned[JSON] = Versioned()
    project: Versioned[Oid | None] = Versioned()
    is_future: bool | None = None
    is_active: bool | None = None
    is_past: bool | None = None
    version: int | None = None
    position: int | None = field(default=None, metadata=wire_key("_order"))
    """Its index in the answer, from 0."""
    raw: Mapping[str, JSON] = raw_field()


@frozen
class SprintCards(Serializable):
    """The cards of a sprint, each with its `tasks`. Source: "Fetch Sprint Cards"."""

    cards: tuple[Card, ...] = ()
    """In the order of the answer, without the placeholder."""
    placeholder: Card | None = None
    """The card that only holds the tasks of the sprint that belong to no card."""
    other_tasks: tuple[Task, ...] = ()
    """Tasks in the answer whose card it does not show."""


@frozen
class BurndownItem(Serializable):
    """One card of a burndown chart."""

    cid: int | None = None
    title: str | None = None
    original_estimate: float | None = None
    """Hours."""
    time_remaining: tuple[float | None, ...] = ()
    """Hours left at the end of each day."""


@frozen(repr=False)
class Burndown(Model):
    """Source: Flying Donut API, "Fetch Sprint Burndown Chart"."""

    id: Oid = field(default=Oid(""), metadata=wire_key("_id"))
    items: tuple[BurndownItem, ...] = ()
    num_days: int | None = None
    original_estimate: float | None = None
    """Hours."""
    time_remaining: tuple[float | None, ...] = ()
    """Hours left at the end of each day, of all items."""
    when: datetime | None = None
    start_date: datetime | None = None
    end_date: datetime | None = None
    raw: Mapping[str, JSON] = raw_field()
