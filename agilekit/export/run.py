"""Exports the projects of several connections at once, each project whole or not at all."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import TypeAlias, cast

import anyio
from attrs import define, evolve, field, frozen

from agilekit.checks import check_count
from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export.done import Done, DoneNames, done_by_connection
from agilekit.export.manifest import Entry, Key, key_of
from agilekit.export.report import ExportReport, Progress, ProjectReport, Step
from agilekit.export.resume import is_fresh, is_of, start_of
from agilekit.export.schedule import Held, Queue, do_in_turn
from agilekit.export.source.reader import Reader, Turns, host_of
from agilekit.export.source.readers import Exportable, is_exportable, reader_of
from agilekit.export.tables import ExportError, Found
from agilekit.export.target.open_target import Format, target_at
from agilekit.export.target.target import Run
from agilekit.export.writer import Writer, Written
from agilekit.session.in_flight import Places
from agilekit.wire.odd import leniently

__all__ = ["export"]

Place: TypeAlias = tuple[int, int]
"""Which connection, and which of its projects."""


async def export(
    clients: Sequence[Exportable] | Mapping[str, Exportable],
    to: str | os.PathLike[str],
    *,
    format: Format | None = None,
    concurrency: int = 32,
    changed_only: bool = False,
    resume: bool = True,
    done: DoneNames | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> ExportReport:
    """Writes everything that all projects of the clients hold to one place.

    clients: a list, or by the names under which progress and report speak of them. One that is not
        open is opened meanwhile. Every project that a client leads to is exported.
    to: a file that ends in ``.sqlite``, ``.sqlite3`` or ``.db``, or else a folder: of Parquet where
        its name ends in ``.parquet``, of compressed JSON Lines for ``.zst``, and of JSON Lines for
        ``.jsonl`` or no ending; or the URL of either. Another ending is refused, unless `format` is
        given or an export is there already. It is made where it is not there; what is there of a
        project is replaced.
    format: ``"sqlite"``, ``"jsonl"``, ``"jsonl.zst"`` or ``"parquet"``, where `to` does not tell.
    concurrency: how many requests of all projects may be in flight at once, each client's own
        ``concurrency`` besides. What waits for the pace of its account is not in flight.
    changed_only: leave a project as it is where its version proves that it did not change since it
        was exported. flow and easyBacklog have none: their projects are read each time.
    resume: continue the run before, where that was of the same connections and did not come to its
        end: what it has written within the last hour is left as it is, and what it wrote earlier
        where its version proves that it did not change. And read of a board of Kanban Tool only the
        tasks that its changelog and its lists show to have changed since it was exported, and ask
        flow for no hidden task that was not there. False reads everything anew.
    done: the names or ids of the columns or states whose cards are done, such as
        ``["Done", "Released"]``: for all connections, or for some by their names. A project that
        has none of them, and one for which nothing is named, goes by its service's own rule.
    on_progress: is told how far each project is.

    Each project is written whole or not at all, and the failure of one stops no other: the report
    has the error of each project that failed, and the manifest has it, too. Other processes may
    export other projects to the same place meanwhile.

    Raises InvalidInput for arguments that cannot be right, ExportError where the place cannot be
    written to: then what is whole stays, and the same call continues.
    """
    named = _checked(clients)
    finished = done_by_connection(done, named)
    check_count("concurrency", concurrency, least=1)
    began = anyio.current_time()
    writer = Writer(target_at(to, format))
    async with AsyncExitStack() as stack:
        stack.callback(writer.target.close)
        await writer.do(writer.target.prepare)
        run = await writer.do(partial(writer.target.begin, _scope(named.values()), resume=resume))
        entries = {key_of(entry): entry for entry in await writer.do(writer.target.entries)}
        export = _Export(
            writer,
            run,
            entries,
            concurrency,
            changed_only=changed_only,
            anew=not resume,
            done=finished,
            tell=on_progress,
        )
        for client in named.values():
            if not client.is_open:
                await stack.enter_async_context(client)
        await export.read_all(named)
        await writer.do(partial(writer.target.finish, run))
    return ExportReport(
        path=writer.target.path,
        projects=tuple(export.reports[place] for place in sorted(export.reports)),
        seconds=anyio.current_time() - began,
        continued=start_of(run),
    )


@frozen
class _Connection:
    """Where projects are looked for."""

    number: int
    name: str
    reader: Reader
    queue: Queue
    after: Sequence[anyio.Event]
    """Those that it leaves to them the projects that they lead to as well."""
    found: anyio.Event = field(factory=anyio.Event)
    """Its projects are known."""


@frozen
class _Project:
    """A project on its way."""

    place: Place
    connection: str
    reader: Reader
    found: Found
    gaps: Sequence[str]
    """What was odd where it was found."""


@define
class _Export:
    writer: Writer
    run: Run
    entries: Mapping[Key, Entry]
    concurrency: int
    changed_only: bool = field(kw_only=True)
    anew: bool = field(kw_only=True)
    done: Mapping[str, Done] = field(kw_only=True)
    tell: Callable[[Progress], object] | None = field(kw_only=True)
    reports: dict[Place, ProjectReport] = field(factory=dict[Place, ProjectReport])
    known: dict[Key, str] = field(factory=dict[Key, str])
    """The connection that a project was found by."""

    async def read_all(self, clients: Mapping[str, Exportable]) -> None:
        """Finds the projects of all connections, and exports those of each as they are found."""
        places, queues = Places(self.concurrency), dict[Hashable, Queue]()
        # Connections that may lead to the same project, in their order.
        akin = defaultdict[Key, list[anyio.Event]](list)
        for number, (name, client) in enumerate(clients.items()):
            at_once = min(self.concurrency, client.concurrency)
            queue = queues.setdefault(client.pace_key, Queue())
            queue.width += at_once
            reader = reader_of(client, Turns(at_once, places))
            before = akin[reader.nothing.key]
            connection = _Connection(number, name, reader, queue, tuple(before))
            before.append(connection.found)
            queue.add(partial(self._find, connection), 0)
        await do_in_turn(queues.values())

    async def _find(self, connection: _Connection, _held: Held) -> None:
        name, reader = connection.name, connection.reader
        self._tell(name, reader.nothing, "finding")
        with leniently() as odd:
            try:
                found = await reader.projects()
            except AgilekitError as error:
                await self._fail((connection.number, 0), name, reader.nothing, 0.0, error)
                found = []
        for earlier in connection.after:
            await earlier.wait()
        ids = [one.project_id for one in found]
        for number, one in enumerate(found):
            gaps = odd.gaps_of(one.project_id, ids)
            whole = evolve(one, done=self.done[name])
            project = _Project((connection.number, number), name, reader, whole, gaps)
            first = self.known.setdefault(one.key, name)
            if first == name:
                connection.queue.add(partial(self._export, project), self._rows_before(one.key))
            else:
                self._skip(project, f"exported through the connection {first}")
        connection.found.set()

    def _rows_before(self, key: Key) -> int | None:
        tables = self.entries[key]["tables"] if key in self.entries else None
        return None if tables is None else sum(one["rows"] for one in tables.values())

    async def _export(self, project: _Project, held: Held) -> None:
        found, before = project.found, self.entries.get(project.found.key)
        if before is not None and before["tables"] is None:
            before = None
        resumed = before is not None and is_of(self.run, before)
        if before is not None and resumed and is_fresh(before):
            self._skip(project, "this run has written it already")
            return
        began = anyio.current_time()
        title, rows = found.title, 0

        def heard(now: str | None, entities: int) -> None:
            nonlocal title, rows
            title, rows = now, entities
            held.rows = entities
            self._tell(project.connection, found, "reading", title, rows)

        known = None if before is None or self.anew else Written(self.writer, before)
        try:
            if (
                before is not None
                and (self.changed_only or resumed)
                and await _is_same(project, before)
            ):
                why = f"unchanged: {before['watermark']}"
                await self.writer.do(partial(self.writer.target.skip, found, why))
                self._skip(project, why)
                return
            heard(title, 0)
            with leniently() as odd:
                part = await project.reader.read(found, heard, known)
            gaps = dict.fromkeys((*project.gaps, *part.gaps, *odd.gaps()))
            part = evolve(part, gaps=tuple(gaps))
        except ExportError:
            raise
        except AgilekitError as error:
            seconds = anyio.current_time() - began
            await self._fail(project.place, project.connection, found, seconds, error, title)
            return
        title, rows = part.project.title, sum(map(len, part.rows.values()))
        held.rows = rows
        self._tell(project.connection, found, "writing", title, rows)
        try:
            await self.writer.do(partial(self.writer.target.commit, self.run, part))
        except ExportError as error:
            self._tell(project.connection, found, "failed", title)
            what = f"{project.connection}: {title or found.project_id}: {error.message}"
            raise ExportError(what, error.path) from error
        self.reports[project.place] = ProjectReport(
            project.connection,
            *found.key,
            title,
            {name: len(rows) for name, rows in part.rows.items()},
            anyio.current_time() - began,
            part.gaps,
            part.notes,
        )
        self._tell(project.connection, found, "done", title, rows)

    async def _fail(
        self,
        place: Place,
        connection: str,
        found: Found,
        seconds: float,
        error: AgilekitError,
        title: str | None = None,
    ) -> None:
        if found.project_id:
            await self.writer.do(partial(self.writer.target.fail, found, error))
        self.reports[place] = ProjectReport(
            connection,
            found.service,
            found.host,
            found.project_id or None,
            title,
            {},
            seconds,
            error=error,
        )
        self._tell(connection, found, "failed", title)

    def _skip(self, project: _Project, why: str) -> None:
        found = project.found
        self.reports[project.place] = ProjectReport(
            project.connection, *found.key, found.title, {}, 0.0, skipped=why
        )
        self._tell(project.connection, found, "skipped", found.title)

    def _tell(
        self, connection: str, found: Found, step: Step, title: str | None = None, rows: int = 0
    ) -> None:
        if self.tell is not None:
            project_id = found.project_id or None
            known = len(self.known)
            self.tell(
                Progress(
                    connection,
                    found.service,
                    project_id,
                    title,
                    step,
                    rows,
                    known,
                    start_of(self.run),
                )
            )


async def _is_same(project: _Project, before: Entry) -> bool:
    """Whether its watermark proves that a project is as it was written."""
    if project.found.watermark is None:
        return False
    with leniently():
        watermark = await project.reader.watermark(project.found)
    return watermark is not None and project.found.done.stamped(watermark) == before["watermark"]


def _checked(clients: object) -> dict[str, Exportable]:
    """The clients by name: as given, or else their hosts, with a number where those are equal."""
    if isinstance(clients, Mapping):
        named = [(name, one) for name, one in cast("Mapping[object, object]", clients).items()]
    elif isinstance(clients, Sequence) and not isinstance(clients, str):
        named = [(None, one) for one in cast("Sequence[object]", clients)]
    else:
        named = []
    if not named:
        raise InvalidInput("export needs clients: a list, or by their names")
    chosen: dict[str, Exportable] = {}
    given = set[str]()
    for name, client in named:
        if not is_exportable(client):
            raise InvalidInput(f"cannot export a {type(client).__name__}, only a service's client")
        if name is not None and not isinstance(name, str):
            raise InvalidInput(f"the name of a connection is text, not {name!r:.60}")
        if (who := _identity(client)) in given:
            raise InvalidInput(f"{client!r} is given twice")
        given.add(who)
        host, number = name or host_of(client.base_url), 2
        unique = host
        while unique in chosen:
            unique, number = f"{host} ({number})", number + 1
        chosen[unique] = client
    return chosen


def _identity(client: Exportable) -> str:
    """Names what a client leads to, whatever its credential."""
    nothing = reader_of(client, Turns(1)).nothing
    return f"{nothing.service} {client.base_url} {nothing.project_id}"


def _scope(clients: Iterable[Exportable]) -> str:
    """Names the connections, whatever their order and credentials."""
    identities = sorted(map(_identity, clients))
    return hashlib.sha256("\n".join(identities).encode()).hexdigest()[:16]
