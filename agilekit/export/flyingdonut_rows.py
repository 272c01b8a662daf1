"""The entities of Flying Donut -> the rows of the tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from attrs import frozen

from agilekit.export.model import Found, Row, json_text
from agilekit.flyingdonut import Bucket, Burndown, Card, Project, RichText, Sprint, Task
from agilekit.wire.json import JSON

__all__ = ["SERVICE", "Rows", "text_of"]

SERVICE: Final = "flyingdonut"


@frozen
class Rows:
    """The rows of one project."""

    found: Found

    def project(self, project: Project) -> Row:
        return self.found.row(
            "projects",
            title=text_of(project.title.value, project.raw.get("title")),
            description=_markdown(project.summary.value),
            owner_id=project.owner.value,
            timezone=project.timezone.value,
            starts_at=project.start_date.value,
            ends_at=project.end_date.value,
            version=project.version,
            raw=json_text(dict(project.raw)),
        )

    def column(self, bucket: Bucket, position: int) -> Row:
        return self.found.row(
            "columns",
            kind="bucket",
            id=bucket.id,
            title=bucket.title,
            position=position,
            raw=json_text(dict(bucket.raw)),
        )

    def sprint(self, sprint: Sprint) -> Row:
        phases = {"past": sprint.is_past, "active": sprint.is_active, "future": sprint.is_future}
        return self.found.row(
            "sprints",
            id=sprint.id,
            title=text_of(sprint.title.value, sprint.raw.get("title")),
            description=_markdown(sprint.summary.value),
            state=next((phase for phase, it_is in phases.items() if it_is), None),
            starts_at=sprint.start_date.value,
            ends_at=sprint.end_date.value,
            estimate=sprint.estimate.value,
            task_hours=sprint.task_estimate.value,
            position=sprint.position,
            version=sprint.version,
            raw=json_text(dict(sprint.raw)),
        )

    def person(self, name: str) -> Row:
        # A user name is all that Flying Donut says of a person.
        return self.found.row("people", id=name, name=name)

    def card(self, card: Card, *, column_id: str | None, sprint_id: str | None) -> Row:
        return self.found.row(
            "cards",
            id=card.id,
            number=card.cid,
            title=text_of(card.title.value, card.raw.get("title")),
            description=_markdown(card.summary.value),
            estimate=card.estimate.value,
            task_hours=card.task_estimate.value,
            state=_status(card),
            is_done=_is_done(card),
            column_id=column_id,
            sprint_id=sprint_id,
            position=card.position,
            rank=card.order.value,
            version=card.version,
            raw=json_text(dict(card.raw)),
        )

    def task(self, task: Task, *, card_id: str | None) -> Row:
        return self.found.row(
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
            raw=json_text(dict(task.raw)),
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
            for place, (value, person, when) in enumerate(changes):
                yield self.found.row(
                    "changes",
                    id=f"{task.id}/{what}/{place}",
                    entity="task",
                    entity_id=task.id,
                    what=what,
                    value=value,
                    person_id=person,
                    made_at=when,
                    raw=json_text(answers[place]) if isinstance(answers, list) else None,
                )

    def burndown(self, sprint_id: str, chart: Burndown) -> Iterator[Row]:
        hours = (chart.original_estimate, *chart.time_remaining)
        for day, left in enumerate(hours):
            yield self.found.row(
                "burndown",
                id=f"{sprint_id}/{day}",
                sprint_id=sprint_id,
                line="actual",
                step=day,
                remaining=left,
                unit="hours",
                raw=json_text(dict(chart.raw)) if day == 0 else None,
            )


def text_of(value: str, shown: JSON) -> str | None:
    """A title or a state: null where the answer lacks it, for which the model has ``""``."""
    of_answer = shown.get("value") if isinstance(shown, dict) else shown
    return value if value or of_answer == "" else None


def _status(card: Card) -> str | None:
    counters = card.task_counters.value
    return None if counters is None else counters.status


def _is_done(card: Card) -> bool | None:
    status = _status(card)
    return None if status is None else status == "done"


def _markdown(text: RichText | None) -> str | None:
    return None if text is None else text.markdown


def _assignees(task: Task) -> str | None:
    names = [one.user for one in task.users if one.user]
    return json_text([*dict.fromkeys(names)]) if names else None
