"""The source: reads projects in an event loop of its own thread, and gives their rows to dlt.

dlt extracts with synchronous generators. So the one that reads keeps a thread with an event loop
for as long as it is iterated, and asks it for one project after another; between two of them
nothing is under way there. However dlt leaves the generator, the thread ends with it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from anyio.from_thread import start_blocking_portal
from attrs import field, frozen

from agilekit.checks import check_count
from agilekit.connections import Connection
from agilekit.dlt.destination import completed_loads
from agilekit.dlt.tables import LOADED_MANIFEST, PROJECT_KEY, Batches, entry_row, hints
from agilekit.dlt.watermarks import known, remember
from agilekit.errors import InvalidInput
from agilekit.export import manifest
from agilekit.export.chosen_tables import chosen_tables
from agilekit.export.clients import named_clients
from agilekit.export.done import DoneNames, DoneRule, done_rules
from agilekit.export.optional import require
from agilekit.export.project import ProjectData
from agilekit.export.project_stream import ProjectStream, StreamedProject, project_stream
from agilekit.export.report import ProjectReport
from agilekit.export.source.readers import Exportable
from agilekit.export.table import ProjectKey, Row, Table
from agilekit.export.tables import TABLES

if TYPE_CHECKING:
    from dlt.extract import DltResource, DltSource

__all__ = ["Connections", "source"]

Connections: TypeAlias = Mapping[str, Exportable | Connection] | Sequence[Exportable]

_NAME: Final = "agilekit"
_READING: Final = "projects_read"
_MERGE: Final = {"disposition": "merge", "strategy": "delete-insert"}
_OF_ARROW: Final = frozenset({"parquet", "csv"})
"""The formats of files that dlt writes batches of Arrow to without converting them."""


def source(
    connections: Connections,
    *,
    concurrency: int = 32,
    at_once: int = 4,
    changed_only: bool = True,
    done: DoneNames | None = None,
    tables: Iterable[str] | None = None,
    on_project: Callable[[ProjectReport], object] | None = None,
) -> DltSource:
    """A source of dlt with a resource for each table of an export, and `manifest`.

    connections: what `agilekit.connections.load` gives; or clients as for
        `agilekit.export.export`, none of them open: each is opened when something of it is read.
    concurrency: as of `agilekit.export.export`.
    at_once: how many projects are read at once, and held until dlt took their rows.
    changed_only: do not read a project whose version proves that it did not change since a load of
        this pipeline that came to its end.
    done: as of `agilekit.export.export`; by default what the connections say.
    tables: as of `agilekit.export.export`. What the destination has of these projects in a table
        that is left out, dlt deletes.
    on_project: is told what became of each project: its rows, why it was not read, or its error.
        With it, a project that fails stays in the destination as it was. Without it, the first
        error ends the extraction, and nothing is loaded.

    Raises InvalidInput for arguments that cannot be right, for a secret that is not there, and if
    the extra is missing. What is raised while dlt extracts, dlt wraps: the cause of its
    `PipelineStepFailed` is a ResourceExtractionError, and the cause of that is ours.
    """
    dlt = require("dlt", extra="dlt", by="agilekit.dlt")
    clients = named_clients(_clients(connections))
    for client in clients.values():
        if client.is_open:
            raise InvalidInput(
                f"{client!r} is open: dlt reads in a thread, where it opens it itself"
            )
    check_count("concurrency", concurrency, least=1)
    check_count("at_once", at_once, least=1)
    reading = _Reading(
        dlt,
        clients,
        done_rules(_done(connections) if done is None else done, clients),
        chosen_tables(tables),
        concurrency=concurrency,
        at_once=at_once,
        changed_only=changed_only,
        on_project=on_project,
    )
    return reading.source()


def _clients(connections: object) -> object:
    if not isinstance(connections, Mapping):
        return connections
    named = cast("Mapping[object, object]", connections)
    return {
        name: one.client() if isinstance(one, Connection) else one for name, one in named.items()
    }


def _done(connections: Connections) -> dict[str, Sequence[str]] | None:
    if not isinstance(connections, Mapping):
        return None
    named = cast("Mapping[str, object]", connections)
    return {
        name: one.done for name, one in named.items() if isinstance(one, Connection) and one.done
    }


@frozen
class _Reading:
    """What one source reads, and how dlt is told of it."""

    # Any: a module that may be missing has no type.
    dlt: Any = field(repr=False)
    clients: Mapping[str, Exportable]
    done: Mapping[str, DoneRule]
    tables: frozenset[str]
    concurrency: int = field(kw_only=True)
    at_once: int = field(kw_only=True)
    changed_only: bool = field(kw_only=True)
    on_project: Callable[[ProjectReport], object] | None = field(kw_only=True)
    batches: Batches = field(init=False, factory=Batches, repr=False)

    def source(self) -> DltSource:
        # dlt marks functions, which it cannot do with methods.
        made: DltSource = self.dlt.source(lambda: self._resources(), name=_NAME, section=_NAME)()
        return made

    def _resources(self) -> Iterator[DltResource]:
        def projects() -> Iterator[ProjectData]:
            yield from self._projects()

        read = self.dlt.resource(projects, name=_READING, selected=False)
        for table in TABLES:
            yield self._resource(table, partial(self._rows, table), read)
        yield self._resource(LOADED_MANIFEST, self._entry, read)

    def _resource(
        self, table: Table, rows_of: Callable[[ProjectData], Collection[Row]], read: DltResource
    ) -> DltResource:
        def rows(data: ProjectData) -> Iterator[Any]:
            yield from self.batches.of(table, data.project, rows_of(data))

        made: DltResource = self.dlt.transformer(
            rows,
            data_from=read,
            name=table.name,
            write_disposition=_MERGE,
            merge_key=PROJECT_KEY,
            columns=hints(table),
        )
        return made

    def _rows(self, table: Table, data: ProjectData) -> Collection[Row]:
        return data.rows[table.name]

    def _entry(self, data: ProjectData) -> list[Row]:
        """The row of a project in the manifest; and dlt's state remembers it."""
        loaded = data.only(data.tables & self._selected())
        run = self.dlt.current.load_package_state()["load_id"]
        entry = manifest.complete(loaded, run, manifest.digests(loaded))
        remember(self.dlt.current.source_state(), entry)
        return [entry_row(entry)]

    def _selected(self) -> frozenset[str]:
        """The tables that dlt was asked for."""
        return frozenset(self.dlt.current.source().selected_resources)

    def _projects(self) -> Iterator[ProjectData]:
        self._fit_destination()
        watermarks = self._watermarks()
        with start_blocking_portal() as portal:
            stream = portal.call(self._stream, watermarks)
            while (project := portal.call(_next, stream)) is not None:
                self._tell(project)
                if project.data is not None:
                    yield project.data

    async def _stream(self, watermarks: Mapping[ProjectKey, str]) -> ProjectStream:
        return project_stream(
            self.clients,
            concurrency=self.concurrency,
            at_once=self.at_once,
            done=self.done,
            tables=self.tables,
            watermarks=watermarks,
        )

    def _watermarks(self) -> dict[ProjectKey, str]:
        """Of the projects that are certain to be in the destination as they were read."""
        remembered = known(self.dlt.current.source_state(), self.tables & self._selected())
        if not self.changed_only or not remembered:
            return {}
        completed = completed_loads(self.dlt.current.pipeline(), _NAME)
        return {key: mark for key, (mark, load) in remembered.items() if load in completed}

    def _fit_destination(self) -> None:
        """Raises InvalidInput for one in which a project cannot be replaced.

        Where dlt would write the batches as CSV, it is to convert them: an empty text of CSV is
        null in the destination.
        """
        destination = self.dlt.current.pipeline().destination
        can = destination.capabilities()
        if _MERGE["strategy"] not in (can.supported_merge_strategies or ()):
            raise InvalidInput(
                f"dlt cannot replace a project in {destination.destination_name}, "
                f"which does not merge by {_MERGE['strategy']}"
            )
        as_they_are = [one for one in can.supported_loader_file_formats if one in _OF_ARROW]
        if as_they_are[:1] == ["csv"]:
            for resource in self.dlt.current.source().resources.values():
                resource.apply_hints(file_format="preferred")

    def _tell(self, project: StreamedProject) -> None:
        if self.on_project is not None:
            self.on_project(project.report)
        elif project.error is not None:
            raise project.error


async def _next(stream: ProjectStream) -> StreamedProject | None:
    return await anext(stream, None)
