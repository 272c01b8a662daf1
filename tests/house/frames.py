"""How many frames of the library stand between a verb and the wire, counted in real calls."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import currentframe
from pathlib import Path
from types import FrameType
from typing import Final

import anyio
import httpx

import agilekit
from agilekit import FlyingDonut, KanbanTool
from agilekit.sandbox import Sandbox

__all__ = ["frames"]

_PACKAGE: Final = str(Path(agilekit.__file__).parent)


class _Wire(httpx.AsyncBaseTransport):
    """Hands requests to a sandbox, and looks at the stack that each comes from."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox.transport()
        self.depths: list[int] = []
        self.refuses = 0
        """How many of the next requests find the server busy."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.depths.append(sum(map(_is_ours, _callers(currentframe()))))
        if self.refuses:
            self.refuses -= 1
            return httpx.Response(503, headers={"Retry-After": "0"}, request=request)
        return await self._sandbox.handle_async_request(request)


def frames() -> dict[str, int]:
    """By the kind of call: the library's own frames at the moment at which its request leaves."""
    return anyio.run(_frames)


async def _frames() -> dict[str, int]:
    sandbox = Sandbox("demo")
    fake, other = sandbox.flyingdonut, sandbox.kanbantool
    wire = _Wire(sandbox)
    found: dict[str, int] = {}
    async with FlyingDonut(
        fake.project_id,
        secret=fake.secret,
        username="jane.smith",
        base_url=fake.base_url,
        transport=wire,
    ) as donut:
        bucket, *_ = await donut.buckets.all()
        cards = await donut.cards.in_bucket(bucket)
        card = await donut.cards.get(cards[0].id)
        found["a read"] = wire.depths[-1]
        await donut.cards.update(card, title="Lamp")
        found["an update"] = wire.depths[-1]
        wire.refuses = 1
        await donut.cards.get(card.id)
        found["a retry"] = wire.depths[-1]
    async with KanbanTool(token=other.token, base_url=other.base_url, transport=wire) as kanban:
        board, *_ = await kanban.boards.all()
        await kanban.tasks.archived(board.id)
        found["a page"] = wire.depths[-1]
    return {call: found[call] for call in ("a read", "an update", "a page", "a retry")}


def _callers(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _is_ours(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(_PACKAGE)
