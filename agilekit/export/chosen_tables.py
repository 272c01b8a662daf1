"""Which tables an export writes: all, or those that are named.

The projects are always written, for every row is one of a project. A table that refers to another
one cannot be written without it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from agilekit.checks import alternatives
from agilekit.errors import InvalidInput
from agilekit.export.tables import BY_NAME, TABLES
from agilekit.suggestions import did_you_mean

__all__ = ["chosen_tables"]


def chosen_tables(given: object) -> frozenset[str]:
    """The names of the tables that are written.

    given: names; None for all tables.

    Raises InvalidInput for what is no table, and for a table without one that it refers to.
    """
    if given is None:
        return frozenset(BY_NAME)
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise InvalidInput(f"tables must be a list of names, not {given!r:.60}")
    names = [*cast("Iterable[object]", given)]
    for name in names:
        if not isinstance(name, str) or name not in BY_NAME:
            meant = did_you_mean(name, BY_NAME)
            raise InvalidInput(
                f"tables may be {alternatives(tuple(BY_NAME))}, not {name!r:.60}{meant}"
            )
    chosen = frozenset(("projects", *cast("list[str]", names)))
    for table in TABLES:
        for column in table.columns if table.name in chosen else ():
            if column.references not in (None, *chosen):
                raise InvalidInput(
                    f"the rows of {table.name} refer to those of {column.references}: tables must "
                    "have both, or none"
                )
    return chosen
