"""From an id, a name or a path to the one thing that it means; never to one of several.

An id is looked at first, and for most kinds is taken as it is, without a request: no name that
somebody gives to another thing can take its place. Then a name that is equal; then one that is
equal but for case, white space and control characters. What is looked up is everything that could
bear the name, archived or not: two things of one name are refused, and so is a name that nothing
has.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from attrs import frozen

from agilekit.lookup.item import Hierarchy, Item, ItemKind
from agilekit.lookup.messages import ambiguous, needs_container, unknown
from agilekit.lookup.path import Segment, as_printed, parse
from agilekit.lookup.reader import ItemReader

__all__ = ["by_ids", "resolve"]


@frozen
class _Match:
    item: Item
    is_exact: bool
    """Whether each part of the path is an id, or exactly the name."""


def by_ids(hierarchy: Hierarchy[Any], given: str, kind: ItemKind[Any]) -> Item | None:
    """What is given by the very ids by which the service finds it; None if a name is among them.

    Raises InvalidInput for what is neither an id, a name nor a path.
    """
    segments = parse(given, hierarchy.parse_id, most=hierarchy.depth(kind))
    return _by_ids(hierarchy, segments, kind)


async def resolve(
    reader: ItemReader,
    given: str,
    kinds: Sequence[ItemKind[Any]],
    *,
    alone: Collection[ItemKind[Any]] | None = None,
    is_read: bool = False,
) -> Item:
    """The one thing of some kinds that an id, a name or a path means.

    alone: what a name without its container may mean; None for all that are not contents.
    is_read: whether an id is looked up as well, because the entity is wanted.

    Raises InvalidInput, which lists what there is, for what means nothing or several things;
    CallError if that cannot be read.
    """
    hierarchy = reader.hierarchy
    segments = parse(given, hierarchy.parse_id, most=max(map(hierarchy.depth, kinds)))
    possible = [kind for kind in kinds if hierarchy.depth(kind) >= len(segments)]
    if len(segments) == 1:
        possible = [kind for kind in possible if alone is None or kind in alone]
    if not is_read and len(possible) == 1:
        known = _by_ids(hierarchy, segments, possible[0])
        if known is not None:
            return known
    matches = await _Search(reader, given).find(segments, possible)
    found = [one for one in matches if one.is_exact] or matches
    # A card of Flying Donut may be in a bucket and in a sprint.
    items = list({(one.item.kind, one.item.address): one.item for one in found}.values())
    if len(items) > 1:
        raise ambiguous(given, items, possible, hierarchy)
    return items[0]


def _by_ids(
    hierarchy: Hierarchy[Any], segments: Sequence[Segment], kind: ItemKind[Any]
) -> Item | None:
    *outer, last = segments
    if len(segments) != kind.ids or last.id is None:
        return None
    if not outer:
        return Item(kind, last.id)
    within = _by_ids(hierarchy, outer, hierarchy.containers_of([kind])[0])
    return None if within is None else Item(kind, last.id, within=within)


class _Search:
    """Looks for the parts of a path, from the outside to the inside."""

    def __init__(self, reader: ItemReader, given: str) -> None:
        self._reader = reader
        self._given = given

    async def find(
        self, segments: Sequence[Segment], asked: Sequence[ItemKind[Any]]
    ) -> list[_Match]:
        """All that a path may mean: at least one. Raises InvalidInput, CallError."""
        *path, last = segments
        kinds = asked
        outer = await self._outer(path, kinds) if path else []
        if outer and (known := self._known(last, kinds, outer)):
            return known
        if not outer:
            kinds = [kind for kind in kinds if not kind.is_content]
        if not kinds:
            raise needs_container(self._given, asked, self._reader.hierarchy)
        candidates = await self._candidates(kinds, outer)
        if found := [*_matching(last, candidates)]:
            return found
        raise unknown(
            last,
            kinds,
            [one.item for one in candidates],
            [one.item for one in outer],
            self._reader.hierarchy,
        )

    async def _candidates(
        self, kinds: Sequence[ItemKind[Any]], outer: Sequence[_Match]
    ) -> list[_Match]:
        if not outer:
            return [_Match(item, is_exact=True) for item in await self._reader.all(kinds)]
        return [
            _Match(item, one.is_exact)
            for one in outer
            for item in await self._reader.all(kinds, one.item)
        ]

    async def _outer(
        self, segments: Sequence[Segment], kinds: Sequence[ItemKind[Any]]
    ) -> list[_Match]:
        hierarchy = self._reader.hierarchy
        above = [
            kind
            for kind in hierarchy.containers_of(kinds)
            if hierarchy.depth(kind) >= len(segments)
        ]
        # The service itself says whether there is one with this id.
        if len(above) == 1 and (known := _by_ids(hierarchy, segments, above[0])) is not None:
            return [_Match(known, is_exact=True)]
        return await self.find(segments, above)

    def _known(
        self, last: Segment, kinds: Sequence[ItemKind[Any]], outer: Sequence[_Match]
    ) -> list[_Match]:
        """What needs no look, because the service finds it only in the right container."""
        if last.id is None or len(kinds) > 1 or kinds[0].ids == 1:
            return []
        return [_Match(Item(kinds[0], last.id, within=one.item), one.is_exact) for one in outer]


def _matching(segment: Segment, candidates: Sequence[_Match]) -> Iterator[_Match]:
    """Those with the id; or else, unless the segment can only be an id, those with the name."""
    text = segment.text if segment.id is None else str(segment.id)
    by_id = [one for one in candidates if not segment.is_quoted and str(one.item.id) == text]
    if by_id or segment.id is not None:
        yield from by_id
        return
    wanted = _loosely(text)
    for one in candidates:
        if _loosely(one.item.title) == wanted:
            yield _Match(one.item, one.is_exact and one.item.title == text)


def _loosely(name: str) -> str:
    """The name as it is printed, in one case and with its accents written in one way."""
    folded = unicodedata.normalize("NFC", as_printed(name)).casefold()
    return unicodedata.normalize("NFC", folded)  # which case may have taken apart
