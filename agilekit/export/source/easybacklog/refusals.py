"""What an easyBacklog server refuses for good, as told from what may pass by itself.

| answer | it is |
|---|---|
| 400, 403, 404, 406, 422, and any other 4xx but these | refused |
| 401, 408, 429 | a credential, a delay, a pace: not refused |
| 500 | refused: several rules of the server are exceptions of it |
| 502, 503, 504 and the like | not refused |
| one that is not what the document describes | refused: it would be the same again |
"""

from __future__ import annotations

from typing import Final

from agilekit.errors import AnswerTooLarge, ApiError, CallError, DecodeError

__all__ = ["raise_unless_refused"]

_ERROR: Final = 500
_PASSING: Final = (401, 408, 429)


def raise_unless_refused(error: CallError) -> None:
    """Raises the error again, unless it is a refusal."""
    if isinstance(error, ApiError):
        if error.status > _ERROR or error.status in _PASSING:
            raise error
    elif not isinstance(error, DecodeError) or isinstance(error, AnswerTooLarge):
        raise error
