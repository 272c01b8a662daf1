"""Targets of exports by the names that a command line gives."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from agilekit.connections import NoConnections, TargetAddress, load_targets
from agilekit.errors import InvalidInput
from agilekit.suggestions import did_you_mean

__all__ = ["target_of"]

_NAME: Final = re.compile(r"[\w-]+")


def target_of(to: str, file: str | None) -> str | TargetAddress:
    """The target that the file of connections calls so; or else what was given, a path or a URL.

    Raises InvalidInput if what the file says cannot be right, and for what is nearly the name of a
    target, unless it is there already.
    """
    if not _NAME.fullmatch(to):
        return to
    try:
        targets = load_targets(file)
    except NoConnections:
        return to
    if to in targets:
        return targets[to]
    if (meant := did_you_mean(to, targets)) and not Path(to).exists():
        raise InvalidInput(f"no target is called {to!r:.60}{meant} A folder of this name is ./{to}")
    return to
