"""Several answers about one entity, as one."""

from __future__ import annotations

from collections.abc import Mapping

from agilekit.wire.json import JSON

__all__ = ["joined", "without"]


def joined(fullest: Mapping[str, JSON], *others: Mapping[str, JSON]) -> dict[str, JSON]:
    """The fullest answer, followed by the keys that only the others hold."""
    whole = dict(fullest)
    for other in others:
        whole.update({name: value for name, value in other.items() if name not in whole})
    return whole


def without(raw: Mapping[str, JSON], *names: str) -> dict[str, JSON]:
    """An answer without its children, which have rows of their own."""
    return {name: value for name, value in raw.items() if name not in names}
