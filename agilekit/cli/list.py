"""``agilekit list``: what there is in a service, with the ids that other commands take."""

from __future__ import annotations

import sys
from functools import partial
from typing import Any, Final

import click

from agilekit.cli.clients import connections_file
from agilekit.cli.items import ItemList, items_as_json, print_items
from agilekit.cli.lookup import (
    client_of,
    connection_option,
    kind_of,
    kind_option,
    number_explained,
    read_by,
)
from agilekit.cli.options import json_flag
from agilekit.cli.terminal import one_line
from agilekit.errors import CallError
from agilekit.lookup import Hierarchy, Item, ItemKind, ItemReader, resolve

__all__ = ["list"]

_SOME_UNREAD: Final = 1  # the exit code


@click.command
@connection_option
@connections_file
@kind_option("Only these, such as themes: see the list above.  [default: an overview]")
@click.option(
    "--in",
    "within",
    metavar="CONTAINER",
    help="Only what is in this one: its id, its name, or a path such as Acme/Shop.",
)
@json_flag
def list(
    name: str | None, file: str | None, kind: str | None, within: str | None, in_json: bool
) -> None:
    """List what there is in a service, with the ids that other commands take.

    \b
    flyingdonut  buckets, sprints > cards > tasks
    flow         projects > columns, task-types, tasks;
                 members
    easybacklog  accounts > companies, backlogs;
                 backlogs > themes > stories > criteria;
                 backlogs > sprints > sprint-stories;
                 scoring-rules, statuses
    kanbantool   boards > swimlanes, stages, card-types,
                 users, tasks; tasks > subtasks, comments

    Without --kind it lists the first levels; with only --in, what is in the container.

    NAME is that of a connection, or of a service, whose account and secret then come from its
    AGILEKIT_... variables.

    A number is an id, also if something is called so: that name stands in double quotes. Case and
    white space do not matter unless names differ only by them.

    A terminal gets a table, in which long names are cut. Elsewhere each line has the id, the kind,
    the state, the name and the path of the container, with tabs between them.

    Exit codes: 0 all was read, 1 some of it or nothing can be read, 2 the command was wrong.
    """
    client = client_of(name, file)
    chosen = None if kind is None else kind_of(client, kind)
    with number_explained(within, "--in"):
        found = read_by(client, lambda reader: _read(reader, chosen, within))
    if in_json:
        click.echo(items_as_json(found))
    else:
        print_items(found)
    for gap in found.gaps:
        click.echo(f"Note: {one_line(gap)}", err=True)
    if found.unread:
        sys.exit(_SOME_UNREAD)


async def _read(reader: ItemReader, kind: ItemKind[Any] | None, within: str | None) -> ItemList:
    hierarchy = reader.hierarchy
    unread: dict[Item, CallError] = {}
    below = partial(reader.below, on_unread=unread.__setitem__)
    if within is None:
        kinds = hierarchy.overview if kind is None else _listed_alone(hierarchy, kind)
        return ItemList(hierarchy, kinds, None, await below(kinds), unread)
    outer = hierarchy.container_kinds if kind is None else hierarchy.containers_of([kind])
    if not outer:
        raise click.UsageError(f"{kind and kind.name} lie in no container: leave out --in")
    container = await resolve(
        reader, within, outer, alone=hierarchy.overview if kind is None else None
    )
    kinds = hierarchy.contents_of(container.kind) if kind is None else [kind]
    return ItemList(hierarchy, kinds, container, await below(kinds, container), unread)


def _listed_alone(hierarchy: Hierarchy[Any], kind: ItemKind[Any]) -> tuple[ItemKind[Any]]:
    """A kind that is listed of the whole account. Raises UsageError if that could be any number of
    requests.
    """
    if any(outer.is_content for outer in hierarchy.ancestors_of([kind])):
        what = " or ".join(map(hierarchy.placeholder, hierarchy.containers_of([kind])))
        raise click.UsageError(f"--kind {kind.name} needs --in {what}")
    return (kind,)
