"""The rows of an export as a stream, without a target: to feed whatever takes rows.

`part` reads one project; `rows` reads all projects of several clients, a few at once, and gives
their rows when a project was read to its end. So no row is of a project that could not be read
whole, and what is held is a few projects.
"""

from __future__ import annotations

from collections.abc import (
    AsyncIterator,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from typing import TypeAlias

from attrs import define, evolve, field

from agilekit.checks import check_count
from agilekit.errors import InvalidInput, NotFound
from agilekit.export.chosen_tables import chosen_tables
from agilekit.export.clients import named_clients
from agilekit.export.done import DoneNames, done_rules
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.project_stream import (
    ProjectStream,
    opened,
    project_stream,
)
from agilekit.export.report import ProjectReport
from agilekit.export.source.lenient_reader import find_projects, read_project
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import ProjectReader
from agilekit.export.source.readers import Exportable, reader_of
from agilekit.export.table import PythonValue

__all__ = ["NamedRow", "Rows", "part", "rows"]

NamedRow: TypeAlias = tuple[str, dict[str, PythonValue]]
"""The name of a table, and a row of it by the names of the columns."""


async def part(
    client: Exportable,
    project: ProjectRef | int | str,
    *,
    done: Sequence[str] | None = None,
    tables: Iterable[str] | None = None,
) -> ProjectData:
    """Reads one project whole, as an export would write it.

    client: one that is not open is opened meanwhile. Of several parts at once, the first to end
        would close it for the others: open it before.
    project: its id, or what names it in data that was read before (`ProjectData.project`).
    done: as of `agilekit.export.export`, the names or ids of columns or states.
    tables: the names of the tables to keep; all by default.

    What it gives can be pickled, and its `python_rows` gives rows as `rows` does.

    Raises NotFound if the client leads to no such project, InvalidInput for arguments that cannot
    be right, and every kind of CallError of a read.
    """
    ((name, _),) = named_clients([client]).items()
    _check_project(project)
    rule, chosen = done_rules(done, [name])[name], chosen_tables(tables)
    async with opened([client]):
        reader = reader_of(client, ReadLimiter(client.concurrency))
        ref, gaps = await _ref_of(reader, project)
        data = await read_project(reader, evolve(ref, done=rule), gaps)
    return data.only(chosen)


def rows(
    clients: Sequence[Exportable] | Mapping[str, Exportable],
    *,
    concurrency: int = 32,
    at_once: int = 4,
    done: DoneNames | None = None,
    tables: Iterable[str] | None = None,
    on_project: Callable[[ProjectReport], object] | None = None,
) -> AsyncIterator[NamedRow]:
    """The rows of all projects of the clients: pairs of a table's name and a row of it.

    ::

        async for table, row in rows([donut, kanban]):
            print(table, row["id"])

    A row is a dict by the names of the columns, in their order. Times are aware `datetime` in UTC,
    days `date`, booleans `bool`, lists of texts `list`; ``raw`` is JSON text. The rows of a project
    come together, table by table, sorted by key.

    clients: as of `agilekit.export.export`, like `concurrency`, `done` and `tables`. One that is
        not open is opened each time that something of it is read.
    at_once: how many projects are read at once, and held until their rows were taken.
    on_project: is told what became of each project before its rows come: what is missing of it
        (``gaps``), or the error for which it has no rows. Without it, the first error is raised.

    Raises InvalidInput for arguments that cannot be right and, while it is iterated, every kind of
    CallError of a read.
    """
    named = named_clients(clients)
    rules, chosen = done_rules(done, named), chosen_tables(tables)
    check_count("concurrency", concurrency, least=1)
    check_count("at_once", at_once, least=1)
    projects = project_stream(
        named, concurrency=concurrency, at_once=at_once, done=rules, tables=chosen
    )
    return Rows(projects, on_project)


def _check_project(given: object) -> None:
    if isinstance(given, bool) or not isinstance(given, ProjectRef | int | str):
        raise InvalidInput(f"project must be an id, not {given!r:.60}")


async def _ref_of(
    reader: ProjectReader, project: ProjectRef | int | str
) -> tuple[ProjectRef, Sequence[str]]:
    connection = reader.connection_ref
    if isinstance(project, ProjectRef) and project.key[:2] != connection.key[:2]:
        raise InvalidInput(f"this client does not lead to {project.service} at {project.host}")
    id = project.project_id if isinstance(project, ProjectRef) else str(project)
    for ref, gaps in await find_projects(reader):
        if ref.project_id == id:
            return ref, gaps
    at = f"{connection.service} at {connection.host}"
    raise NotFound(f"{at} shows no project {id!r:.60}", status=404)


@define(eq=False, repr=False)
class Rows(AsyncIterator[NamedRow]):
    _projects: ProjectStream
    _on_project: Callable[[ProjectReport], object] | None
    _rows: Iterator[NamedRow] = field(init=False, factory=lambda: iter(tuple[NamedRow, ...]()))

    async def __anext__(self) -> NamedRow:
        while (row := next(self._rows, None)) is None:
            await self.of_next_project()
        return row

    async def of_next_project(self) -> Iterator[NamedRow]:
        """Tells of a project, and gives its rows. Raises StopAsyncIteration if there is none."""
        project = await anext(self._projects)
        if project.data is not None:
            self._rows = _named_rows(project.data)
        if self._on_project is not None:
            self._on_project(project.report)
        elif project.error is not None:
            raise project.error
        return self._rows


def _named_rows(data: ProjectData) -> Iterator[NamedRow]:
    for table in data.rows:
        for row in data.python_rows(table):
            yield table, row
