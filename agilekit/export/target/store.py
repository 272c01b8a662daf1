"""Files of a folder, on this machine or wherever fsspec reaches.

A file appears whole or not at all, under its name.
"""

from __future__ import annotations

import hashlib
import os
import platform
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from attrs import frozen

__all__ = ["LocalStore", "Store", "Write", "here", "is_new", "new_ending"]

Write = Callable[[BinaryIO], object]
"""Fills a new file."""

_NEW: Final = ".new-"
_ABANDONED: Final = 86_400  # seconds


class Store(Protocol):
    """The files below one folder, by their names, with slashes in them. Raises OSError."""

    @property
    def path(self) -> str: ...

    def kind(self) -> str | None:
        """``"folder"``, ``"file"``, or None where there is nothing."""
        ...

    def make(self) -> None:
        """Makes the folder, where it is not there."""
        ...

    def names(self, folder: str = "") -> list[str]:
        """The names in a folder, sorted; none where there is no folder."""
        ...

    def open(self, name: str) -> BinaryIO:
        """A file, to be read. Raises FileNotFoundError where there is none."""
        ...

    def write(self, name: str, write: Write) -> None:
        """Puts a file in the place of what was there, once it is whole."""
        ...

    def delete(self, name: str) -> None:
        """Removes a file, where it is there."""
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
        place = self.folder / folder
        if not place.is_dir():
            return []
        return sorted(entry.name for entry in place.iterdir() if not is_new(entry.name))

    def open(self, name: str) -> BinaryIO:
        return (self.folder / name).open("rb")

    def write(self, name: str, write: Write) -> None:
        if not self.folder.is_dir():
            raise FileNotFoundError("the folder is gone")
        home = self.folder / name
        home.parent.mkdir(parents=True, exist_ok=True)
        with _staged(home) as staged:
            with staged.open("xb") as stream:
                write(stream)
                stream.flush()
                os.fsync(stream.fileno())
            staged.replace(home)
            _sync(home.parent)

    def delete(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)


@contextmanager
def _staged(home: Path) -> Generator[Path]:
    staged = home.with_name(f"{home.name}{new_ending()}")
    try:
        yield staged
    finally:
        staged.unlink(missing_ok=True)
        _sweep(home)


def is_new(name: str) -> bool:
    """Whether this is the name of a file that is not whole yet."""
    return _NEW in name


def new_ending() -> str:
    """The ending of a file that is not whole yet: who writes it, and a number of its own."""
    return f"{_NEW}{here()}-{os.getpid()}-{os.urandom(4).hex()}"


def _sweep(home: Path) -> None:
    """Removes what processes that ended left of a file."""
    for left in home.parent.glob(f"{_glob_safe(home.name)}{_NEW}*"):
        if _is_left(left, home):
            left.unlink(missing_ok=True)


def _is_left(file: Path, home: Path) -> bool:
    """Whether nobody writes a file any more.

    A process of this system answers by its number. Of others nothing is known but that they have
    not touched the file for a day, by the clock of the folder itself.
    """
    writer, _, pid = file.name.rpartition(_NEW)[2].rpartition("-")[0].rpartition("-")
    if writer == here() and pid.isdecimal():
        return not _is_alive(int(pid))
    with suppress(FileNotFoundError):
        return home.stat().st_mtime - file.stat().st_mtime > _ABANDONED
    return False


@cache
def here() -> str:
    """Names the system whose process numbers these are: a host since it started, a container."""
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
        return True
    return True


def _glob_safe(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _sync(folder: Path) -> None:
    """Makes a renaming last. Not every system lets a folder be opened."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
