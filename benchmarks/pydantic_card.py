"""A card of Flying Donut as one would write it with pydantic: the same types, without `raw`."""

from __future__ import annotations

from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

T = TypeVar("T")


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Oid(Frozen):
    oid: str = Field(alias="$oid")


class RichText(Frozen):
    markdown: str = ""
    html: str | None = None


class TaskCounters(Frozen):
    done: float | None = None
    todo: float | None = None
    in_progress: float | None = Field(default=None, alias="inProgress")
    total: float | None = None
    status: str | None = None


class Versioned(Frozen, Generic[T]):
    value: T
    version: int | None = None


class Card(Frozen):
    id: Oid = Field(alias="_id")
    cid: int | None = None
    title: Versioned[str]
    summary: Versioned[RichText | None]
    estimate: Versioned[float | None]
    state: Versioned[Oid | None]
    iteration: Versioned[Oid | None]
    iteration_review: Versioned[str | None] = Field(alias="iterationReview")
    owner: Versioned[Any]
    owner_type: Versioned[Any] = Field(alias="ownerType")
    project: Versioned[Oid | None]
    type: Versioned[Any]
    value: Versioned[Any]
    order: Versioned[str | None]
    is_standalone_tp: bool | None = Field(default=None, alias="isStandaloneTP")
    task_counters: Versioned[TaskCounters | None] = Field(alias="taskCounters")
    task_estimate: Versioned[float | None] = Field(alias="taskEstimate")
    total_attachments: Versioned[int | None] = Field(alias="totalAttachments")
    total_comments: Versioned[int | None] = Field(alias="totalComments")
    total_discussions: Versioned[int | None] = Field(alias="totalDiscussions")
    version: int | None = None
    position: int | None = Field(default=None, alias="_order")


CARDS: Final = TypeAdapter(list[Card])
