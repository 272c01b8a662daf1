"""One entity as it is printed: each field that it shows, with its version if it has one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final, cast

import attrs
import click
from attrs import evolve, frozen

from agilekit.cli.items import address_of
from agilekit.cli.terminal import console_of, one_line, printable, to_json
from agilekit.flyingdonut import RichText
from agilekit.lookup import Item
from agilekit.versioned import Versioned
from agilekit.wire.model import RAW, is_unsent
from agilekit.wire.serializable import plain

__all__ = ["entity_as_json", "print_entity"]

_SECONDARY: Final = re.compile(r".* (id|at)|position")
"""The fields of a part that are left out of its line."""


@frozen
class _Row:
    """One field."""

    name: str
    version: str
    text: str


def entity_as_json(entity: object) -> str:
    """Its plain form, which is the same in whatever format the service has answered."""
    return to_json(plain(entity))


def print_entity(item: Item, entity: object) -> None:
    """A table on a terminal; elsewhere each field on a line, with tabs."""
    own, *outer = reversed(item.line)
    where = one_line(" in ".join((_named(evolve(own, title="")), *map(_named, outer))))
    rows = [*_rows(entity)]
    console = console_of()
    if not console.is_terminal:
        for row in rows:
            click.echo("\t".join((row.name, row.version, one_line(row.text))))
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        lines = map(printable, row.text.expandtabs(4).splitlines())
        table.add_row(row.name, row.version, Text("\n".join(lines)))
    with console.capture() as printed:
        console.print(Text(where), "", table, sep="\n")
    for line in printed.get().splitlines():
        click.echo(line.rstrip())


def _named(item: Item) -> str:
    return " ".join(filter(None, (item.kind.one, address_of(item), item.title)))


def _rows(entity: object) -> Iterator[_Row]:
    """The fields that the answer shows, and those that were emptied: their version tells."""
    for attribute in attrs.fields(cast("type[attrs.AttrsInstance]", type(entity))):
        if attribute.name == RAW or is_unsent(attribute):
            continue
        value: object = getattr(entity, attribute.name)
        version = None
        if isinstance(value, Versioned):
            found = cast("Versioned[object]", value)
            value, version = found.value, found.version
        if version or _text(value):
            shown = "" if version is None else f"version {version}"
            yield _Row(attribute.name.replace("_", " "), shown, _text(value) or "-")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str | RichText):
        return str(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, tuple):
        return "\n".join(_text(one) for one in cast("tuple[object, ...]", value))
    if isinstance(value, Mapping | list):
        return json.dumps(value, ensure_ascii=False, default=str) if value else ""
    if attrs.has(type(value)):
        return ", ".join(
            f"{row.name} {one_line(row.text)}"
            for row in _rows(value)
            if not _SECONDARY.fullmatch(row.name)
        )
    return str(value)
