"""What tells an entity from all others of its kind: its field ``id``, or the one that says so.

| an answer of success shows | to a read | to a write |
|---|---|---|
| no id: ``{}``, ``{"errors": …}``, an id that is null, 0 or empty | DecodeError | UnknownOutcome |
| another id than the one that was asked for | DecodeError | UnknownOutcome |
| in a list, an element without an id | DecodeError | UnknownOutcome |

An edit that is judged by itself, and a delete, may show nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

__all__ = ["identity", "identity_name", "identity_of"]

_IDENTITY: Final = "agilekit.identity"


def identity() -> Mapping[str, bool]:
    """The metadata of the field that identifies an entity, where it is not called ``id``."""
    return {_IDENTITY: True}


def identity_name(cls: type[object]) -> str | None:
    """The name of the field; None for a class of what has no identity of its own."""
    if not attrs.has(cls):
        return None
    names = [one.name for one in attrs.fields(cls) if _IDENTITY in one.metadata or one.name == "id"]
    return names[-1] if names else None


def identity_of(entity: object) -> str | None:
    """The id of an entity, as text; None where it has none."""
    name = identity_name(type(entity))
    found: object = None if name is None else getattr(entity, name)
    if isinstance(found, int):
        return str(found) if found > 0 else None
    return found if isinstance(found, str) and found.strip() else None
