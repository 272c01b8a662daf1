"""The files of a folder, on this machine or wherever fsspec reaches.

A file appears under its name whole or not at all. On this machine it is written beside that name,
and renamed; what a process that has ended left there is removed.
"""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import uuid
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from attrs import frozen

__all__ = ["LocalStore", "Store", "Write", "is_partial", "machine_id", "partial_suffix"]

Write = Callable[[BinaryIO], object]
"""Fills a new file."""

_PARTIAL: Final = ".new-"
_NOT_FOR_FOLDERS: Final = (errno.EINVAL, errno.EBADF, errno.ENOTSUP)
_ABANDONED: Final = 86_400  # seconds


class Store(Protocol):
    """The files below one folder, by their names, with slashes in them. Raises OSError."""

    @property
    def path(self) -> str: ...

    def kind(self) -> str | None:
        """``"folder"``, ``"file"``, or None if there is nothing."""
        ...

    def make(self) -> None:
        """Makes the folder if it is not there."""
        ...

    def names(self, folder: str = "") -> list[str]:
        """The names in a folder, sorted; none if there is no folder."""
        ...

    def open(self, name: str) -> BinaryIO:
        """A file, to be read. Raises FileNotFoundError if there is none."""
        ...

    def write(self, name: str, write: Write) -> None:
        """Replaces a file, or makes it, once the new one is whole."""
        ...

    def delete(self, name: str) -> None:
        """Removes a file if it is there."""
        ...

    def sweep(self, folder: str) -> None:
        """Removes what processes that have ended left in a folder, if that can be told."""
        ...


@frozen
class LocalStore:
    """A folder on this machine."""

    folder: Path

    @property
    def path(self) -> str:
        return str(self.folder)

    def kind(self) -> str | None:
        if not self.folder.exists():
            return None
        return "folder" if self.folder.is_dir() else "file"

    def make(self) -> None:
        self.folder.mkdir(exist_ok=True)

    def names(self, folder: str = "") -> list[str]:
        path = self.folder / folder
        if not path.is_dir():
            return []
        return sorted(entry.name for entry in path.iterdir() if not is_partial(entry.name))

    def open(self, name: str) -> BinaryIO:
        return (self.folder / name).open("rb")

    def write(self, name: str, write: Write) -> None:
        if not self.folder.is_dir():
            raise FileNotFoundError("the folder is gone")
        destination = self.folder / name
        destination.parent.mkdir(parents=True, exist_ok=True)
        with _staged(destination) as staged:
            with staged.open("xb") as stream:
                write(stream)
                stream.flush()
                os.fsync(stream.fileno())
            staged.replace(destination)
            _sync(destination.parent)

    def delete(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)

    def sweep(self, folder: str) -> None:
        path = self.folder / folder
        _sweep(path.glob(f"*{_PARTIAL}*"), path)


@contextmanager
def _staged(destination: Path) -> Generator[Path]:
    staged = destination.with_name(f"{destination.name}{partial_suffix()}")
    try:
        yield staged
    finally:
        staged.unlink(missing_ok=True)
        left = destination.parent.glob(f"{_glob_safe(destination.name)}{_PARTIAL}*")
        _sweep(left, destination)


def is_partial(name: str) -> bool:
    """Whether this is the name of a file that is not whole yet.

    The name of a host or a project may look the same; but what follows it has an ending.
    """
    return _PARTIAL in name and "." not in name.rpartition(_PARTIAL)[2]


def partial_suffix() -> str:
    """The end of the name of a file that is not whole yet: who writes it, and a random number."""
    return f"{_PARTIAL}{machine_id()}-{os.getpid()}-{os.urandom(4).hex()}"


def _sweep(files: Iterable[Path], newest: Path) -> None:
    """Removes those of the files that processes have left that have ended.

    newest: what was changed just now, by the clock of the same folder.
    """
    for left in files:
        if is_partial(left.name) and _is_abandoned(left, newest):
            left.unlink(missing_ok=True)


def _is_abandoned(file: Path, newest: Path) -> bool:
    """Whether no process writes a file any more.

    A process of this system is found by its number. Of others nothing is known but that they have
    not touched the file for a day, by the clock of the folder itself.
    """
    writer, _, pid = file.name.rpartition(_PARTIAL)[2].rpartition("-")[0].rpartition("-")
    if writer == machine_id() and pid.isdecimal():
        return not _is_alive(int(pid))
    with suppress(FileNotFoundError):
        return newest.stat().st_mtime - file.stat().st_mtime > _ABANDONED
    return False


@cache
def machine_id() -> str:
    """Names the system that gives out process numbers: a host since its boot, or a container."""
    about = [platform.node()]
    try:
        about.append(Path("/proc/sys/kernel/random/boot_id").read_text("ascii"))
        about.append(str(Path("/proc/self/ns/pid").readlink()))
    except OSError:
        about.append(str(uuid.getnode()))
    return hashlib.sha256("\n".join(about).encode()).hexdigest()[:12]


def _is_alive(pid: int) -> bool:
    if pid == os.getpid():
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True  # it runs as another user, or nothing can be told
    return True


def _glob_safe(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _sync(folder: Path) -> None:
    """Makes a rename last. Not every system lets a folder be opened, or synchronized."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NOT_FOR_FOLDERS:
            raise
    finally:
        os.close(descriptor)
