"""Who sees the requests of a service, tells what happens, and notes which checks fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from agilekit import Attempt, Conflict, Event
from agilekit.cli.text import printable

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Witness"]


@define
class Witness:
    """The witness of one service; ``see`` is the ``on_event`` of its clients."""

    service: str
    console: Console
    requests: int = 0
    retries: int = 0
    conflicts: int = 0
    checks: int = 0
    wrong: list[str] = field(factory=list[str])
    """The checks that failed."""

    def see(self, event: Event) -> None:
        if isinstance(event, Attempt):
            self.requests += 1
            self.retries += event.number > 1
        elif isinstance(event, Conflict):
            self.conflicts += 1

    def say(self, text: str) -> None:
        self.console.print("\n".join(map(printable, text.split("\n"))), soft_wrap=True)

    def check(self, what: str, found: object, expected: object) -> bool:
        """Notes the check if it fails, and returns whether it passed."""
        self.checks += 1
        if found != expected:
            self.wrong.append(f"{what}: {_shown(found)}, expected {_shown(expected)}")
        return found == expected


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
