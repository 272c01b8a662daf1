"""The cards of a sprint, each with its tasks, whichever way the server shows these.

Three ways are known. The document's sample of "Fetch Sprint Cards" has tasks among the cards, each
with the id of its card as its `owner`. A recorded answer has them inside of their cards. A third
answer has neither, and only the counters of a card say that there are some: then, and only then,
they are read by "Fetch Card Tasks".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial

from attrs import evolve

from agilekit.errors import NotFound
from agilekit.flyingdonut.merge import merge
from agilekit.flyingdonut.models import Card, SprintCards, SprintItem, Task
from agilekit.flyingdonut.routes import FETCH_CARD_TASKS
from agilekit.flyingdonut.scope import Scope
from agilekit.session.workers import run_all

__all__ = ["with_tasks"]


async def with_tasks(scope: Scope, items: Sequence[SprintItem]) -> SprintCards:
    """Gives each task to its card, and reads those that the answer does not show.

    Raises the errors of a read, but for NotFound: a card that was deleted meanwhile stays as it was
    shown.
    """
    cards, others = _grouped(items)
    tasks_shown = [*others, *(task for card in cards for task in card.tasks)]
    shown = {task.id: task for task in tasks_shown if task.id}

    async def read(index: int) -> None:
        ids = scope.ids(itemId=cards[index].id)
        try:
            tasks = await scope.session.listing(FETCH_CARD_TASKS, ids)
        except NotFound:
            return  # deleted meanwhile
        # The list of a card does not show who works on a task; that of a sprint does.
        tasks = [merge(one, shown[one.id], Task) if one.id in shown else one for one in tasks]
        cards[index] = evolve(cards[index], tasks=tuple(tasks))

    incomplete = [index for index, card in enumerate(cards) if _shows_too_few(card)]
    await run_all([partial(read, index) for index in incomplete], at_once=scope.session.concurrency)
    return _apart(cards, others)


def _grouped(items: Iterable[SprintItem]) -> tuple[list[Card], list[Task]]:
    """The cards with the tasks that the answer shows, and the tasks of other cards."""
    cards = [item for item in items if isinstance(item, Card)]
    ids = {card.id for card in cards if card.id}
    by_card: defaultdict[str | None, list[Task]] = defaultdict(list)
    others: list[Task] = []
    for item in items:
        if isinstance(item, Task):
            owner = item.owner.value  # the id of its card
            (by_card[owner] if owner in ids else others).append(item)
    return [evolve(card, tasks=_once([*by_card[card.id], *card.tasks])) for card in cards], others


def _once(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Each task once; one without an id is a task of its own."""
    known: dict[object, Task] = {}
    for number, task in enumerate(tasks):
        key = task.id or number
        known[key] = merge(known[key], task, Task) if key in known else task
    return tuple(known.values())


def _shows_too_few(card: Card) -> bool:
    total = _number_of_tasks(card)
    return bool(card.id) and total is not None and total != len(card.tasks)


def _number_of_tasks(card: Card) -> float | None:
    """How many tasks a card has by its counters; None if they do not say."""
    counters = card.task_counters.value
    if counters is None:
        return None
    if counters.total is not None:
        return counters.total
    parts = [counters.todo, counters.in_progress, counters.done]
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


def _apart(cards: Iterable[Card], others: Iterable[Task]) -> SprintCards:
    """The placeholder apart from the cards, and the tasks of none of them."""
    placeholder: Card | None = None
    rest: list[Card] = []
    for card in cards:
        # A sprint has one; a second is a card as any other.
        if card.is_standalone_tp and placeholder is None:
            placeholder = card
        else:
            rest.append(card)
    placed = {task.id for card in cards for task in card.tasks if task.id}
    # A card's own list may show a task whose owner was not shown.
    unplaced = tuple(task for task in others if task.id not in placed)
    return SprintCards(tuple(rest), placeholder, unplaced)
