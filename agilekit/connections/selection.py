"""Which connections are meant: by their names, or by patterns for many of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Final

from agilekit.connections.connection import Connection
from agilekit.errors import InvalidInput
from agilekit.suggestions import did_you_mean

__all__ = ["file_of", "selected"]

_MOST_NAMED: Final = 20


def selected(
    connections: Mapping[str, Connection], patterns: Iterable[str]
) -> dict[str, Connection]:
    """The connections whose names match one of the patterns, in the order of the file.

    patterns: names, in which ``*`` stands for any characters, ``?`` for one and ``[ab]`` for one of
        these.

    Raises InvalidInput for a pattern that matches none.
    """
    chosen = set[str]()
    for pattern in patterns:
        matched = {name for name in connections if name == pattern or fnmatchcase(name, pattern)}
        if not matched:
            meant = did_you_mean(pattern, connections)
            raise InvalidInput(
                f"no connection {pattern}; {file_of(connections)} has: {_named(connections)}{meant}"
            )
        chosen |= matched
    return {name: one for name, one in connections.items() if name in chosen}


def file_of(connections: Mapping[str, Connection]) -> str:
    """What to call the file that they stand in: by its path, unless it includes others."""
    files = {one.file for one in connections.values()}
    return (files.pop() if len(files) == 1 else "") or "the file"


def _named(connections: Mapping[str, Connection]) -> str:
    names = [*connections]
    more = len(names) - _MOST_NAMED
    shown = ", ".join(names[:_MOST_NAMED])
    return f"{shown} and {more} more" if more > 0 else shown
