"""The acts of Flying Donut, and the clients that play them."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from agilekit import FlyingDonut
from agilekit.cli.demo.creating import create
from agilekit.cli.demo.editing import edit
from agilekit.cli.demo.exporting import export_all
from agilekit.cli.demo.witness import Witness
from agilekit.sandbox import Sandbox

__all__ = ["play"]

_CLIENTS: Final = 4


async def play(sandbox: Sandbox, url: str, witness: Witness, folder: Path, seed: int) -> None:
    fake = sandbox.flyingdonut
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(
                FlyingDonut(
                    fake.project_id,
                    secret=fake.secret,
                    username=fake.username,
                    base_url=f"{url}{fake.base_path}",
                    on_event=witness.see,
                )
            )
            for _ in range(_CLIENTS)
        ]
        cards = await create(clients[0], witness)
        total = await edit(clients, cards[0], witness, sandbox, seed)
        await export_all(clients[0], witness, folder, cards=len(cards), estimates=total)
