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

A project is written as one file of its own, which bears the epoch of its run: it counts instead of
that of the run before. When a run ends, the files of those tables are made anew and replaced whose
rows have changed, the manifest last. So a run that is killed leaves the tables as they were, and
the next one continues.

Several processes may write to one folder. Each that has replaced the tables looks whether another
project has come meanwhile, and makes them again if so: the last one to look sees them all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from typing import BinaryIO, Final, cast

from attrs import Factory, field, frozen

from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export import manifest
from agilekit.export.damage import EXPORT_AGAIN, REBUILD_TABLES, START_OVER, Damage
from agilekit.export.errors import TargetError
from agilekit.export.manifest import ProjectEntry, key_of
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.table import ProjectKey, Row, Table
from agilekit.export.tables import TABLES
from agilekit.export.target import project_file
from agilekit.export.target.errors import target_errors
from agilekit.export.target.folder_runs import FolderRuns
from agilekit.export.target.folder_tables import FolderTables
from agilekit.export.target.json_file import filled_with, read_object
from agilekit.export.target.store import Store
from agilekit.export.target.table_format import TableFormat
from agilekit.export.target.target import Run
from agilekit.export.target.versions import Versions

__all__ = ["Folder"]

_ABOUT: Final = "agilekit_export.json"
_WORK: Final = ".agilekit"


def _files(kind: str, suffix: str) -> Callable[[Folder], Versions]:
    return lambda folder: Versions(folder.store, f"{_WORK}/{kind}", suffix)


def _runs(folder: Folder) -> FolderRuns:
    return FolderRuns(folder.store, f"{_WORK}/runs")


def _tables(folder: Folder) -> FolderTables:
    return FolderTables(folder.store, folder.format)


@frozen
class Folder:
    """A `Target`."""

    store: Store
    format: TableFormat
    _projects: Versions = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(_files("parts", ".jsonl.gz"), takes_self=True),
    )
    _notes: Versions = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(_files("notes", ".json"), takes_self=True),
    )
    _runs: FolderRuns = field(
        init=False, eq=False, repr=False, default=Factory(_runs, takes_self=True)
    )
    _tables: FolderTables = field(
        init=False, eq=False, repr=False, default=Factory(_tables, takes_self=True)
    )

    @property
    def path(self) -> str:
        return self.store.path

    @staticmethod
    def kind_at(store: Store) -> str | None:
        """The kind of the export that a folder holds; None if it holds none."""
        with target_errors(store.path):
            try:
                about = read_object(store, _ABOUT)
            except NotADirectoryError:
                return None
        return None if about is None else str(about.get("kind"))

    def prepare(self) -> None:
        with self._errors():
            self._prepare()

    def check(self) -> None:
        with self._errors():
            if self.store.kind() is None:
                raise InvalidInput(f"there is no folder {self.path}")
            if _ABOUT not in self.store.names():
                raise InvalidInput(f"{self.path} is not an export of agilekit")
            oldest = self.format.same_since
            self._checked_version(oldest)
            version = self._tables.version()
            if version < oldest:  # whoever was about to make the tables anew was killed
                manifest.checked_version(version, self.path, oldest=oldest)

    def begin(self, scope: str, *, resume: bool) -> Run:
        with self._errors():
            return self._runs.begin(scope, resume=resume, projects=self._projects)

    def unfinished(self) -> list[Run]:
        with self._errors():
            return self._runs.unfinished()

    def entries(self) -> list[ProjectEntry]:
        with self._errors():
            found = dict[str, ProjectEntry]()
            projects = self._projects.latest()
            for name, version in projects.items():
                with self._projects.open(name) as stream:
                    found[name] = project_file.entry_of(stream, version.file)
            for name, version in self._notes.latest().items():
                note = read_object(self.store, version.file)
                if note and (name not in projects or projects[name].epoch <= version.epoch):
                    found[name] = _with_note(cast("ProjectEntry", note), found.get(name))
            return sorted(found.values(), key=key_of)

    def manifest(self) -> list[ProjectEntry]:
        with self._errors(advice=START_OVER):
            return self._tables.entries()

    def commit(self, run: Run, data: ProjectData) -> None:
        name = project_file.name_of(data.project.key)

        def write(stream: BinaryIO) -> None:
            project_file.write(stream, data, run.id)
            self._runs.check(run, self.path)

        with self._errors():
            self._projects.write(name, run.epoch, write)
            self._notes.delete(name, run.epoch)

    def fail(self, run: Run, project: ProjectRef, error: AgilekitError) -> None:
        self._note(run, project, manifest.failed(None, project, error))

    def skip(self, run: Run, project: ProjectRef, why: str) -> None:
        self._note(run, project, manifest.skipped(None, project, why))

    def finish(self, runs: Sequence[Run]) -> None:
        with self._errors():
            for run in runs:
                self._runs.check(run, self.path, may_be_finished=True)
            entries = self.entries()
            while True:
                self._tables.make(entries, self._lines)
                before, entries = entries, self.entries()
                if entries == before:
                    break
            for run in runs:
                self._runs.end(run)
            self._projects.sweep()
            self._notes.sweep()

    def damage(self) -> Iterator[Damage]:
        with self._errors():
            there = self._projects.latest()
            for name in sorted(there.keys() | {*self._promised()}):
                file = there[name].file if name in there else self._projects.at(name, 0)
                advice = f"{self.path}: remove {file} if it is there, and export its project again"
                for problem in _problems(self._differences(name, file), file):
                    yield Damage(problem, advice)
            for table in TABLES:
                for problem in _problems(self._tables.differences(table), self._tables.file(table)):
                    yield Damage(problem, f"{self.path}: {REBUILD_TABLES}")

    def rows_of(self, key: ProjectKey, table: Table) -> Iterator[Row]:
        with self._errors(), suppress(FileNotFoundError):
            for line in self._lines(key, table):
                yield tuple(json.loads(line).values())

    def rows(self, table: Table) -> Iterator[Row]:
        with self._errors(advice=EXPORT_AGAIN):
            try:
                yield from self._tables.rows(table)
            except FileNotFoundError:
                what = f"the file of {table.name} is not there"
                raise TargetError(what, self.path, REBUILD_TABLES) from None

    def close(self) -> None:
        pass

    def _promised(self) -> Iterator[str]:
        """The names of the projects that the manifest promises, as far as it can be read."""
        with suppress(ValueError, KeyError, TypeError):
            for entry in self._tables.entries():
                if entry["tables"] is not None:
                    yield project_file.name_of(key_of(entry))

    def _differences(self, name: str, file: str) -> Iterator[str]:
        with self._projects.open(name) as stream:
            yield from project_file.differences(stream, file, name)

    def _lines(self, key: ProjectKey, table: Table) -> Iterator[bytes]:
        name = project_file.name_of(key)
        with self._projects.open(name) as stream:
            yield from project_file.lines_of(stream, name, table.name)

    def _prepare(self) -> None:
        if self.store.kind() == "file":
            raise InvalidInput(f"{self.path} is a file, not a folder; SQLite files end in .sqlite")
        names = {*self.store.names()} if self.store.kind() else set[str]()
        version = self._checked_version(manifest.UPGRADED) if _ABOUT in names else None
        if version is None and not names <= {_WORK}:
            raise InvalidInput(
                f"{self.path} is a folder with other files, not an export of agilekit"
            )
        self.store.make()
        if version != manifest.FORMAT:  # the next end of a run makes the tables anew
            about = {"format": manifest.FORMAT, "kind": self.format.kind}
            self.store.write(_ABOUT, filled_with(about))

    def _checked_version(self, oldest: int) -> int:
        """The version of what is there. Raises InvalidInput for another one, or another kind."""
        about = read_object(self.store, _ABOUT) or {}
        version = manifest.checked_version(about.get("format"), self.path, oldest=oldest)
        if about.get("kind") != self.format.kind:
            raise InvalidInput(f"{self.path} holds {about.get('kind')}, not {self.format.kind}")
        return version

    def _note(self, run: Run, project: ProjectRef, entry: ProjectEntry) -> None:
        """Notes what the last attempt at a project made of it."""

        def write(stream: BinaryIO) -> None:
            filled_with(entry)(stream)
            self._runs.check(run, self.path)

        with self._errors():
            self._notes.write(project_file.name_of(project.key), run.epoch, write)

    def _errors(self, *, advice: str | None = None) -> AbstractContextManager[None]:
        return target_errors(self.path, advice=advice)


def _problems(differences: Iterator[str], file: str) -> Iterator[str]:
    try:
        yield from differences
    except FileNotFoundError:
        yield f"{file} is not there"
    except (EOFError, ValueError, LookupError, TypeError) as error:
        yield f"{file} cannot be read: {error}"


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
