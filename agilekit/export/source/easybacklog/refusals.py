"""Whether an easyBacklog server refuses something for good.

| answer | it is |
|---|---|
| 400, 403, 404, 406, 422, and any other 4xx but these | refused |
| 401, 408, 429 | a credential, a delay, a rate limit: not refused |
| 500 | refused: several rules of the server are exceptions of it |
| 502, 503, 504 and the like | not refused |
| one that is not what the document describes | refused: it would be the same again |
"""

from __future__ import annotations

from typing import Final

from agilekit.errors import AnswerTooLarge, ApiError, CallError, DecodeError

__all__ = ["raise_unless_refused"]

_SERVER_ERROR: Final = 500
_TEMPORARY: Final = (401, 408, 429)


def raise_unless_refused(error: CallError) -> None:
    """Raises the error again, unless it is a refusal."""
    if isinstance(error, ApiError):
        if error.status > _SERVER_ERROR or error.status in _TEMPORARY:
            raise error
    elif not isinstance(error, DecodeError) or isinstance(error, AnswerTooLarge):
        raise error
