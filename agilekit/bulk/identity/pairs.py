"""Which item of an answer was made of which draft of its request.

An item is that of a draft if it bears the draft's mark or, where there are none, shows its label.
What several with the same label say beside it tells them apart. If as many others are there as
drafts, they are those of the drafts that are left, as the server has rewritten them:

- if one way of rewriting makes just these texts of those, each draft has its own, in any order;
- if each is near the draft at its place, and they were created in the order of their places, by
  these;
- if there is one of each, that one.

Else nothing tells which is whose.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import pairwise
from typing import TypeVar

from agilekit.bulk.identity.assignment import match
from agilekit.bulk.identity.matcher import ItemMatcher, same
from agilekit.bulk.store import Entry

__all__ = ["pair"]

T = TypeVar("T")


def pair(
    matcher: ItemMatcher[T], batch: Sequence[Entry], items: Sequence[T]
) -> tuple[list[tuple[Entry, T]], list[Entry]]:
    """The drafts with their items, and the drafts of which nothing tells which item is theirs."""
    if len(batch) == len(items) == 1:
        return [(batch[0], items[0])], []
    pairs = _by_mark(matcher, batch, items) or _by_label(
        matcher,
        batch,
        items,
        [matcher.label(entry) for entry in batch],
        [matcher.label_of(item) for item in items],
    )
    if len(batch) == len(items):
        drafts = _others(batch, (mine for mine, _ in pairs))
        others = _others(items, (theirs for _, theirs in pairs))
        found = _rewritten(matcher, [batch[one] for one in drafts], [items[one] for one in others])
        pairs += [(drafts[mine], others[theirs]) for mine, theirs in found]
    unpaired = [batch[one] for one in _others(batch, (mine for mine, _ in pairs))]
    return [(batch[mine], items[theirs]) for mine, theirs in sorted(pairs)], unpaired


def _others(all: Sequence[object], places: Iterable[int]) -> list[int]:
    taken = set(places)
    return [place for place in range(len(all)) if place not in taken]


def _by_mark(
    matcher: ItemMatcher[T], batch: Sequence[Entry], items: Sequence[T]
) -> list[tuple[int, int]]:
    """Pairs of places with the same mark."""
    places = {matcher.position(item): place for place, item in enumerate(items)}
    return [
        (place, places[entry.position])
        for place, entry in enumerate(batch)
        if entry.position in places
    ]


def _by_label(
    matcher: ItemMatcher[T],
    batch: Sequence[Entry],
    items: Sequence[T],
    labels: Sequence[Hashable],
    shown: Sequence[Hashable],
    rewrite: Callable[[str], str] | None = None,
) -> list[tuple[int, int]]:
    """Pairs of places with the same label."""
    groups = defaultdict[Hashable, tuple[list[int], list[int]]](lambda: ([], []))
    for place, label in enumerate(labels):
        groups[label][0].append(place)
    for place, label in enumerate(shown):
        groups[label][1].append(place)
    pairs: list[tuple[int, int]] = []
    for mine, theirs in groups.values():
        if len(mine) == len(theirs) == 1:
            pairs.append((mine[0], theirs[0]))
        else:
            said = {place: matcher.fields(batch[place], rewrite) for place in mine}
            seen = {place: matcher.fields_of(items[place]) for place in theirs}
            pairs += match(said, seen)
    return pairs


def _rewritten(
    matcher: ItemMatcher[T], batch: Sequence[Entry], items: Sequence[T]
) -> list[tuple[int, int]]:
    """Pairs of places, of drafts and items of which none shows the key that is expected."""
    in_order = [(place, place) for place in range(len(batch))]
    if len(batch) <= 1:
        return in_order
    for rewrite, mine, theirs in matcher.rewrites(batch, items):
        if same(mine, theirs):
            return _by_label(matcher, batch, items, mine, theirs, rewrite)
    unclaimed = [matcher.as_unclaimed(item) for item in items]
    rise = all(one.sequence < other.sequence for one, other in pairwise(unclaimed))
    are_near = all(map(matcher.is_similar, batch, unclaimed))
    return in_order if rise and are_near else []
