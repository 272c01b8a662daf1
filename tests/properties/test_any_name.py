"""Whatever things are called, a path leads to the one that it means, or to none at all."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import count
from types import SimpleNamespace
from typing import Any, Final, cast

import anyio
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from agilekit import InvalidInput
from agilekit.connections import AnyClient
from agilekit.lookup import Hierarchy, Item, ItemKind, ItemReader, resolve, written
from agilekit.lookup.item import Branch, Id
from agilekit.lookup.path import Segment, parse

NAMES: Final = ("Web", "web", " web ", "WEB/Shop", "2", '"2"', "", "Cafe\u0301", "café", "Shop")


@frozen
class Folder:
    id: int
    title: str
    parts: tuple[Folder, ...] = ()


@frozen
class Shelf(Folder):
    """In a folder, so that each level has a kind of its own."""


@frozen
class Box(Folder):
    """In a shelf."""


@st.composite
def trees(draw: st.DrawFn) -> list[Folder]:
    """Folders with shelves with boxes, of few names, and with ids that also occur as names."""
    ids = count(1)
    names = st.sampled_from(NAMES)

    def made(kinds: Sequence[type[Folder]]) -> tuple[Folder, ...]:
        if not kinds:
            return ()
        some = range(draw(st.integers(0, 3)))
        return tuple(kinds[0](next(ids), draw(names), made(kinds[1:])) for _ in some)

    return [*made((Folder, Shelf, Box))]


def hierarchy_of(roots: Sequence[Folder]) -> Hierarchy[Any]:
    """Reads the very things that are given."""
    kinds = [
        ItemKind[Any](f"{model.__name__.lower()}s", model.__name__.lower(), model, _title)
        for model in (Folder, Shelf, Box)
    ]
    everything = [*_below(roots)]

    async def read(_: Any, ids: Sequence[Id]) -> Iterable[object]:
        if not ids:
            return roots
        return [part for one in everything if one.id == ids[-1] for part in one.parts]

    branches = [
        Branch(within, (kind,), read) for within, kind in zip((None, *kinds), kinds, strict=False)
    ]
    return Hierarchy(branches, kinds, kinds[-1])


def _title(one: Folder) -> str:
    return one.title


def _below(roots: Iterable[Folder]) -> Iterable[Folder]:
    for one in roots:
        yield one
        yield from _below(one.parts)


def looked_up(roots: Sequence[Folder], given_path: str) -> tuple[Item | None, list[Item]]:
    """What a path leads to among the boxes, and all boxes."""
    reader = ItemReader(cast("AnyClient", SimpleNamespace(concurrency=2)), hierarchy_of(roots))
    boxes = reader.hierarchy.subject

    async def main() -> tuple[Item | None, list[Item]]:
        every = await reader.all([boxes])
        try:
            return await resolve(reader, given_path, [boxes], is_read=True), every
        except InvalidInput:
            return None, every

    return anyio.run(main)


def fits(segment: Segment, item: Item) -> tuple[bool, bool]:
    """Whether a part of a path may mean a thing, and exactly so."""
    if segment.id is not None:
        return item.id == segment.id, True
    names = [
        unicodedata.normalize("NFC", name).casefold().strip() for name in (segment.text, item.title)
    ]
    return names[0] == names[1], segment.text == item.title


def meant(segments: Sequence[Segment], boxes: Iterable[Item]) -> list[Item]:
    """Every box that a path may mean, by its definition."""
    may: list[tuple[Item, bool]] = []
    for box in boxes:
        found = [fits(*pair) for pair in zip(segments[::-1], box.line[::-1], strict=False)]
        if all(fit for fit, _ in found):
            may.append((box, all(exact for _, exact in found)))
    return [box for box, exact in may if exact] or [box for box, _ in may]


paths = st.lists(
    st.sampled_from([*NAMES[:4], *"123456789", '"2"', '"WEB/Shop"', "café", "nothing"]),
    min_size=1,
    max_size=3,
).map("/".join)


@given(trees(), paths)
def test_a_path_leads_to_the_one_box_that_it_may_mean(roots: list[Folder], path: str) -> None:
    found, boxes = looked_up(roots, path)
    try:
        segments = parse(path, hierarchy_of(roots).parse_id, most=3)
    except InvalidInput:
        assert found is None
        return
    may = meant(segments, boxes)
    assert (found is None) == (len(may) != 1)
    assert found is None or found.id == may[0].id


@given(trees(), st.integers(0, 30))
def test_the_path_of_a_box_never_leads_to_another(roots: list[Folder], number: int) -> None:
    _, boxes = looked_up(roots, "1")
    for box in boxes[number : number + 1]:
        found, _ = looked_up(roots, written(box, hierarchy_of(roots).parse_id))
        assert found is None or found.id == box.id
        is_unique = len({one.title for one in boxes}) == len(boxes)
        assert found is not None or not is_unique or not box.title.strip()
