"""Plain HTTP to a Kanban Tool of the sandbox, without the client of this library."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Literal

import httpx

from agilekit.sandbox import Sandbox

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


class Caller:
    """Calls paths of an account whose first board stands at noon of a day in May."""

    def __init__(self, seed: Literal["empty", "demo"] = "empty") -> None:
        sandbox = Sandbox(seed)
        self.service = sandbox.kanbantool
        self.now = NOON
        self.service.clock = lambda: self.now
        self.board = next(iter(self.service.boards.values()))
        self.root = f"/boards/{self.board.id}"
        self.tasks = f"{self.root}/tasks"
        self.http = httpx.AsyncClient(
            transport=sandbox.transport(),
            base_url=self.service.base_url,
            headers={"X-KanbanToolToken": self.service.token},
        )

    def later(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now

    async def get(self, path: str, **parameters: str | int) -> httpx.Response:
        return await self.http.get(path, params=parameters)

    async def send(self, method: str, path: str, **form: str | int) -> httpx.Response:
        """A request with a form; ``task__name`` is ``task[name]``."""
        named = {
            f"{head}[{rest}]" if rest else head: value
            for (head, _, rest), value in ((n.partition("__"), v) for n, v in form.items())
        }
        return await self.http.request(method, path, data=named)


def squeezed(sample: str) -> str:
    """A sample of XML without the whitespace between its elements."""
    return re.sub(r">\s+<", "><", sample.strip())


def error(message: str, status: int) -> str:
    """An XML error as the document shows it."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<error><message>{message}</message><status type="integer">{status}</status></error>\n'
    )
