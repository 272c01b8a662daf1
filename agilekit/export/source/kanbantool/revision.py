"""What proves that a board is as it was exported: text that is another one after every change.

| a part of the text | it stands for |
|---|---|
| the board's `version`, which counts what happens on it | tasks, comments, subtasks, structure |
| the id of the newest change | the same; where the version does not count, this does |
| a hash of the board in the list, of its users, time trackers and report | these |

Assumed: whatever is done to a task, its comments or its subtasks raises the version or leaves a
change. No document says so. Without a version nothing is proven.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from agilekit.export.tables import json_text
from agilekit.kanbantool import Board
from agilekit.wire.json import JSON

__all__ = ["sealed", "watermark_of"]

_DIGITS: Final = 16


def watermark_of(board: Board) -> str | None:
    """What the board itself counts."""
    return None if board.version is None else f"version {board.version}"


def sealed(watermark: str | None, newest: int | None, beside: Iterable[JSON]) -> str | None:
    """The whole text.

    newest: the id of the newest change.
    beside: what neither of both counts.
    """
    if watermark is None:
        return None
    digest = hashlib.sha256()
    for data in beside:
        digest.update(json_text(data).encode() + b"\n")
    return f"{watermark}, change {newest}, {digest.hexdigest()[:_DIGITS]}"
