"""The entities of Flying Donut, as rows of the tables.

A card is done when its tasks are, by its `taskCounters`. The service says nothing else of it:

| taskCounters | `state` | `is_done` |
|---|---|---|
| with a `status` | the `status` | whether that is "done" |
| without a `status`, all tasks done | "done" | 1 |
| without a `status`, some begun or done | "in-progress" | 0 |
| without a `status`, all to do | "todo" | 0 |
| without a `status`, some not done, and no more is said | null | 0 |
| of no tasks, or not there | null | null: not known |

If users name buckets or states that are done, a card is done that is in one of them. If they name
states, it is not known of a card without a state.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from attrs import frozen

from agilekit.export.project import ProjectRef
from agilekit.export.table import Row, json_text
from agilekit.flyingdonut import (
    Bucket,
    Burndown,
    Card,
    Project,
    RichText,
    Sprint,
    Task,
    TaskCounters,
)
from agilekit.wire.json import JSON, replace_surrogates

__all__ = ["SERVICE", "TASK_STATES", "Rows", "text_of"]

SERVICE: Final = "flyingdonut"
TASK_STATES: Final[Mapping[str, str | None]] = {
    state: state for state in ("todo", "in-progress", "done")
}
_PLACEHOLDER: Final = "placeholder"


@frozen
class Rows:
    """The rows of one project."""

    ref: ProjectRef
    done: frozenset[str] | None = None
    """The ids of the buckets, and the states, that users name as done; None if they name none."""

    def project(self, project: Project) -> Row:
        return self.ref.row(
            "projects",
            title=text_of(project.title.value, project.raw.get("title")),
            description=_markdown(project.summary.value),
            owner_id=project.owner.value,
            timezone=project.timezone.value,
            starts_at=project.start_date.value,
            ends_at=project.end_date.value,
            version=project.version,
            raw=json_text(project.raw),
        )

    def column(self, bucket: Bucket, position: int) -> Row:
        return self.ref.row(
            "columns",
            kind="bucket",
            id=bucket.id,
            title=bucket.title,
            is_done=None if self.done is None else bucket.id in self.done,
            position=position,
            raw=json_text(bucket.raw),
        )

    def sprint(self, sprint: Sprint) -> Row:
        counted = sprint.item_counters.value
        phases = {"past": sprint.is_past, "active": sprint.is_active, "future": sprint.is_future}
        return self.ref.row(
            "sprints",
            id=sprint.id,
            title=text_of(sprint.title.value, sprint.raw.get("title")),
            description=_markdown(sprint.summary.value),
            state=next((phase for phase, it_is in phases.items() if it_is), None),
            starts_at=sprint.start_date.value,
            ends_at=sprint.end_date.value,
            estimate=sprint.estimate.value,
            card_count=None if counted is None else counted.total,
            done_card_count=None if counted is None else counted.done,
            task_hours=sprint.task_estimate.value,
            position=sprint.position,
            version=sprint.version,
            raw=json_text(sprint.raw),
        )

    def person(self, name: str) -> Row:
        # A user name is all that Flying Donut says of a person.
        return self.ref.row("people", id=name, name=name)

    def card(self, card: Card, *, column_id: str | None, sprint_id: str | None) -> Row:
        return self.ref.row(
            "cards",
            id=card.id,
            number=card.cid,
            title=text_of(card.title.value, card.raw.get("title")),
            description=_markdown(card.summary.value),
            kind=_PLACEHOLDER if card.is_standalone_tp else None,
            estimate=card.estimate.value,
            task_hours=card.task_estimate.value,
            state=_status(card),
            is_done=self._is_done(card, column_id),
            column_id=column_id,
            sprint_id=sprint_id,
            position=card.position,
            rank=card.order.value,
            version=card.version,
            raw=json_text(card.raw),
        )

    def _is_done(self, card: Card, column_id: str | None) -> bool | None:
        if self.done is None:
            return _is_done(card)
        state = _status(card)
        if column_id in self.done or state in self.done:
            return True
        return None if state is None and not self.done.isdisjoint(TASK_STATES) else False

    def task(self, task: Task, *, card_id: str | None) -> Row:
        return self.ref.row(
            "tasks",
            id=task.id,
            card_id=card_id,
            number=task.cid,
            title=text_of(task.title.value, task.raw.get("title")),
            description=_markdown(task.summary.value),
            estimate=task.estimate.value,
            state=text_of(task.state.value, task.raw.get("state")),
            assignees=_assignees(task),
            time_entries_total=task.time_entries_total,
            position=task.position,
            rank=task.order.value,
            version=task.version,
            raw=json_text(task.raw),
        )

    def changes(self, task: Task) -> Iterator[Row]:
        made = {
            "users": [(one.user, one.who, one.when) for one in task.users],
            "timeRemaining": [
                (None if one.duration is None else json.dumps(one.duration), one.who, one.when)
                for one in task.time_remaining
            ],
        }
        for what, changes in made.items():
            answers = task.raw.get(what)
            for index, (value, person, when) in enumerate(changes):
                yield self.ref.row(
                    "changes",
                    id=f"{task.id}/{what}/{index}",
                    entity="task",
                    entity_id=task.id,
                    what=what,
                    value=value,
                    person_id=person,
                    made_at=when,
                    raw=json_text(answers[index]) if isinstance(answers, list) else None,
                )

    def burndown(self, sprint_id: str, chart: Burndown) -> Iterator[Row]:
        hours = (chart.original_estimate, *chart.time_remaining)
        for day, left in enumerate(hours):
            yield self.ref.row(
                "burndown",
                id=f"{sprint_id}/{day}",
                sprint_id=sprint_id,
                line="actual",
                step=day,
                remaining=left,
                unit="hours",
                raw=json_text(chart.raw) if day == 0 else None,
            )


def text_of(value: str, shown: JSON) -> str | None:
    """A title or a state: null if the answer lacks it, for which the model has ``""``."""
    of_answer = shown.get("value") if isinstance(shown, dict) else shown
    return value if value or of_answer == "" else None


def _status(card: Card) -> str | None:
    counters = card.task_counters.value
    if counters is None or (total := _total(counters)) == 0:
        return None
    if counters.status is not None or total is None:
        return counters.status
    if counters.done == total:
        return "done"
    if counters.done or counters.in_progress:
        return "in-progress"
    return "todo" if counters.todo == total else None


def _is_done(card: Card) -> bool | None:
    counters = card.task_counters.value
    if counters is None or (total := _total(counters)) == 0:
        return None
    if counters.status is not None:
        return counters.status == "done"
    return None if total is None or counters.done is None else counters.done == total


def _total(counters: TaskCounters) -> float | None:
    """How many tasks there are; None if nothing tells."""
    if counters.total is not None:
        return counters.total
    counts = (counters.todo, counters.in_progress, counters.done)
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _markdown(text: RichText | None) -> str | None:
    return None if text is None else text.markdown


def _assignees(task: Task) -> str | None:
    names = [replace_surrogates(one.user) for one in task.users if one.user]
    return json_text([*dict.fromkeys(names)]) if names else None
