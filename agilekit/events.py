"""What an ``on_event`` hook is told: every attempt, wait and conflict, and what they taught.

The hook is called in the task that makes the call, between two steps of it, so it should return
quickly. An error that it raises ends the call and reaches the caller unchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal, TypeAlias

from attrs import frozen

__all__ = ["Attempt", "Conflict", "Event", "EventHook", "Fact", "Learned", "Wait"]


@frozen
class Attempt:
    """One request, as it ended. The errors of a call carry the list of its attempts."""

    method: str
    path: str
    """The path below the host, without the query."""
    number: int
    """Counted from 1 within the call."""
    seconds: float
    """From the moment the connection was taken to the end of the answer."""
    status: int | None
    """The status of the answer; None if none came."""
    error: str | None
    """Why no answer came; None if one did."""
    maybe_received: bool
    """Whether the server may have acted on the request."""
    sent_at: datetime | None = None
    """When it left, in UTC by the wall clock; None if it certainly was not received."""

    def __str__(self) -> str:
        return self.error or str(self.status)


@frozen
class Wait:
    """A pause that a call is about to make."""

    method: str
    path: str
    seconds: float
    reason: Literal["retry", "budget", "pace", "conflict", "settle"]
    """What it waits for: the server to recover, retries that may be made, its turn, the next
    attempt of an edit, or a server that may still be at work on one."""


@frozen
class Conflict:
    """An attribute whose version had moved on when an update arrived."""

    path: str
    attribute: str
    sent_version: int
    current_version: int | None


Fact: TypeAlias = Literal[
    "refuses conflicts",
    "accepts conflicts",
    "refuses whole updates",
    "applies attribute by attribute",
]


@frozen
class Learned:
    """What an answer has shown of this server for the first time; the client remembers it."""

    path: str
    attribute: str | None
    """The attribute that it is known of; None for the server as a whole."""
    fact: Fact
    """Whether the status of an update that meets a conflict is a refusal or a success, and whether
    a refusal concerns every attribute of an update or only those that were stale."""


Event: TypeAlias = Attempt | Wait | Conflict | Learned
EventHook: TypeAlias = Callable[[Event], object]
