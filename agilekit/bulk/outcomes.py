"""How what became of a draft is said: its outcome, and whether another run would find the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Never

from agilekit.bulk.report import Refused, Unknown
from agilekit.bulk.store import Entry, Result
from agilekit.errors import (
    AgilekitError,
    ApiError,
    BadRequest,
    CallError,
    UnknownOutcome,
    Unprocessable,
)

__all__ = ["blames_one", "doubt", "refused", "unknown", "unsent"]

_REQUEST_TOO_LARGE: Final = 413


def refused(entry: Entry, error: CallError) -> Result[Never]:
    # What is refused for what it says is refused again; anything else may pass.
    return Result(entry, Refused(entry.position, entry.draft, error), final=blames_one(error))


def unsent(entry: Entry) -> Result[Never]:
    """That of a draft that became nothing, and is not sent again now."""
    return Result(entry, Refused(entry.position, entry.draft, entry.error), final=False)


def unknown(entry: Entry, error: AgilekitError) -> Result[Never]:
    return Result(entry, Unknown(entry.position, entry.draft, error))


def doubt(entry: Entry, item_keys: Sequence[str], numbers: Sequence[int] = ()) -> UnknownOutcome:
    """Why nothing tells what became of a draft that was looked for."""
    if entry.refusal is not None:
        message = f"it was refused, and items are there that it may have become: {entry.refusal}"
    elif item_keys:
        message = "its request got no clear answer, and items are there that it may have become"
    elif numbers:
        message = (
            "its request got no clear answer, and there are numbers that items have used up which "
            "are shown nowhere"
        )
    else:
        message = "its request got no clear answer, and what it created is listed nowhere"
    error = entry.error
    attempts = error.attempts if isinstance(error, CallError) else ()
    evidence: dict[str, object] = {"items": tuple(item_keys)}
    if numbers:
        evidence["numbers"] = tuple(numbers)
    sent_at = error.sent_at if isinstance(error, UnknownOutcome) else None
    if sent_at is None and entry.sent_at is not None:
        sent_at = datetime.fromtimestamp(entry.sent_at, UTC)
    return UnknownOutcome(message, evidence=evidence, sent_at=sent_at, attempts=attempts)


def blames_one(error: CallError) -> bool:
    """Whether the refusal may be due to one draft, or to the size of the batch."""
    too_large = isinstance(error, ApiError) and error.status == _REQUEST_TOO_LARGE
    return too_large or isinstance(error, BadRequest | Unprocessable)
