"""Parameters of reads that several resources share."""

from __future__ import annotations

from agilekit.errors import InvalidInput
from agilekit.wire.json import JSON

__all__ = ["flag", "with_children"]


def flag(name: str, wanted: object) -> dict[str, JSON]:
    """A parameter that is there only where it is true."""
    if not isinstance(wanted, bool):
        raise InvalidInput(f"expected True or False, not {wanted!r:.60}")
    # The server takes no other word for it than "true".
    return {name: "true"} if wanted else {}


def with_children(associated: object) -> dict[str, JSON]:
    """Asks for an entity's children along with it."""
    return flag("include_associated_data", associated)
