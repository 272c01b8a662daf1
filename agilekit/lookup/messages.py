"""What is said of a name that means nothing, or more than one thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from agilekit.lookup.item import Hierarchy, Item, ItemKind
from agilekit.lookup.path import Segment, Unresolved, written
from agilekit.suggestions import nearest

__all__ = ["ambiguous", "needs_container", "one_of", "unknown"]

_SHOWN: Final = 10
_LONGEST: Final = 60  # characters of a path
_COMPARED: Final = 2_000


def unknown(
    segment: Segment,
    kinds: Sequence[ItemKind[Any]],
    candidates: Sequence[Item],
    outer: Sequence[Item],
    hierarchy: Hierarchy[Any],
) -> Unresolved:
    """Nothing has this id or name. candidates: what there is instead."""
    by_title = {item.title: item for item in reversed(candidates[:_COMPARED])}
    near = [by_title[title] for title in nearest(segment.text, by_title, most=_SHOWN)]
    rest = [item for item in candidates if item not in near]
    shown = _listed([*near, *rest], kinds, hierarchy)
    there = (
        f"there {'is' if len(candidates) == 1 else 'are'}: {shown}" if shown else "there is none"
    )
    where = f" in {_listed(outer, (), hierarchy)}" if outer else ""
    what = "is called" if segment.id is None else "has the id"
    hint = ""
    if any(item.title == segment.text for item in candidates):
        hint = f"; if that is a name, it stands in double quotes: '\"{segment.text}\"'"
    for kind in kinds:  # what is not listed may be there all the same
        gap = kind.gap([item.entity for item in candidates if item.kind is kind])
        hint = f"{hint}; {gap}" if gap else hint
    return Unresolved(f"no {one_of(kinds)} {what} {segment}{where}; {there}{hint}")


def ambiguous(
    given: str, matches: Sequence[Item], kinds: Sequence[ItemKind[Any]], hierarchy: Hierarchy[Any]
) -> Unresolved:
    """Several things have this id or name."""
    shown = _listed(matches, kinds, hierarchy)
    is_id = any(str(item.id) == given.strip() for item in matches)
    more = "its name" if is_id else "its id"
    return Unresolved(
        f"{given!r:.60} may be any of {len(matches)}: {shown}; give {more}, or more of the path"
    )


def needs_container(
    given: str, kinds: Sequence[ItemKind[Any]], hierarchy: Hierarchy[Any]
) -> Unresolved:
    """A name is looked up only in its container."""
    forms = ["its id" if kind.ids == 1 else hierarchy.placeholder(kind) for kind in kinds]
    forms += [
        f"{outer.one}/{kind.one}".replace(" ", "-").upper()
        for kind in kinds
        for outer in hierarchy.containers_of([kind])
    ]
    *others, last = dict.fromkeys(forms)
    found_by = f"{', '.join(others)} or {last}" if others else last
    return Unresolved(f"a {one_of(kinds)} is found by {found_by}, not by {given!r:.60}")


def one_of(kinds: Sequence[ItemKind[Any]]) -> str:
    """``bucket or sprint``"""
    *others, last = [kind.one for kind in kinds]
    return f"{', '.join(others)} or {last}" if others else last


def _listed(
    items: Sequence[Item], kinds: Sequence[ItemKind[Any]], hierarchy: Hierarchy[Any]
) -> str:
    """Some items with their ids, which are never cut."""
    shown = [_shown(item, hierarchy, with_kind=len(kinds) > 1) for item in items[:_SHOWN]]
    more = len(items) - _SHOWN
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _shown(item: Item, hierarchy: Hierarchy[Any], *, with_kind: bool) -> str:
    path = written(item, hierarchy.parse_id)
    if len(path) > _LONGEST:
        path = f"{path[:_LONGEST]}…"
    kind = f"{item.kind.one} " if with_kind else ""
    state = f", {item.state}" if item.state else ""
    return f"{path} ({kind}{'/'.join(map(str, item.address))}{state})"
