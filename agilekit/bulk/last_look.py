"""The end of a job that has sent something twice: is anything there twice?

A server may commit the first request after the horizon, or somebody may have moved and renamed its
item, so that it was sent again. What belongs to no draft and is near one that was sent again is
named.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from typing import TypeVar

import anyio.lowlevel

from agilekit.bulk.keeping import Keeping, Sent, every_created
from agilekit.bulk.recognition import Recognition, Trace
from agilekit.bulk.report import PossibleDuplicate
from agilekit.bulk.spec import Creation
from agilekit.errors import InvalidInput

__all__ = ["look_for_duplicates"]

T = TypeVar("T")


async def look_for_duplicates(
    creation: Creation[T],
    keeping: Keeping[T],
    recognition: Recognition[T],
    resent: Iterable[Sent] | None,
    *,
    above: int,
) -> list[PossibleDuplicate]:
    """Looks once through the container, or the project. Raises CallError where it cannot be read.

    resent: the drafts that were sent more than once; None if it may be any that was created.
    """
    strangers = await _strangers(creation, keeping, recognition, above)
    if recognition.by_mark:
        return [
            PossibleDuplicate(one.key, one.item_id) for one in strangers if isinstance(one.key, int)
        ]
    found: list[PossibleDuplicate] = []
    if strangers:
        drafts = _each_created(creation, keeping, recognition) if resent is None else _each(resent)
        async for sent in drafts:
            await anyio.lowlevel.checkpoint()
            near = recognition.like(sent, strangers)
            found += [PossibleDuplicate(sent.position, one.item_id) for one in near]
    return sorted(found, key=lambda one: one.position)


async def _strangers(
    creation: Creation[T], keeping: Keeping[T], recognition: Recognition[T], above: int
) -> list[Trace]:
    items: AsyncIterable[T] = (
        creation.listing() if creation.survey is None else await creation.survey(above)
    )
    new = [recognition.trace(item) async for item in items if creation.spec.sequence(item) > above]
    owned = await keeping.owns([one.item_id for one in new])
    return [one for one in new if one.item_id not in owned]


async def _each(items: Iterable[T]) -> AsyncIterator[T]:
    for item in items:
        yield item


async def _each_created(
    creation: Creation[T], keeping: Keeping[T], recognition: Recognition[T]
) -> AsyncIterator[Sent]:
    async for one in every_created(keeping):
        try:
            body = creation.encode(recognition.marked(one.position, one.draft))
        except InvalidInput:  # a draft of entities, of which a journal holds no more than a text
            continue
        yield Sent(one.position, one.draft, body)
