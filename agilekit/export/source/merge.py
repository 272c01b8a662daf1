"""Several answers about one entity become one."""

from __future__ import annotations

from collections.abc import Mapping

from agilekit.wire.json import JSON

__all__ = ["merge_raw"]


def merge_raw(newer: Mapping[str, JSON], *older: Mapping[str, JSON]) -> dict[str, JSON]:
    """The newer answer, followed by the keys that only the older ones hold."""
    merged = dict(newer)
    for other in older:
        merged |= {name: value for name, value in other.items() if name not in merged}
    return merged
