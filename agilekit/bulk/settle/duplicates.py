"""The look at the end of a job that has sent something twice: is anything there twice?

A server may commit the first request after the horizon, or somebody may have moved and renamed its
item, so that it was sent again. Each item that belongs to no draft, and is similar to a draft that
was sent again, is named in the report.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from contextlib import aclosing
from typing import TypeVar

import anyio.lowlevel

from agilekit.bulk.identity.matcher import ItemMatcher, UnclaimedItem
from agilekit.bulk.report import PossibleDuplicate
from agilekit.bulk.spec import Creation
from agilekit.bulk.store import Entry, JobStore, every_created

__all__ = ["find_duplicates"]

T = TypeVar("T")


async def find_duplicates(
    creation: Creation[T],
    store: JobStore[T],
    matcher: ItemMatcher[T],
    resent: Iterable[Entry] | None,
    *,
    high_water_mark: int,
) -> list[PossibleDuplicate]:
    """Looks once through the container, or the project. Raises CallError if it cannot be read.

    resent: the drafts that were sent more than once; None if it may be any that was created.
    """
    unclaimed = await _unclaimed_items(creation, store, matcher, high_water_mark)
    if matcher.by_mark:
        return [
            PossibleDuplicate(one.match_key, one.item_id)
            for one in unclaimed
            if isinstance(one.match_key, int)
        ]
    found: list[PossibleDuplicate] = []
    if unclaimed:
        drafts = _each_created(creation, store, matcher) if resent is None else _each(resent)
        async with aclosing(drafts):
            async for entry in drafts:
                await anyio.lowlevel.checkpoint()
                similar = matcher.similar(entry, unclaimed)
                found += [PossibleDuplicate(entry.position, one.item_id) for one in similar]
    return sorted(found, key=lambda one: one.position)


async def _unclaimed_items(
    creation: Creation[T], store: JobStore[T], matcher: ItemMatcher[T], high_water_mark: int
) -> list[UnclaimedItem]:
    items: AsyncIterable[T] = (
        creation.listing() if creation.survey is None else await creation.survey(high_water_mark)
    )
    new = [
        matcher.as_unclaimed(item)
        async for item in items
        if creation.spec.sequence(item) > high_water_mark
    ]
    owned = await store.owns([one.item_id for one in new])
    return [one for one in new if one.item_id not in owned]


async def _each(items: Iterable[T]) -> AsyncGenerator[T]:
    for item in items:
        yield item


async def _each_created(
    creation: Creation[T], store: JobStore[T], matcher: ItemMatcher[T]
) -> AsyncGenerator[Entry]:
    async with aclosing(every_created(store)) as created:
        async for one in created:
            if (body := matcher.body_of(one, creation.encode)) is not None:
                yield Entry(one.position, one.draft, body)
