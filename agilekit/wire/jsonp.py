"""JSONP: an answer that a script element could run, as ``agilekit({…})``.

Source: KanbanTool API v1.1 Guide, "API Interface". A script element sees neither the status nor the
headers, so every answer has the status 200, and an error says its own in the body.
"""

from __future__ import annotations

import re
from typing import Final

from agilekit.wire import json
from agilekit.wire.json import JSON

__all__ = ["CALLBACK", "unwrapped"]

CALLBACK: Final = "agilekit"
"""The function that an answer calls."""

_CALLBACK: Final = CALLBACK.encode()
_UNPROCESSABLE: Final = 422
_LONGEST_ERROR: Final = 1 << 16  # bytes


def unwrapped(body: bytes) -> tuple[bytes, int | None]:
    """What an answer calls back with, and the status of an error that it is."""
    argument = _argument(body)
    if len(argument) > _LONGEST_ERROR:
        return argument, None
    try:
        return argument, _status_of_error(json.load(argument))
    except ValueError:
        return argument, None


def _argument(body: bytes) -> bytes:
    """What stands between the parentheses of the call; the body as it is if it is no call.

    Each step reads the body once: a pattern that may repeat in several places reads it many times.
    """
    call = body.strip().removeprefix(b"/**/").lstrip()
    if not call.startswith(_CALLBACK):
        return body
    arguments = call.removeprefix(_CALLBACK).lstrip().removesuffix(b";").rstrip()
    whole = len(arguments) > 1 and arguments.startswith(b"(") and arguments.endswith(b")")
    return arguments[1:-1] if whole else body


def _status_of_error(data: JSON) -> int | None:
    """In each of the forms that an error has: ``{"error": {…}}``, ``{"message": …, "code": 404}``,
    ``{"errors": …}``.
    """
    if not isinstance(data, dict):
        return None
    if isinstance(data.get("error"), dict):
        return _status_of_error(data["error"])
    if "message" in data:
        for name in ("code", "status"):
            status = str(data.get(name))
            if re.fullmatch("[45][0-9][0-9]", status):
                return int(status)
    return _UNPROCESSABLE if data.keys() == {"errors"} else None
