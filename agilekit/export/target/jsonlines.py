"""Tables as JSON Lines: a row is a line, an object of the columns in their order.

With zstandard, a file is one compressed stream of the same lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, BinaryIO, Final, cast

from attrs import field, frozen

from agilekit.export.optional import require
from agilekit.export.table import Row, Table

__all__ = ["CompressedJSONLines", "JSONLines"]


@frozen
class JSONLines:
    """A `TableFormat`."""

    kind: str = "jsonl"
    suffix: str = ".jsonl"
    is_fragile: bool = False
    same_since: int = 3

    def write(
        self,
        stream: BinaryIO,
        table: Table,  # noqa: ARG002 - a line names its columns itself
        lines: Iterator[Iterator[bytes]],
    ) -> None:
        with self._packed(stream, "wb") as packed:
            for project in lines:
                packed.writelines(project)

    def read(self, stream: BinaryIO, table: Table) -> Iterator[Row]:
        names = [column.name for column in table.columns]
        if not stream.read(1):
            return
        stream.seek(0)
        with self._packed(stream, "rb") as packed:
            for line in packed:
                data = json.loads(line)
                if not isinstance(data, dict) or [*cast("dict[str, object]", data)] != names:
                    raise ValueError(f"a line of {table.name} is not a row of it")
                yield tuple(cast("dict[str, Any]", data).values())

    def differences(
        self,
        stream: BinaryIO,  # noqa: ARG002 - a line says nothing but its row
        table: Table,  # noqa: ARG002 - the same
    ) -> Iterator[str]:
        return iter(())

    def _packed(
        self,
        stream: BinaryIO,
        mode: str,  # noqa: ARG002 - what is not packed is read as it is written
    ) -> AbstractContextManager[BinaryIO]:
        return nullcontext(stream)


def _zstd() -> Any:
    return require("compression.zstd", "backports.zstd", extra="zstd", by="the format jsonl.zst")


@frozen
class CompressedJSONLines(JSONLines):
    """A `TableFormat`. Raises InvalidInput if the library for it is missing."""

    kind: str = "jsonl.zst"
    suffix: str = ".jsonl.zst"
    _library: Final[Any] = field(factory=_zstd, eq=False, repr=False)

    def read(self, stream: BinaryIO, table: Table) -> Iterator[Row]:
        try:
            yield from JSONLines.read(self, stream, table)
        except self._library.ZstdError as error:
            raise ValueError(f"{table.name} is damaged: {error}") from error

    def _packed(self, stream: BinaryIO, mode: str) -> AbstractContextManager[BinaryIO]:
        return cast("AbstractContextManager[BinaryIO]", self._library.open(stream, mode))
