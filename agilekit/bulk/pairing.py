"""Which item of an answer was made of which draft of its request.

An item is that of a draft if it shows the draft's key; of several, the one that fits it best: at
the draft's place and with its fields, else with its fields, else the first. If as many others are
there as drafts, they are those of the drafts that are left, as the server has rewritten them:

- if one way of rewriting makes just these texts of those, each draft has its own, in any order;
- if each is near the draft at its place, by their places;
- if there is one of each, that one.

Else nothing tells which is whose.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from agilekit.bulk.keeping import Sent
from agilekit.bulk.recognition import Recognition, same

__all__ = ["pair"]

T = TypeVar("T")


def pair(
    recognition: Recognition[T], batch: Sequence[Sent], items: Sequence[T]
) -> tuple[list[tuple[Sent, T]], list[Sent]]:
    """The drafts with their items, and the drafts of which nothing tells which item is theirs."""
    keys = [recognition.key(sent) for sent in batch]
    shown = [recognition.key_of(item) for item in items]

    def fits(mine: int, theirs: int) -> bool:
        return recognition.fits(batch[mine], items[theirs])

    pairs = _by_key(keys, shown, fits)
    if len(batch) == len(items) and not recognition.by_mark:
        drafts = _others(batch, (mine for mine, _ in pairs))
        others = _others(items, (theirs for _, theirs in pairs))
        found = _rewritten(
            recognition, [batch[one] for one in drafts], [items[one] for one in others]
        )
        pairs += [(drafts[mine], others[theirs]) for mine, theirs in found]
    unpaired = [batch[one] for one in _others(batch, (mine for mine, _ in pairs))]
    return [(batch[mine], items[theirs]) for mine, theirs in sorted(pairs)], unpaired


def _others(all: Sequence[object], places: Iterable[int]) -> list[int]:
    taken = set(places)
    return [place for place in range(len(all)) if place not in taken]


def _by_key(
    keys: Sequence[Hashable], shown: Sequence[Hashable], fits: Callable[[int, int], bool]
) -> list[tuple[int, int]]:
    """Pairs of places with the same key, those first that agree in more than that."""
    free = defaultdict[Hashable, list[int]](list)
    for place, key in enumerate(shown):
        free[key].append(place)
    pairs: list[tuple[int, int]] = []

    def take(places: Iterable[int], choose: Callable[[int], int | None]) -> list[int]:
        left: list[int] = []
        for mine in places:
            theirs = choose(mine)
            if theirs is None:
                left.append(mine)
            else:
                pairs.append((mine, theirs))
                free[keys[mine]].remove(theirs)
        return left

    def at_place(mine: int) -> int | None:
        return mine if mine in free[keys[mine]] and fits(mine, mine) else None

    def fitting(mine: int) -> int | None:
        return next((theirs for theirs in free[keys[mine]] if fits(mine, theirs)), None)

    def any_other(mine: int) -> int | None:
        return next(iter(free[keys[mine]]), None)

    take(take(take(range(len(keys)), at_place), fitting), any_other)
    return pairs


def _rewritten(
    recognition: Recognition[T], batch: Sequence[Sent], items: Sequence[T]
) -> list[tuple[int, int]]:
    """Pairs of places, of drafts and items of which none shows the key that is expected."""
    in_order = [(place, place) for place in range(len(batch))]
    if len(batch) <= 1:
        return in_order
    for mine, theirs in recognition.rewritten(batch, items):
        if same(mine, theirs):
            return _by_key(
                mine, theirs, lambda one, other: recognition.fits(batch[one], items[other])
            )
    strangers = [recognition.trace(item) for item in items]
    near = all(
        recognition.is_near(sent, stranger) for sent, stranger in zip(batch, strangers, strict=True)
    )
    return in_order if near else []
