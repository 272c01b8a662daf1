"""By which client something is created, and how."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agilekit import AnyReport, Options
from agilekit.bulk import BulkOptions, Draft
from agilekit.cli.create.container import Container
from agilekit.cli.error_messages import variables_named
from agilekit.connections import AnyClient, Connection
from agilekit.services import Service

__all__ = ["create_drafts", "new_client"]


def new_client(service: Service[Any], connection: Connection | None, options: Options) -> AnyClient:
    """A client, not yet open: of a connection, or of the variables of the environment."""
    if connection is not None:
        return connection.client(**options)
    with variables_named(service.name):
        client: AnyClient = service.client.from_env(**options)
        return client


async def create_drafts(
    service: Service[Any],
    kind: str,
    client: AnyClient,
    container: Container,
    drafts: Iterable[Draft],
    bulk: BulkOptions,
) -> AnyReport:
    """Opens the client and creates the drafts. Raises what ``create_many`` raises."""
    async with client:
        create_many = service.kinds[kind].create_many(client)
        return await create_many(*container.ids, drafts, **bulk, notes=container.notes)
