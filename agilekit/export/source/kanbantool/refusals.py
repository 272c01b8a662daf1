"""Whether Kanban Tool refuses something to a user for good.

| answer | it is |
|---|---|
| any 4xx but these | refused: a gap says so |
| 401, 408, 429 | a token, a delay, a rate limit: the error stays one |
| anything else | the error stays one |
"""

from __future__ import annotations

from typing import Final

from agilekit.errors import ApiError

__all__ = ["refusal"]

_REFUSALS: Final = range(400, 500)
_NO_REFUSALS: Final = (401, 408, 429)


def refusal(error: ApiError) -> str:
    """The refusal in words. Raises the error if it is not a refusal."""
    if error.status not in _REFUSALS or error.status in _NO_REFUSALS:
        raise error
    return f"{error.status} {error.message}"
