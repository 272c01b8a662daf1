"""Whether Kanban Tool refuses something to a user for good."""

from __future__ import annotations

from typing import Final

from agilekit.errors import ApiError

__all__ = ["refusal"]

_REFUSALS: Final = range(400, 500)
# A wrong token, and what may succeed later.
_NO_REFUSALS: Final = (401, 408, 429)


def refusal(error: ApiError) -> str:
    """The refusal in words. Raises the error if it is not a refusal."""
    if error.status not in _REFUSALS or error.status in _NO_REFUSALS:
        raise error
    return f"{error.status} {error.message}"
