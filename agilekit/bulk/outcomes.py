"""The results of drafts that were not created, each with its reason.

=========  ==========================================  =============================================
outcome    when it is certain                          what another run of the job does
=========  ==========================================  =============================================
`Refused`  it is not valid, or the service refused it  nothing, unless the draft has changed; it is
           and no earlier send of it was applied       sent again if the refusal did not blame it
`Refused`  it was never sent, or was absent for as     sends it again
           long as a server may be at work on it
`Unknown`  never: it may have been created, and        looks for it again
           looking has not told
=========  ==========================================  =============================================

The third outcome, `Created`, is made by `ItemMatcher.created` or `accepted`.
"""

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

__all__ = ["blames_draft", "refused", "unknown", "unsent", "why_unknown"]

_REQUEST_TOO_LARGE: Final = 413


def refused(entry: Entry, error: CallError) -> Result[Never]:
    # What is refused for what it says would be refused again; any other reason may pass.
    return Result(entry, Refused(entry.position, entry.draft, error), final=blames_draft(error))


def unsent(entry: Entry) -> Result[Never]:
    """The result of a draft that certainly became nothing, and is not sent again now."""
    return Result(entry, Refused(entry.position, entry.draft, entry.error), final=False)


def unknown(entry: Entry, error: AgilekitError) -> Result[Never]:
    """The result of a draft of which nothing tells what became of it."""
    return Result(entry, Unknown(entry.position, entry.draft, error))


def why_unknown(
    entry: Entry, item_keys: Sequence[str], numbers: Sequence[int] = ()
) -> UnknownOutcome:
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


def blames_draft(error: CallError) -> bool:
    """Whether a refusal may be due to what a draft says, or to the size of the batch."""
    too_large = isinstance(error, ApiError) and error.status == _REQUEST_TOO_LARGE
    return too_large or isinstance(error, BadRequest | Unprocessable)
