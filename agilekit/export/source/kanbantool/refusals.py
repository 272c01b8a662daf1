"""What Kanban Tool does not give to a user, as told from what may pass by itself."""

from __future__ import annotations

from typing import Final

from agilekit.errors import ApiError

__all__ = ["refusal"]

_REFUSALS: Final = range(400, 500)
# A wrong token, and what may pass by itself.
_NO_REFUSALS: Final = (401, 408, 429)


def refusal(error: ApiError) -> str:
    """What is not given to this user. Raises the error where it is no refusal."""
    if error.status not in _REFUSALS or error.status in _NO_REFUSALS:
        raise error
    return f"{error.status} {error.message}"
