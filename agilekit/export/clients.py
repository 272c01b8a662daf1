"""The clients that are given to an export: their names, and what tells them apart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from agilekit.connections import Connection
from agilekit.errors import InvalidInput
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import host_of
from agilekit.export.source.readers import Exportable, reader_of
from agilekit.services import is_client

__all__ = ["identity_of", "named_clients", "scope_of"]


def named_clients(clients: object) -> dict[str, Exportable]:
    """The clients by name: as given, or else their hosts, with a number if those are equal.

    Raises InvalidInput for what is not a client, and for two that lead to the same projects.
    """
    if isinstance(clients, Mapping):
        given = [(name, one) for name, one in cast("Mapping[object, object]", clients).items()]
    elif isinstance(clients, Sequence) and not isinstance(clients, str):
        given = [(None, one) for one in cast("Sequence[object]", clients)]
    else:
        given = []
    if not given:
        raise InvalidInput("export needs clients: a list, or by their names")
    named: dict[str, Exportable] = {}
    identities = set[str]()
    for name, one in given:
        client = one.client() if isinstance(one, Connection) else one
        if not is_client(client):
            raise InvalidInput(f"cannot export a {type(client).__name__}, only a service's client")
        if name is not None and not isinstance(name, str):
            raise InvalidInput(f"the name of a connection is text, not {name!r:.60}")
        if (identity := identity_of(client)) in identities:
            raise InvalidInput(f"{client!r} is given twice")
        identities.add(identity)
        wanted, number = name or host_of(client.base_url), 2
        unique = wanted
        while unique in named:
            unique, number = f"{wanted} ({number})", number + 1
        named[unique] = client
    return named


def scope_of(clients: Iterable[Exportable]) -> str:
    """Names the connections of a run, whatever their order and credentials."""
    identities = sorted(map(identity_of, clients))
    return hashlib.sha256("\n".join(identities).encode()).hexdigest()[:16]


def identity_of(client: Exportable) -> str:
    """Names what a client leads to, whatever its credential."""
    ref = reader_of(client, ReadLimiter(1)).connection_ref
    return f"{ref.service} {client.base_url} {ref.project_id}"
