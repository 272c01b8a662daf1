"""What is wrong with the files of an export, and what to do about it."""

from __future__ import annotations

import zlib
from typing import Final

from attrs import frozen

__all__ = ["AGAIN", "ANEW", "NOT_PACKED", "TABLES_ANEW", "Damage"]

AGAIN: Final = "export it again, without changed_only: what is there is replaced"
ANEW: Final = "copy what you need of it, move it away, and export again"
TABLES_ANEW: Final = "export anything to the folder: its tables are made anew"

NOT_PACKED: Final = (EOFError, zlib.error)
"""What unpacking raises beside OSError."""


@frozen
class Damage:
    """One finding."""

    problem: str
    """A sentence for people."""
    advice: str
    """What to do, to go on a sentence that begins with what it is about."""
