"""Plain HTTP to the flow of a sandbox, without the client of this library."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import httpx

from agilekit.sandbox import Sandbox

if TYPE_CHECKING:
    from agilekit.sandbox.flow import Column, Project, TaskType


class FlowCaller:
    """Calls paths of a fresh flow; ``project`` is its first, with the columns of the samples."""

    def __init__(self, seed: Literal["empty", "demo"] = "empty") -> None:
        sandbox = Sandbox(seed)
        self.flow = sandbox.flow
        self.project: Project = self.flow.projects[self.flow.project_id]
        self.backlog, self.todo, self.doing, self.done = self._columns()
        self.feature: TaskType = self.flow.task_types[self.project.task_types[0]]
        self.http = httpx.AsyncClient(
            transport=sandbox.transport(),
            base_url=self.flow.base_url,
            headers={"X-Flow-Authentication": self.flow.key},
            trust_env=False,
        )

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(path)

    async def add(self, **parameters: object) -> httpx.Response:
        """POST /task, with what is left out as it should be; None leaves a parameter out."""
        usual = {"user_id": 1, "project_id": 1, "task_text": "Test", "task_type_id": 1}
        given = {k: v for k, v in {**usual, **parameters}.items() if v is not None}
        return await self.http.post("/task.json", json=given)

    async def edit(self, task: int, **parameters: object) -> httpx.Response:
        return await self.http.put(f"/task/{task}.json", json={"user_id": 1, **parameters})

    def at(self, *moment: int) -> None:
        """Set the clock: year, month, day, hour, … in UTC."""
        year, month, day, *rest = moment
        hour, minute, second = (*rest, 0, 0, 0)[:3]
        now = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        self.flow.clock = lambda: now

    def _columns(self) -> list[Column]:
        return self.flow.columns_of(self.project)
