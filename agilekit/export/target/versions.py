"""The files of a folder that a later run replaces: each bears the epoch of its run in its name.

::

    flow-midori.flow.io-1-0123456789abcdef.7340123.jsonl.gz

Of one name the file with the highest epoch counts, and the others are swept when a run is finished.
So whoever comes late changes nothing, however long the way from a check to the file may be. A file
without an epoch, of an export that was made before runs were fenced, counts as 0.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import BinaryIO, Final

from attrs import define, field, frozen

from agilekit.export.target.store import Store, Write

__all__ = ["Version", "Versions", "next_epoch"]

_TIE_BITS: Final = 20
_TRIES: Final = 10


def next_epoch(before: Iterable[int]) -> int:
    """A number above those before.

    Its lower bits are random: two that begin at the same moment do not see each other, and no store
    of objects tells who was first.
    """
    count = (max(before, default=0) >> _TIE_BITS) + 1
    return (count << _TIE_BITS) | int.from_bytes(os.urandom(4)) >> (32 - _TIE_BITS)


@frozen
class Version:
    """A file, and the epoch of the run that has written it."""

    file: str
    epoch: int


@define
class Versions:
    """The files of one kind, all in one folder."""

    store: Store
    folder: str
    suffix: str
    _last: dict[str, Version] = field(init=False, factory=dict[str, Version])
    """By name, as they were last listed."""

    def latest(self) -> dict[str, Version]:
        """By name, what counts now."""
        self._last = _highest(self._all())
        return dict(self._last)

    def write(self, name: str, epoch: int, write: Write) -> None:
        version = Version(self.at(name, epoch), epoch)
        self.store.write(version.file, write)
        self._last = _highest([*self._last.items(), (name, version)])

    def delete(self, name: str, epoch: int) -> None:
        self.store.delete(self.at(name, epoch))

    def open(self, name: str) -> BinaryIO:
        """What counts of a name. Raises FileNotFoundError if nothing does."""
        for _ in range(_TRIES):
            version = self._last.get(name) or self.latest().get(name)
            if version is None:
                break
            try:
                return self.store.open(version.file)
            except FileNotFoundError:  # a later one is there, and this one was swept
                self._last = {}
        raise FileNotFoundError(f"{self.folder}/{name}{self.suffix} is not there")

    def sweep(self, name: str | None = None) -> None:
        """Removes what does not count any more, of one name or of all, and what was left."""
        found = self._all()
        highest = _highest(found)
        for one, version in found:
            if name in (None, one) and version.epoch < highest[one].epoch:
                self.store.delete(version.file)
        self.store.sweep(self.folder)

    def at(self, name: str, epoch: int) -> str:
        """The file of a name that a run writes."""
        return f"{self.folder}/{name}.{epoch}{self.suffix}"

    def _all(self) -> list[tuple[str, Version]]:
        found: list[tuple[str, Version]] = []
        for file in self.store.names(self.folder):
            if file.endswith(self.suffix):
                stem = file.removesuffix(self.suffix)
                name, dot, epoch = stem.rpartition(".")
                path = f"{self.folder}/{file}"
                if dot and epoch.isascii() and epoch.isdecimal():
                    found.append((name, Version(path, int(epoch))))
                else:
                    found.append((stem, Version(path, 0)))
        return found


def _highest(found: Iterable[tuple[str, Version]]) -> dict[str, Version]:
    highest = dict[str, Version]()
    for name, version in found:
        if name not in highest or highest[name].epoch < version.epoch:
            highest[name] = version
    return highest
