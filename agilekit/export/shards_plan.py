"""The plan of an export in shards: which connections go together, and what is asked of them.

| together are | because |
|---|---|
| connections of one credential at one host | they share its rate, which only one process can keep |
| what a hash puts together, of more than `MOST_SHARDS` such groups | each shard has its own price |
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Unpack, cast
from urllib.parse import parse_qsl, urlsplit

from attrs import evolve, frozen

from agilekit.connections import Connection, TargetAddress, load_targets
from agilekit.errors import InvalidInput
from agilekit.export.clients import identity_of
from agilekit.export.done import DoneNames
from agilekit.export.run_options import ExportOptions, RunOptions
from agilekit.export.shards_end import SCOPE
from agilekit.export.source.reader import host_of
from agilekit.export.target.open_target import Destination, Format, open_target
from agilekit.export.target.remote import RemoteSQLite, is_url
from agilekit.export.target.target import Target

__all__ = [
    "MOST_SHARDS",
    "Shard",
    "ShardConnection",
    "done_of_connections",
    "plan",
    "scope_of_connections",
]

MOST_SHARDS: Final = 64
_PATHS: Final = (str, os.PathLike)
_SECRET: Final = re.compile(
    r"(password|passwd|secret|token|signature|\bsig|\bsas|\bkey|_key)$", re.I
)


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
class NamedTarget:
    """Where the password of a target is looked up."""

    name: str
    file: str


@frozen
class Shard:
    """Some connections of an export. It can be pickled, and no secret is in it."""

    scope: str
    """Names the connections: a later plan of the same ones has the same."""
    connections: tuple[ShardConnection, ...]
    to: str
    """Without its password."""
    format: Format | None
    options: RunOptions
    named: NamedTarget | None = None
    """If it has one."""

    @property
    def numbers(self) -> Mapping[str, int]:
        """The place of each of its connections in the plan, by name."""
        return {one.name: one.number for one in self.connections}

    def target(self) -> Target:
        """Where its projects are written, opened. Raises InvalidInput."""
        if self.named is None:
            return open_target(self.to, self.format)
        address = load_targets(self.named.file).get(self.named.name)
        if address is None or address.to != self.to:
            raise InvalidInput(f"{self.named.file} has no target {self.named.name} to {self.to}")
        return open_target(address, self.format)

    def __repr__(self) -> str:
        return f"<Shard {self.scope}: {', '.join(one.name for one in self.connections)}>"


def plan(
    connections: Mapping[str, Connection],
    to: Destination,
    *,
    format: Format | None = None,
    **options: Unpack[ExportOptions],
) -> Sequence[Shard]:
    """The shards of an export, in the order of their connections.

    connections: from a file, as `agilekit.connections.load` gives them. Those of the same
        credential at the same host are in one shard. Equal plans have equal shards, however many
        processes run them; there are at most 64.
    to: a path is made absolute: it has to mean the same wherever a shard is run. The password of
        one that `agilekit.connections.load_targets` gives is looked up there, by its name.

    Nothing is asked of a service, nor written. A secret that cannot be looked up here is left to
    the processes that run the shards.

    Raises InvalidInput for arguments that cannot be right: for clients, for connections that were
    made in memory, for a password in `to`, and for a target that only one process can write to.
    """
    checked = _checked_connections(connections)
    target = _checked_target(to.to if isinstance(to, TargetAddress) else to, format)
    named = _named(to)
    run_options = RunOptions.of(checked, done_of_connections(checked), **options)
    shards = list[Shard]()
    for group in _bundled(_grouped(_located(checked))):
        found = tuple(one.connection for one in group)
        own = evolve(run_options, done={one.name: run_options.done[one.name] for one in found})
        scope = _scope(one.identity for one in group)
        shards.append(Shard(scope, found, target, format, own, named))
    return shards


def scope_of_connections(connections: Iterable[Connection]) -> str:
    """The scope of the shard that holds these, by what they lead to."""
    return _scope(identity_of(one.without_secret()) for one in connections)


def done_of_connections(given: object) -> DoneNames | None:
    """What the file of connections says is done; None if it says nothing, or clients are given."""
    if not isinstance(given, Mapping):
        return None
    named = cast("Mapping[str, object]", given).items()
    return {
        name: one.done for name, one in named if isinstance(one, Connection) and one.done
    } or None


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
    path = _path_of(to)
    if _holds_secret(path):
        raise InvalidInput(
            "to holds a secret, and shards are to hold none: leave it to the environment of the "
            "processes that run them, or name the target in the file of connections"
        )
    target = open_target(to, format)
    target.close()
    if isinstance(target, RemoteSQLite):
        raise InvalidInput(
            "a SQLite file at a URL is written by one process: export to a folder there, or to a "
            "file of this machine"
        )
    return path if is_url(path) else str(Path(path.removeprefix("file://")).absolute())


def _named(to: object) -> NamedTarget | None:
    if not isinstance(to, TargetAddress) or not to.has_password:
        return None
    if not to.file:
        raise InvalidInput(
            f"the target {to.name!r:.60} was made in memory, where no other process can look its "
            "password up: give what agilekit.connections.load_targets() gives"
        )
    return NamedTarget(to.name, str(Path(to.file).absolute()))


def _path_of(to: object) -> str:
    """Empty if it is no path."""
    return os.fsdecode(cast("str | os.PathLike[str]", to)) if isinstance(to, _PATHS) else ""


def _holds_secret(path: str) -> bool:
    if not is_url(path):
        return False
    parts = urlsplit(path)
    named = (name for name, _ in parse_qsl(parts.query))
    return bool(parts.password) or any(map(_SECRET.search, named))


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
        number = int(_hash(one.identity for one in group), 16) % MOST_SHARDS
        bundles[str(number)].extend(group)
    return [*bundles.values()]


def _scope(identities: Iterable[str]) -> str:
    return f"{SCOPE}{_hash(identities)}"


def _hash(identities: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(identities)).encode()).hexdigest()[:16]
