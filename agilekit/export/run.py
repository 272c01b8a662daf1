"""Exports the projects of several connections at once, each project whole or not at all.

How it goes: the projects of each connection are found, and wait in the queue of their credential.
The schedule begins one after another: `_ExportRun` leaves it as it is, if nothing happened to it,
or else reads it and hands it to the target. What becomes of each is reported.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import TypeAlias

import anyio
from attrs import define, evolve, field, frozen

from agilekit.checks import check_count
from agilekit.errors import AgilekitError
from agilekit.export.chosen_tables import chosen_tables
from agilekit.export.clients import named_clients, scope_of
from agilekit.export.done import DoneNames, DoneRule, done_rules
from agilekit.export.errors import TargetError
from agilekit.export.manifest import ProjectEntry, key_of
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.report import ExportReport, Progress, ProjectReport, Step
from agilekit.export.resume import is_fresh, is_of, start_of
from agilekit.export.schedule import ProjectLoad, ProjectQueue, run_queues
from agilekit.export.source.lenient_reader import find_projects, read_project
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import ProjectReader
from agilekit.export.source.readers import Exportable, reader_of
from agilekit.export.table import ProjectKey
from agilekit.export.target.open_target import Format, open_target
from agilekit.export.target.target import Run
from agilekit.export.writer import StoredProject, TargetWriter
from agilekit.session.concurrency_limit import ConcurrencyLimit
from agilekit.wire.lenient import leniently

__all__ = ["export"]

Index: TypeAlias = tuple[int, int]
"""Which connection, and which of its projects: the order of the reports."""


async def export(
    clients: Sequence[Exportable] | Mapping[str, Exportable],
    to: str | os.PathLike[str],
    *,
    format: Format | None = None,
    concurrency: int = 32,
    changed_only: bool = False,
    resume: bool = True,
    done: DoneNames | None = None,
    tables: Iterable[str] | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> ExportReport:
    """Writes everything that all projects of the clients hold to one file or folder.

    clients: a list, or by the names under which progress and report speak of them. One that is not
        open is opened meanwhile. Every project that a client leads to is exported.
    to: a file that ends in ``.sqlite``, ``.sqlite3`` or ``.db``, or in ``.duckdb`` for DuckDB; or
        else a folder: of Parquet if its name ends in ``.parquet``, of CSV for ``.csv``, of
        compressed JSON Lines for ``.zst``, and of JSON Lines for ``.jsonl`` or no ending; or the
        URL of any but DuckDB. Another ending is refused, unless `format` is given or an export is
        there already. It is made if it is not there; what is there of a project is replaced.
    format: ``"sqlite"``, ``"jsonl"``, ``"jsonl.zst"``, ``"parquet"``, ``"csv"`` or ``"duckdb"``, if
        `to` does not tell.
    concurrency: how many requests of all projects may be in flight at once, each client's own
        ``concurrency`` besides. What waits for the rate of its account is not in flight.
    changed_only: leave a project as it is if its version proves that it did not change since it
        was exported. flow and easyBacklog have none: their projects are read each time.
    resume: continue the run before, if that was of the same connections and did not come to its
        end: what it has written within the last hour is left as it is, and so is what it wrote
        earlier, if its version proves that it did not change. And read of a board of Kanban Tool
        only the tasks that its changelog and its lists show to have changed since it was exported,
        and do not ask flow again for hidden tasks that were not there. False reads everything anew.
    done: the names or ids of the columns or states whose cards are done, such as
        ``["Done", "Released"]``: for all connections, or for some by their names. A project that
        has none of them, and one for which nothing is named, goes by its service's own rule.
    tables: the names of the tables to write, such as ``["cards", "people"]``; all by default. The
        projects are always written. A table that is left out has no rows of these projects, and
        the manifest promises none; views and reports that need it have nothing to say.
    on_progress: is told how far each project is.

    Each project is written whole or not at all, and the failure of one stops no other: the report
    has the error of each project that failed, and the manifest has it, too. Other processes may
    export other projects to the same file or folder meanwhile.

    Raises InvalidInput for arguments that cannot be right, ExportError if the file or folder cannot
    be written to: then what is whole stays, and the same call continues.
    """
    named = named_clients(clients)
    rules, chosen = done_rules(done, named), chosen_tables(tables)
    check_count("concurrency", concurrency, least=1)
    began = anyio.current_time()
    writer = TargetWriter(open_target(to, format))
    target = writer.target
    async with AsyncExitStack() as stack:
        stack.callback(target.close)
        await writer.run(target.prepare)
        run = await writer.run(partial(target.begin, scope_of(named.values()), resume=resume))
        entries = {key_of(entry): entry for entry in await writer.run(target.entries)}
        export_run = _ExportRun(
            writer,
            run,
            entries,
            concurrency,
            changed_only=changed_only,
            anew=not resume,
            done=rules,
            tables=chosen,
            on_progress=on_progress,
        )
        for client in named.values():
            if not client.is_open:
                await stack.enter_async_context(client)
        await export_run.export_all(named)
        await writer.run(partial(target.finish, [run]))
    reports = export_run.reports
    return ExportReport(
        path=target.path,
        projects=tuple(reports[index] for index in sorted(reports)),
        seconds=anyio.current_time() - began,
        continued=start_of(run),
    )


@frozen
class _Connection:
    """Where projects are looked for."""

    number: int
    name: str
    reader: ProjectReader
    queue: ProjectQueue
    after: Sequence[anyio.Event]
    """When the connections before it that may lead to the same projects have found theirs: it
    leaves those to them.
    """
    found: anyio.Event = field(factory=anyio.Event)
    """Its projects are known."""


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
    concurrency: int
    changed_only: bool = field(kw_only=True)
    anew: bool = field(kw_only=True)
    done: Mapping[str, DoneRule] = field(kw_only=True)
    tables: frozenset[str] = field(kw_only=True)
    on_progress: Callable[[Progress], object] | None = field(kw_only=True)
    reports: dict[Index, ProjectReport] = field(factory=dict[Index, ProjectReport])
    found_by: dict[ProjectKey, str] = field(factory=dict[ProjectKey, str])
    """The connection that each project was found by first."""

    async def export_all(self, clients: Mapping[str, Exportable]) -> None:
        """Finds the projects of all connections, and exports those of each as they are found."""
        in_flight, queues = ConcurrencyLimit(self.concurrency), dict[Hashable, ProjectQueue]()
        # Connections that may lead to the same project, in their order.
        alike = defaultdict[ProjectKey, list[anyio.Event]](list)
        for number, (name, client) in enumerate(clients.items()):
            at_once = min(self.concurrency, client.concurrency)
            queue = queues.setdefault(client.pace_key, ProjectQueue())
            queue.width += at_once
            reader = reader_of(client, ReadLimiter(at_once, in_flight))
            before = alike[reader.connection_ref.key]
            connection = _Connection(number, name, reader, queue, tuple(before))
            before.append(connection.found)
            queue.add(partial(self._find_projects, connection), 0)
        await run_queues(queues.values())

    async def _find_projects(self, connection: _Connection, _load: ProjectLoad) -> None:
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
            with_rule = evolve(ref, done=self.done[name])
            project = _Project((connection.number, number), name, reader, with_rule, gaps)
            first = self.found_by.setdefault(ref.key, name)
            if first == name:
                connection.queue.add(partial(self._export, project), self._rows_before(ref.key))
            else:
                self._skip(project, f"exported through the connection {first}")
        connection.found.set()

    def _rows_before(self, key: ProjectKey) -> int | None:
        tables = self.entries[key]["tables"] if key in self.entries else None
        return None if tables is None else sum(one["rows"] for one in tables.values())

    async def _export(self, project: _Project, load: ProjectLoad) -> None:
        """Leaves a project as it is, or reads and writes it."""
        ref, before = project.ref, self.entries.get(project.ref.key)
        if before is not None and before["tables"] is None:
            before = None  # it was never written
        # With other tables than these, nothing lets it stay as it is.
        same = before is not None and self.tables == frozenset(before["tables"] or ())
        resumed = before is not None and same and is_of(self.run, before)
        if before is not None and resumed and is_fresh(before):
            self._skip(project, "this run has written it already")
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
                and ((self.changed_only and same) or resumed)
                and await _is_unchanged(project, before)
            ):
                why = f"unchanged: {before['watermark']}"
                await self.writer.run(partial(self.writer.target.skip, self.run, ref, why))
                self._skip(project, why)
                return
            on_read(title, 0)
            previous = None if before is None or self.anew else StoredProject(self.writer, before)
            data = await read_project(project.reader, ref, project.gaps, on_read, previous)
        except TargetError:
            raise  # of the target: it ends the whole run
        except AgilekitError as error:
            seconds = anyio.current_time() - began
            await self._fail(project.index, project.connection, ref, seconds, error, title)
            return
        chosen = data.only(self.tables)
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
        self.reports[project.index] = ProjectReport(
            project.connection,
            *project.ref.key,
            title,
            tables,
            anyio.current_time() - began,
            data.gaps,
            data.notes,
        )
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
        self.reports[index] = ProjectReport(
            connection,
            ref.service,
            ref.host,
            ref.project_id or None,
            title,
            {},
            seconds,
            error=error,
        )
        self._progress(connection, ref, "failed", title)

    def _skip(self, project: _Project, why: str) -> None:
        ref = project.ref
        self.reports[project.index] = ProjectReport(
            project.connection, *ref.key, ref.title, {}, 0.0, skipped=why
        )
        self._progress(project.connection, ref, "skipped", ref.title)

    def _progress(
        self, connection: str, ref: ProjectRef, step: Step, title: str | None = None, rows: int = 0
    ) -> None:
        if self.on_progress is not None:
            self.on_progress(
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
