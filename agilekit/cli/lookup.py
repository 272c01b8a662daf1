"""What the commands that look share: by which client they look, at what kinds, and what they say of
a number that is the id of nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Iterable
from contextlib import contextmanager
from shlex import quote
from typing import Any, Final, TypeVar

import click

from agilekit.cli.clients import clients_of
from agilekit.cli.completion import connections_or_services, kinds_of
from agilekit.cli.event_loop import run
from agilekit.cli.options import Choice
from agilekit.cli.terminal import one_line
from agilekit.connections import AnyClient, load
from agilekit.connections.selection import file_of
from agilekit.errors import InvalidInput, NotFound
from agilekit.lookup import HIERARCHIES, Hierarchy, ItemKind, ItemReader
from agilekit.services import Service, service_of

__all__ = [
    "client_of",
    "connection_option",
    "kind_of",
    "kind_option",
    "number_explained",
    "read_by",
]

T = TypeVar("T")

_KINDS: Final = tuple(
    dict.fromkeys(kind.name for hierarchy in HIERARCHIES.values() for kind in hierarchy.kinds)
)

connection_option: Final = click.option(
    "--connection",
    "name",
    metavar="NAME",
    shell_complete=connections_or_services,
    help="A connection, or a service.  [default: the only connection of the file]",
)


def kind_option(help: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """``--kind``, which takes every kind of every service."""
    return click.option(
        "--kind",
        type=Choice(_KINDS),
        metavar="KIND",
        shell_complete=kinds_of("name", _kind_names),
        help=help,
    )


def _kind_names(service: Service[Any]) -> Iterable[str]:
    return (kind.name for kind in HIERARCHIES[service.name].kinds)


def client_of(name: str | None, file: str | None) -> AnyClient:
    """The client of a connection or a service; of the only connection, if none is named.

    Raises InvalidInput for an unknown name, and if there are several connections to choose from.
    """
    if name is None:
        known = load(file)
        if len(known) != 1:
            raise InvalidInput(
                f"--connection NAME is needed: {file_of(known)} has {', '.join(known)}"
            )
        (name,) = known
    return clients_of([name], file)[name]


def kind_of(client: AnyClient, name: str) -> ItemKind[Any]:
    """A kind by its name. Raises UsageError if the service has none of it."""
    service = service_of(client)
    hierarchy = HIERARCHIES[service.name]
    found = hierarchy.kind(name)
    if found is None:
        known = ", ".join(kind.name for kind in hierarchy.kinds)
        raise click.UsageError(f"--kind {name} is not in {service.name}, which has {known}")
    return found


def read_by(client: AnyClient, read: Callable[[ItemReader], Awaitable[T]]) -> T:
    """The result of reading by a client, which is opened for it."""
    hierarchy: Hierarchy[Any] = HIERARCHIES[service_of(client).name]

    async def main() -> T:
        async with client:
            return await read(ItemReader(client, hierarchy))

    return run(main)


@contextmanager
def number_explained(given: str | None, option: str = "") -> Generator[None]:
    """Inside, what was given is looked for; if it is not there, a note says what a number means."""
    try:
        yield
    except NotFound:
        outer, slash, last = (given or "").rpartition("/")
        number = last.strip()
        if number.isascii() and number.isdecimal():
            path = f'{outer}{slash}"{number}"'
            quoted = f"{option} {quote(path)}".strip()
            said = f"{number} is taken for an id; the name {number} stands in double quotes"
            click.echo(one_line(f"Note: {said}: {quoted}"), err=True)
        raise
