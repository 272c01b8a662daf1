"""A project and the changes that can be made to it, each complete when its method returns."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from attrs import Factory, define, field

from agilekit.sandbox.flyingdonut.recorded import RecordedForms
from agilekit.sandbox.flyingdonut.state import (
    PLACEHOLDER,
    Bucket,
    Burndown,
    BurndownItem,
    Card,
    ItemCounters,
    Milestone,
    Number,
    ObjectIds,
    Phase,
    Role,
    Sprint,
    Task,
    TaskCounters,
    TaskState,
)
from agilekit.sandbox.flyingdonut.versioned import History, Versioned, record_in

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

_START = datetime(2026, 1, 5, 8, tzinfo=UTC)
_END = datetime(2026, 12, 18, 18, tzinfo=UTC)


@define(kw_only=True, repr=False)
class Project:
    """A project; every dict has the id as its key and keeps the order of creation."""

    id: str
    secret: str
    owner: str
    title: Versioned[str]
    ids: ObjectIds
    members: dict[str, Role]
    start: Versioned[datetime] = Factory(lambda: Versioned(_START))
    end: Versioned[datetime] = Factory(lambda: Versioned(_END))
    timezone: str = "UTC"
    activity: int = 0
    last_cid: int = 0
    buckets: dict[str, Bucket] = Factory(dict[str, Bucket])
    cards: dict[str, Card] = Factory(dict[str, Card])
    tasks: dict[str, Task] = Factory(dict[str, Task])
    sprints: dict[str, Sprint] = Factory(dict[str, Sprint])
    burndowns: dict[str, Burndown] = Factory(dict[str, Burndown])
    milestones: dict[str, Milestone] = Factory(dict[str, Milestone])
    recorded: RecordedForms = field(factory=RecordedForms, eq=False, repr=False)
    history: History = field(factory=History, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        record_in(self.history, self, self.id)

    def __repr__(self) -> str:
        cards, tasks, sprints = len(self.cards), len(self.tasks), len(self.sprints)
        title = self.title.value
        return f"<Project {self.id} {title!r}: cards={cards}, tasks={tasks}, sprints={sprints}>"

    @property
    def version(self) -> int:
        return self.activity + self.title.version + self.start.version + self.end.version

    def add_bucket(self, title: str) -> Bucket:
        bucket = Bucket(self.ids.next(), title)
        self.buckets[bucket.id] = bucket
        self.activity += 1
        return bucket

    def add_sprint(
        self,
        title: str,
        *,
        start: datetime = _START,
        end: datetime = _END,
        phase: Phase = "future",
        summary: str = "",
    ) -> Sprint:
        """Add a sprint, with the placeholder card that each sprint has for tasks without a card."""
        sprint = Sprint(
            id=self.ids.next(),
            title=Versioned(title),
            summary=Versioned(summary),
            start=Versioned(start),
            end=Versioned(end),
            phase=phase,
            order=len(self.sprints),
        )
        record_in(self.history, sprint, sprint.id)
        self.sprints[sprint.id] = sprint
        self._insert(PLACEHOLDER, state=None, iteration=sprint.id, is_placeholder=True)
        self.activity += 1
        return sprint

    def add_card(
        self,
        title: str,
        *,
        bucket: Bucket | None = None,
        summary: str = "",
        estimate: Number | None = None,
        sprint: Sprint | None = None,
    ) -> Card:
        """Add a card to a bucket, the first one by default, and to a sprint if one is given."""
        home = bucket or next(iter(self.buckets.values()))
        iteration = sprint.id if sprint else None
        card = self._insert(title, state=home.id, iteration=iteration)
        card.summary.value = summary
        with self.operation(card):
            card.estimate.change(estimate)
            if sprint and self.recorded.clear_state:
                card.state.change(None)
        if sprint:
            self._count_sprint(sprint)
        self.activity += 1
        return card

    def add_task(
        self,
        card: Card,
        title: str,
        *,
        summary: str = "",
        estimate: Number | None = None,
        state: TaskState = "todo",
    ) -> Task:
        task = Task(
            id=self.ids.next(),
            cid=self._next_cid(),
            owner=card.id,
            title=Versioned(title),
            summary=Versioned(summary),
            estimate=Versioned(estimate),
            state=Versioned(state),
            order=Versioned(len(card.tasks)),
        )
        record_in(self.history, task, task.id)
        self.tasks[task.id] = task
        card.tasks.append(task.id)
        self.count_tasks(card)
        self.activity += 1
        return task

    def add_burndown(self, sprint: Sprint, items: Iterable[BurndownItem]) -> Burndown:
        burndown = Burndown(
            items=tuple(items),
            when=sprint.end.value,
            start=sprint.start.value,
            end=sprint.end.value,
        )
        self.burndowns[sprint.id] = burndown
        return burndown

    def add_milestone(self, title: str, *, sprints: Iterable[Sprint] = ()) -> Milestone:
        """Add a milestone that some sprints lead up to; see :class:`RecordedForms`."""
        milestone = Milestone(id=self.ids.next(), title=Versioned(title))
        record_in(self.history, milestone, milestone.id)
        self.milestones[milestone.id] = milestone
        for sprint in sprints:
            with self.operation(sprint):
                sprint.milestone.change(milestone.id)
        self.activity += 1
        return milestone

    @contextmanager
    def operation(self, entity: Card | Task | Sprint) -> Generator[None]:
        """Counts what is done to the entity inside of it as one, if that changes it."""
        before = entity.version
        yield
        if entity.version != before:
            entity.operations += 1

    def may_write(self, username: str) -> bool:
        return self.members.get(username) == "participant"

    def cards_in(self, container: Bucket | Sprint) -> list[Card]:
        """The cards that a listing of a bucket or of a sprint shows, by their rank."""
        cards = (card for card in self.cards.values() if card.container == container.id)
        return sorted(cards, key=lambda card: card.order.value)

    def tasks_of(self, card: Card) -> list[Task]:
        return [self.tasks[task_id] for task_id in card.tasks]

    def cards_before(self, milestone: Milestone) -> list[Card]:
        """The cards of the sprints that lead up to a milestone."""
        sprints = (it for it in self.sprints.values() if it.milestone.value == milestone.id)
        return [card for sprint in sprints for card in self.cards_in(sprint)]

    def placeholder_of(self, sprint: Sprint) -> Card:
        """The card of a sprint that holds its tasks without a card."""
        return next(card for card in self.cards_in(sprint) if card.is_placeholder)

    def moved(self, card: Card, source: str | None) -> None:
        """Take notice of a change to a card that was in the container ``source``."""
        if card.container not in (None, source):
            card.order.change(self._enter(card.container))
            if card.iteration.value and self.recorded.clear_state:
                card.state.change(None)
        for sprint in self.sprints.values():
            if sprint.id in (source, card.container):
                self._count_sprint(sprint)

    def count_tasks(self, card: Card) -> None:
        """Bring the sums over a card's tasks up to date, and those of its sprint."""
        counters, hours = _sums(self.tasks_of(card))
        with self.operation(card):
            card.task_counters.change(counters)
            card.task_estimate.change(hours)
        if sprint := self.sprints.get(card.iteration.value or ""):
            self._count_sprint(sprint)

    def _insert(
        self, title: str, *, state: str | None, iteration: str | None, is_placeholder: bool = False
    ) -> Card:
        card = Card(
            id=self.ids.next(),
            cid=self._next_cid(),
            title=Versioned(title),
            summary=Versioned(""),
            estimate=Versioned(None),
            iteration=Versioned(iteration),
            state=Versioned(state),
            order=Versioned(self._enter(iteration or state)),
            is_placeholder=is_placeholder,
        )
        record_in(self.history, card, card.id)
        self.cards[card.id] = card
        return card

    def _next_cid(self) -> int:
        self.last_cid += 1
        return self.last_cid

    def _enter(self, container_id: str | None) -> int:
        container = self.sprints.get(container_id or "") or self.buckets[container_id or ""]
        container.entered += 1
        return container.entered - 1

    def _count_sprint(self, sprint: Sprint) -> None:
        cards = self.cards_in(sprint)
        estimates = [card.estimate.value for card in cards if card.estimate.value is not None]
        counters, hours = _sums([task for card in cards for task in self.tasks_of(card)])
        before = sprint.version + sprint.item_counters.version
        sprint.estimate.change(sum(estimates) if estimates else None)
        sprint.task_counters.change(counters)
        sprint.task_estimate.change(hours)
        sprint.item_counters.change(_item_counters(cards))
        if sprint.version + sprint.item_counters.version != before:
            sprint.operations += 1


def _item_counters(cards: list[Card]) -> ItemCounters | None:
    counted = [card.task_counters.value for card in cards if not card.is_placeholder]
    done = sum(counters is not None and counters.status == "done" for counters in counted)
    return ItemCounters(done, len(counted) - done) if counted else None


def _sums(tasks: list[Task]) -> tuple[TaskCounters | None, Number | None]:
    if not tasks:
        return None, None
    states = [task.state.value for task in tasks]
    counters = TaskCounters(
        todo=states.count("todo"),
        in_progress=states.count("in-progress"),
        done=states.count("done"),
    )
    return counters, sum(task.estimate.value or 0 for task in tasks)
