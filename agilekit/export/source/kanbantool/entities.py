"""Entities of an answer that can be rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from agilekit.kanbantool import Change, Comment, Subtask, Task, TimeTracker

__all__ = ["with_ids"]

E = TypeVar("E", Change, Comment, Subtask, Task, TimeTracker)


def with_ids(entities: Sequence[E], what: str, gaps: list[str]) -> list[E]:
    """Those that have an id, which every row needs; a gap is added for the others."""
    kept = [one for one in entities if one.id]
    gap = f"a {what} is left out: it has no id"
    if len(kept) < len(entities) and gap not in gaps:
        gaps.append(gap)
    return kept
