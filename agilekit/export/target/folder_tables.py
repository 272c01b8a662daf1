"""The files of the tables of a folder: made of the files of its projects, one a table."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias, cast

from attrs import frozen

from agilekit.export import manifest
from agilekit.export.manifest import ProjectEntry, TableDigest, key_of
from agilekit.export.table import ProjectKey, Row, Table
from agilekit.export.tables import TABLES
from agilekit.export.target.json_file import filled_with, read_object
from agilekit.export.target.store import Store
from agilekit.export.target.table_format import TableFormat

__all__ = ["FolderTables"]

_MANIFEST: Final = "manifest.json"
_BLOCK: Final = 1 << 20  # bytes

LinesOf: TypeAlias = Callable[[ProjectKey, Table], Iterator[bytes]]
"""The rows that a project has in a table."""


@frozen
class FolderTables:
    """The files of tables, and the manifest that belongs to them."""

    store: Store
    format: TableFormat

    def entries(self) -> list[ProjectEntry]:
        """What the manifest says of each project. Raises ValueError if it cannot be read."""
        found = self._manifest().get("projects")
        if not isinstance(found, list):
            raise ValueError(f"{_MANIFEST} is missing or damaged")
        return cast("list[ProjectEntry]", found)

    def version(self) -> int:
        """The version in which the files were made; this one if the manifest does not tell."""
        found = self._manifest().get("format")
        return found if isinstance(found, int) else manifest.FORMAT

    def make(self, entries: Sequence[ProjectEntry], lines_of: LinesOf) -> None:
        """Makes those anew whose rows have changed, or that are not as they were made."""
        before = self._manifest()
        files = {
            self.file(table): self._kept(table, entries, before)
            or self._make(table, [key_of(one) for one in _complete(entries)], lines_of)
            for table in TABLES
        }
        document = {"format": manifest.FORMAT, "projects": entries, "files": files}
        self.store.write(_MANIFEST, filled_with(document))

    def rows(self, table: Table) -> Iterator[Row]:
        with self._open(self.file(table)) as stream:
            yield from self.format.read(stream, table)

    def differences(self, table: Table) -> Iterator[str]:
        with self._open(self.file(table)) as stream:
            yield from self.format.differences(stream, table)

    def file(self, table: Table) -> str:
        return f"{table.name}{self.format.suffix}"

    def _kept(
        self, table: Table, entries: Sequence[ProjectEntry], before: Mapping[str, object]
    ) -> str | None:
        """The hash of a file that need not be made anew; None if it need."""
        try:
            then = cast("list[ProjectEntry]", before["projects"])
            promised = cast("Mapping[str, str]", before["files"])[self.file(table)]
            is_same = before["format"] == manifest.FORMAT and _digests(table, then) == _digests(
                table, entries
            )
        except (LookupError, TypeError, AttributeError):
            return None  # it is no manifest, or one of another version
        try:
            return promised if is_same and self._hash(self.file(table)) == promised else None
        except OSError:
            return None

    def _make(self, table: Table, projects: Sequence[ProjectKey], lines_of: LinesOf) -> str:
        """Makes the file of a table, and gives its hash."""
        lines = (lines_of(key, table) for key in projects)
        digest = ""

        def write(stream: BinaryIO) -> None:
            nonlocal digest
            self.format.write(stream, table, lines)
            stream.flush()
            with Path(stream.name).open("rb") as written:
                digest = _digest(written)

        self.store.write(self.file(table), write)
        return digest

    def _open(self, file: str) -> BinaryIO:
        """The file of a table. Raises ValueError if reading it could do harm."""
        if not self.format.is_fragile:
            return self.store.open(file)
        files = self._manifest().get("files")
        promised = cast("dict[str, object]", files).get(file) if isinstance(files, dict) else ""
        stream = self.store.open(file)
        with ExitStack() as stack:
            stack.callback(stream.close)
            _check(stream, promised)
            stack.pop_all()
        return stream

    def _hash(self, file: str) -> str:
        with self.store.open(file) as stream:
            return _digest(stream)

    def _manifest(self) -> dict[str, object]:
        return read_object(self.store, _MANIFEST) or {}


def _complete(entries: Sequence[ProjectEntry]) -> Iterator[ProjectEntry]:
    return (entry for entry in entries if entry["tables"] is not None)


def _digests(table: Table, entries: Sequence[ProjectEntry]) -> list[tuple[ProjectKey, TableDigest]]:
    """What the projects have in a table, in their order."""
    found = ((key_of(one), (one["tables"] or {}).get(table.name)) for one in _complete(entries))
    return [(key, digest) for key, digest in found if digest and digest["rows"]]


def _check(stream: BinaryIO, promised: object) -> None:
    """Raises ValueError if a file does not have the hash that is promised."""
    if promised != _digest(stream):
        raise ValueError("it is not the file that was written")
    stream.seek(0)


def _digest(stream: BinaryIO) -> str:
    found = hashlib.sha256()
    while block := stream.read(_BLOCK):
        found.update(block)
    return found.hexdigest()
