"""Targets of exports by the names that a command line gives."""

from __future__ import annotations

import re
from typing import Final

from agilekit.connections import NoConnections, load_targets

__all__ = ["target_of"]

_NAME: Final = re.compile(r"[\w-]+")


def target_of(to: str, file: str | None) -> str:
    """The target that the file of connections calls so; or else what was given, a path or a URL.

    Raises InvalidInput if what the file says cannot be right.
    """
    if not _NAME.fullmatch(to):
        return to
    try:
        targets = load_targets(file)
    except NoConnections:
        return to
    return targets[to].with_password() if to in targets else to
