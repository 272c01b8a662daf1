"""Exports the projects of several connections at once, each project whole or not at all.

How it goes: the projects of each connection are found, and wait in the queue of their credential.
The schedule begins one after another: `_ExportRun` leaves it as it is, if nothing happened to it,
or else reads it and hands it to the target. What becomes of each is reported.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Final, TypeAlias

import anyio
from attrs import define, evolve, field, frozen

from agilekit.errors import AgilekitError
from agilekit.export.clients import scope_of
from agilekit.export.errors import TargetError
from agilekit.export.manifest import ProjectEntry, key_of
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.report import Progress, ProjectReport, Step
from agilekit.export.resume import is_fresh, is_of, start_of
from agilekit.export.run_options import RunHooks, RunOptions
from agilekit.export.schedule import ProjectLoad, ProjectQueue, run_queues
from agilekit.export.source.lenient_reader import find_projects, read_project
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import ProjectReader
from agilekit.export.source.readers import Exportable, reader_of
from agilekit.export.table import ProjectKey
from agilekit.export.target.target import Run
from agilekit.export.writer import StoredProject, TargetWriter
from agilekit.session.concurrency_limit import ConcurrencyLimit
from agilekit.wire.lenient import leniently

__all__ = ["WRITTEN_ALREADY", "RunResult", "export_run"]

WRITTEN_ALREADY: Final = "this run has written it already"

_MOST_OPEN: Final = 64
"""How many clients are open at once, as far as their users have not opened them."""

Index: TypeAlias = tuple[int, int]
"""Which connection, and which of its projects: the order of the reports."""


@frozen
class RunResult:
    """A run that has read everything, and is not finished yet."""

    run: Run
    projects: tuple[ProjectReport, ...]
    """In the order of the connections, and of their services."""


async def export_run(
    named: Mapping[str, Exportable],
    writer: TargetWriter,
    options: RunOptions,
    hooks: RunHooks,
    *,
    scope: str | None = None,
    in_flight: ConcurrencyLimit | None = None,
    most_rows: int | None = None,
) -> RunResult:
    """Exports the projects of some clients, and leaves the run to be finished.

    scope: that of the run; by default, what the clients lead to.
    in_flight: bounds the requests of several runs of this process.
    most_rows: see `agilekit.export.schedule`.
    """
    target = writer.target
    async with AsyncExitStack() as stack:
        await writer.run(target.prepare)
        scope = scope or scope_of(named.values())
        run = await writer.run(partial(target.begin, scope, resume=options.resume))
        entries = {key_of(entry): entry for entry in await writer.run(target.entries)}
        in_flight = in_flight or ConcurrencyLimit(options.concurrency)
        export_run = _ExportRun(writer, run, entries, options, hooks, in_flight, stack)
        await export_run.export_all(named, most_rows)
    reports = export_run.reports
    return RunResult(run, tuple(reports[index] for index in sorted(reports)))


@define(eq=False)
class _Connection:
    """Where projects are looked for."""

    number: int
    name: str
    client: Exportable
    reader: ProjectReader
    queue: ProjectQueue
    after: Sequence[anyio.Event]
    """When the connections before it that may lead to the same projects have found theirs: it
    leaves those to them.
    """
    found: anyio.Event = field(factory=anyio.Event)
    """Its projects are known."""
    left: int = 0
    """How many of its projects have not ended."""
    _opened: AsyncExitStack = field(init=False, factory=AsyncExitStack)

    async def open(self) -> None:
        """Opens its client, unless its user has."""
        if not self.client.is_open:
            await self._opened.enter_async_context(self.client)

    async def aclose(self) -> None:
        await self._opened.aclose()


@frozen
class _Project:
    """A project on its way."""

    index: Index
    connection: str
    reader: ProjectReader
    ref: ProjectRef
    gaps: Sequence[str]
    """What was odd in the answer that lists it."""


@define
class _ExportRun:
    writer: TargetWriter
    run: Run
    entries: Mapping[ProjectKey, ProjectEntry]
    """What is there of each project."""
    options: RunOptions
    hooks: RunHooks
    in_flight: ConcurrencyLimit
    stack: AsyncExitStack
    """Closes what is still open at the end."""
    unopened: deque[_Connection] = field(factory=deque["_Connection"])
    reports: dict[Index, ProjectReport] = field(factory=dict[Index, ProjectReport])
    found_by: dict[ProjectKey, str] = field(factory=dict[ProjectKey, str])
    """The connection that each project was found by first."""

    async def export_all(self, clients: Mapping[str, Exportable], most_rows: int | None) -> None:
        """Finds the projects of all connections, and exports those of each as they are found."""
        queues = dict[Hashable, ProjectQueue]()
        # Connections that may lead to the same project, in their order.
        alike = defaultdict[ProjectKey, list[anyio.Event]](list)
        for number, (name, client) in enumerate(clients.items()):
            at_once = min(self.options.concurrency, client.concurrency)
            queue = queues.setdefault(client.pace_key, ProjectQueue())
            queue.width += at_once
            reader = reader_of(client, ReadLimiter(at_once, self.in_flight))
            before = alike[reader.connection_ref.key]
            connection = _Connection(number, name, client, reader, queue, tuple(before))
            before.append(connection.found)
            self.unopened.append(connection)
        for _ in range(_MOST_OPEN):
            self._begin_next_connection()
        room = {} if most_rows is None else {"most_rows": most_rows}
        await run_queues(queues.values(), **room)

    def _begin_next_connection(self) -> None:
        if self.unopened:
            connection = self.unopened.popleft()
            self.stack.push_async_callback(connection.aclose)
            connection.queue.add(partial(self._find_projects, connection), 0)

    async def _end_connection(self, connection: _Connection) -> None:
        await connection.aclose()
        self._begin_next_connection()

    async def _find_projects(self, connection: _Connection, _load: ProjectLoad) -> None:
        await connection.open()
        name, reader = connection.name, connection.reader
        self._progress(name, reader.connection_ref, "finding")
        try:
            found = await find_projects(reader)
        except AgilekitError as error:
            await self._fail((connection.number, 0), name, reader.connection_ref, 0.0, error)
            found = []
        for earlier in connection.after:
            await earlier.wait()
        for number, (ref, gaps) in enumerate(found):
            with_rule = evolve(ref, done=self.options.done[name])
            project = _Project((connection.number, number), name, reader, with_rule, gaps)
            first = self.found_by.setdefault(ref.key, name)
            if first == name:
                job = partial(self._export_project, connection, project)
                connection.left += 1
                connection.queue.add(job, self._rows_before(ref.key))
            else:
                self._skip(project, f"exported through the connection {first}")
        connection.found.set()
        if not connection.left:
            await self._end_connection(connection)

    async def _export_project(
        self, connection: _Connection, project: _Project, load: ProjectLoad
    ) -> None:
        await self._export(project, load)
        connection.left -= 1
        if not connection.left:
            await self._end_connection(connection)

    def _rows_before(self, key: ProjectKey) -> int | None:
        tables = self.entries[key]["tables"] if key in self.entries else None
        return None if tables is None else sum(one["rows"] for one in tables.values())

    async def _export(self, project: _Project, load: ProjectLoad) -> None:
        """Leaves a project as it is, or reads and writes it."""
        ref, before = project.ref, self.entries.get(project.ref.key)
        if before is not None and before["tables"] is None:
            before = None  # it was never written
        # With other tables than these, nothing lets it stay as it is.
        same = before is not None and self.options.tables == frozenset(before["tables"] or ())
        resumed = before is not None and same and is_of(self.run, before)
        if before is not None and resumed and is_fresh(before):
            self._skip(project, WRITTEN_ALREADY)
            return
        began = anyio.current_time()
        title = ref.title

        def on_read(title_now: str | None, entities: int) -> None:
            nonlocal title
            title, load.rows = title_now, entities
            self._progress(project.connection, ref, "reading", title, entities)

        try:
            if (
                before is not None
                and ((self.options.changed_only and same) or resumed)
                and await _is_unchanged(project, before)
            ):
                why = f"unchanged: {before['watermark']}"
                await self.writer.run(partial(self.writer.target.skip, self.run, ref, why))
                self._skip(project, why)
                return
            on_read(title, 0)
            known = before if self.options.resume else None
            previous = None if known is None else StoredProject(self.writer, known)
            data = await read_project(project.reader, ref, project.gaps, on_read, previous)
        except TargetError:
            raise  # of the target: it ends the whole run
        except AgilekitError as error:
            seconds = anyio.current_time() - began
            await self._fail(project.index, project.connection, ref, seconds, error, title)
            return
        chosen = data.only(self.options.tables)
        load.rows = sum(chosen.counts.values())
        await self._write(project, chosen, began)

    async def _write(self, project: _Project, data: ProjectData, began: float) -> None:
        title, tables = data.project.title, data.counts
        rows = sum(tables.values())
        self._progress(project.connection, project.ref, "writing", title, rows)
        try:
            await self.writer.run(partial(self.writer.target.commit, self.run, data))
        except TargetError as error:
            self._progress(project.connection, project.ref, "failed", title)
            what = f"{project.connection}: {title or project.ref.project_id}: {error.message}"
            raise TargetError(what, error.path, error.advice) from error
        report = ProjectReport(
            project.connection,
            *project.ref.key,
            title,
            tables,
            anyio.current_time() - began,
            data.gaps,
            data.notes,
        )
        self._report(project.index, report)
        self._progress(project.connection, project.ref, "done", title, rows)

    async def _fail(
        self,
        index: Index,
        connection: str,
        ref: ProjectRef,
        seconds: float,
        error: AgilekitError,
        title: str | None = None,
    ) -> None:
        if ref.project_id:  # else the projects of a connection could not be found
            await self.writer.run(partial(self.writer.target.fail, self.run, ref, error))
        id = ref.project_id or None
        report = ProjectReport(
            connection, ref.service, ref.host, id, title, {}, seconds, error=error
        )
        self._report(index, report)
        self._progress(connection, ref, "failed", title)

    def _skip(self, project: _Project, why: str) -> None:
        ref = project.ref
        report = ProjectReport(project.connection, *ref.key, ref.title, {}, 0.0, skipped=why)
        self._report(project.index, report)
        self._progress(project.connection, ref, "skipped", ref.title)

    def _report(self, index: Index, report: ProjectReport) -> None:
        self.reports[index] = report
        if self.hooks.on_report is not None:
            self.hooks.on_report(report)

    def _progress(
        self, connection: str, ref: ProjectRef, step: Step, title: str | None = None, rows: int = 0
    ) -> None:
        if self.hooks.on_progress is not None:
            self.hooks.on_progress(
                Progress(
                    connection,
                    ref.service,
                    ref.project_id or None,
                    title,
                    step,
                    rows,
                    projects=len(self.found_by),
                    continued=start_of(self.run),
                )
            )


async def _is_unchanged(project: _Project, before: ProjectEntry) -> bool:
    """Whether its revision proves that a project is as it was written."""
    if project.ref.revision is None:
        return False
    with leniently():
        revision = await project.reader.revision(project.ref)
    return revision is not None and project.ref.done.stamped(revision) == before["watermark"]
