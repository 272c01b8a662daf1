"""An export in parts that any process can do, on this machine or on others.

::

    connections = agilekit.connections.load()
    shards = plan(connections, to="backup.sqlite")
    reports = [run_shard(shard) for shard in shards]  # anywhere, in any order, at the same time
    report = finish("backup.sqlite", reports)

A shard holds whole credentials, so that no rate is split, and names instead of secrets: whoever
runs it has the file of connections, and looks the secrets up. It commits project by project, in a
run of its own scope. Run again, it continues: what it has written is left as it is, and a process
that was thought dead, and comes late, is refused by the target.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import anyio

from agilekit.connections import Connection, load
from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export.report import Progress, ProjectReport
from agilekit.export.resume import start_of
from agilekit.export.run import export_run
from agilekit.export.run_options import RunHooks
from agilekit.export.schedule import MOST_ROWS
from agilekit.export.shards_end import ShardReport, finish
from agilekit.export.shards_plan import (
    MOST_SHARDS,
    Shard,
    ShardConnection,
    plan,
    scope_of_connections,
)
from agilekit.export.source.readers import Exportable
from agilekit.export.writer import TargetWriter
from agilekit.session.concurrency_limit import ConcurrencyLimit

__all__ = [
    "MOST_SHARDS",
    "Shard",
    "ShardConnection",
    "ShardReport",
    "export_shard",
    "finish",
    "lost",
    "plan",
    "run_shard",
]


def run_shard(
    shard: Shard, *, on_progress: Callable[[Progress], object] | None = None
) -> ShardReport:
    """Exports the projects of a shard, each whole or not at all. Blocks.

    It can be run again, elsewhere too: it then continues. Its report can be pickled, errors
    included; a project that fails, and a secret that is not there, stop no other.

    Raises InvalidInput if this process has no such file of connections, or other ones in it;
    ExportError if the target cannot be written to, or another process has taken the shard over.
    """
    return anyio.run(partial(export_shard, shard, on_progress=on_progress))


async def export_shard(
    shard: Shard,
    *,
    on_progress: Callable[[Progress], object] | None = None,
    on_report: Callable[[ProjectReport], object] | None = None,
    in_flight: ConcurrencyLimit | None = None,
    most_rows: int = MOST_ROWS,
) -> ShardReport:
    """The same as `run_shard`, in an event loop.

    on_report: is told what became of each project, when that is certain.
    in_flight, most_rows: what shards that run at once in one process share.
    """
    began = anyio.current_time()
    clients, failed = _clients(shard)
    for report in failed:
        if on_report is not None:
            on_report(report)
    writer = TargetWriter(shard.target())
    try:
        result = await export_run(
            clients,
            writer,
            shard.options,
            RunHooks(on_progress, on_report),
            scope=shard.scope,
            in_flight=in_flight,
            most_rows=most_rows,
        )
    finally:
        writer.target.close()
    projects = (*failed, *result.projects)
    seconds = anyio.current_time() - began
    continued = start_of(result.run)
    return ShardReport(shard.scope, shard.numbers, projects, seconds, continued)


def lost(shard: Shard, error: AgilekitError, projects: Iterable[ProjectReport] = ()) -> ShardReport:
    """The report of a shard that no process could run to its end.

    projects: those of which it is certain what became of them.
    """
    failed = (_failed(one, error) for one in shard.connections)
    return ShardReport(shard.scope, shard.numbers, (*projects, *failed), 0.0)


def _clients(shard: Shard) -> tuple[dict[str, Exportable], list[ProjectReport]]:
    """The clients of a shard, and the reports of those whose secret is not there."""
    clients, failed = dict[str, Exportable](), list[ProjectReport]()
    for one, connection in zip(shard.connections, _connections(shard), strict=True):
        try:
            clients[one.name] = connection.client()
        except InvalidInput as error:
            failed.append(_failed(one, error))
    return clients, failed


def _connections(shard: Shard) -> list[Connection]:
    """Those of a shard, as this process finds them. Raises InvalidInput."""
    files = {file: load(file) for file in {one.file for one in shard.connections}}
    for one in shard.connections:
        if one.name_in_file not in files[one.file]:
            raise InvalidInput(f"{one.file} has no connection {one.name_in_file} here")
    found = [files[one.file][one.name_in_file] for one in shard.connections]
    if scope_of_connections(found) != shard.scope:
        raise InvalidInput(
            f"the connections of {' and '.join(sorted(files))} do not lead here to what they led "
            "to when the export was planned: plan it anew"
        )
    return found


def _failed(one: ShardConnection, error: AgilekitError) -> ProjectReport:
    return ProjectReport(one.name, one.service, one.host, None, None, {}, 0.0, error=error)
