"""Plain HTTP to the Flying Donut of a sandbox, without the client of this library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from agilekit.sandbox import Sandbox
    from agilekit.sandbox.server import Server


class Caller:
    """Calls paths below the seeded project, in process or through a server."""

    def __init__(self, sandbox: Sandbox, server: Server | None = None) -> None:
        donut = sandbox.flyingdonut
        self.sandbox = sandbox
        self.username = donut.username
        self.project = donut.projects[donut.project_id]
        self.bucket = next(iter(self.project.buckets.values()))
        self.http = httpx.AsyncClient(
            transport=None if server else sandbox.transport(),
            base_url=f"{server.url}{donut.base_path}" if server else donut.base_url,
            headers={"Authorization": f"secret {donut.secret}"},
            trust_env=False,
        )
        self.root = f"/projects/{donut.project_id}"

    async def get(self, path: str = "") -> httpx.Response:
        return await self.http.get(self.root + path)

    async def post(self, path: str, payload: object) -> httpx.Response:
        return await self.http.post(self.root + path, json=payload)

    async def put(self, path: str, **attributes: object) -> httpx.Response:
        payload = {"username": self.username, **attributes}
        return await self.http.put(self.root + path, json=payload)

    def draft(self, title: str, **attributes: object) -> dict[str, object]:
        values = {"title": title, **attributes}
        return {"username": self.username, **{name: {"value": it} for name, it in values.items()}}

    @property
    def new_card(self) -> str:
        return f"/backlog/buckets/{self.bucket.id}/items"

    def titles(self) -> list[str]:
        return [card.title.value for card in self.project.cards.values()]


def at(value: object, version: int) -> dict[str, object]:
    """An attribute of an update."""
    return {"value": value, "version": version}
