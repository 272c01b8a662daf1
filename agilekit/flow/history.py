"""The history of anything on the board."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from agilekit.checks import check_choice, check_id
from agilekit.flow.models import Change, Column, Project, Task, TaskType
from agilekit.flow.params import Entity, id_of
from agilekit.flow.routes import GET_ITEM_HISTORY
from agilekit.session.listing import Listing
from agilekit.session.resource import Resource

__all__ = ["History", "ItemType"]

ItemType: TypeAlias = Literal["task", "task_type", "col", "project", "group"]

_ENTITIES: Final[Mapping[str, type[Entity] | None]] = {
    "task": Task,
    "task_type": TaskType,
    "col": Column,
    "project": Project,
    "group": None,  # the service has no call that shows one
}


class History(Resource):
    """``flow.history``"""

    def of(
        self, item_type: ItemType, item: Task | TaskType | Column | Project | int | str
    ) -> Listing[Change]:
        """Lists every change that was ever made to an item.

        item: what `item_type` says, or its id; a user group only by its id.

        Source: flow API Reference, "GET /item_history/item_type/item_id.format".
        """
        check_choice("item_type", item_type, _ENTITIES)
        entity = _ENTITIES[item_type]
        item_id = check_id("item", item) if entity is None else id_of(item, entity)
        ids = {"item_type": item_type, "item_id": item_id}
        return self._session.listing(GET_ITEM_HISTORY, ids)
