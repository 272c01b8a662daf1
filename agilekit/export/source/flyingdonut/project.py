"""Reads everything that a Flying Donut project holds, in as few requests as that takes.

Two requests for the project, one for its buckets, and two each for the cards of its backlog and its
sprints, which are read again to see whether cards were moved meanwhile; two for each sprint, its
cards with their tasks and its chart, and one more if it does not count its cards; and one for the
tasks of a card, if the answers so far do not hold all of them in full.

Every answer has to say what it is about: one without an id is an error, and replaces nothing. Two
answers about one entity become one: the newer, with what only the older one holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Final, TypeVar

from attrs import define, evolve, field

from agilekit.errors import DecodeError, NotFound
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.source.flyingdonut.card_lists import CardLists, PackedCards, read_until_settled
from agilekit.export.source.flyingdonut.missing_numbers import gaps_of, missing, notes_of
from agilekit.export.source.flyingdonut.revision import revision_of
from agilekit.export.source.flyingdonut.rows import TASK_STATES, Rows, text_of
from agilekit.export.source.ranges import Range
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import OnRead, checked_id
from agilekit.export.table import Row
from agilekit.flyingdonut import Bucket, Burndown, Card, FlyingDonut, Project, Sprint, Task
from agilekit.flyingdonut.merge import merge
from agilekit.session.workers import Job

__all__ = ["ProjectFetch", "check_identity"]

E = TypeVar("E", Bucket, Card, Sprint, Task)

# Source: Flying Donut API, "Fetch Task" shows both, "Fetch Sprint Cards" neither.
_ONLY_IN_FULL: Final = frozenset(("order", "timeEntriesTotal"))


@define
class ProjectFetch:
    """The answers so far, each entity once."""

    donut: FlyingDonut
    limiter: ReadLimiter
    ref: ProjectRef
    on_read: OnRead
    project: Project = field(factory=Project)
    buckets: list[Bucket] = field(factory=list[Bucket])
    lists: CardLists = field(factory=lambda: CardLists((), (), {}))
    """The last reading."""
    settled: bool = False
    """Whether the one before agrees with it."""
    listed_buckets: dict[str, Bucket] = field(factory=dict[str, Bucket])
    """As the backlog shows them."""
    sprints: dict[str, Sprint] = field(factory=dict[str, Sprint])
    cards: dict[str, Card] = field(factory=dict[str, Card])
    packed: PackedCards = field(factory=PackedCards)
    """Those of a backlog that is too large to be held."""
    packed_totals: dict[str, float | None] = field(factory=dict[str, float | None])
    """Of those that may have tasks, how many they have; None if that is not known."""
    tasks: dict[str, Task] = field(factory=dict[str, Task])
    charts: dict[str, Burndown] = field(factory=dict[str, Burndown])
    card_of: dict[str, str] = field(factory=dict[str, str])
    """By task."""
    entities: int = 0
    """How many were read so far."""

    async def read_project(self) -> None:
        project = await self.limiter.run(self.donut.project.get)
        check_identity(project, self.ref)
        self.project = project
        self.tally(1)

    async def read_lists(self) -> None:
        """The backlog and the sprints, until two readings agree, and the charts."""
        readings, self.settled = await read_until_settled(self.donut, self.limiter, self.tally)
        self.add_lists(readings)
        await self.limiter.run_all(self.chart_reads())

    async def read_buckets(self) -> None:
        self.buckets = await self.donut.buckets.all()
        self.tally(len(self.buckets))

    def add_lists(self, readings: list[CardLists]) -> None:
        """Adds what the readings show; a later one is the newer answer."""
        self.packed = PackedCards.of(readings)
        for lists in readings:
            for bucket in lists.backlog:
                _add(self.listed_buckets, bucket.bucket, Bucket)
            for sprint in lists.sprints:
                _add(self.sprints, sprint, Sprint)
            for item in lists.entities(self.packed):
                if isinstance(item, Card):
                    self._add_card(item)
                else:
                    self._add_task(item, None)
        for card in self.packed:
            self._add_tasks_of(card)
            if (total := _number_of_tasks(card)) != 0 or card.tasks:
                self.packed_totals[card.id] = total
        self.lists = readings[-1]

    def chart_reads(self) -> Iterator[Job]:
        for sprint in self.sprints.values():
            if sprint.id not in self.charts:
                yield partial(self._read_chart, sprint)

    def task_reads(self) -> Iterator[Job]:
        delivered: defaultdict[str, list[Task]] = defaultdict(list)
        for task_id, card_id in self.card_of.items():
            delivered[card_id].append(self.tasks[task_id])
        totals = dict(self.packed_totals)
        totals.update((card.id, _number_of_tasks(card)) for card in self.cards.values())
        for card_id, total in totals.items():
            tasks = delivered[card_id]
            if total is None or len(tasks) < total or not all(map(_is_full, tasks)):
                yield partial(self._read_tasks, card_id)

    def revision(self) -> str | None:
        return revision_of(self.project, self.buckets, self.lists, self.charts)

    def missing(self) -> list[Range]:
        """The numbers that nothing bears."""
        shown: tuple[Card | Task, ...] = (*self.cards.values(), *self.tasks.values())
        numbers = chain((one.cid for one in shown), self.packed.numbers())
        return missing({number for number in numbers if number is not None})

    def all_cards(self) -> Iterator[Card]:
        """Each card once."""
        yield from [*self.cards.values()]
        yield from self.packed

    def data(self, absent: Collection[Range], were_there: Collection[Range]) -> ProjectData:
        """
        absent: the numbers that nothing bears.
        were_there: those of them that the last export has.
        """
        bucket_of, sprint_of = self.lists.bucket_of(), self.lists.sprint_of()
        columns = self._columns()
        states: dict[str, str | None] = {one.id: one.title for one in columns}
        states |= TASK_STATES
        rows = Rows(self.ref, self.ref.done.ids_among(states))
        by_table: dict[str, Iterable[Row]] = {
            "projects": [rows.project(self.project)],
            "columns": [rows.column(bucket, position) for position, bucket in enumerate(columns)],
            "sprints": [rows.sprint(sprint) for sprint in self.sprints.values()],
            "people": [rows.person(name) for name in self._people()],
            "cards": (
                rows.card(
                    card,
                    column_id=bucket_of.get(card.id, card.state.value),
                    sprint_id=card.iteration.value or sprint_of.get(card.id),
                )
                for card in self.all_cards()
            ),
            "tasks": (
                rows.task(task, card_id=self.card_of.get(task.id)) for task in self.tasks.values()
            ),
            "changes": (row for task in self.tasks.values() for row in rows.changes(task)),
            "burndown": [
                row
                for sprint_id, chart in self.charts.items()
                for row in rows.burndown(sprint_id, chart)
            ],
        }
        return evolve(self.ref, revision=self.revision()).data(
            by_table,
            title=text_of(self.project.title.value, self.project.raw.get("title")),
            gaps=[
                *self.ref.done.unmatched(states),
                *gaps_of(absent, were_there=were_there, settled=self.settled),
            ],
            notes=notes_of(absent),
        )

    async def _read_chart(self, sprint: Sprint) -> None:
        try:
            chart = await self.donut.sprints.burndown(sprint)
        except NotFound:
            return  # it has none
        checked_id(chart.id, "burndown chart")
        self.charts[sprint.id] = chart
        self.tally(1)

    async def _read_tasks(self, card_id: str) -> None:
        try:
            tasks = await self.donut.tasks.of(card_id)
        except NotFound:
            return  # the card was deleted meanwhile; what was read of it stays
        count = len(self.tasks)
        for task in tasks:
            self._add_task(task, card_id)
        self.tally(len(self.tasks) - count)

    def _add_card(self, card: Card) -> None:
        _add(self.cards, card, Card)
        self._add_tasks_of(card)

    def _add_tasks_of(self, card: Card) -> None:
        for task in card.tasks:
            self._add_task(task, card.id)

    def _add_task(self, task: Task, card_id: str | None) -> None:
        _add(self.tasks, task, Task)
        owner = card_id or task.owner.value
        if owner is not None:
            self.card_of[task.id] = owner

    def _columns(self) -> list[Bucket]:
        known = dict(self.listed_buckets)
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

    def tally(self, count: int) -> None:
        self.entities += count
        self.on_read(self.ref.title, self.entities)


def check_identity(project: Project, ref: ProjectRef) -> None:
    """Raises DecodeError for an answer that is not about the project."""
    if project.id != ref.project_id:
        shown = project.id or "no id"
        raise DecodeError(f"the project {ref.project_id} is answered with {shown}")


def _add(known: dict[str, E], entity: E, kind: type[E]) -> None:
    checked_id(entity.id, kind.__name__.lower())
    older = known.get(entity.id)
    known[entity.id] = entity if older is None else merge(entity, older, kind)


def _number_of_tasks(card: Card) -> float | None:
    """How many tasks a card has; None if it does not say."""
    counters = card.task_counters
    # Source: Flying Donut API, "Fetch Card": without tasks the counters are null.
    if counters.value is None:
        return None if counters.version is None else 0
    return counters.value.total


def _is_full(task: Task) -> bool:
    return task.raw.keys() >= _ONLY_IN_FULL
