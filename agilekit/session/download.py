"""Answers that go to a file as they come: whole, or not at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from os import PathLike
from pathlib import Path
from uuid import uuid4

import anyio

from agilekit.errors import InvalidInput
from agilekit.session.session import Session
from agilekit.wire.json import JSON
from agilekit.wire.route import Route

__all__ = ["download"]


class _PartialFile:
    """The file, while it is not whole."""

    def __init__(self, file: anyio.AsyncFile[bytes]) -> None:
        self._file = file
        self.size = 0
        """Bytes."""

    async def begin(self) -> None:
        try:
            await self._file.seek(0)
            await self._file.truncate()
        except OSError as error:
            raise _unwritable(error) from None
        self.size = 0

    async def write(self, piece: bytes) -> None:
        self.size += len(piece)
        left = memoryview(piece)
        try:
            while left:  # what does not fit any more is not written, and raises only the next time
                left = left[await self._file.write(left) :]
        except OSError as error:
            raise _unwritable(error) from None


async def download(
    session: Session,
    route: Route[object],
    ids: Mapping[str, object],
    query: Mapping[str, JSON],
    *,
    accept: str,
    types: Collection[str],
    to: str | PathLike[str],
) -> Path:
    """Makes a call whose answer becomes the file `to`, and takes the place of one that is there.

    Raises InvalidInput if the file cannot be written, DecodeError if the answer is empty or
    of another media type than `types`, and the errors of `Session.call`.
    """
    path = Path(to)
    part = anyio.Path(path.with_name(f".{path.name}.{uuid4().hex}.part"))
    try:
        file = await anyio.open_file(part, "xb", buffering=0)
    except OSError as error:
        raise _unwritable(error) from None
    try:
        async with file:
            content = _PartialFile(file)
            answer = await session.stream(
                route, ids, query, accept=accept, types=types, sink=content
            )
        if not content.size:
            raise answer.malformed("the answer is empty")
        try:
            await part.replace(path)
        except OSError as error:
            raise _unwritable(error) from None
    finally:
        with anyio.CancelScope(shield=True):
            await part.unlink(missing_ok=True)
    return path


def _unwritable(error: OSError) -> InvalidInput:
    return InvalidInput(f"the file cannot be written: {error}")
