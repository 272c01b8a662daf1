"""The rows of all projects, as they are iterated here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import cast

from agilekit.blocking.batches import Batches
from agilekit.blocking.portal import Portal
from agilekit.export.stream import NamedRow, Rows

__all__ = ["rows_here"]


def rows_here(rows: AsyncIterator[NamedRow]) -> Iterator[NamedRow]:
    """Uses the loop until the last row, or until the iterator is closed."""
    with Portal() as portal:
        yield from Batches(portal, cast("Rows", rows).of_next_project)
