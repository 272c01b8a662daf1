"""What an export and its worker processes say to each other: over pipes, each message pickled.

| from | message | says |
|---|---|---|
| the export | `Setup`, once | what the shards of a worker share |
| | `Shard` | run this one, beside the others |
| a worker | `Ready`, once | it takes shards |
| | `ShardProgress` | how far a project is |
| | `ProjectEnded` | what became of a project |
| | `ShardEnded` | what became of all of a shard's projects |
| | `ShardFailed` | the error that ended a shard, and ends the export |
"""

from __future__ import annotations

import pickle
from io import BufferedWriter
from typing import BinaryIO, Final, TypeAlias

import anyio
from anyio.streams.buffered import BufferedByteReceiveStream
from attrs import frozen

from agilekit.errors import AgilekitError
from agilekit.export.report import Progress, ProjectReport
from agilekit.export.shards import Shard, ShardReport

__all__ = [
    "BEGIN",
    "FromWorker",
    "ProjectEnded",
    "Ready",
    "Setup",
    "ShardEnded",
    "ShardFailed",
    "ShardProgress",
    "framed",
    "read_from",
    "receive",
    "write_to",
]

BEGIN: Final = b"\0agilekit worker\0"
"""What a worker writes first: what its Python printed before that is no message."""
_LENGTH: Final = 8  # bytes before each message
_GONE: Final = (anyio.IncompleteRead, anyio.EndOfStream, anyio.BrokenResourceError)


@frozen
class Setup:
    concurrency: int
    """How many requests of a worker may be in flight at once."""
    most_rows: int
    """How many rows each shard may hold."""


@frozen
class Ready:
    pass


@frozen
class ShardProgress:
    scope: str
    progress: Progress


@frozen
class ProjectEnded:
    scope: str
    report: ProjectReport


@frozen
class ShardEnded:
    scope: str
    report: ShardReport


@frozen
class ShardFailed:
    scope: str
    error: AgilekitError


FromWorker: TypeAlias = Ready | ShardProgress | ProjectEnded | ShardEnded | ShardFailed


def framed(message: Setup | Shard | FromWorker) -> bytes:
    """A message as it goes through a pipe."""
    content = pickle.dumps(message)
    return len(content).to_bytes(_LENGTH) + content


def write_to(stream: BufferedWriter, message: FromWorker) -> None:
    """Writes a whole message. Blocks.

    An unbuffered stream would write a part of it if this process is stopped meanwhile.
    """
    stream.write(framed(message))
    stream.flush()


def read_from(stream: BinaryIO) -> object:
    """The next message; None at the end of the stream. Blocks."""
    head = stream.read(_LENGTH)
    content = stream.read(int.from_bytes(head))
    if len(head) < _LENGTH or len(content) < int.from_bytes(head):
        return None
    return pickle.loads(content)  # noqa: S301 - of the process that started this one


async def receive(stream: BufferedByteReceiveStream) -> object:
    """The next message; None when the process at its other end is gone."""
    try:
        length = int.from_bytes(await stream.receive_exactly(_LENGTH))
        content = await stream.receive_exactly(length)
    except _GONE:
        return None
    return pickle.loads(content)  # noqa: S301 - of an own process
