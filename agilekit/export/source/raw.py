"""An answer as it came, without what has rows of its own."""

from __future__ import annotations

from collections.abc import Mapping

from agilekit.wire.json import JSON

__all__ = ["without"]


def without(raw: Mapping[str, JSON], *names: str) -> dict[str, JSON]:
    """An answer without some of its keys, such as the children, which have rows of their own."""
    return {name: value for name, value in raw.items() if name not in names}
