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

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final, cast
from urllib.parse import parse_qsl, urlsplit

import anyio
from attrs import evolve, frozen

from agilekit.connections import Connection, load
from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export.clients import identity_of
from agilekit.export.done import DoneNames
from agilekit.export.report import Progress, ProjectReport
from agilekit.export.resume import start_of
from agilekit.export.run import RunHooks, RunOptions, export_run
from agilekit.export.schedule import MOST_ROWS
from agilekit.export.shards_end import SCOPE, ShardReport, finish
from agilekit.export.source.reader import host_of
from agilekit.export.source.readers import Exportable
from agilekit.export.target.open_target import Format, open_target
from agilekit.export.target.remote import RemoteSQLite, is_url
from agilekit.export.writer import TargetWriter
from agilekit.session.concurrency_limit import ConcurrencyLimit

__all__ = [
    "MOST_SHARDS",
    "Shard",
    "ShardConnection",
    "ShardReport",
    "done_of_connections",
    "export_shard",
    "finish",
    "lost",
    "plan",
    "run_shard",
]

MOST_SHARDS: Final = 64
_SECRETS: Final = frozenset({"password", "passwd", "secret", "token", "key", "sas"})


@frozen
class ShardConnection:
    """Where a connection is looked up, and what it leads to."""

    number: int
    """Its place among those of the plan."""
    name: str
    """What progress and report call it."""
    name_in_file: str
    file: str
    service: str
    host: str


@frozen
class Shard:
    """Some connections of an export. It can be pickled, and no secret is in it."""

    scope: str
    """Names the connections: a later plan of the same ones has the same."""
    connections: tuple[ShardConnection, ...]
    to: str
    format: Format | None
    options: RunOptions

    @property
    def numbers(self) -> Mapping[str, int]:
        """The place of each of its connections in the plan, by name."""
        return {one.name: one.number for one in self.connections}

    def __repr__(self) -> str:
        return f"<Shard {self.scope}: {', '.join(one.name for one in self.connections)}>"


def plan(
    connections: Mapping[str, Connection],
    to: str | os.PathLike[str],
    *,
    format: Format | None = None,
    concurrency: int = 32,
    changed_only: bool = False,
    resume: bool = True,
    done: DoneNames | None = None,
    tables: Iterable[str] | None = None,
) -> Sequence[Shard]:
    """The shards of an export, in the order of their connections.

    connections: from a file, as `agilekit.connections.load` gives them. Those of the same
        credential at the same host are in one shard. Equal plans have equal shards, however many
        processes run them; there are at most 64.
    to: a path is made absolute: it has to mean the same wherever a shard is run.
    concurrency: of each process.
    done: as of `agilekit.export.export`; by default, what the file says.

    Nothing is asked of a service, nor written. A secret that cannot be looked up here is left to
    the processes that run the shards.

    Raises InvalidInput for arguments that cannot be right: for clients, for connections that were
    made in memory, for a password in `to`, and for a target that only one process can write to.
    """
    checked = _checked_connections(connections)
    target = _checked_target(to, format)
    options = RunOptions.of(
        checked,
        concurrency=concurrency,
        changed_only=changed_only,
        resume=resume,
        done=done_of_connections(checked) if done is None else done,
        tables=tables,
    )
    shards = list[Shard]()
    for group in _bundled(_grouped(_located(checked))):
        found = tuple(one.connection for one in group)
        own = evolve(options, done={one.name: options.done[one.name] for one in found})
        shards.append(Shard(f"{SCOPE}{_hash(group)}", found, target, format, own))
    return shards


def done_of_connections(given: object) -> DoneNames | None:
    """What the file of connections says is done; None if it says nothing, or clients are given."""
    if not isinstance(given, Mapping):
        return None
    named = cast("Mapping[str, object]", given).items()
    return {
        name: one.done for name, one in named if isinstance(one, Connection) and one.done
    } or None


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
    writer = TargetWriter(open_target(shard.to, shard.format))
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


def _checked_connections(given: object) -> dict[str, Connection]:
    if not isinstance(given, Mapping) or not given:
        raise InvalidInput(
            "shards need connections by their names, as agilekit.connections.load() gives them"
        )
    for name, one in cast("Mapping[object, object]", given).items():
        if not isinstance(one, Connection):
            raise InvalidInput(
                f"{name!r:.60} is a {type(one).__name__}, which no other process can have: name it "
                "in a file of connections, and give what agilekit.connections.load() gives"
            )
        if not one.file:
            raise InvalidInput(
                f"the connection {name!r:.60} was made in memory, where no other process can look "
                "it up: write it to a file, and give what agilekit.connections.load() gives"
            )
    return dict(cast("Mapping[str, Connection]", given))


def _checked_target(to: object, format: Format | None) -> str:
    """The path or URL of a target, as it is in every process. Raises InvalidInput."""
    path = os.fspath(to) if isinstance(to, str | os.PathLike) else ""
    if isinstance(path, str) and _holds_secret(path):
        raise InvalidInput(
            "to holds a secret, and shards are to hold none: leave it to the environment of the "
            "processes that run them"
        )
    target = open_target(to, format)
    target.close()
    if isinstance(target, RemoteSQLite):
        raise InvalidInput(
            "a SQLite file at a URL is written by one process: export to a folder there, or to a "
            "file of this machine"
        )
    path = str(path)
    return path if is_url(path) else str(Path(path.removeprefix("file://")).absolute())


def _holds_secret(path: str) -> bool:
    if not is_url(path):
        return False
    parts = urlsplit(path)
    named = {name.lower() for name, _ in parse_qsl(parts.query)}
    return bool(parts.password) or not _SECRETS.isdisjoint(named)


@frozen
class _Located:
    """A connection, and what it leads to."""

    identity: str
    credential: tuple[str, ...]
    connection: ShardConnection


def _located(connections: Mapping[str, Connection]) -> Iterator[_Located]:
    names = dict[str, str]()
    for number, (name, one) in enumerate(connections.items()):
        client = one.without_secret()
        identity, host = identity_of(client), host_of(client.base_url)
        if (first := names.setdefault(identity, name)) != name:
            raise InvalidInput(f"{first} and {name} lead to the same projects")
        file = str(Path(one.file).absolute())
        found = ShardConnection(number, name, one.name, file, one.service, host)
        yield _Located(identity, one.credential_key, found)


def _grouped(located: Iterable[_Located]) -> list[list[_Located]]:
    """Together are those of one credential at one host, and so of one rate."""
    groups = defaultdict[tuple[str, ...], list[_Located]](list)
    for one in located:
        groups[one.connection.host, *one.credential].append(one)
    return [*groups.values()]


def _bundled(groups: Sequence[list[_Located]]) -> list[list[_Located]]:
    """At most `MOST_SHARDS`, of which each stays the same whatever becomes of the others."""
    if len(groups) <= MOST_SHARDS:
        return [*groups]
    bundles = defaultdict[str, list[_Located]](list)
    for group in groups:
        number = int(_hash(group), 16) % MOST_SHARDS
        bundles[str(number)].extend(group)
    return [*bundles.values()]


def _hash(group: Iterable[_Located]) -> str:
    identities = sorted(one.identity for one in group)
    return hashlib.sha256("\n".join(identities).encode()).hexdigest()[:16]


def _clients(shard: Shard) -> tuple[dict[str, Exportable], list[ProjectReport]]:
    """The clients of a shard, and the reports of those whose secret is not there."""
    files = {file: load(file) for file in {one.file for one in shard.connections}}
    clients, failed = dict[str, Exportable](), list[ProjectReport]()
    for one in shard.connections:
        if one.name_in_file not in files[one.file]:
            raise InvalidInput(f"{one.file} has no connection {one.name_in_file} here")
        try:
            clients[one.name] = files[one.file][one.name_in_file].client()
        except InvalidInput as error:
            failed.append(_failed(one, error))
    return clients, failed


def _failed(one: ShardConnection, error: AgilekitError) -> ProjectReport:
    return ProjectReport(one.name, one.service, one.host, None, None, {}, 0.0, error=error)
