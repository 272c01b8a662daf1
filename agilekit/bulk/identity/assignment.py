"""Drafts and items of the same key are told apart by their fields.

Drafts that say the same are as good as each other, and so are items that show the same. Between
these classes, what must be is found step by step: a class of drafts that one class of items fits
and no other gets these items, if there are enough for all that need them. What is left when nothing
more must be is left: nothing tells who made it.

- That a draft which fits one class became one of it takes as many items as drafts: with fewer,
  it may be the one that became nothing.
- That an item which one class fits is of that class takes no more items than drafts: with more, it
  may be one that somebody else made. So may any of several that show the same.
- If a draft fits no item, the server has changed what it says, and maybe what others say, too. Then
  only a draft and an item at the same place belong together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import Final, TypeAlias

__all__ = ["match"]

DraftFields: TypeAlias = frozenset[tuple[str, Hashable]]
Shown: TypeAlias = frozenset[tuple[str, Hashable]]

_UNSHOWN: Final = object()


def match(
    said: Mapping[int, DraftFields], shown: Mapping[int, Mapping[str, Hashable]]
) -> list[tuple[int, int]]:
    """Pairs of the places of drafts and items that belong together beyond doubt.

    said: by place, what each draft says; shown: by place, what each item shows.
    """
    names = _telling(said, shown)
    drafts = defaultdict[DraftFields, list[int]](list)
    for place, fields in said.items():
        drafts[frozenset(one for one in fields if one[0] in names)].append(place)
    items = defaultdict[Shown, list[int]](list)
    for place, look in shown.items():
        items[frozenset((name, look.get(name, _UNSHOWN)) for name in names)].append(place)
    pairs: list[tuple[int, int]] = []
    fitting = [any(_fits(mine, one) for one in items) for mine in drafts]
    changed = len(shown) >= len(said) and not all(fitting)
    while drafts and items and (found := _certain(drafts, items)):
        mine, theirs = found
        taken = _in_order(drafts[mine], items[theirs], only_at_same_place=changed)
        if not taken:
            break
        pairs += taken
        if not drafts[mine]:
            del drafts[mine]
        if not items[theirs]:
            del items[theirs]
    return pairs


def _telling(
    said: Mapping[int, DraftFields], shown: Mapping[int, Mapping[str, Hashable]]
) -> Sequence[str]:
    """The fields that tell drafts apart.

    Those that are the same in all items, and as no draft says them, the server has dropped. If
    there are fewer items than drafts, these may be of the drafts that say nothing of it.
    """
    told: dict[str, set[Hashable]] = defaultdict(set)
    for fields in said.values():
        for name, value in fields:
            told[name].add(value)
    seen = {name: {look.get(name) for look in shown.values()} for name in told}
    return sorted(
        name
        for name in told
        if len(shown) < len(said) or len(seen[name]) > 1 or seen[name] & told[name]
    )


def _certain(
    drafts: Mapping[DraftFields, Sequence[int]],
    items: Mapping[Shown, Sequence[int]],
) -> tuple[DraftFields, Shown] | None:
    """A class of drafts and one of items of which some must belong together."""
    fitting = {mine: [one for one in items if _fits(mine, one)] for mine in drafts}
    surplus = sum(map(len, items.values())) - sum(map(len, drafts.values()))
    for mine, classes in fitting.items() if surplus >= 0 else ():
        if len(classes) == 1:
            needed = sum(len(drafts[one]) for one in drafts if fitting[one] == classes)
            there = len(items[classes[0]])
            if needed <= there if surplus == 0 else needed == there:
                return mine, classes[0]
    for theirs in items if surplus <= 0 else ():
        makers = [mine for mine in drafts if theirs in fitting[mine]]
        if len(makers) == 1 and len(items[theirs]) <= len(drafts[makers[0]]):
            return makers[0], theirs
    enough = surplus == 0 if len(drafts) > 1 else surplus <= 0
    if enough and len(items) == 1 and not any(fitting.values()):
        return next(iter(drafts)), next(iter(items))
    return None


def _fits(said: DraftFields, shown: Shown) -> bool:
    seen = dict(shown)
    return all(seen[name] in (value, _UNSHOWN) for name, value in said)


def _in_order(
    mine: list[int], theirs: list[int], *, only_at_same_place: bool
) -> list[tuple[int, int]]:
    """Takes from both as many as there are pairs: those at the same place, then by their order."""
    pairs = [(place, place) for place in mine if place in theirs]
    for one, other in pairs:
        mine.remove(one)
        theirs.remove(other)
    while mine and theirs and not only_at_same_place:
        pairs.append((mine.pop(0), theirs.pop(0)))
    return pairs
