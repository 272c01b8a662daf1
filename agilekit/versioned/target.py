"""What the edit loop needs of the entity that is edited: to write it, to read it, and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from attrs import frozen

from agilekit.errors import CallError
from agilekit.events import Attempt
from agilekit.session.teller import Teller
from agilekit.versioned.attribute import Attribute
from agilekit.versioned.strategies import Versioned
from agilekit.wire.json import JSON

__all__ = ["Reply", "Target", "Write"]


@frozen
class Reply:
    """What an update's answer says."""

    accepted: bool
    """Whether the status is a success."""
    found: Mapping[str, Versioned[object]]
    """The attributes of which the answer holds value and version."""
    lost: bool
    """Whether an earlier attempt of the same request may have been received."""
    refusal: CallError | None
    """What to raise if a refusal turns out not to be a conflict; None for a success."""
    attempts: Sequence[Attempt] = ()
    says_conflict: bool = False
    """Whether the status of a refusal can only mean a conflict."""
    in_part: bool = False
    """Whether the status of a success says that it need not be one of every attribute."""
    of_another: bool = False
    """Whether the answer bears the id of another entity."""


class Write(Protocol):
    """Sends an update: by attribute, the wire form and the version.

    safe: whether the very same request may be sent again when its reply was lost.

    Raises UnknownOutcome if no answer tells what became of it, another CallError if it was
    certainly not applied.
    """

    async def __call__(
        self, attributes: Mapping[str, tuple[JSON, int]], *, safe: bool
    ) -> Reply: ...


class Read(Protocol):
    """Reads the entity: by attribute, value and version. Raises CallError."""

    async def __call__(self) -> Mapping[str, Versioned[object]]: ...


@frozen
class Target:
    """The entity that is edited."""

    path: str
    attributes: Mapping[str, Attribute]
    write: Write
    read: Read
    deadline: float
    """When the edit has to end, by `anyio.current_time`."""
    settle_after: float
    """Seconds from the moment of sending for which a server may still be at work on a request."""
    teller: Teller = Teller()
    """Tells of the edit."""
