"""Reads everything that a Flying Donut project holds, in as few requests as that takes.

Two requests for the project, one each for its buckets, the cards of its backlog and its sprints;
two for each sprint, its cards with their tasks and its chart; and one for the tasks of a card,
where the answers so far do not hold all of them in full.

The project counts what happens in it. Where something did while the lists were read, the backlog
and the sprints are read again, up to three times: a card that is moved from one to the other is in
one of them.

Two answers about one entity become one: the newer, with what only the older one holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import Final, TypeVar

from attrs import define, evolve, field

from agilekit.errors import DecodeError, NotFound
from agilekit.export.flyingdonut_rows import SERVICE, Rows, text_of
from agilekit.export.model import Found, Part, Row
from agilekit.export.reader import Known, Tell, Turns, host_of
from agilekit.flyingdonut import (
    Bucket,
    BucketCards,
    Burndown,
    Card,
    FlyingDonut,
    Project,
    Sprint,
    Task,
)
from agilekit.flyingdonut.merge import merge
from agilekit.session.concurrently import Job, run_all

__all__ = ["FlyingDonutReader"]

E = TypeVar("E", Bucket, Card, Sprint, Task)

# Source: Flying Donut API, "Fetch Task" shows both, "Fetch Sprint Cards" neither.
_ONLY_IN_FULL: Final = frozenset(("order", "timeEntriesTotal"))
_ROUNDS: Final = 3


@define
class FlyingDonutReader:
    """A `Reader`. A client of this service leads to one project."""

    donut: FlyingDonut
    turns: Turns

    @property
    def nothing(self) -> Found:
        return Found(
            SERVICE, host_of(self.donut.base_url), self.donut.project_id, self.donut.base_url
        )

    async def projects(self) -> list[Found]:
        return [_found(self.nothing, await self.turns.one(self.donut.project.get))]

    async def watermark(self, project: Found) -> str | None:
        return project.watermark

    async def read(self, project: Found, tell: Tell, _known: Known | None = None) -> Part:
        reading = _Reading(self.donut, self.turns, project, tell)
        await run_all(
            [partial(self.turns.one, reading.read_buckets), reading.read_lists], at_once=2
        )
        await self.turns.all(reading.of_cards())
        return reading.part()


def _found(nothing: Found, project: Project) -> Found:
    counters = (project.version, project.activity_counter.value)
    return evolve(
        nothing,
        title=text_of(project.title.value, project.raw.get("title")),
        watermark=None if None in counters else "version {}, activity {}".format(*counters),
    )


@define
class _Reading:
    """The answers so far, each entity once."""

    donut: FlyingDonut
    turns: Turns
    found: Found
    tell: Tell
    project: Project = field(factory=Project)
    buckets: list[Bucket] = field(factory=list[Bucket])
    backlog: list[BucketCards] = field(factory=list[BucketCards])
    sprints: dict[str, Sprint] = field(factory=dict[str, Sprint])
    cards: dict[str, Card] = field(factory=dict[str, Card])
    tasks: dict[str, Task] = field(factory=dict[str, Task])
    charts: dict[str, Burndown] = field(factory=dict[str, Burndown])
    bucket_of: dict[str, str] = field(factory=dict[str, str])
    """By card, as the backlog was listed."""
    sprint_of: dict[str, str] = field(factory=dict[str, str])
    """By card, as the sprints were listed."""
    card_of: dict[str, str] = field(factory=dict[str, str])
    """By task."""

    async def read_lists(self) -> None:
        """The backlog and the sprints, until nothing happens in the project meanwhile."""
        before = self.found.watermark
        for _ in range(_ROUNDS):
            await self.turns.all([self.read_backlog, self.read_sprints])
            await self.turns.all(self.of_sprints())
            self.project = await self.turns.one(self.donut.project.get)
            now = _found(self.found, self.project).watermark
            if now == before:
                break
            before = now
        await self.turns.all(self.of_charts())

    async def read_buckets(self) -> None:
        self.buckets = await self.donut.buckets.all()
        self._told()

    async def read_backlog(self) -> None:
        self.backlog = await self.donut.cards.in_backlog()
        for bucket in self.backlog:
            for card in bucket.cards:
                self._add_card(card)
                self.bucket_of[card.id] = bucket.id
                self.sprint_of.pop(card.id, None)
        self._told()

    async def read_sprints(self) -> None:
        for sprint in await self.donut.sprints.all():
            _add(self.sprints, sprint, Sprint)
        self._told()

    def of_sprints(self) -> Iterator[Job]:
        for sprint in self.sprints.values():
            yield partial(self._read_cards, sprint)

    def of_charts(self) -> Iterator[Job]:
        for sprint in self.sprints.values():
            if sprint.id not in self.charts:
                yield partial(self._read_chart, sprint)

    def of_cards(self) -> Iterator[Job]:
        delivered: defaultdict[str, list[Task]] = defaultdict(list)
        for task_id, card_id in self.card_of.items():
            delivered[card_id].append(self.tasks[task_id])
        for card in [*self.cards.values()]:
            tasks, total = delivered[card.id], _number_of_tasks(card)
            if total is None or len(tasks) < total or not all(map(_is_full, tasks)):
                yield partial(self._read_tasks, card)

    def part(self) -> Part:
        rows = Rows(self.found)
        by_table: dict[str, list[Row]] = {
            "projects": [rows.project(self.project)],
            "columns": [rows.column(bucket, place) for place, bucket in enumerate(self._columns())],
            "sprints": [rows.sprint(sprint) for sprint in self.sprints.values()],
            "people": [rows.person(name) for name in self._people()],
            "cards": [
                rows.card(
                    card,
                    column_id=self.bucket_of.get(card.id, card.state.value),
                    sprint_id=card.iteration.value or self.sprint_of.get(card.id),
                )
                for card in self.cards.values()
            ],
            "tasks": [
                rows.task(task, card_id=self.card_of.get(task.id)) for task in self.tasks.values()
            ],
            "changes": [row for task in self.tasks.values() for row in rows.changes(task)],
            "burndown": [
                row
                for sprint_id, chart in self.charts.items()
                for row in rows.burndown(sprint_id, chart)
            ],
        }
        return self.found.part(
            by_table, title=text_of(self.project.title.value, self.project.raw.get("title"))
        )

    async def _read_cards(self, sprint: Sprint) -> None:
        try:
            items = await self.donut.cards.in_sprint(sprint)
        except NotFound:
            return  # the sprint was deleted meanwhile
        for item in items:
            if isinstance(item, Card):
                self._add_card(item)
                self.sprint_of[item.id] = sprint.id
            else:
                self._add_task(item, None)
        self._told()

    async def _read_chart(self, sprint: Sprint) -> None:
        try:
            self.charts[sprint.id] = await self.donut.sprints.burndown(sprint)
        except NotFound:
            return  # it has none
        self._told()

    async def _read_tasks(self, card: Card) -> None:
        try:
            tasks = await self.donut.tasks.of(card)
        except NotFound:
            return  # the card was deleted meanwhile; what was read of it stays
        for task in tasks:
            self._add_task(task, card.id)
        self._told()

    def _add_card(self, card: Card) -> None:
        _add(self.cards, card, Card)
        for task in card.tasks:
            self._add_task(task, card.id)

    def _add_task(self, task: Task, card_id: str | None) -> None:
        _add(self.tasks, task, Task)
        owner = card_id or task.owner.value
        if owner is not None:
            self.card_of[task.id] = owner

    def _columns(self) -> list[Bucket]:
        known: dict[str, Bucket] = {}
        for home in self.backlog:
            alone = {name: value for name, value in home.raw.items() if name != "items"}
            _add(known, Bucket(id=home.id, title=home.title, raw=alone), Bucket)
        for bucket in self.buckets:
            _add(known, bucket, Bucket)
        return [*known.values()]

    def _people(self) -> set[str]:
        names = {self.project.owner.value}
        for task in self.tasks.values():
            for user in task.users:
                names |= {user.user, user.who}
            names.update(left.who for left in task.time_remaining)
        return {name for name in names if name}

    def _told(self) -> None:
        entities = (self.buckets, self.sprints, self.cards, self.tasks, self.charts)
        known = 1 if self.project.id else 0
        self.tell(self.found.title, known + sum(map(len, entities)))


def _add(known: dict[str, E], entity: E, kind: type[E]) -> None:
    if not entity.id:
        raise DecodeError(f"a {kind.__name__.lower()} without an id cannot be exported")
    older = known.get(entity.id)
    known[entity.id] = entity if older is None else merge(entity, older, kind)


def _number_of_tasks(card: Card) -> float | None:
    """How many tasks a card has; None where it does not say."""
    counters = card.task_counters
    # Source: Flying Donut API, "Fetch Card": without tasks the counters are null.
    if counters.value is None:
        return None if counters.version is None else 0
    return counters.value.total


def _is_full(task: Task) -> bool:
    return task.raw.keys() >= _ONLY_IN_FULL
