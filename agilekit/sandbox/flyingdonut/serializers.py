"""The wire form of each entity, as the document's sample of its call shows it.

The same entity looks different in different answers: a card in a listing and after an update, a
task by itself, in its card's list, among the cards of a sprint. So there is a function for each of
these forms. If :class:`~agilekit.sandbox.flyingdonut.recorded.RecordedForms` says otherwise,
that decides.
"""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from agilekit.sandbox.messages import Json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agilekit.sandbox.flyingdonut.project import Project
    from agilekit.sandbox.flyingdonut.state import (
        Bucket,
        Burndown,
        Card,
        ItemCounters,
        Milestone,
        Number,
        Sprint,
        Task,
        TaskCounters,
    )
    from agilekit.sandbox.flyingdonut.versioned import Versioned

T = TypeVar("T")
Form = dict[str, Json]

_QUARTERS = ("0", "25", "5", "75")


def oid(identifier: str) -> Form:
    return {"$oid": identifier}


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, as in the heading Schema."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def date(moment: datetime) -> Form:
    return {"$date": timestamp(moment)}


def dates(moments: Iterable[datetime]) -> Json:
    return [date(moment) for moment in moments]


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


def order(project: Project, it: Versioned[int]) -> Form:
    """A rank, as a text that sorts as the number does."""
    whole, quarters = divmod(it.value + 1, 4)
    if project.recorded.order == "quarters":
        return versioned(it, lambda _: f"{whole:09d}.{_QUARTERS[quarters]}")
    return versioned(it, lambda rank: f"{rank + 1:09d}.0")


def version(project: Project, it: Card | Task | Sprint) -> int:
    return it.operations if project.recorded.entity_version == "operations" else it.version


def counters(it: Versioned[TaskCounters | None], *, status: bool, fractions: bool = False) -> Form:
    """The counters of a card or a sprint; ``fractions`` writes 1.0 in place of 1."""
    if it.value is None:
        return versioned(it, lambda _: None)
    number: Callable[[int], float] = float if fractions else int
    value: Form = {
        "done": number(it.value.done),
        "todo": number(it.value.todo),
        "inProgress": number(it.value.in_progress),
        "total": number(it.value.total),
    }
    if status:
        value["status"] = it.value.status
    return {"value": value, "version": it.version}


def item_counters(value: ItemCounters | None) -> Json:
    if value is None:
        return None
    return {"done": value.done, "todo": value.todo, "total": value.total}


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


def card(project: Project, it: Card) -> Form:
    """A card, in full.

    The samples show ``taskEstimate`` only of a card whose tasks are counted. That of a placeholder
    has null, or nothing, for what only real cards have, and its counters have fractions.
    """
    bare = it.is_placeholder
    counted: Form = {}
    if bare or it.task_counters.value:
        counted["taskEstimate"] = versioned(it.task_estimate, hours)
    if project.recorded.milestones:
        counted["value"] = versioned(it.value, plain)
    status = project.recorded.counters_status
    return {
        "_id": oid(it.id),
        "cid": it.cid,
        "estimate": versioned(it.estimate, plain),
        "isStandaloneTP": bare,
        "iteration": versioned(it.iteration, reference),
        "iterationReview": constant(None if bare else ""),
        "order": order(project, it.order),
        "owner": constant(None),
        "ownerType": constant(None),
        "project": constant(oid(project.id)),
        "state": versioned(it.state, reference),
        "summary": constant(None) if bare else versioned(it.summary, rendered),
        "taskCounters": counters(it.task_counters, status=status != "none", fractions=bare),
        **counted,
        "title": versioned(it.title, plain),
        "totalAttachments": constant(0),
        "totalComments": constant(None if bare else 0),
        "totalDiscussions": constant(None if bare else 0),
        "type": constant("" if bare else {"version": 0}),
        "version": version(project, it),
        "_order": it.order.value,
    }


def updated_card(project: Project, it: Card) -> Form:
    return {
        "_id": oid(it.id),
        "version": version(project, it),
        "estimate": versioned(it.estimate, plain),
        "iteration": versioned(it.iteration, reference),
        "project": constant(oid(project.id)),
        "state": versioned(it.state, reference),
        "title": versioned(it.title, plain),
        "summary": versioned(it.summary, rendered),
    }


def task(project: Project, it: Task) -> Form:
    """A task as Fetch Task shows it: without ``type``, and the summary without html."""
    return {
        "_id": oid(it.id),
        "version": version(project, it),
        "cid": it.cid,
        "project": constant(oid(project.id)),
        "owner": constant(oid(it.owner)),
        "ownerType": constant(None),
        "title": versioned(it.title, plain),
        "summary": versioned(it.summary, markdown),
        "estimate": versioned(it.estimate, plain),
        "state": versioned(it.state, plain),
        "order": order(project, it.order),
        "timeEntriesTotal": it.time_entries_total,
        "_order": it.order.value,
    }


def card_task(project: Project, it: Task) -> Form:
    return {**task(project, it), "type": constant(None)}


def created_task(project: Project, it: Task) -> Form:
    return {
        "_id": oid(it.id),
        "cid": it.cid,
        "version": version(project, it),
        "project": constant(oid(project.id)),
        "estimate": versioned(it.estimate, plain),
        "title": versioned(it.title, plain),
        "summary": versioned(it.summary, rendered),
        "state": versioned(it.state, plain),
        "order": order(project, it.order),
    }


def updated_task(project: Project, it: Task) -> Form:
    return {
        "_id": oid(it.id),
        "project": constant(oid(project.id)),
        "owner": constant(oid(it.owner)),
        "title": versioned(it.title, plain),
        "summary": versioned(it.summary, rendered),
        "estimate": versioned(it.estimate, plain),
        "state": versioned(it.state, plain),
        "version": version(project, it),
    }


def sprint_task(project: Project, it: Task) -> Form:
    """A task among the cards of its sprint; what marks it is ``users`` and ``timeRemaining``."""
    return {
        "_id": oid(it.id),
        "cid": it.cid,
        "estimate": versioned(it.estimate, plain),
        "owner": constant(oid(it.owner)),
        "ownerType": constant(""),
        "project": constant(oid(project.id)),
        "state": versioned(it.state, plain),
        "summary": versioned(it.summary, markdown),
        "timeRemaining": [
            {"duration": left.duration, "when": date(left.when), "who": left.who}
            for left in it.time_remaining
        ],
        "title": versioned(it.title, plain),
        "type": constant(""),
        "users": [{"when": date(a.when), "who": a.who, "user": a.user} for a in it.users],
        "version": version(project, it),
    }


def sprint(project: Project, it: Sprint) -> Form:
    """A sprint. No sample shows ``itemCounters`` with a value."""
    number, items, extra = version(project, it), constant(None), dict[str, Json]()
    if project.recorded.item_counters:
        items = versioned(it.item_counters, item_counters)
    if project.recorded.item_counters and project.recorded.entity_version == "attributes":
        number += it.item_counters.version
    if project.recorded.milestones:
        extra["milestone"] = versioned(it.milestone, reference)
        extra["nonWorkingDays"] = versioned(it.non_working_days, dates)
    return {
        "_id": oid(it.id),
        "endDate": versioned(it.end, date),
        "estimate": versioned(it.estimate, plain),
        "itemCounters": items,
        "project": constant(oid(project.id)),
        "startDate": versioned(it.start, date),
        "summary": versioned(it.summary, rendered),
        **extra,
        "taskCounters": counters(
            it.task_counters, status=project.recorded.counters_status == "both"
        ),
        "taskEstimate": versioned(it.task_estimate, plain),
        "title": versioned(it.title, plain),
        "version": number,
        "_order": it.order,
        "isFuture": it.phase == "future",
        "isActive": it.phase == "active",
        "isPast": it.phase == "past",
    }


def milestone(project: Project, it: Milestone) -> Form:
    """A milestone: nothing is known but that there are some."""
    return {
        "_id": oid(it.id),
        "project": constant(oid(project.id)),
        "title": versioned(it.title, plain),
        "version": it.title.version,
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
