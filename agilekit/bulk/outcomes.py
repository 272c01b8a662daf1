"""How what became of a draft is said: its outcome, and whether another run would find the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Never, TypeVar

from agilekit.bulk.keeping import End, Sent
from agilekit.bulk.report import Created, Refused, Unknown
from agilekit.errors import (
    AgilekitError,
    ApiError,
    BadRequest,
    CallError,
    UnknownOutcome,
    Unprocessable,
)

__all__ = ["blames_one", "created", "doubt", "refused", "unknown", "unsent"]

T = TypeVar("T")

_REQUEST_TOO_LARGE: Final = 413


def created(sent: Sent, item: T) -> End[T]:
    return End(sent, Created(sent.position, sent.draft, item))


def refused(sent: Sent, error: CallError) -> End[Never]:
    # What is refused for what it says is refused again; anything else may pass.
    return End(sent, Refused(sent.position, sent.draft, error), final=blames_one(error))


def unsent(sent: Sent) -> End[Never]:
    """That of a draft that became nothing, and is not sent again now."""
    return End(sent, Refused(sent.position, sent.draft, sent.error), final=False)


def unknown(sent: Sent, error: AgilekitError) -> End[Never]:
    return End(sent, Unknown(sent.position, sent.draft, error))


def doubt(sent: Sent, item_keys: Sequence[str]) -> UnknownOutcome:
    """Why nothing tells what became of a draft that was looked for."""
    if sent.refusal is not None:
        message = f"it was refused, and items are there that it may have become: {sent.refusal}"
    elif item_keys:
        message = "its request got no clear answer, and items are there that it may have become"
    else:
        message = "its request got no clear answer, and what it created is listed nowhere"
    error = sent.error
    attempts = error.attempts if isinstance(error, CallError) else ()
    return UnknownOutcome(message, evidence={"items": tuple(item_keys)}, attempts=attempts)


def blames_one(error: CallError) -> bool:
    """Whether the refusal may be due to one draft, or to the size of the batch."""
    too_large = isinstance(error, ApiError) and error.status == _REQUEST_TOO_LARGE
    return too_large or isinstance(error, BadRequest | Unprocessable)
