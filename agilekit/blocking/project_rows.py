"""The rows of all projects, as they are iterated here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import cast

from agilekit.blocking.batches import Batches
from agilekit.blocking.portal import Portal
from agilekit.export.stream import NamedRow, Rows

__all__ = ["rows_here"]


def rows_here(rows: AsyncIterator[NamedRow]) -> Iterator[NamedRow]:
    """Uses the loop from the first row to the last, to an error, or until nobody can ask for one.

    Who goes on behind an error or an interruption gets what is left, as of the async library.
    """
    return _Rows(Portal(), cast("Rows", rows).of_next_project)


class _Rows(Batches[NamedRow]):
    def _read_on(self) -> None:
        if not self._portal.is_open:
            self._portal.__enter__()
        try:
            super()._read_on()
        except BaseException:
            self._portal.__exit__(None, None, None)
            raise
