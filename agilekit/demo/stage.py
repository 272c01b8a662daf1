"""Where the programs of the demo run: a sandbox that listens, and clients that are counted."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from attrs import define, field

from agilekit import Attempt, Conflict, EasyBacklog, Event, Flow, FlyingDonut, KanbanTool
from agilekit.sandbox import Sandbox

__all__ = ["Counts", "Stage"]


@define
class Counts:
    """What the clients of one service did; ``see`` is their ``on_event``."""

    requests: int = 0
    retries: int = 0
    conflicts: int = 0
    unknown: int = 0
    """Edits whose outcome was unknown."""

    def see(self, event: Event) -> None:
        if isinstance(event, Attempt):
            self.requests += 1
            self.retries += event.number > 1
        elif isinstance(event, Conflict):
            self.conflicts += 1


@define
class Stage:
    """A sandbox that listens, and the clients that the scenes need."""

    sandbox: Sandbox
    url: str
    folder: Path
    """Where the programs write."""
    seed: int = 0
    """Draws the sequence of faults."""
    counts: dict[str, Counts] = field(factory=dict[str, Counts])
    """By service."""

    def count(self, service: str) -> Counts:
        return self.counts.setdefault(service, Counts())

    def flyingdonut(self) -> FlyingDonut:
        fake = self.sandbox.flyingdonut
        return FlyingDonut(
            fake.project_id,
            secret=fake.secret,
            username=fake.username,
            base_url=f"{self.url}{fake.base_path}",
            on_event=self.count("Flying Donut").see,
        )

    def kanbantool(
        self, format: Literal["json", "xml", "jsonp"] = "json", *, override: bool = False
    ) -> KanbanTool:
        fake = self.sandbox.kanbantool
        return KanbanTool(
            token=fake.token,
            format=format,
            override=override,
            base_url=f"{self.url}{fake.base_path}",
            on_event=self.count("Kanban Tool").see,
        )

    def easybacklog(self) -> EasyBacklog:
        fake = self.sandbox.easybacklog
        return EasyBacklog(
            f"{self.url}{fake.base_path}",
            token=fake.token,
            on_event=self.count("easyBacklog").see,
        )

    def flow(self, format: Literal["json", "xml"] = "json") -> Flow:
        fake = self.sandbox.flow
        return Flow(
            fake.board_name,
            key=fake.key,
            user_id=fake.user_id,
            format=format,
            base_url=f"{self.url}{fake.base_path}",
            on_event=self.count("flow").see,
        )
