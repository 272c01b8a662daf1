"""Which field of a draft each column of CSV, or key of JSON Lines, is.

A column is named like its field, whatever its case and with spaces or hyphens for ``_``; ``--map``
says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from attrs import frozen

from agilekit import InvalidInput

__all__ = ["Columns"]


@frozen
class Columns:
    """Which field of a draft each column of the input is."""

    fields: Sequence[str]
    required: Sequence[str]
    mapped: Mapping[str, str | None]
    """By column, as ``--map`` says; None leaves the column out."""

    def field_of(self, column: str) -> str | None:
        """The field of a column; None if it is left out; the column itself if no field fits."""
        if column in self.mapped:
            return self.mapped[column]
        name = re.sub(r"[\s_-]+", "_", column.strip().casefold())
        return name if name in self.fields else column

    def count_known(self, header: Sequence[str]) -> int:
        """How many columns of a header have a field, or are left out by name."""
        return sum(self.field_of(column) in (None, *self.fields) for column in header)

    def fields_of(self, header: Sequence[str]) -> list[str | None]:
        """The field of each column. Raises InvalidInput if a column fits no field, two columns fit
        one, or a required field has none.
        """
        found = [self.field_of(column) for column in header]
        pairs = list(zip(header, found, strict=True))
        if unknown := [column for column, name in pairs if name not in (None, *self.fields)]:
            raise InvalidInput(
                f"no field for the {_columns(unknown)}; the fields are {', '.join(self.fields)}. "
                f'Name the field with --map "{unknown[0]}=FIELD", or leave the column out with '
                f'--map "{unknown[0]}="'
            )
        if absent := [column for column in self.mapped if column not in header]:
            raise InvalidInput(f"--map names the {_columns(absent)}; there is {_columns(header)}")
        for name in self.fields:
            if len(same := [column for column, other in pairs if other == name]) > 1:
                raise InvalidInput(f"the {_columns(same)} are both {name}")
        if missing := [name for name in self.required if name not in found]:
            raise InvalidInput(f"no column for {', '.join(missing)}; there is {_columns(header)}")
        return found


def _columns(names: Sequence[str]) -> str:
    return f"column{'s' if len(names) > 1 else ''} {', '.join(map(repr, names))}"
