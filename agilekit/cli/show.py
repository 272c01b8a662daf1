"""``agilekit show``: one card, task or story, with all that the service shows of it."""

from __future__ import annotations

import click

from agilekit.cli.clients import connections_file
from agilekit.cli.entity import entity_as_json, print_entity
from agilekit.cli.lookup import (
    client_of,
    connection_option,
    kind_of,
    kind_option,
    number_explained,
    read_by,
)
from agilekit.cli.options import json_flag
from agilekit.lookup import Item, ItemReader, resolve

__all__ = ["show"]


@click.command
@click.argument("card")
@connection_option
@connections_file
@kind_option("What CARD is, such as tasks or boards.  [default: the first of its line above]")
@json_flag
def show(card: str, name: str | None, file: str | None, kind: str | None, in_json: bool) -> None:
    """Show one card, task or story, with the versions of its attributes.

    \b
    flyingdonut  cards:   ID, BUCKET/CARD or SPRINT/CARD
                 tasks:   ID, or BUCKET/CARD/TASK
    flow         tasks:   ID, or PROJECT/TASK
    easybacklog  stories: ID, or ACCOUNT/BACKLOG/THEME/STORY
    kanbantool   tasks:   BOARD/TASK

    Each part of a path is an id or a name; outer ones may be left out, but for the one right
    before a card, task or story: BACKLOG/THEME/STORY, or THEME/STORY. Other kinds (those of
    `agilekit list`) are found by id or by name alone.

    NAME is that of a connection, or of a service, whose account and secret then come from its
    AGILEKIT_... variables.

    A number is an id, also if something is called so: that name stands in double quotes. Case and
    white space do not matter unless names differ only by them.

    Exit codes: 0 it is shown, 1 it cannot be read, 2 there is none, or several.
    """
    client = client_of(name, file)

    async def read(reader: ItemReader) -> tuple[Item, object]:
        chosen = reader.hierarchy.subject if kind is None else kind_of(client, kind)
        item = await resolve(reader, card, [chosen], is_read=chosen.get is None)
        return item, await reader.full(item)

    with number_explained(card):
        item, entity = read_by(client, read)
    if in_json:
        click.echo(entity_as_json(entity))
    else:
        print_entity(item, entity)
