"""A list of things as it is printed: a table, lines for other programs, or JSON.

In the table the name comes last, since a terminal may show one that is written from the right to
the left at another place than where it stands; it is cut to the width of the terminal. An id never
is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import click
from attrs import field, frozen

from agilekit.cli.terminal import console_of, one_line, to_json
from agilekit.errors import CallError
from agilekit.lookup import Hierarchy, Item, ItemKind, written

__all__ = ["ItemList", "address_of", "items_as_json", "print_items"]

_LEAST: Final = 8  # cells for a name
_STATE: Final = 16  # cells for a state, which some servers make up
_HEADER: Final = ("id", "kind", "state", "name")


@frozen
class ItemList:
    """What was read of a service."""

    hierarchy: Hierarchy[Any]
    kinds: Sequence[ItemKind[Any]]
    """Those that were looked for; what else there is are the containers in between."""
    within: Item | None
    """The container that was looked into; None for the whole account."""
    items: Sequence[Item]
    """Each before what lies in it."""
    unread: Mapping[Item, CallError] = field(factory=dict[Item, CallError])
    """Containers not all of whose contents the service shows, and how it refused."""

    @property
    def gaps(self) -> Sequence[str]:
        """What is not among the items, as far as that is known."""
        lists: defaultdict[tuple[Item | None, ItemKind[Any]], list[object]] = defaultdict(list)
        for item in self.items:
            lists[item.within, item.kind].append(item.entity)
        hidden = [kind.gap(entities) for (_, kind), entities in lists.items()]
        places = self.items if self.within is None else (self.within, *self.items)
        refused = [
            f"not all that is in {self._named(item)} is shown: {self.unread[item]}"
            for item in places
            if item in self.unread
        ]
        return tuple(dict.fromkeys(gap for gap in (*hidden, *refused) if gap))

    def _named(self, item: Item) -> str:
        return f"the {item.kind.one} {written(item, self.hierarchy.parse_id)} ({address_of(item)})"


def address_of(item: Item) -> str:
    """Its id, as commands take it: of a task of Kanban Tool, ``7/345``."""
    return "/".join(one_line(str(id)) for id in item.address)


def items_as_json(found: ItemList) -> str:
    """An array with an object for each thing of the kinds that were looked for."""
    return to_json(
        [_as_json(item, found.hierarchy) for item in found.items if item.kind in found.kinds]
    )


def print_items(found: ItemList) -> None:
    console = console_of()
    if console.is_terminal:
        for line in _table(found, console.width):
            click.echo(line)
    else:
        for item in found.items:
            if item.kind in found.kinds:
                click.echo("\t".join(_cells(item, found.hierarchy)))
    if not found.unread and not any(item.kind in found.kinds for item in found.items):
        names = " and no ".join(kind.name for kind in found.kinds)
        click.echo(f"There are no {names}.", err=True)


def _as_json(item: Item, hierarchy: Hierarchy[Any]) -> dict[str, object]:
    return {
        "kind": item.kind.one,
        "id": item.id,
        "name": item.title or None,
        "state": item.state or None,
        "address": "/".join(map(str, item.address)),
        "path": written(item, hierarchy.parse_id),
        "containers": [
            {"kind": one.kind.one, "id": one.id, "name": one.title or None}
            for one in item.line[:-1]
        ],
    }


def _cells(item: Item, hierarchy: Hierarchy[Any]) -> Iterator[str]:
    container = item.within
    yield address_of(item)
    yield item.kind.one
    yield one_line(item.state)
    yield one_line(item.title)
    yield "" if container is None else one_line(written(container, hierarchy.parse_id))


def _table(found: ItemList, width: int) -> Iterator[str]:
    base = 0 if found.within is None else len(found.within.line)
    rows = [
        (
            address_of(item),
            item.kind.one,
            _cut(one_line(item.state), _STATE),
            "  " * (len(item.line) - base - 1) + one_line(item.title),
        )
        for item in found.items
    ]
    if not rows:
        return
    columns = [number for number in range(len(_HEADER)) if any(row[number] for row in rows)]
    table = [[row[number] for number in columns] for row in (_HEADER, *rows)]
    yield from _aligned(table, width)


def _aligned(table: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """Columns side by side; the last one is cut to what is left of the width."""
    from rich.cells import cell_len

    widths = [max(map(cell_len, column)) for column in zip(*table, strict=True)][:-1]
    left = max(_LEAST, width - sum(widths) - 2 * len(widths))
    for *cells, name in table:
        padded = (
            cell + " " * (room - cell_len(cell)) for cell, room in zip(cells, widths, strict=True)
        )
        yield "  ".join((*padded, _cut(name, left))).rstrip()


def _cut(text: str, width: int) -> str:
    from rich.cells import cell_len, set_cell_size

    return text if cell_len(text) <= width else f"{set_cell_size(text, width - 1).rstrip()}…"
