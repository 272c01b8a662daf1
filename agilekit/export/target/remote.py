"""Exports wherever fsspec reaches: object stores, SFTP, memory, and so on.

A file is made on this machine first, and uploaded when it is whole.

=========================  =======================================  ====================
store                      how a file is replaced                   an upload that is
                                                                    cut leaves
=========================  =======================================  ====================
of objects                 by one upload: it appears once it is     the old file
(``_OBJECT_STORES``)       whole
any other                  by an upload beside it, which is then    the old file
                           renamed
=========================  =======================================  ====================
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final, cast

from attrs import field, frozen

from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export.damage import Damage
from agilekit.export.errors import TargetError
from agilekit.export.manifest import ProjectEntry
from agilekit.export.optional import require
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.table import ProjectKey, Row, Table
from agilekit.export.target.errors import target_errors
from agilekit.export.target.sqlite import SQLite
from agilekit.export.target.store import Store, Write, is_partial, partial_suffix
from agilekit.export.target.target import Run

__all__ = ["FsspecStore", "RemoteSQLite", "is_url"]

# They have no rename, and show no object before it is whole.
_OBJECT_STORES: Final = frozenset(
    ("s3", "s3a", "gs", "gcs", "abfs", "abfss", "adl", "az", "oss", "oci", "memory")
)
# A user, and a password, which may hold what should have been encoded. A port is none.
_SECRETS: Final = re.compile(r"://(?:[^/@]*:(?!\d+/)[^@]*@)?(?:[^/@]*@)*")
_SCHEME: Final = re.compile(r"[A-Za-z][\w+.-]+(?:::[\w+.-]+)*://")


def is_url(path: str) -> bool:
    """Whether it begins with a scheme; a single letter is a drive of Windows."""
    return _SCHEME.match(path) is not None


@frozen
class FsspecStore:
    """A `Store` by a URL of fsspec.

    Raises InvalidInput if fsspec is missing, or knows no such URL.
    """

    url: str = field(repr=False)
    """It may hold a password: `path` shows it without what stands before the @."""
    _files: Any = field(init=False, eq=False, repr=False)
    _root: str = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        core = require("fsspec.core", extra="fsspec", by="a URL")
        with target_errors(self.path):  # some connect here
            try:
                files, root = core.url_to_fs(self.url)
            except (ValueError, ImportError) as error:
                raise InvalidInput(f"{self.path}: {error}") from None
        object.__setattr__(self, "_files", files)
        object.__setattr__(self, "_root", str(root).rstrip("/"))

    @property
    def path(self) -> str:
        return _SECRETS.sub("://", self.url.partition("?")[0])

    def kind(self) -> str | None:
        self._files.invalidate_cache()
        if self._files.isfile(self._root):
            return "file"
        return "folder" if self._files.exists(self._root) else None

    def make(self) -> None:
        self._files.makedirs(self._root, exist_ok=True)

    def names(self, folder: str = "") -> list[str]:
        self._files.invalidate_cache()
        try:
            found: list[str] = self._files.ls(self._at(folder), detail=False)
        except FileNotFoundError:
            return []
        return sorted(
            one for one in (PurePosixPath(name).name for name in found) if not is_partial(one)
        )

    def open(self, name: str) -> BinaryIO:
        return cast("BinaryIO", self._files.open(self._at(name), "rb"))

    def write(self, name: str, write: Write) -> None:
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "file"
            with made.open("xb") as stream:
                write(stream)
            self._files.makedirs(str(PurePosixPath(self._at(name)).parent), exist_ok=True)
            if self._is_object_store:
                self._files.put_file(str(made), self._at(name))
            else:
                self._put_and_rename(made, self._at(name))

    def delete(self, name: str) -> None:
        try:
            self._files.rm_file(self._at(name))
        except FileNotFoundError:
            return

    def sweep(self, folder: str) -> None:
        """Does nothing: from here, nothing tells which process is at work there."""

    @property
    def _is_object_store(self) -> bool:
        protocol = self._files.protocol
        names = (protocol,) if isinstance(protocol, str) else tuple(protocol)
        return not _OBJECT_STORES.isdisjoint(names)

    def _put_and_rename(self, made: Path, destination: str) -> None:
        beside = f"{destination}{partial_suffix()}"
        try:
            self._files.put_file(str(made), beside)
            _check_size(self._files.info(beside), made)
            self._files.mv(beside, destination)
        except BaseException:  # also if the process is told to end: nothing is left beside it
            with suppress(OSError):
                self._files.rm_file(beside)
            raise

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}" if name else self._root


def _check_size(info: Mapping[str, Any], made: Path) -> None:
    """Raises OSError if fewer bytes have arrived than were sent, as far as the store tells."""
    arrived, sent = info.get("size"), made.stat().st_size
    if arrived not in (None, sent):
        raise OSError(f"{arrived} of {sent} bytes arrived")


def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="agilekit-")


@frozen
class RemoteSQLite:
    """A `Target`: a SQLite file that is worked on here, and uploaded when a run ends.

    A run that is killed leaves what was there before, and the next one begins anew. What another
    process has uploaded meanwhile is not replaced: the run fails, and is to be made again.
    """

    store: Store
    name: Final[str]
    _folder: tempfile.TemporaryDirectory[str] = field(
        factory=_temporary_folder, eq=False, repr=False
    )
    _local: SQLite = field(init=False, eq=False, repr=False)
    _hashes: list[str] = field(init=False, factory=list[str], eq=False, repr=False)
    """Of the file as it is there, as far as this one has seen it: the last one counts."""

    def __attrs_post_init__(self) -> None:
        local = SQLite(Path(self._folder.name) / self.name, self.path)
        object.__setattr__(self, "_local", local)

    @property
    def path(self) -> str:
        return f"{self.store.path}{self.name}"

    def prepare(self) -> None:
        self._fetch()
        self._local.prepare()

    def check(self) -> None:
        self._fetch()
        self._local.check()

    def begin(self, scope: str, *, resume: bool) -> Run:
        return self._local.begin(scope, resume=resume)

    def unfinished(self) -> list[Run]:
        return self._local.unfinished()

    def entries(self) -> list[ProjectEntry]:
        return self._local.entries()

    def manifest(self) -> list[ProjectEntry]:
        return self._local.manifest()

    def commit(self, run: Run, data: ProjectData) -> None:
        self._local.commit(run, data)

    def fail(self, run: Run, project: ProjectRef, error: AgilekitError) -> None:
        self._local.fail(run, project, error)

    def skip(self, run: Run, project: ProjectRef, why: str) -> None:
        self._local.skip(run, project, why)

    def finish(self, runs: Sequence[Run]) -> None:
        self._local.finish(runs)
        self._local.close()  # all that is in the log goes into the file
        content = self._local.file.read_bytes()
        with target_errors(self.path):
            if _hash_of(self._there()) != self._hashes[-1]:
                what = "another process has replaced it meanwhile: export again"
                raise TargetError(what, self.path)
            self.store.write(self.name, lambda stream: stream.write(content))
        self._hashes.append(_hash_of(content))

    def damage(self) -> Iterator[Damage]:
        return self._local.damage()

    def close(self) -> None:
        self._local.close()
        self._folder.cleanup()

    def rows_of(self, key: ProjectKey, table: Table) -> Iterator[Row]:
        return self._local.rows_of(key, table)

    def rows(self, table: Table) -> Iterator[Row]:
        return self._local.rows(table)

    def _fetch(self) -> None:
        with target_errors(self.path):
            content = self._there()
            self._hashes.append(_hash_of(content))
            if content is not None:
                self._local.file.write_bytes(content)

    def _there(self) -> bytes | None:
        """The file as it is there; None if there is none."""
        if self.name not in self.store.names():
            return None
        with self.store.open(self.name) as stream:
            return stream.read()


def _hash_of(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()
