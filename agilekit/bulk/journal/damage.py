"""What is said of a journal that is not as it was written."""

from __future__ import annotations

from agilekit.errors import JournalError

__all__ = ["damaged"]


def damaged(path: str, why: object, *, position: object = None) -> JournalError:
    """
    position: the draft whose row it is, where it is one.
    """
    what = "is damaged" if position is None else f"holds draft {position} damaged"
    return JournalError(
        f"the journal {path} {what}: {why}. Restore it from a copy, or look in the service for "
        "what was created, and create what is missing with another journal"
    )
