"""Clients by the names that a command line gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import click

from agilekit import EasyBacklog, Flow, FlyingDonut, KanbanTool
from agilekit.connections import Connection, load
from agilekit.errors import InvalidInput
from agilekit.export import Exportable

__all__ = ["clients_of", "connection_of", "connections_file", "done_of"]

_BY_VARIABLES: Final[Mapping[str, Callable[[], Exportable]]] = {
    "flyingdonut": FlyingDonut.from_env,
    "flow": Flow.from_env,
    "easybacklog": EasyBacklog.from_env,
    "kanbantool": KanbanTool.from_env,
}

connections_file: Final = click.option(
    "--connections",
    "file",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="The file of connections.  [default: AGILEKIT_CONNECTIONS, or agilekit.toml]",
)


def clients_of(names: Sequence[str], file: str | None) -> dict[str, Exportable]:
    """The clients of some connections, or of all in the file where none is named.

    A service's name stands for what its ``AGILEKIT_…`` variables say. Raises InvalidInput for an
    unknown name, and for settings that cannot be right.
    """
    if names and all(name in _BY_VARIABLES for name in names):
        return {name: _BY_VARIABLES[name]() for name in names}
    connections = load(file)
    return {
        name: _BY_VARIABLES[name]() if name in _BY_VARIABLES else _found(name, connections).client()
        for name in names or connections
    }


def done_of(names: Sequence[str], file: str | None) -> dict[str, Sequence[str]]:
    """What the file says is done, by those of these connections of which it says so."""
    if names and all(name in _BY_VARIABLES for name in names):
        return {}
    connections = load(file)
    return {
        name: connections[name].done
        for name in names or connections
        if name in connections and connections[name].done
    }


def connection_of(name: str, file: str | None) -> Connection:
    """The connection of this name. Raises InvalidInput where there is none."""
    return _found(name, load(file))


def _found(name: str, connections: Mapping[str, Connection]) -> Connection:
    if name not in connections:
        raise InvalidInput(f"no connection {name}; the file has: {', '.join(connections)}")
    return connections[name]
