"""The rows of an export as a stream, without a target: to feed whatever takes rows.

`part` reads one project; `rows` reads all projects of several clients, a few at once, and gives
their rows when a project was read to its end. So no row is of a project that could not be read
whole, and what is held is a few projects.
"""

from __future__ import annotations

from collections import deque
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from itertools import islice
from typing import TypeAlias, TypeVar

import anyio
from attrs import define, evolve, field, frozen

from agilekit.checks import check_count
from agilekit.errors import AgilekitError, InvalidInput, NotFound
from agilekit.export.chosen_tables import chosen_tables
from agilekit.export.clients import named_clients
from agilekit.export.done import DoneNames, DoneRule, done_rules
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.report import ProjectReport
from agilekit.export.source.lenient_reader import find_projects, read_project
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import ProjectReader
from agilekit.export.source.readers import Exportable, reader_of
from agilekit.export.table import ProjectKey, PythonValue
from agilekit.session.concurrency_limit import ConcurrencyLimit
from agilekit.session.workers import run_all

__all__ = ["part", "rows"]

T = TypeVar("T")
R = TypeVar("R")

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

    client: one that is not open is opened meanwhile.
    project: its id, or what names it in data that was read before (`ProjectData.project`).
    done: as of `agilekit.export.export`, the names or ids of columns or states.
    tables: the names of the tables to keep; all by default.

    What it gives can be pickled, and its `python_rows` gives rows as `rows` does.

    Raises NotFound if the client leads to no such project, InvalidInput for arguments that cannot
    be right, and every kind of CallError of a read.
    """
    ((name, _),) = named_clients([client]).items()
    rule, chosen = done_rules(done, [name])[name], chosen_tables(tables)
    async with _opened([client]):
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
    in_flight = ConcurrencyLimit(concurrency)
    connections = (
        _Connection(name, client, _reader(client, concurrency, in_flight), rules[name])
        for name, client in named.items()
    )
    return _Rows(connections, at_once, chosen, on_project)


def _reader(client: Exportable, concurrency: int, in_flight: ConcurrencyLimit) -> ProjectReader:
    return reader_of(client, ReadLimiter(min(concurrency, client.concurrency), in_flight))


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


@frozen
class _Connection:
    name: str
    client: Exportable
    reader: ProjectReader
    done: DoneRule


@frozen
class _Project:
    """A project on its way, or a connection whose projects could not be found."""

    connection: _Connection
    ref: ProjectRef
    gaps: Sequence[str] = ()
    data: ProjectData | None = None
    error: AgilekitError | None = None
    seconds: float = 0.0


@define(eq=False)
class _Rows(AsyncIterator[NamedRow]):
    _connections: Iterator[_Connection]
    """Whose projects were not looked for yet."""
    _at_once: int
    _tables: frozenset[str]
    _on_project: Callable[[ProjectReport], object] | None
    _found: deque[_Project] = field(init=False, factory=deque[_Project])
    """What was not read yet."""
    _read: deque[_Project] = field(init=False, factory=deque[_Project])
    """Whose rows were not taken yet."""
    _rows: Iterator[NamedRow] = field(init=False, factory=lambda: iter(tuple[NamedRow, ...]()))
    _seen: set[ProjectKey] = field(init=False, factory=set[ProjectKey])

    async def __anext__(self) -> NamedRow:
        while (row := next(self._rows, None)) is None:
            if not self._read:
                await self._read_more()
            self._begin(self._read.popleft())
        return row

    def _begin(self, project: _Project) -> None:
        """Tells of a project, and gives its rows next."""
        if self._on_project is not None:
            self._on_project(_report(project))
        elif project.error is not None:
            raise project.error
        if project.data is not None:
            self._rows = _named_rows(project.data)

    async def _read_more(self) -> None:
        """Reads the next projects. Raises StopAsyncIteration if there is none."""
        while len(self._found) < self._at_once:
            connections = [*islice(self._connections, self._at_once)]
            if not connections:
                break
            async with _opened(one.client for one in connections):
                each = await _each(connections, _find)
            for found in each:
                self._found += [one for one in found if self._is_new(one)]
        if not self._found:
            raise StopAsyncIteration
        next_ones = [self._found.popleft() for _ in range(min(self._at_once, len(self._found)))]
        async with _opened(one.connection.client for one in next_ones):
            self._read += await _each(next_ones, partial(_read, tables=self._tables))

    def _is_new(self, project: _Project) -> bool:
        """Whether no other connection has led to it before."""
        if project.error is not None:
            return True
        is_new = project.ref.key not in self._seen
        self._seen.add(project.ref.key)
        return is_new


@asynccontextmanager
async def _opened(clients: Iterable[Exportable]) -> AsyncGenerator[None]:
    """Opens the clients that are not open. Nothing of a client is a cancel scope."""
    async with AsyncExitStack() as stack:
        for client in clients:
            if not client.is_open:
                await stack.enter_async_context(client)
        yield


async def _each(items: Sequence[T], do: Callable[[T], Awaitable[R]]) -> list[R]:
    """What becomes of each, in their order, all at once."""
    done: dict[int, R] = {}

    async def one(number: int, item: T) -> None:
        done[number] = await do(item)

    jobs = [partial(one, number, item) for number, item in enumerate(items)]
    await run_all(jobs, at_once=len(jobs))
    return [done[number] for number in sorted(done)]


async def _find(connection: _Connection) -> list[_Project]:
    reader = connection.reader
    try:
        found = await find_projects(reader)
    except AgilekitError as error:
        return [_Project(connection, reader.connection_ref, error=error)]
    return [_Project(connection, evolve(ref, done=connection.done), gaps) for ref, gaps in found]


async def _read(project: _Project, tables: frozenset[str]) -> _Project:
    if project.error is not None:
        return project
    began, connection = anyio.current_time(), project.connection
    try:
        data = await read_project(connection.reader, project.ref, project.gaps)
    except AgilekitError as error:
        return evolve(project, error=error, seconds=anyio.current_time() - began)
    return evolve(project, data=data.only(tables), seconds=anyio.current_time() - began)


def _named_rows(data: ProjectData) -> Iterator[NamedRow]:
    for table in data.rows:
        for row in data.python_rows(table):
            yield table, row


def _report(project: _Project) -> ProjectReport:
    ref, data = project.ref, project.data
    return ProjectReport(
        project.connection.name,
        ref.service,
        ref.host,
        ref.project_id or None,
        ref.title if data is None else data.project.title,
        {} if data is None else data.counts,
        project.seconds,
        () if data is None else data.gaps,
        () if data is None else data.notes,
        error=project.error,
    )
