"""Compares an export with its manifest."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from attrs import frozen

from agilekit.errors import InvalidInput
from agilekit.export import manifest
from agilekit.export.manifest import Contents, Key, key_of
from agilekit.export.model import TABLES, ExportError, Table
from agilekit.export.places import Format, target_at
from agilekit.export.target import Target

__all__ = ["Verification", "verify"]


@frozen
class Verification:
    """How an export compares with its manifest."""

    path: str
    projects: int
    """How many are whole by the manifest."""
    rows: int
    """How many they have."""
    problems: tuple[str, ...]
    """What differs: sentences for people. None where the export is whole."""
    incomplete: tuple[str, ...]
    """What the manifest itself says is missing: projects that failed or have gaps."""

    @property
    def ok(self) -> bool:
        """Whether every row that the manifest promises is there, and no other."""
        return not self.problems


def verify(path: str | os.PathLike[str], *, format: Format | None = None) -> Verification:
    """Reads all rows of an export and compares their counts and hashes with the manifest.

    Blocks; nothing is changed.

    Raises InvalidInput where there is no export, ExportError where it cannot be read.
    """
    target = target_at(path, format)
    try:
        target.check()
        entries = target.manifest()
        promised = {key_of(entry): entry["tables"] or {} for entry in entries}
        problems = [problem for table in TABLES for problem in _compared(target, table, promised)]
    except InvalidInput:
        raise
    except (OSError, EOFError, ValueError, KeyError, TypeError, sqlite3.Error) as error:
        raise ExportError(f"cannot be read: {error}", target.path) from error
    finally:
        target.close()
    whole = [tables for tables in promised.values() if tables]
    return Verification(
        path=target.path,
        projects=len(whole),
        rows=sum(one["rows"] for tables in whole for one in tables.values()),
        problems=tuple(problems),
        incomplete=tuple(
            f"{_named(key_of(entry))}: {what}"
            for entry in entries
            for what in [*entry["gaps"], *([entry["error"]] if entry["error"] else [])]
        ),
    )


def _compared(
    target: Target, table: Table, promised: dict[Key, dict[str, Contents]]
) -> Iterator[str]:
    left = {key: tables[table.name] for key, tables in promised.items() if tables}
    nothing = manifest.contents(())
    for key, group in groupby(target.rows(table), key=itemgetter(0)):
        found = manifest.contents(manifest.lines(table, (row for _, row in group)))
        expected = left.pop(key, None)
        if expected is None:
            yield f"{_named(key)}: {found['rows']} rows of {table.name} that nothing promises"
        elif found != expected:
            yield _difference(key, table, found, expected)
    for key, expected in left.items():
        if expected != nothing:
            yield _difference(key, table, nothing, expected)


def _difference(key: Key, table: Table, found: Contents, expected: Contents) -> str:
    if found["rows"] != expected["rows"]:
        return f"{_named(key)}: {table.name} has {found['rows']} rows instead of {expected['rows']}"
    return f"{_named(key)}: the rows of {table.name} are not those that were written"


def _named(key: Key) -> str:
    return " ".join(key)
