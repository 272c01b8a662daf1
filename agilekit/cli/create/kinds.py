"""Which kind of thing is created, where, and by which client."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from agilekit import AnyReport, InvalidInput, Options
from agilekit.bulk import BulkOptions, Draft
from agilekit.cli.error_messages import variables_named
from agilekit.connections import AnyClient, Connection
from agilekit.services import Service

__all__ = ["container_ids", "create_drafts"]


def container_ids(service: Service[Any], kind: str, given: str | None) -> list[str | int]:
    """The ids that name a container. Raises InvalidInput for others than the kind needs."""
    into = service.kinds[kind].spec.container
    parts = [] if given is None else given.split("/")
    what = "/".join(name.upper() for name in into)
    if len(parts) != len(into) or not all(part.strip() for part in parts):
        needs = f"needs --into {what}" if into else "needs no --into"
        raise InvalidInput(f"--kind {kind} {needs}" + (f", not {given!r:.60}" if given else ""))
    try:
        return [service.parse_id(part) for part in parts]
    except ValueError:
        raise InvalidInput(f"--into {what} takes numbers, not {given!r:.60}") from None


async def create_drafts(
    service: Service[Any],
    kind: str,
    container: Sequence[str | int],
    drafts: Iterable[Draft],
    options: Options,
    bulk: BulkOptions,
    *,
    connection: Connection | None = None,
) -> AnyReport:
    """Opens a client and creates the drafts. Raises what ``create_many`` raises.

    connection: what makes the client, instead of the variables of the environment.
    """
    if connection is None:
        with variables_named(service.name):
            made: AnyClient = service.client.from_env(**options)
    else:
        made = connection.client(**options)
    async with made as client:
        return await service.kinds[kind].create_many(client)(*container, drafts, **bulk)
