"""Reading what there is in a service: all of some kinds, and only what leads to them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any, TypeAlias

from agilekit.errors import CallError, Forbidden, NotFound
from agilekit.lookup.item import Branch, Hierarchy, Item, ItemKind
from agilekit.services import AnyClient
from agilekit.session.workers import run_all

__all__ = ["ItemReader", "OnUnread"]

OnUnread: TypeAlias = Callable[[Item, CallError], object]
"""Is told of a container not all of whose contents the service shows, and how it refused."""


class ItemReader:
    """Reads the things of one service, by an open client."""

    def __init__(self, client: AnyClient, hierarchy: Hierarchy[Any]) -> None:
        self.hierarchy = hierarchy
        self._client = client

    async def all(self, kinds: Collection[ItemKind[Any]], at: Item | None = None) -> list[Item]:
        """Everything of some kinds, in the account or in one container. Raises CallError."""
        return [item for item in await self.below(kinds, at) if item.kind in kinds]

    async def below(
        self,
        kinds: Collection[ItemKind[Any]],
        at: Item | None = None,
        *,
        on_unread: OnUnread | None = None,
    ) -> list[Item]:
        """The same with the containers in between, each before what lies in it. Raises CallError.

        One request for each container that may hold something of these kinds, several at once.

        on_unread: is told of a read that is forbidden, or of what is gone since it was listed, and
            all else is read, if there is anything else; by default, that is the error of all.
        """
        needed = {*kinds, *self.hierarchy.ancestors_of(kinds)}
        within = None if at is None else at.kind
        branches = [
            one
            for one in self.hierarchy.branches
            if one.within is within and not needed.isdisjoint(one.kinds)
        ]
        found: list[list[Item]] = [[] for _ in branches]

        refused: list[CallError] = []

        async def read(index: int, branch: Branch[Any]) -> None:
            ids = () if at is None else [one.id for one in at.line]
            try:
                entities = await branch.read(self._client, ids)
            except (Forbidden, NotFound) as error:
                refused.append(error)
                if on_unread is None or at is None or len(refused) == len(branches):
                    raise
                on_unread(at, error)
                return
            items = [one for one in branch.items(entities, at) if one.kind in needed]
            found[index] = await self._with_contents(items, kinds, on_unread)

        await self._run([partial(read, *one) for one in enumerate(branches)])
        return [item for items in found for item in items]

    async def full(self, item: Item) -> object:
        """The entity, with all that the service shows of one. Raises CallError.

        None if the service shows it only in a list, and it was not read there.
        """
        if item.kind.get is None:
            return item.entity
        entity: object = await item.kind.get(self._client, item.address)
        return entity

    async def _with_contents(
        self,
        items: Sequence[Item],
        kinds: Collection[ItemKind[Any]],
        on_unread: OnUnread | None,
    ) -> list[Item]:
        contents: list[list[Item]] = [[] for _ in items]

        async def read(index: int, item: Item) -> None:
            try:
                contents[index] = await self.below(kinds, item, on_unread=on_unread)
            except (Forbidden, NotFound) as error:
                if on_unread is None:
                    raise
                on_unread(item, error)

        outer = self.hierarchy.ancestors_of(kinds)
        await self._run([partial(read, *one) for one in enumerate(items) if one[1].kind in outer])
        return [one for item, below in zip(items, contents, strict=True) for one in (item, *below)]

    async def _run(self, jobs: Sequence[partial[Any]]) -> None:
        await run_all(jobs, at_once=min(len(jobs), self._client.concurrency))
