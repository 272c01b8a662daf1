"""Drafts and items of the same key are told apart by their fields.

Drafts that say the same are as good as each other, and so are items that show the same. Between
these classes, what must be is found step by step: a class of drafts that one class of items fits
and no other gets these items, if there are enough for all that need them. What is left when nothing
more must be is left: nothing tells who made it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import Final, TypeAlias

__all__ = ["match"]

Said: TypeAlias = frozenset[tuple[str, Hashable]]
Shown: TypeAlias = tuple[Hashable, ...]

_UNSHOWN: Final = object()


def match(
    said: Mapping[int, Said], shown: Mapping[int, Mapping[str, Hashable]]
) -> list[tuple[int, int]]:
    """Pairs of the places of drafts and items that belong together beyond doubt.

    said: by place, what each draft says; shown: by place, what each item shows.
    """
    names = _telling(said, shown)
    drafts = defaultdict[Said, list[int]](list)
    for place, fields in said.items():
        drafts[frozenset(one for one in fields if one[0] in names)].append(place)
    items = defaultdict[Shown, list[int]](list)
    for place, look in shown.items():
        items[tuple(look.get(name, _UNSHOWN) for name in names)].append(place)
    pairs: list[tuple[int, int]] = []
    while found := _certain(names, drafts, items):
        mine, theirs = found
        pairs += _in_order(drafts[mine], items[theirs])
        if not drafts[mine]:
            del drafts[mine]
        if not items[theirs]:
            del items[theirs]
    return pairs


def _telling(
    said: Mapping[int, Said], shown: Mapping[int, Mapping[str, Hashable]]
) -> Sequence[str]:
    """The fields that tell drafts apart.

    Those that are the same in all items, and as no draft says them, the server has dropped.
    """
    told: dict[str, set[Hashable]] = defaultdict(set)
    for fields in said.values():
        for name, value in fields:
            told[name].add(value)
    seen = {name: {look.get(name, _UNSHOWN) for look in shown.values()} for name in told}
    return sorted(
        name for name in told if len(seen[name]) > 1 or not seen[name].isdisjoint(told[name])
    )


def _certain(
    names: Sequence[str],
    drafts: Mapping[Said, Sequence[int]],
    items: Mapping[Shown, Sequence[int]],
) -> tuple[Said, Shown] | None:
    """A class of drafts and one of items of which some must belong together."""
    fitting = {
        mine: [theirs for theirs in items if _fits(mine, dict(zip(names, theirs, strict=True)))]
        for mine in drafts
    }
    for mine, classes in fitting.items():
        if len(classes) == 1:
            rivals = [one for one in drafts if fitting[one] == classes]
            if len(rivals) == 1 or sum(len(drafts[one]) for one in rivals) <= len(
                items[classes[0]]
            ):
                return mine, classes[0]
    for theirs in items:
        makers = [mine for mine in drafts if theirs in fitting[mine]]
        if len(makers) == 1:
            return makers[0], theirs
    if len(items) == 1 and not any(fitting.values()):
        only = next(iter(items))
        if len(drafts) == 1 or sum(map(len, drafts.values())) <= len(items[only]):
            return next(iter(drafts)), only
    return None


def _fits(said: Said, shown: Mapping[str, Hashable]) -> bool:
    return all(shown[name] in (value, _UNSHOWN) for name, value in said)


def _in_order(mine: list[int], theirs: list[int]) -> list[tuple[int, int]]:
    """Takes from both as many as there are pairs: those at the same place, then by their order."""
    pairs = [(place, place) for place in mine if place in theirs]
    for one, other in pairs:
        mine.remove(one)
        theirs.remove(other)
    while mine and theirs:
        pairs.append((mine.pop(0), theirs.pop(0)))
    return pairs
