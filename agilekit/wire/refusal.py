"""What a server says when it refuses: the body as plain data, and a sentence out of it.

Each service, and each proxy before it, puts its words elsewhere: ``{"message": …}``,
``{"errors": {"name": ["is too long"]}}``, XML, a web page with a title.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from agilekit.wire import json, xml
from agilekit.wire.json import JSON
from agilekit.wire.redaction import Redactor

__all__ = ["LONGEST_MESSAGE", "LONGEST_REDACTED", "message_in", "redacted_body"]

LONGEST_MESSAGE: Final = 300
LONGEST_REDACTED: Final = 1 << 16
"""So many bytes of a body, or parts and characters of data, are redacted: it takes a while."""

_LONGEST_CUT: Final = 1 << 14  # characters
_DEEPEST: Final = 5
_FEW: Final = 5
"""So many parts of a list or of an object are quoted."""
_KEYS: Final = ("message", "error", "errors", "reason", "detail")


def redacted_body(body: bytes, redactor: Redactor) -> JSON:
    """A body as plain data without what must not show; of a long one, the beginning of its text.

    A secret at the cut is not whole, and so not recognised: what stands there is left out.
    """
    if len(body) <= LONGEST_REDACTED:
        return redactor.data(_plain(body))
    return redactor.text(json.text_of(body[:LONGEST_REDACTED]))[:_LONGEST_CUT]


def message_in(body: JSON, depth: int = _DEEPEST) -> str:
    """The server's own words, wherever it puts them, but not at any depth; empty for none."""
    if not depth:
        return ""
    if isinstance(body, str):
        if _is_html(body):
            title = re.search("<title>([^<]*)", body, re.IGNORECASE)
            return message_in(title[1] if title else "an HTML page", depth - 1)
        return " ".join(body.split())[:LONGEST_MESSAGE]
    if isinstance(body, list):
        parts = (message_in(part, depth - 1) for part in body[:_FEW])
        return "; ".join(filter(None, parts))[:LONGEST_MESSAGE]
    if isinstance(body, dict):
        found = [message_in(body.get(key), depth - 1) for key in _KEYS if not _repeats(body, key)]
        if not any(found) and depth < _DEEPEST:  # {"errors": {"name": ["is too long"]}}
            inner = ((key, message_in(part, depth - 1)) for key, part in list(body.items())[:_FEW])
            found = [f"{key} {said}" for key, said in inner if said]
        return ": ".join(dict.fromkeys(filter(None, found)))[:LONGEST_MESSAGE]
    return ""


def _plain(body: bytes) -> JSON:
    if not body:
        return None
    text = json.text_of(body)
    with suppress(ValueError):
        return json.load(text.encode())
    with suppress(ValueError):
        return text if _is_html(text) else xml.load(body).data
    return text


def _is_html(text: str) -> bool:
    return bool(re.search("<!doctype html|<html", text[:200], re.IGNORECASE))


def _repeats(body: Mapping[str, JSON], key: str) -> bool:
    """Whether the message says each of the errors already."""
    message, errors = body.get("message"), body.get("errors")
    if key != "errors" or not isinstance(message, str) or not isinstance(errors, list):
        return False
    return bool(errors) and all(isinstance(one, str) and one in message for one in errors)
