"""Reads the changes of a flow project: those of the last day, and the history of each item.

Both lists show the same changes. Each is kept once, with what it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Final, TypeAlias

from attrs import define, field

from agilekit.errors import NotFound
from agilekit.export.source.flow.rows import Entity
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import checked_id
from agilekit.flow import Change, Flow, ItemType

__all__ = ["ChangeOf", "Changes"]

ChangeOf: TypeAlias = tuple[Entity, int | None, Change]
"""A change, and what it is about."""

# A change that two histories tell of is about the entity that stands last here.
_ITEM_TYPES: Final[dict[Entity, ItemType]] = {
    "project": "project",
    "task_type": "task_type",
    "column": "col",
    "card": "task",
}


@define(eq=False)
class Changes:
    """The changes so far."""

    flow: Flow
    limiter: ReadLimiter
    project_id: int
    recent: dict[int, Change] = field(init=False, factory=dict[int, Change])
    """By id."""
    histories: dict[tuple[Entity, int], list[Change]] = field(
        init=False, factory=dict[tuple[Entity, int], list[Change]]
    )

    async def read_recent(self) -> set[int]:
        """The ids of the tasks that were changed since this was asked for last."""
        changes = await self.limiter.run(lambda: self.flow.tasks.recent_activity(self.project_id))
        news = {checked_id(one.change_id, "change"): one for one in changes}
        changed = {one.item_id for id, one in news.items() if id not in self.recent}
        self.recent |= news
        return {id for id in changed if id}

    async def read_histories(self, entity: Entity, ids: Iterable[int]) -> None:
        await self.limiter.run_all([partial(self.read_history, entity, id) for id in ids])

    async def read_history(self, entity: Entity, id: int) -> None:
        """Reads one history; the limiter has to run it."""
        try:
            changes = await self.flow.history.of(_ITEM_TYPES[entity], id)
        except NotFound:
            return  # what it is about was deleted meanwhile
        for one in changes:
            checked_id(one.change_id, "change")
        self.histories[entity, id] = changes

    def named_tasks(self) -> set[int]:
        """The ids of the tasks that changes speak of."""
        named = {one.item_id for one in self.recent.values()}
        for one in chain.from_iterable(self.histories.values()):
            id = one.change_content.get("task_id")
            named |= {id} if isinstance(id, int) else set[int]()
        return {id for id in named if id}

    def project_created(self) -> datetime | None:
        """When the project was created; None if its history does not tell."""
        history = self.histories.get(("project", self.project_id), [])
        first = min(history, key=lambda one: one.change_id, default=None)
        # Source: flow API Reference, "GET /item_history": the change that made an item holds all
        # of it, its ids included; a later one only what it changed.
        if first is None or "project_id" not in first.change_content:
            return None
        return first.change_made

    def of_rows(self, is_row: Callable[[int], bool]) -> list[ChangeOf]:
        """Every change once. is_row: whether the task with an id is a row."""
        known: dict[int, ChangeOf] = {
            id: ("card", one.item_id, one)
            for id, one in self.recent.items()
            if one.item_id is None or is_row(one.item_id)
        }
        for entity in _ITEM_TYPES:
            for (kind, id), changes in self.histories.items():
                if kind == entity and (kind != "card" or is_row(id)):
                    known |= {one.change_id: (entity, one.item_id or id, one) for one in changes}
        return [*known.values()]
