"""An export as a folder of JSON Lines.

::

    backup/
      agilekit_export.json              the version of the format
      flyingdonut-54744060c955ca81/     one folder a project
        manifest.json                   its title, when it was read, counts and hashes
        projects.jsonl                  one file a table, every table
        cards.jsonl
        …
      flyingdonut-68300163a5d8b2d7.error.json   why the last attempt at a project failed

One file for a table of all projects could be neither replaced nor completed project by project. So
each project has files of its own, and ``cat backup/*/cards.jsonl`` is the table of them all.

A project is written to a folder inside ``.agilekit``, which is then renamed to its place, manifest
and all; so what is seen there is always whole, and several processes may write to one folder. To
replace a project takes two renames. Should the machine stop between them, then the project as it
was waits in ``.agilekit``, and the next export of this project, even a failing one, puts it back
first.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from attrs import frozen

from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export import manifest
from agilekit.export.model import TABLES, Part
from agilekit.wire.json import JSON, load

__all__ = ["JSONLines"]

_MARK: Final = "agilekit_export.json"
_WORK: Final = ".agilekit"


@frozen
class JSONLines:
    """A `Target`."""

    path: Path

    def prepare(self) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise InvalidInput(f"{self.path} is a file, not a folder; SQLite files end in .sqlite")
        self.path.mkdir(exist_ok=True)
        mark = self.path / _MARK
        if mark.exists():
            if _format(mark) != manifest.FORMAT:
                raise InvalidInput(f"{self.path} was written by another version of agilekit")
        elif not {entry.name for entry in self.path.iterdir()} <= {_MARK, _WORK}:
            raise InvalidInput(f"{self.path} is a folder with other files, no export of agilekit")
        (self.path / _WORK).mkdir(exist_ok=True)
        if not mark.exists():
            self._replace(mark, {"format": manifest.FORMAT})

    def commit(self, part: Part) -> None:
        name = _name(part)
        self._put_back(name)
        staged = self._staged(name)
        try:
            staged.mkdir()
            for table in TABLES:
                _write(staged / f"{table.name}.jsonl", manifest.lines(table, part.rows[table.name]))
            _write(staged / "manifest.json", [_document(manifest.complete(part))])
            self._place(staged, name)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        self._error(name).unlink(missing_ok=True)

    def fail(self, part: Part, error: AgilekitError) -> None:
        name = _name(part)
        self._put_back(name)
        self._replace(self._error(name), manifest.failed(part, error))

    def _place(self, staged: Path, name: str) -> None:
        home, old = self.path / name, self.path / _WORK / f"{name}.old"
        if home.exists():
            home.replace(old)
        try:
            staged.replace(home)
        except OSError:
            self._put_back(name)
            raise
        shutil.rmtree(old, ignore_errors=True)
        for left in (self.path / _WORK).glob(f"{name}.new-*"):  # by a process that was killed
            shutil.rmtree(left, ignore_errors=True)

    def _put_back(self, name: str) -> None:
        home, old = self.path / name, self.path / _WORK / f"{name}.old"
        if home.exists():
            shutil.rmtree(old, ignore_errors=True)
        elif old.exists():
            old.replace(home)

    def _staged(self, name: str) -> Path:
        return self.path / _WORK / f"{name}.new-{os.urandom(6).hex()}"

    def _error(self, name: str) -> Path:
        return self.path / f"{name}.error.json"

    def _replace(self, file: Path, data: Mapping[str, object]) -> None:
        staged = self._staged(file.name)
        try:
            _write(staged, [_document(data)])
            staged.replace(file)
        finally:
            staged.unlink(missing_ok=True)


def _name(part: Part) -> str:
    return f"{part.service}-{quote(part.project_id, safe='')}"


def _format(mark: Path) -> JSON:
    try:
        data = load(mark.read_bytes())
    except ValueError:
        return None
    return data.get("format") if isinstance(data, dict) else None


def _document(data: Mapping[str, object]) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=2).encode() + b"\n"


def _write(file: Path, parts: Iterable[bytes]) -> None:
    with file.open("xb") as stream:
        stream.writelines(parts)
        stream.flush()
        os.fsync(stream.fileno())
