"""Which item of an answer was made of which draft of its request.

An item is that of a draft if it bears the draft's mark or, if there are no marks, shows its label.
Several with the same label are told apart by their other fields (`assignment`). If as many items as
drafts are left then, they are those of these drafts, as the server has rewritten them:

- if there is one of each, they are a pair;
- if one way of rewriting makes exactly the labels of these items of those of the drafts, each draft
  has its own, in any order;
- if each is similar to the draft at its index, and they were created in the order of their indexes,
  they are pairs by their indexes.

Otherwise nothing tells which is whose.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import pairwise
from typing import TypeVar

from agilekit.bulk.identity.assignment import assign
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


def _others(all: Sequence[object], indexes: Iterable[int]) -> list[int]:
    taken = set(indexes)
    return [index for index in range(len(all)) if index not in taken]


def _by_mark(
    matcher: ItemMatcher[T], batch: Sequence[Entry], items: Sequence[T]
) -> list[tuple[int, int]]:
    """Pairs of indexes with the same mark."""
    indexes = {matcher.position(item): index for index, item in enumerate(items)}
    return [
        (index, indexes[entry.position])
        for index, entry in enumerate(batch)
        if entry.position in indexes
    ]


def _by_label(
    matcher: ItemMatcher[T],
    batch: Sequence[Entry],
    items: Sequence[T],
    labels: Sequence[Hashable],
    shown: Sequence[Hashable],
    rewrite: Callable[[str], str] | None = None,
) -> list[tuple[int, int]]:
    """Pairs of indexes with the same label."""
    groups = defaultdict[Hashable, tuple[list[int], list[int]]](lambda: ([], []))
    for index, label in enumerate(labels):
        groups[label][0].append(index)
    for index, label in enumerate(shown):
        groups[label][1].append(index)
    pairs: list[tuple[int, int]] = []
    for mine, theirs in groups.values():
        if len(mine) == len(theirs) == 1:
            pairs.append((mine[0], theirs[0]))
        else:
            draft_fields = {index: matcher.fields(batch[index], rewrite) for index in mine}
            item_fields = {index: matcher.fields_of(items[index]) for index in theirs}
            pairs += assign(draft_fields, item_fields)
    return pairs


def _rewritten(
    matcher: ItemMatcher[T], batch: Sequence[Entry], items: Sequence[T]
) -> list[tuple[int, int]]:
    """Pairs of indexes, of drafts and items of which none shows the label that is expected."""
    in_order = [(index, index) for index in range(len(batch))]
    if len(batch) <= 1:
        return in_order
    for rewrite, mine, theirs in matcher.rewrites(batch, items):
        if same(mine, theirs):
            return _by_label(matcher, batch, items, mine, theirs, rewrite)
    unclaimed = [matcher.as_unclaimed(item) for item in items]
    rise = all(one.sequence < other.sequence for one, other in pairwise(unclaimed))
    are_similar = all(map(matcher.is_similar, batch, unclaimed))
    return in_order if rise and are_similar else []
