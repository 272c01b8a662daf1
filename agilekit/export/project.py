"""A project before it is read and after: what a reader hands to a target.

`ProjectRef` names it, `ProjectData` is everything that it adds to an export. Both can be handed to
another process.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

from attrs import evolve, field, frozen

from agilekit.export.done import OWN_RULE, DoneRule
from agilekit.export.spool import in_order
from agilekit.export.table import ProjectKey, PythonValue, Row
from agilekit.export.tables import BY_NAME, TABLES

__all__ = ["ProjectData", "ProjectRef", "Stay"]

Stay: TypeAlias = Literal["ends", "resumes"]
"""Whether a card leaves its column by a change, or is back: a value of the column `stay`."""


@frozen
class ProjectRef:
    """A project that a connection leads to, before it is read."""

    service: str
    host: str
    project_id: str
    base_url: str
    title: str | None = None
    """None until the project was read, if no list has it."""
    revision: str | None = None
    """Text that differs after every change of the project; None if nothing tells of all of them."""
    done: DoneRule = OWN_RULE
    """What its user counts as done."""

    @property
    def key(self) -> ProjectKey:
        return self.service, self.host, self.project_id

    def row(self, table: str, /, **values: PythonValue) -> Row:
        """A row of this project by the names of its columns. What is left out is null."""
        return BY_NAME[table].row(
            service=self.service, host=self.host, project_id=self.project_id, **values
        )

    def data(
        self,
        rows: Mapping[str, Iterable[Row]],
        *,
        title: str | None,
        gaps: Sequence[str] = (),
        notes: Sequence[str] = (),
        reader_state: str | None = None,
    ) -> ProjectData:
        """The project, read: its rows by table, in any order; a table may be left out."""
        if extra := rows.keys() - BY_NAME.keys():
            raise TypeError(f"no table {', '.join(extra)}")
        sorted_rows = {table.name: in_order(table, rows.get(table.name, ())) for table in TABLES}
        return ProjectData(
            evolve(self, title=title), sorted_rows, tuple(gaps), tuple(notes), reader_state
        )


@frozen
class ProjectData:
    """Everything that one project adds to an export."""

    project: ProjectRef
    rows: Mapping[str, Collection[Row]]
    """By table, in the order of its key. Every table is there.

    Of a large project, the rows of a table are in a temporary file, from which they are read
    whenever they are iterated over.
    """
    gaps: tuple[str, ...] = ()
    """What the service has, by its own account, and did not show: sentences for people."""
    notes: tuple[str, ...] = ()
    """What is worth knowing of it, though nothing says that anything is missing: sentences."""
    reader_state: str | None = field(default=None, eq=False)
    """What the reader has to know the next time to ask for less; no part of what was read."""
    tables: frozenset[str] = frozenset(BY_NAME)
    """The tables that are written. The others have no rows, and the manifest promises none."""

    @property
    def counts(self) -> dict[str, int]:
        """How many rows it has, by table."""
        return {name: len(rows) for name, rows in self.rows.items() if name in self.tables}

    def python_rows(self, table: str) -> Iterator[dict[str, PythonValue]]:
        """The rows of a table as programs work with them: dicts by the names of the columns.

        Raises KeyError if there is no such table.
        """
        return map(BY_NAME[table].python_row, self.rows[table])

    def only(self, tables: frozenset[str]) -> ProjectData:
        """The project without the rows of other tables than these."""
        rows = {name: rows if name in tables else () for name, rows in self.rows.items()}
        return evolve(self, rows=rows, tables=tables)
