"""What is wrong with the files of an export, and what to do about it."""

from __future__ import annotations

import zlib
from typing import Final

from attrs import frozen

__all__ = [
    "EXPORT_AGAIN",
    "MAKE_VIEWS",
    "REBUILD_TABLES",
    "START_OVER",
    "UNPACK_ERRORS",
    "Damage",
]

EXPORT_AGAIN: Final = "export it again, without changed_only: what is there is replaced"
START_OVER: Final = "copy what you need of it, move it away, and export again"
MAKE_VIEWS: Final = "export anything to it: its views are made anew"
REBUILD_TABLES: Final = "export anything to the folder: its tables are made anew"

UNPACK_ERRORS: Final = (EOFError, zlib.error)
"""What unpacking a damaged file raises besides OSError."""


@frozen
class Damage:
    """One finding."""

    problem: str
    """A sentence for people."""
    advice: str
    """What to do: the end of a sentence that begins with what it is about."""
