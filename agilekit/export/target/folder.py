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
the files of the tables are made anew from those of the projects and replaced, the manifest last. So
a run that is killed leaves the tables as they were, and the next one continues.

Several processes may write to one folder. Each that has replaced the tables looks whether another
project has come meanwhile, and makes them again if so: the last one to look sees them all.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, cast

from attrs import frozen

from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export import manifest
from agilekit.export.damage import REBUILD_TABLES, Damage
from agilekit.export.manifest import ProjectEntry, key_of
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.table import ProjectKey, Row, Table
from agilekit.export.tables import TABLES
from agilekit.export.target import project_file
from agilekit.export.target.store import Store
from agilekit.export.target.table_format import TableFormat
from agilekit.export.target.target import Run

__all__ = ["Folder"]

_ABOUT: Final = "agilekit_export.json"
_MANIFEST: Final = "manifest.json"
_WORK: Final = ".agilekit"
_PROJECTS: Final = f"{_WORK}/parts"
_NOTES: Final = f"{_WORK}/notes"
_RUNS: Final = f"{_WORK}/runs"
_PROJECT_SUFFIX: Final = ".jsonl.gz"
_BLOCK: Final = 1 << 20  # bytes


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
        """The kind of the export that a folder holds; None if it holds none."""
        try:
            about = _json(store, _ABOUT)
        except OSError:
            return None
        return None if about is None else str(about.get("kind"))

    def prepare(self) -> None:
        if self.store.kind() == "file":
            raise InvalidInput(f"{self.path} is a file, not a folder; SQLite files end in .sqlite")
        names = {*self.store.names()} if self.store.kind() else set[str]()
        if _ABOUT in names:
            self._check_version_and_kind()
        elif not names <= {_WORK}:
            raise InvalidInput(
                f"{self.path} is a folder with other files, not an export of agilekit"
            )
        self.store.make()
        if _ABOUT not in names:
            self._write(_ABOUT, {"format": manifest.FORMAT, "kind": self.format.kind})

    def check(self) -> None:
        if self.store.kind() is None:
            raise InvalidInput(f"there is no folder {self.path}")
        if _ABOUT not in self.store.names():
            raise InvalidInput(f"{self.path} is not an export of agilekit")
        self._check_version_and_kind()

    def begin(self, scope: str, *, resume: bool) -> Run:
        name = f"{_RUNS}/{scope}.json"
        begun = _json(self.store, name)
        if begun and resume and not begun["finished_at"]:
            started_at = str(begun["started_at"])
            return Run(scope, str(begun["id"]), continued=True, started_at=started_at)
        run = Run(scope, os.urandom(8).hex())
        self._write(name, {"id": run.id, "started_at": manifest.now(), "finished_at": None})
        return run

    def entries(self) -> list[ProjectEntry]:
        found: dict[ProjectKey, ProjectEntry] = {}
        for name in self.store.names(_PROJECTS):
            entry = project_file.entry_of(self.store, f"{_PROJECTS}/{name}")
            found[key_of(entry)] = entry
        for name in self.store.names(_NOTES):
            if note := _json(self.store, f"{_NOTES}/{name}"):
                entry = cast("ProjectEntry", note)
                found[key_of(entry)] = _with_note(entry, found.get(key_of(entry)))
        return [found[key] for key in sorted(found)]

    def manifest(self) -> list[ProjectEntry]:
        found = (_json(self.store, _MANIFEST) or {}).get("projects")
        if not isinstance(found, list):
            raise ValueError(f"{_MANIFEST} is missing or damaged")
        return cast("list[ProjectEntry]", found)

    def commit(self, run: Run, data: ProjectData) -> None:
        project_file.save(self.store, _project_file(data.project.key), data, run.id)
        self.store.delete(_note_file(data.project.key))

    def fail(self, project: ProjectRef, error: AgilekitError) -> None:
        self._note(project, manifest.failed(None, project, error))

    def skip(self, project: ProjectRef, why: str) -> None:
        self._note(project, manifest.skipped(None, project, why))

    def finish(self, run: Run) -> None:
        entries = self.entries()
        while True:
            complete = [key_of(entry) for entry in entries if entry["tables"] is not None]
            files = {self._file(table): self._make(table, complete) for table in TABLES}
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
        there = {f"{_PROJECTS}/{name}" for name in self.store.names(_PROJECTS)}
        for file in sorted(there | {*self._promised_files()}):
            advice = f"{self.path}: remove {file} if it is there, and export its project again"
            for problem in _problems(project_file.differences(self.store, file), file):
                yield Damage(problem, advice)
        for table in TABLES:
            file = self._file(table)
            for problem in _problems(self._differences(file, table), file):
                yield Damage(problem, f"{self.path}: {REBUILD_TABLES}")

    def close(self) -> None:
        pass

    def rows_of(self, key: ProjectKey, table: Table) -> Iterator[Row]:
        for line in project_file.lines_of(self.store, _project_file(key), table.name):
            yield tuple(json.loads(line).values())

    def rows(self, table: Table) -> Iterator[Row]:
        with self._open(self._file(table)) as stream:
            yield from self.format.read(stream, table)

    def _promised_files(self) -> Iterator[str]:
        """The files of the projects that the manifest promises, as far as it can be read."""
        with suppress(ValueError, KeyError, TypeError):
            for entry in self.manifest():
                if entry["tables"] is not None:
                    yield _project_file(key_of(entry))

    def _differences(self, file: str, table: Table) -> Iterator[str]:
        with self._open(file) as stream:
            yield from self.format.differences(stream, table)

    def _file(self, table: Table) -> str:
        return f"{table.name}{self.format.suffix}"

    def _make(self, table: Table, projects: list[ProjectKey]) -> str:
        """Makes the file of a table, and gives its hash."""
        lines = (
            project_file.lines_of(self.store, _project_file(key), table.name) for key in projects
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
        """The file of a table. Raises ValueError if reading it could do harm."""
        stream = self.store.open(file)
        if self.format.is_fragile:
            files = (_json(self.store, _MANIFEST) or {}).get("files")
            promised = cast("dict[str, object]", files).get(file) if isinstance(files, dict) else ""
            if promised != _digest(stream):
                stream.close()
                raise ValueError("it is not the file that was written")
            stream.seek(0)
        return stream

    def _check_version_and_kind(self) -> None:
        about = _json(self.store, _ABOUT) or {}
        if about.get("format") != manifest.FORMAT:
            raise InvalidInput(f"{self.path} was written by another version of agilekit")
        if about.get("kind") != self.format.kind:
            raise InvalidInput(f"{self.path} holds {about.get('kind')}, not {self.format.kind}")

    def _note(self, project: ProjectRef, entry: ProjectEntry) -> None:
        self._write(_note_file(project.key), entry)

    def _write(self, name: str, data: Mapping[str, object]) -> None:
        self.store.write(name, lambda stream: stream.write(_document(data)))


def _project_file(key: ProjectKey) -> str:
    """The file of a project."""
    return f"{_PROJECTS}/{project_file.name_of(key)}{_PROJECT_SUFFIX}"


def _note_file(key: ProjectKey) -> str:
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
    """The object in a file: None if there is no file, empty if it holds no object."""
    try:
        with store.open(name) as stream:
            found: object = json.loads(stream.read())
    except FileNotFoundError:
        return None
    except ValueError:
        found = None
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}


def _with_note(note: ProjectEntry, entry: ProjectEntry | None) -> ProjectEntry:
    """The entry of a project, with what the last attempt made of it."""
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
