"""Files of a folder, on this machine or wherever fsspec reaches.

A file appears whole or not at all, under its name.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from attrs import frozen

__all__ = ["LocalStore", "Store", "Write"]

Write = Callable[[BinaryIO], object]
"""Fills a new file."""

_NEW: Final = ".new-"


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
        return sorted(entry.name for entry in place.iterdir() if _NEW not in entry.name)

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
    staged = home.with_name(f"{home.name}{_NEW}{os.getpid()}-{os.urandom(4).hex()}")
    try:
        yield staged
    finally:
        staged.unlink(missing_ok=True)
        _sweep(home)


def _sweep(home: Path) -> None:
    """Removes what processes that were killed left of a file."""
    for left in home.parent.glob(f"{_glob_safe(home.name)}{_NEW}*"):
        pid = left.name.rpartition(_NEW)[2].partition("-")[0]
        if pid.isdecimal() and not _is_alive(int(pid)):
            left.unlink(missing_ok=True)


def _is_alive(pid: int) -> bool:
    if pid == os.getpid():
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
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
