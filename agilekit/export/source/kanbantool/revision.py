"""The revision of a board, which proves that it is as it was exported.

| a part of the text | it stands for |
|---|---|
| the board's `version`, which counts what happens on it | tasks, comments, subtasks, structure |
| the id of the newest change | the same; if the version does not count, this does |
| a hash of the board in the list, of its users, time trackers and report | these |

Assumed: whatever is done to a task, its comments or its subtasks raises the version or leaves a
change. No document says so. Without a version nothing is proved.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from agilekit.export.table import json_text
from agilekit.kanbantool import Board
from agilekit.wire.json import JSON

__all__ = ["counters_of", "revision_of"]

_DIGITS: Final = 16


def counters_of(board: Board) -> str | None:
    """What a board counts of itself; None if it does not."""
    return None if board.version is None else f"version {board.version}"


def revision_of(counters: str | None, newest: int | None, beside: Iterable[JSON]) -> str | None:
    """Text that differs after every change; None if nothing proves that.

    newest: the id of the newest change.
    beside: what neither of them counts.
    """
    if counters is None:
        return None
    digest = hashlib.sha256()
    for data in beside:
        digest.update(json_text(data).encode() + b"\n")
    return f"{counters}, change {newest}, {digest.hexdigest()[:_DIGITS]}"
