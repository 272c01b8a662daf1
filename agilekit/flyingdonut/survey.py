"""Every card and task of a project, wherever they are.

A job looks here for what became of a create whose answer was lost, if its container does not show
it: it may have been moved since.

Source: Flying Donut API, "Fetch Backlog Cards", "Fetch Sprints", "Fetch Sprint Cards" and "Fetch
Card Tasks". `cid` counts up within a project, over cards and tasks together, so a number that is
shown nowhere is one of something that was deleted, or that is not shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from attrs import evolve

from agilekit.bulk import Survey
from agilekit.flyingdonut.models import Card, Sprint, SprintCards, SprintItem, Task
from agilekit.flyingdonut.routes import (
    FETCH_BACKLOG_CARDS,
    FETCH_SPRINT_CARDS,
    FETCH_SPRINTS,
)
from agilekit.flyingdonut.scope import Scope
from agilekit.flyingdonut.sprint_cards import with_tasks
from agilekit.session.session import Session
from agilekit.session.workers import run_all

__all__ = ["survey_cards", "survey_tasks"]


async def survey_cards(scope: Scope, session: Session, above: int) -> Survey[Card]:
    """The cards of the project with a number above one. Raises CallError."""
    cards, tasks = await _everything(evolve(scope, session=session), above)
    return Survey(cards, _numbers([*cards, *tasks]))


async def survey_tasks(scope: Scope, session: Session, above: int) -> Survey[Task]:
    """The tasks of the project with a number above one. Raises CallError."""
    cards, tasks = await _everything(evolve(scope, session=session), above)
    return Survey(tasks, _numbers([*cards, *tasks]))


async def _everything(scope: Scope, above: int) -> tuple[list[Card], list[Task]]:
    cards: list[Card] = []
    tasks: list[Task] = []
    for part in await _lists(scope):
        found = await with_tasks(scope, part)
        shown = _cards(found)
        cards += shown
        tasks += [*found.other_tasks, *(task for card in shown for task in card.tasks)]
    return [one for one in cards if _is_above(one, above)], [
        one for one in tasks if _is_above(one, above)
    ]


async def _lists(scope: Scope) -> list[Sequence[SprintItem]]:
    """What the lists of the backlog and of each sprint show."""
    session = scope.session
    sprints = await session.listing(FETCH_SPRINTS, scope.ids())
    lists: list[Sequence[SprintItem]] = []

    async def read(sprint: Sprint) -> None:
        ids = scope.ids(iterationId=sprint.id)
        lists.append(await session.listing(FETCH_SPRINT_CARDS, ids))

    await run_all([partial(read, one) for one in sprints], at_once=session.concurrency)
    backlog = await session.listing(FETCH_BACKLOG_CARDS, scope.ids())
    lists += [bucket.cards for bucket in backlog]
    return lists


def _cards(found: SprintCards) -> list[Card]:
    placeholder = [] if found.placeholder is None else [found.placeholder]
    return [*found.cards, *placeholder]


def _is_above(item: SprintItem, above: int) -> bool:
    return (item.cid or 0) > above


def _numbers(items: Sequence[SprintItem]) -> set[int]:
    return {item.cid for item in items if item.cid is not None}
