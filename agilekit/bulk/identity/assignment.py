"""Drafts and items with the same label are told apart by their other fields.

Drafts that say the same are interchangeable, and so are items that show the same: each such group
is a *class*. What certainly belongs together is found step by step. A class of drafts that only one
class of items fits gets these items, if there are enough for all the drafts that need them; then
the rest is looked at again. What is left when nothing more is certain stays unassigned.

- That a draft which fits one class became one of it takes as many items as drafts: with fewer,
  it may be the one that became nothing.
- That an item which one class fits is of that class takes no more items than drafts: with more, it
  may be one that somebody else made. So may any of several that show the same.
- If a draft fits no item, the server has changed what it says, and maybe what others say, too. Then
  only a draft and an item at the same index belong together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import Final, TypeAlias

__all__ = ["DraftFields", "ItemFields", "assign"]

DraftFields: TypeAlias = frozenset[tuple[str, Hashable]]
"""What a draft says beside its label: names and values."""
ItemFields: TypeAlias = frozenset[tuple[str, Hashable]]
"""What an item shows beside its label."""

_UNSHOWN: Final = object()


def assign(
    draft_fields: Mapping[int, DraftFields], item_fields: Mapping[int, Mapping[str, Hashable]]
) -> list[tuple[int, int]]:
    """The indexes of drafts and items that certainly belong together.

    draft_fields, item_fields: by index, what each draft says and each item shows.
    """
    names = _distinguishing(draft_fields, item_fields)
    drafts = defaultdict[DraftFields, list[int]](list)
    for index, fields in draft_fields.items():
        drafts[frozenset(one for one in fields if one[0] in names)].append(index)
    items = defaultdict[ItemFields, list[int]](list)
    for index, shown in item_fields.items():
        items[frozenset((name, shown.get(name, _UNSHOWN)) for name in names)].append(index)
    pairs: list[tuple[int, int]] = []
    fitting = [any(_fits(mine, one) for one in items) for mine in drafts]
    changed = len(item_fields) >= len(draft_fields) and not all(fitting)
    while drafts and items and (found := _next_certain(drafts, items)):
        mine, theirs = found
        assigned = _in_order(drafts[mine], items[theirs], only_at_same_index=changed)
        if not assigned:  # they fit, but are not at the same index
            break
        pairs += assigned
        if not drafts[mine]:
            del drafts[mine]
        if not items[theirs]:
            del items[theirs]
    return pairs


def _distinguishing(
    draft_fields: Mapping[int, DraftFields], item_fields: Mapping[int, Mapping[str, Hashable]]
) -> Sequence[str]:
    """The fields that tell drafts apart.

    A field that all items show alike, and no draft says so, has been dropped by the server. But if
    there are fewer items than drafts, they may be those of the drafts that do not say it.
    """
    told: dict[str, set[Hashable]] = defaultdict(set)
    for fields in draft_fields.values():
        for name, value in fields:
            told[name].add(value)
    seen = {name: {fields.get(name) for fields in item_fields.values()} for name in told}
    return sorted(
        name
        for name in told
        if len(item_fields) < len(draft_fields) or len(seen[name]) > 1 or seen[name] & told[name]
    )


def _next_certain(
    drafts: Mapping[DraftFields, Sequence[int]],
    items: Mapping[ItemFields, Sequence[int]],
) -> tuple[DraftFields, ItemFields] | None:
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


def _fits(draft_fields: DraftFields, item_fields: ItemFields) -> bool:
    seen = dict(item_fields)
    return all(seen[name] in (value, _UNSHOWN) for name, value in draft_fields)


def _in_order(
    mine: list[int], theirs: list[int], *, only_at_same_index: bool
) -> list[tuple[int, int]]:
    """Takes as many from both as there are pairs: those at the same index, then in their order."""
    pairs = [(index, index) for index in mine if index in theirs]
    for one, other in pairs:
        mine.remove(one)
        theirs.remove(other)
    while mine and theirs and not only_at_same_index:
        pairs.append((mine.pop(0), theirs.pop(0)))
    return pairs
