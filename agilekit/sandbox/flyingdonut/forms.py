"""The wire forms of the entities, each as the document's sample of its call shows it."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from agilekit.sandbox.messages import Json

if TYPE_CHECKING:
    from collections.abc import Callable

    from agilekit.sandbox.flyingdonut.project import Project
    from agilekit.sandbox.flyingdonut.state import (
        Bucket,
        Burndown,
        Card,
        Number,
        Sprint,
        Task,
        TaskCounters,
        Versioned,
    )

T = TypeVar("T")
Form = dict[str, Json]


def oid(identifier: str) -> Form:
    return {"$oid": identifier}


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, as in the heading Schema."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def date(moment: datetime) -> Form:
    return {"$date": timestamp(moment)}


def versioned(attribute: Versioned[T], form: Callable[[T], Json]) -> Form:
    return {"value": form(attribute.value), "version": attribute.version}


def constant(value: Json) -> Form:
    """An attribute that the API never changes."""
    return {"value": value, "version": 0}


def plain(value: str | float | None) -> Json:
    return value


def reference(identifier: str | None) -> Json:
    return oid(identifier) if identifier else None


def markdown(text: str) -> Json:
    return {"markdown": text} if text else ""


def rendered(text: str) -> Json:
    return {"markdown": text, "html": f"<p>{html.escape(text)}</p>\n"} if text else ""


def order(rank: int) -> str:
    return f"{rank + 1:09d}.0"


def counters(value: TaskCounters | None) -> Json:
    if value is None:
        return None
    return {
        "done": value.done,
        "todo": value.todo,
        "inProgress": value.in_progress,
        "total": value.total,
        "status": value.status,
    }


def floating(value: TaskCounters | None) -> Json:
    """The counters of a placeholder, whose sample writes every number with a fraction."""
    if value is None:
        return None
    return {
        "done": float(value.done),
        "todo": float(value.todo),
        "inProgress": float(value.in_progress),
        "total": float(value.total),
        "status": value.status,
    }


def hours(value: Number | None) -> Json:
    return None if value is None else float(value)


def project(it: Project) -> Form:
    observers = sum(role == "observer" for role in it.members.values())
    participants = len(it.members) - observers
    buckets: list[Json] = [{"title": b.title, "id": oid(b.id)} for b in it.buckets.values()]
    return {
        "_id": oid(it.id),
        "activityCounter": {"value": it.activity, "version": it.activity},
        "backlogBuckets": constant(buckets),
        "endDate": versioned(it.end, timestamp),
        "integrations": {"api": {"enabled": True}},
        "owner": constant(it.owner),
        "startDate": versioned(it.start, timestamp),
        "summary": constant(""),
        "timezone": constant(it.timezone),
        "title": versioned(it.title, plain),
        "type": constant("PRIVATE"),
        "userCounters": constant(
            {"total": len(it.members), "observers": observers, "participants": participants}
        ),
        "version": it.version,
    }


def bucket(it: Bucket) -> Form:
    return {"bucket": it.title, "id": oid(it.id)}


def card(owner: Project, it: Card) -> Form:
    """A card, in full. The samples show ``taskEstimate`` only where tasks are counted."""
    bare = it.is_placeholder
    counted: Form = {}
    if bare or it.task_counters.value:
        counted["taskEstimate"] = versioned(it.task_estimate, hours)
    return {
        "_id": oid(it.id),
        "cid": it.cid,
        "estimate": versioned(it.estimate, plain),
        "isStandaloneTP": bare,
        "iteration": versioned(it.iteration, reference),
        "iterationReview": constant(None if bare else ""),
        "order": versioned(it.order, order),
        "owner": constant(None),
        "ownerType": constant(None),
        "project": constant(oid(owner.id)),
        "state": versioned(it.state, reference),
        "summary": constant(None) if bare else versioned(it.summary, rendered),
        "taskCounters": versioned(it.task_counters, floating if bare else counters),
        **counted,
        "title": versioned(it.title, plain),
        "totalAttachments": constant(0),
        "totalComments": constant(None if bare else 0),
        "totalDiscussions": constant(None if bare else 0),
        "type": constant("" if bare else {"version": 0}),
        "version": it.version,
        "_order": it.order.value,
    }


def updated_card(owner: Project, it: Card) -> Form:
    return {
        "_id": oid(it.id),
        "version": it.version,
        "estimate": versioned(it.estimate, plain),
        "iteration": versioned(it.iteration, reference),
        "project": constant(oid(owner.id)),
        "state": versioned(it.state, reference),
        "title": versioned(it.title, plain),
        "summary": versioned(it.summary, rendered),
    }


def task(owner: Project, it: Task) -> Form:
    """A task as Fetch Task shows it: without ``type``, and the summary without html."""
    return {
        "_id": oid(it.id),
        "version": it.version,
        "cid": it.cid,
        "project": constant(oid(owner.id)),
        "owner": constant(oid(it.owner)),
        "ownerType": constant(None),
        "title": versioned(it.title, plain),
        "summary": versioned(it.summary, markdown),
        "estimate": versioned(it.estimate, plain),
        "state": versioned(it.state, plain),
        "order": versioned(it.order, order),
        "timeEntriesTotal": it.time_entries_total,
        "_order": it.order.value,
    }


def card_task(owner: Project, it: Task) -> Form:
    return {**task(owner, it), "type": constant(None)}


def created_task(owner: Project, it: Task) -> Form:
    return {
        "_id": oid(it.id),
        "cid": it.cid,
        "version": it.version,
        "project": constant(oid(owner.id)),
        "estimate": versioned(it.estimate, plain),
        "title": versioned(it.title, plain),
        "summary": versioned(it.summary, rendered),
        "state": versioned(it.state, plain),
        "order": versioned(it.order, order),
    }


def updated_task(owner: Project, it: Task) -> Form:
    return {
        "_id": oid(it.id),
        "project": constant(oid(owner.id)),
        "owner": constant(oid(it.owner)),
        "title": versioned(it.title, plain),
        "summary": versioned(it.summary, rendered),
        "estimate": versioned(it.estimate, plain),
        "state": versioned(it.state, plain),
        "version": it.version,
    }


def sprint_task(owner: Project, it: Task) -> Form:
    """A task among the cards of its sprint; what marks it is ``users`` and ``timeRemaining``."""
    return {
        "_id": oid(it.id),
        "cid": it.cid,
        "estimate": versioned(it.estimate, plain),
        "owner": constant(oid(it.owner)),
        "ownerType": constant(""),
        "project": constant(oid(owner.id)),
        "state": versioned(it.state, plain),
        "summary": versioned(it.summary, markdown),
        "timeRemaining": [
            {"duration": left.duration, "when": date(left.when), "who": left.who}
            for left in it.time_remaining
        ],
        "title": versioned(it.title, plain),
        "type": constant(""),
        "users": [{"when": date(a.when), "who": a.who, "user": a.user} for a in it.users],
        "version": it.version,
    }


def sprint(owner: Project, it: Sprint) -> Form:
    """A sprint. No sample shows ``itemCounters`` with a value, so it has none here."""
    return {
        "_id": oid(it.id),
        "endDate": versioned(it.end, date),
        "estimate": versioned(it.estimate, plain),
        "itemCounters": constant(None),
        "project": constant(oid(owner.id)),
        "startDate": versioned(it.start, date),
        "summary": versioned(it.summary, rendered),
        "taskCounters": versioned(it.task_counters, counters),
        "taskEstimate": versioned(it.task_estimate, plain),
        "title": versioned(it.title, plain),
        "version": it.version,
        "_order": it.order,
        "isFuture": it.phase == "future",
        "isActive": it.phase == "active",
        "isPast": it.phase == "past",
    }


def burndown(sprint_id: str, it: Burndown) -> Form:
    return {
        "_id": oid(sprint_id),
        "items": [
            {
                "cid": item.cid,
                "originalEstimate": item.original,
                "timeRemaining": [*item.remaining],
                "title": item.title,
            }
            for item in it.items
        ],
        "numDays": it.days,
        "originalEstimate": sum(item.original for item in it.items),
        "timeRemaining": [
            sum(day) for day in zip(*(item.remaining for item in it.items), strict=True)
        ],
        "when": date(it.when),
        "startDate": date(it.start),
        "endDate": date(it.end),
    }
