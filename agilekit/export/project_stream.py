"""The projects of several clients as a stream, a few read at once: what `rows` gives row by row.

Nothing is under way between two of them, so that whoever takes them may be as slow as it likes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Generator,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from typing import TypeVar

import anyio
from attrs import define, evolve, field, frozen

from agilekit.errors import AgilekitError
from agilekit.export.done import DoneRule
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.report import ProjectReport
from agilekit.export.source.lenient_reader import find_projects, read_project
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import ProjectReader
from agilekit.export.source.readers import Exportable, reader_of
from agilekit.export.table import ProjectKey
from agilekit.session.concurrency_limit import ConcurrencyLimit
from agilekit.session.workers import run_all
from agilekit.wire.lenient import leniently

__all__ = ["ProjectStream", "StreamedProject", "opened", "project_stream"]

T = TypeVar("T")
R = TypeVar("R")


def project_stream(
    clients: Mapping[str, Exportable],
    *,
    concurrency: int,
    at_once: int,
    done: Mapping[str, DoneRule],
    tables: frozenset[str],
    watermarks: Mapping[ProjectKey, str] | None = None,
) -> ProjectStream:
    """The projects of the clients, as `agilekit.export.rows` takes them.

    watermarks: of projects that are left out, if theirs is still the same.
    """
    in_flight = ConcurrencyLimit(concurrency)

    def limiter_of(client: Exportable) -> ReadLimiter:
        return ReadLimiter(min(concurrency, client.concurrency), in_flight)

    connections = deque(
        _Connection(name, client, reader_of(client, limiter_of(client)), done[name])
        for name, client in clients.items()
    )
    return ProjectStream(connections, at_once, tables, watermarks or {})


@frozen
class _Connection:
    name: str
    client: Exportable
    reader: ProjectReader
    done: DoneRule


@frozen
class StreamedProject:
    """A project on its way, or a connection whose projects could not be found."""

    connection: _Connection
    ref: ProjectRef
    gaps: Sequence[str] = ()
    data: ProjectData | None = None
    error: AgilekitError | None = None
    skipped: str | None = None
    """Why it was not read."""
    seconds: float = 0.0

    @property
    def report(self) -> ProjectReport:
        ref, data = self.ref, self.data
        return ProjectReport(
            self.connection.name,
            ref.service,
            ref.host,
            ref.project_id or None,
            ref.title if data is None else data.project.title,
            {} if data is None else data.counts,
            self.seconds,
            () if data is None else data.gaps,
            () if data is None else data.notes,
            skipped=self.skipped,
            error=self.error,
        )


@define(eq=False, repr=False)
class ProjectStream(AsyncIterator[StreamedProject]):
    """What is broken off by a cancellation is done again by the next call: no project is lost."""

    _connections: deque[_Connection]
    """Whose projects were not looked for yet."""
    _at_once: int
    _tables: frozenset[str]
    _watermarks: Mapping[ProjectKey, str]
    _found: deque[StreamedProject] = field(init=False, factory=deque[StreamedProject])
    """What was not read yet."""
    _read: deque[StreamedProject] = field(init=False, factory=deque[StreamedProject])
    """What was not taken yet."""
    _seen: set[ProjectKey] = field(init=False, factory=set[ProjectKey])

    async def __anext__(self) -> StreamedProject:
        if not self._read:
            await self._read_more()
        return self._read.popleft()

    async def _read_more(self) -> None:
        """Reads the next projects. Raises StopAsyncIteration if there is none."""
        while self._connections and len(self._found) < self._at_once:
            with _taken(self._connections, self._at_once) as connections:
                async with opened(one.client for one in connections):
                    each = await _each(connections, _find)
            for found in each:
                self._found += [one for one in found if self._is_new(one)]
        if not self._found:
            raise StopAsyncIteration
        read = partial(_read, tables=self._tables, watermarks=self._watermarks)
        with _taken(self._found, self._at_once) as projects:
            async with opened(one.connection.client for one in projects):
                done = await _each(projects, read)
        self._read += done

    def _is_new(self, project: StreamedProject) -> bool:
        """Whether no other connection has led to it before."""
        if project.error is not None:
            return True
        is_new = project.ref.key not in self._seen
        self._seen.add(project.ref.key)
        return is_new


@contextmanager
def _taken(waiting: deque[T], number: int) -> Generator[list[T]]:
    """The first of those that wait; if what is done with them is broken off, they wait again."""
    taken = [waiting.popleft() for _ in range(min(number, len(waiting)))]
    try:
        yield taken
    except BaseException:
        waiting.extendleft(reversed(taken))
        raise


@asynccontextmanager
async def opened(clients: Iterable[Exportable]) -> AsyncGenerator[None]:
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


async def _find(connection: _Connection) -> list[StreamedProject]:
    reader = connection.reader
    try:
        found = await find_projects(reader)
    except AgilekitError as error:
        return [StreamedProject(connection, reader.connection_ref, error=error)]
    return [
        StreamedProject(connection, evolve(ref, done=connection.done), gaps) for ref, gaps in found
    ]


async def _read(
    project: StreamedProject, tables: frozenset[str], watermarks: Mapping[ProjectKey, str]
) -> StreamedProject:
    if project.error is not None:
        return project
    began, reader = anyio.current_time(), project.connection.reader
    try:
        if same := await _unchanged(project, watermarks.get(project.ref.key)):
            return evolve(project, skipped=same, seconds=anyio.current_time() - began)
        data = await read_project(reader, project.ref, project.gaps)
    except AgilekitError as error:
        return evolve(project, error=error, seconds=anyio.current_time() - began)
    return evolve(project, data=data.only(tables), seconds=anyio.current_time() - began)


async def _unchanged(project: StreamedProject, before: str | None) -> str | None:
    """Why a project need not be read: its watermark is still the one that it had."""
    ref = project.ref
    if before is None or ref.revision is None:
        return None
    with leniently():
        revision = await project.connection.reader.revision(ref)
    return f"unchanged: {before}" if ref.done.stamped(revision) == before else None
