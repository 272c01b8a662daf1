"""Clients by the names that a command line gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

import click

from agilekit.cli.error_messages import variables_named
from agilekit.connections import AnyClient, Connection, NoConnections, load
from agilekit.connections.selection import file_of, selected
from agilekit.errors import InvalidInput
from agilekit.services import SERVICES
from agilekit.suggestions import did_you_mean

__all__ = [
    "clients_of",
    "connection_of",
    "connections_file",
    "connections_of",
    "connections_option",
    "done_of",
    "found",
    "names_of",
]

C = TypeVar("C", bound=Callable[..., object])


def connections_option(argument: str) -> Callable[[C], C]:
    """``--connections``, as an argument of the command's function."""
    return click.option(
        "--connections",
        argument,
        metavar="FILE",
        type=click.Path(dir_okay=False),
        help="The file of connections.  [default: AGILEKIT_CONNECTIONS, or the agilekit.toml of "
        "this folder, of one above it, or of your settings]",
    )


connections_file: Final = connections_option("file")


def _by_variables(service: str) -> AnyClient:
    """The client of a service by its ``AGILEKIT_…`` variables.

    Raises InvalidInput, which names the variable, if one is missing or wrong.
    """
    with variables_named(service):
        client: AnyClient = SERVICES[service].client.from_env()
        return client


def names_of(only: str, file: str | None) -> list[str]:
    """The names of the connections that match names or patterns with commas between them.

    Raises InvalidInput for one that matches none.
    """
    return [*selected(load(file), [one.strip() for one in only.split(",")])]


def clients_of(names: Sequence[str], file: str | None) -> dict[str, AnyClient]:
    """The clients of some connections, or of all in the file if none is named.

    A service's name stands for what its ``AGILEKIT_…`` variables say. Raises InvalidInput for an
    unknown name, and for settings that cannot be right.
    """
    if names and all(name in SERVICES for name in names):
        return {name: _by_variables(name) for name in names}
    connections = _loaded(names, file)
    return {
        name: _by_variables(name)
        if name in SERVICES
        else found(name, connections, others=SERVICES).client()
        for name in names or connections
    }


def done_of(names: Sequence[str], file: str | None) -> dict[str, Sequence[str]]:
    """What the file says is done, by those of these connections of which it says so."""
    if names and all(name in SERVICES for name in names):
        return {}
    connections = _loaded(names, file)
    return {
        name: connections[name].done
        for name in names or connections
        if name in connections and connections[name].done
    }


def connections_of(names: Sequence[str], file: str | None) -> dict[str, Connection]:
    """Some connections of the file, or all if none is named, for other processes to look up.

    Raises InvalidInput for an unknown name, and for a service's, which stands in no file.
    """
    for name in names:
        if name in SERVICES:
            raise InvalidInput(
                f"{name} stands for variables, which worker processes do not look up: name the "
                "connection in a file of connections"
            )
    connections = _loaded(names, file)
    return {name: found(name, connections) for name in names or connections}


def connection_of(name: str, file: str | None) -> Connection:
    """The connection of this name. Raises InvalidInput if there is none."""
    return found(name, _loaded([name], file), others=SERVICES)


def found(
    name: str, connections: Mapping[str, Connection], *, others: Iterable[str] = ()
) -> Connection:
    """The connection of this name, among those of a file. Raises InvalidInput if there is none.

    others: what else the command takes instead.
    """
    if name not in connections:
        meant = did_you_mean(name, [*connections, *others])
        names = ", ".join(connections)
        raise InvalidInput(f"no connection {name}; {file_of(connections)} has: {names}{meant}")
    return connections[name]


def _loaded(names: Sequence[str], file: str | None) -> dict[str, Connection]:
    try:
        return load(file)
    except NoConnections:
        # The name of a service needs no file: that it was mistyped is the likelier cause.
        for name in names:
            if name not in SERVICES and (meant := did_you_mean(name, SERVICES)):
                raise InvalidInput(
                    f"no service {name}, and no file of connections{meant}"
                ) from None
        raise
