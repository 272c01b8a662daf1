"""An export as a folder: one file a table, of all projects, and ``manifest.json``.

::

    backup/
      agilekit_export.json    the version and the kind of the export
      manifest.json           by project: counts and hashes, when it was read, errors
      cards.jsonl             one file a table, every table
      …
      .agilekit/parts         one file a project, from which the tables are made
      .agilekit/notes         what the last attempt at a project made of it
      .agilekit/runs          runs, by the connections that they export

A project is written as one file of its own, which replaces that of the run before. When a run ends,
the files of the tables are made anew from those of the projects, and renamed to their places, the
manifest last. So a run that is killed leaves the tables as they were, and the next one continues.

Several processes may write to one folder. Whoever has put the tables in their places looks whether
meanwhile a project has come, and makes them again if so: the last one to look sees them all.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, Protocol, cast

from attrs import frozen

from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export import manifest
from agilekit.export.damage import TABLES_ANEW, Damage
from agilekit.export.manifest import Entry, Key, key_of
from agilekit.export.tables import TABLES, Found, Part, Row, Table
from agilekit.export.target import project_file
from agilekit.export.target.store import Store
from agilekit.export.target.target import Run

__all__ = ["Folder", "TableFormat"]

_MARK: Final = "agilekit_export.json"
_MANIFEST: Final = "manifest.json"
_WORK: Final = ".agilekit"
_PARTS: Final = f"{_WORK}/parts"
_NOTES: Final = f"{_WORK}/notes"
_RUNS: Final = f"{_WORK}/runs"
_PART: Final = ".jsonl.gz"
_BLOCK: Final = 1 << 20  # bytes


class TableFormat(Protocol):
    """How a table is written as a file."""

    @property
    def kind(self) -> str:
        """The name of the format."""
        ...

    @property
    def suffix(self) -> str: ...

    @property
    def is_fragile(self) -> bool:
        """Whether a file that was changed may bring down the whole process that reads it."""
        ...

    def write(self, stream: BinaryIO, table: Table, lines: Iterator[Iterator[bytes]]) -> None:
        """Fills a file with the rows of a table, project by project."""
        ...

    def read(self, stream: BinaryIO, table: Table) -> Iterator[Row]:
        """The rows of a file. Raises ValueError where it is none."""
        ...

    def differences(self, stream: BinaryIO, table: Table) -> Iterator[str]:
        """What else a file says of its rows, and is not so. Raises OSError, ValueError."""
        ...


@frozen
class Folder:
    """A `Target`."""

    store: Store
    format: TableFormat

    @property
    def path(self) -> str:
        return self.store.path

    @staticmethod
    def kind_at(store: Store) -> str | None:
        """The kind of the export that a folder holds; None where it holds none."""
        try:
            mark = _json(store, _MARK)
        except OSError:
            return None
        return None if mark is None else str(mark.get("kind"))

    def prepare(self) -> None:
        if self.store.kind() == "file":
            raise InvalidInput(f"{self.path} is a file, not a folder; SQLite files end in .sqlite")
        names = {*self.store.names()} if self.store.kind() else set[str]()
        if _MARK in names:
            self._check_mark()
        elif not names <= {_WORK}:
            raise InvalidInput(f"{self.path} is a folder with other files, no export of agilekit")
        self.store.make()
        if _MARK not in names:
            mark = {"format": manifest.FORMAT, "kind": self.format.kind}
            self.store.write(_MARK, lambda stream: stream.write(_document(mark)))

    def check(self) -> None:
        if self.store.kind() is None:
            raise InvalidInput(f"there is no folder {self.path}")
        if _MARK not in self.store.names():
            raise InvalidInput(f"{self.path} is no export of agilekit")
        self._check_mark()

    def begin(self, scope: str, *, resume: bool) -> Run:
        name = f"{_RUNS}/{scope}.json"
        begun = _json(self.store, name)
        if begun and resume and not begun["finished_at"]:
            started_at = str(begun["started_at"])
            return Run(scope, str(begun["id"]), continued=True, started_at=started_at)
        run = Run(scope, os.urandom(8).hex())
        self._write(name, {"id": run.id, "started_at": manifest.now(), "finished_at": None})
        return run

    def entries(self) -> list[Entry]:
        found: dict[Key, Entry] = {}
        for name in self.store.names(_PARTS):
            entry = project_file.entry_of(self.store, f"{_PARTS}/{name}")
            found[key_of(entry)] = entry
        for name in self.store.names(_NOTES):
            if note := _json(self.store, f"{_NOTES}/{name}"):
                entry = cast("Entry", note)
                found[key_of(entry)] = _noted(entry, found.get(key_of(entry)))
        return [found[key] for key in sorted(found)]

    def manifest(self) -> list[Entry]:
        found = (_json(self.store, _MANIFEST) or {}).get("projects")
        if not isinstance(found, list):
            raise ValueError(f"{_MANIFEST} is missing or damaged")
        return cast("list[Entry]", found)

    def commit(self, run: Run, part: Part) -> None:
        project_file.save(self.store, _part(part.project.key), part, run.id)
        self.store.delete(_notes(part.project.key))

    def fail(self, project: Found, error: AgilekitError) -> None:
        self._note(project, manifest.failed(None, project, error))

    def skip(self, project: Found, why: str) -> None:
        self._note(project, manifest.skipped(None, project, why))

    def finish(self, run: Run) -> None:
        entries = self.entries()
        while True:
            whole = [entry for entry in entries if entry["tables"] is not None]
            files = {self._file(table): self._make(table, whole) for table in TABLES}
            document = {"format": manifest.FORMAT, "projects": entries, "files": files}
            self._write(_MANIFEST, document)
            before, entries = entries, self.entries()
            if entries == before:
                break
        self._write(
            f"{_RUNS}/{run.scope}.json",
            {"id": run.id, "started_at": None, "finished_at": manifest.now()},
        )

    def damage(self) -> Iterator[Damage]:
        there = {f"{_PARTS}/{name}" for name in self.store.names(_PARTS)}
        for file in sorted(there | {*self._promised()}):
            advice = f"{self.path}: remove {file} if it is there, and export its project again"
            for problem in _problems(project_file.differences(self.store, file), file):
                yield Damage(problem, advice)
        for table in TABLES:
            file = self._file(table)
            for problem in _problems(self._differences(file, table), file):
                yield Damage(problem, f"{self.path}: {TABLES_ANEW}")

    def close(self) -> None:
        pass

    def rows_of(self, key: Key, table: Table) -> Iterator[Row]:
        for line in project_file.lines_of(self.store, _part(key), table.name):
            yield tuple(json.loads(line).values())

    def rows(self, table: Table) -> Iterator[tuple[Key, Row]]:
        with self._open(self._file(table)) as stream:
            for row in self.format.read(stream, table):
                yield (str(row[0]), str(row[1]), str(row[2])), row

    def _promised(self) -> Iterator[str]:
        """The files of the parts that the manifest promises, as far as it can be read."""
        with suppress(ValueError, KeyError, TypeError):
            for entry in self.manifest():
                if entry["tables"] is not None:
                    yield _part(key_of(entry))

    def _differences(self, file: str, table: Table) -> Iterator[str]:
        with self._open(file) as stream:
            yield from self.format.differences(stream, table)

    def _file(self, table: Table) -> str:
        return f"{table.name}{self.format.suffix}"

    def _make(self, table: Table, whole: list[Entry]) -> str:
        """Gives the hash of the file."""
        lines = (
            project_file.lines_of(self.store, _part(key_of(entry)), table.name) for entry in whole
        )
        digest = ""

        def write(stream: BinaryIO) -> None:
            nonlocal digest
            self.format.write(stream, table, lines)
            stream.flush()
            with Path(stream.name).open("rb") as written:
                digest = _digest(written)

        self.store.write(self._file(table), write)
        return digest

    def _open(self, file: str) -> BinaryIO:
        """A file of a table. Raises ValueError where reading it could do harm."""
        stream = self.store.open(file)
        if self.format.is_fragile:
            files = (_json(self.store, _MANIFEST) or {}).get("files")
            promised = cast("dict[str, object]", files).get(file) if isinstance(files, dict) else ""
            if promised != _digest(stream):
                stream.close()
                raise ValueError("it is not the file that was written")
            stream.seek(0)
        return stream

    def _check_mark(self) -> None:
        mark = _json(self.store, _MARK) or {}
        if mark.get("format") != manifest.FORMAT:
            raise InvalidInput(f"{self.path} was written by another version of agilekit")
        if mark.get("kind") != self.format.kind:
            raise InvalidInput(f"{self.path} holds {mark.get('kind')}, not {self.format.kind}")

    def _note(self, project: Found, entry: Entry) -> None:
        self._write(_notes(project.key), entry)

    def _write(self, name: str, data: Mapping[str, object]) -> None:
        self.store.write(name, lambda stream: stream.write(_document(data)))


def _part(key: Key) -> str:
    """The file of a project."""
    return f"{_PARTS}/{project_file.name_of(key)}{_PART}"


def _notes(key: Key) -> str:
    """The file of what the last attempt at a project made of it."""
    return f"{_NOTES}/{project_file.name_of(key)}.json"


def _digest(stream: BinaryIO) -> str:
    found = hashlib.sha256()
    while block := stream.read(_BLOCK):
        found.update(block)
    return found.hexdigest()


def _problems(differences: Iterator[str], file: str) -> Iterator[str]:
    try:
        yield from differences
    except FileNotFoundError:
        yield f"{file} is not there"
    except (OSError, EOFError, ValueError) as error:
        yield f"{file} cannot be read: {error}"


def _json(store: Store, name: str) -> dict[str, object] | None:
    """The object in a file: None where there is no file, empty where it holds no object."""
    try:
        with store.open(name) as stream:
            found: object = json.loads(stream.read())
    except FileNotFoundError:
        return None
    except ValueError:
        found = None
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}


def _noted(note: Entry, entry: Entry | None) -> Entry:
    """What a note adds to what is there of a project."""
    if entry is None:
        return note
    return {
        **entry,
        "skipped_at": note["skipped_at"],
        "skipped": note["skipped"],
        "failed_at": note["failed_at"],
        "error": note["error"],
    }


def _document(data: Mapping[str, object]) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=2).encode() + b"\n"
