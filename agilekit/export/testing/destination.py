"""Where one check of a target writes, and what it finds there."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeAlias

from attrs import frozen

from agilekit.export import manifest
from agilekit.export.errors import TargetError
from agilekit.export.manifest import ProjectEntry, key_of
from agilekit.export.project import ProjectData
from agilekit.export.table import ProjectKey, Row
from agilekit.export.tables import TABLES
from agilekit.export.target.target import Target
from agilekit.export.verify import verify_target

__all__ = [
    "Destination",
    "MakeTarget",
    "NotConforming",
    "entry_of",
    "expect",
    "expect_stored",
    "refused",
    "stored",
]

MakeTarget: TypeAlias = Callable[[str], Target]
"""Gives a new target object for the destination of a name."""


class NotConforming(AssertionError):
    """A target does not do what every target has to do. The message says which sentence fails."""


def expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise NotConforming(otherwise)


@frozen
class Destination:
    """One destination, which may be opened any number of times."""

    make: MakeTarget
    name: str

    @contextmanager
    def opened(self) -> Generator[Target]:
        """A new object for it, prepared."""
        target = self.make(self.name)
        try:
            target.prepare()
            yield target
        finally:
            target.close()

    def expect_whole(self, *expected: ProjectData) -> None:
        """Ends all runs, and reads everything that is there then."""
        with self.opened() as target:
            target.finish(target.unfinished())
        with self.opened() as target:
            found = verify_target(target)
            expect(found.ok, f"what was finished is not whole: {'; '.join(found.problems)}")
            for data in expected:
                expect_stored(target, data)
            rows = {
                table.name: [
                    row
                    for data in sorted(expected, key=lambda one: one.project.key)
                    for row in data.rows[table.name]
                ]
                for table in TABLES
            }
            for table in TABLES:
                expect(
                    [*target.rows(table)] == rows[table.name],
                    f"rows() of {table.name} are not those of all projects, sorted by key",
                )
            proved = {key_of(entry): entry["tables"] for entry in target.manifest()}
            expect(
                {key: tables for key, tables in proved.items() if tables}
                == {data.project.key: manifest.digests(data) for data in expected},
                "the manifest does not say what was committed",
            )


def stored(target: Target, key: ProjectKey) -> dict[str, list[Row]]:
    return {table.name: [*target.rows_of(key, table)] for table in TABLES}


def expect_stored(target: Target, data: ProjectData) -> None:
    for table, found in stored(target, data.project.key).items():
        committed = [*data.rows[table]]
        expect(
            len(found) == len(committed),
            f"rows_of() gives {len(found)} rows of {table} instead of {len(committed)}",
        )
        for row, other in zip(found, committed, strict=True):
            what = f"rows_of() of {table} gives {row!r:.500} instead of {other!r:.500}"
            expect(row == other, what)


def entry_of(target: Target, key: ProjectKey) -> ProjectEntry:
    found = [entry for entry in target.entries() if key_of(entry) == key]
    expect(len(found) == 1, f"entries() have {len(found)} entries of one project")
    return found[0]


@contextmanager
def refused(what: str) -> Generator[None]:
    """Expects a TargetError."""
    try:
        yield
    except TargetError:
        return
    except Exception as error:
        raise NotConforming(f"{what} raises {type(error).__name__}, not TargetError") from error
    raise NotConforming(f"{what} is not refused")
