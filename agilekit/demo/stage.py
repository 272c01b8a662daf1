"""Where the programs of the demo run: a sandbox that listens, and clients that are counted."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from attrs import define, field

from agilekit import Attempt, Conflict, EasyBacklog, Event, Flow, FlyingDonut, KanbanTool
from agilekit.sandbox import Sandbox
from agilekit.services import SERVICES

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
        arguments = self.sandbox.flyingdonut.arguments(self.url)
        return FlyingDonut(**arguments, on_event=self.count(SERVICES["flyingdonut"].title).see)

    def kanbantool(
        self, format: Literal["json", "xml", "jsonp"] = "json", *, override: bool = False
    ) -> KanbanTool:
        return KanbanTool(
            **self.sandbox.kanbantool.arguments(self.url),
            format=format,
            override=override,
            on_event=self.count(SERVICES["kanbantool"].title).see,
        )

    def easybacklog(self) -> EasyBacklog:
        arguments = self.sandbox.easybacklog.arguments(self.url)
        return EasyBacklog(**arguments, on_event=self.count(SERVICES["easybacklog"].title).see)

    def flow(self, format: Literal["json", "xml"] = "json") -> Flow:
        arguments = self.sandbox.flow.arguments(self.url)
        return Flow(**arguments, format=format, on_event=self.count(SERVICES["flow"].title).see)
