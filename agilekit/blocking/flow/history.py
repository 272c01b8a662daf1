"""The history of anything on the board.

Generated from `agilekit.flow.history` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.flow.history import History as AsyncHistory
from agilekit.flow.history import ItemType
from agilekit.flow.models import Change, Column, Project, Task, TaskType

__all__ = ["History"]


class History(WrappedResource[AsyncHistory]):
    """``flow.history``"""

    def of(
        self, item_type: ItemType, item: Task | TaskType | Column | Project | int | str
    ) -> Listing[Change]:
        """Lists every change that was ever made to an item.

        item: what `item_type` says, or its id; a user group only by its id.

        Source: flow API Reference, "GET /item_history/item_type/item_id.format".
        """
        return self._list(self._resource.of(item_type, item))
