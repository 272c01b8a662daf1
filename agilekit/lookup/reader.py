"""Reading what there is in a service: all of some kinds, and only what leads to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from agilekit.lookup.item import Branch, Hierarchy, Item, ItemKind
from agilekit.services import AnyClient
from agilekit.session.workers import run_all

__all__ = ["ItemReader"]


class ItemReader:
    """Reads the things of one service, by an open client."""

    def __init__(self, client: AnyClient, hierarchy: Hierarchy[Any]) -> None:
        self.hierarchy = hierarchy
        self._client = client

    async def all(self, kinds: Collection[ItemKind[Any]], at: Item | None = None) -> list[Item]:
        """Everything of some kinds, in the account or in one container. Raises CallError."""
        return [item for item in await self.below(kinds, at) if item.kind in kinds]

    async def below(self, kinds: Collection[ItemKind[Any]], at: Item | None = None) -> list[Item]:
        """The same with the containers in between, each before what lies in it. Raises CallError.

        One request for each container that may hold something of these kinds, several at once.
        """
        needed = {*kinds, *self.hierarchy.ancestors_of(kinds)}
        within = None if at is None else at.kind
        branches = [
            one
            for one in self.hierarchy.branches
            if one.within is within and not needed.isdisjoint(one.kinds)
        ]
        found: list[list[Item]] = [[] for _ in branches]

        async def read(index: int, branch: Branch[Any]) -> None:
            ids = () if at is None else [one.id for one in at.line]
            entities = await branch.read(self._client, ids)
            items = [one for one in branch.items(entities, at) if one.kind in needed]
            found[index] = await self._with_contents(items, kinds)

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
        self, items: Sequence[Item], kinds: Collection[ItemKind[Any]]
    ) -> list[Item]:
        contents: list[list[Item]] = [[] for _ in items]

        async def read(index: int, item: Item) -> None:
            contents[index] = await self.below(kinds, item)

        outer = self.hierarchy.ancestors_of(kinds)
        await self._run([partial(read, *one) for one in enumerate(items) if one[1].kind in outer])
        return [one for item, below in zip(items, contents, strict=True) for one in (item, *below)]

    async def _run(self, jobs: Sequence[partial[Any]]) -> None:
        await run_all(jobs, at_once=min(len(jobs), self._client.concurrency))
