"""Readers of a sandbox, of each service and in each format."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Final, Literal

import httpx

from agilekit import FlyingDonut, KanbanTool
from agilekit.connections import AnyClient
from agilekit.lookup import HIERARCHIES, Item, ItemReader, resolve
from agilekit.sandbox import Sandbox
from tests.contract.clients import easy_backlog, flow, kanban_tool

Format = Literal["json", "xml"]
WAYS: Final[tuple[tuple[str, Format], ...]] = (
    ("flyingdonut", "json"),
    *(
        (name, format)
        for name in ("flow", "easybacklog", "kanbantool")
        for format in ("json", "xml")
    ),
)


def client_of(sandbox: Sandbox, name: str, format: Format = "json") -> AnyClient:
    if name == "flyingdonut":
        fake = sandbox.flyingdonut
        return FlyingDonut(
            fake.project_id,
            secret=fake.secret,
            base_url=fake.base_url,
            transport=sandbox.transport(),
        )
    if name == "flow":
        return flow(sandbox, format=format)
    if name == "easybacklog":
        return easy_backlog(sandbox, format=format)
    return kanban_tool(sandbox, format=format)


@asynccontextmanager
async def reader_of(
    sandbox: Sandbox, name: str, format: Format = "json"
) -> AsyncGenerator[ItemReader]:
    async with client_of(sandbox, name, format) as client:
        yield ItemReader(client, HIERARCHIES[name])


async def found(reader: ItemReader, given: str, *kinds: str, is_read: bool = False) -> Item:
    """What a path leads to, among some kinds by name."""
    known = [kind for kind in reader.hierarchy.kinds if kind.name in kinds]
    assert len(known) == len(kinds)
    return await resolve(reader, given, known, is_read=is_read)


def donut_behind(answers: Mapping[str, object]) -> FlyingDonut:
    """A client of a server that gives these answers, by the ends of their paths."""
    return FlyingDonut("54744060c955ca8169c61ee6", secret="s3cret", transport=_typed(answers))


def kanban_behind(answers: Mapping[str, object]) -> KanbanTool:
    return KanbanTool("mycompany", token="s3cret", transport=_typed(answers))


def _typed(answers: Mapping[str, object]) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        for end, body in answers.items():
            if request.url.path.endswith(end):
                return httpx.Response(200, json=body)
        return httpx.Response(404, json={"error": f"nothing at {request.url.path}"})

    return httpx.MockTransport(answer)
