"""Proves an export: its files by themselves, and its rows by the manifest.

| what | is proved by |
|---|---|
| a SQLite file | `PRAGMA integrity_check`, the keys, and a schema that is that of the model |
| the parts that tables are made from | the checksum of gzip, and the hashes of their entries |
| a Parquet file | its hash, the checksums of its pages, the statistics of its columns |
| every row of every table | the counts and hashes of the manifest |
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from attrs import frozen

from agilekit.errors import InvalidInput
from agilekit.export import manifest
from agilekit.export.damage import AGAIN, ANEW, TABLES_ANEW, Damage
from agilekit.export.manifest import Contents, Entry, Key, key_of
from agilekit.export.tables import TABLES, ExportError, Table
from agilekit.export.target.open_target import Format, target_at
from agilekit.export.target.target import Target

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
    advice: tuple[str, ...] = ()
    """What to do about the problems: sentences for people."""

    @property
    def ok(self) -> bool:
        """Whether every row that the manifest promises is there, and no other."""
        return not self.problems


def verify(path: str | os.PathLike[str], *, format: Format | None = None) -> Verification:
    """Reads everything in an export: checks its files, and compares all rows with the manifest.

    Whatever is damaged is a finding. Blocks; nothing is changed.

    Raises InvalidInput where there is no export, ExportError where the system does not let it be
    read.
    """
    target = target_at(path, format)
    try:
        target.check()
        found = [*target.damage()]
        entries, unread = _manifest(target)
        promised = {key_of(entry): entry["tables"] or {} for entry in entries}
        found += unread or [
            damage for table in TABLES for damage in _compared(target, table, promised)
        ]
    except InvalidInput:
        raise
    except (OSError, ValueError, sqlite3.Error) as error:
        if type(error) is sqlite3.DatabaseError:  # of its kinds, this one is damage
            what, advice = f"the file is damaged: {error}", f"{target.path}: {ANEW}"
            return Verification(target.path, 0, 0, (what,), (), (advice,))
        raise ExportError(f"cannot be read: {error}", target.path) from error
    finally:
        target.close()
    whole = [tables for tables in promised.values() if tables]
    return Verification(
        path=target.path,
        projects=len(whole),
        rows=sum(one["rows"] for tables in whole for one in tables.values()),
        problems=tuple(dict.fromkeys(one.problem for one in found)),
        incomplete=tuple(
            f"{_named(key_of(entry))}: {what}"
            for entry in entries
            for what in [*entry["gaps"], *([entry["error"]] if entry["error"] else [])]
        ),
        advice=tuple(dict.fromkeys(one.advice for one in found)),
    )


def _manifest(target: Target) -> tuple[list[Entry], list[Damage]]:
    try:
        entries = target.manifest()
        for entry in entries:
            _check(entry)
    except (EOFError, ValueError, KeyError, TypeError, sqlite3.DatabaseError) as error:
        what = f"the manifest cannot be read: {type(error).__name__}: {error}"
        return [], [Damage(what, f"{target.path}: {ANEW}")]
    return entries, []


def _check(entry: Entry) -> None:
    """Raises KeyError, TypeError, ValueError for an entry that promises nothing."""
    _ = (_named(key_of(entry)), [*entry["gaps"], entry["error"]])
    if entry["tables"]:
        _ = sum(entry["tables"][table.name]["rows"] for table in TABLES)


def _compared(
    target: Target, table: Table, promised: dict[Key, dict[str, Contents]]
) -> Iterator[Damage]:
    left = {key: tables[table.name] for key, tables in promised.items() if tables}
    nothing = manifest.contents(())
    try:
        for key, group in groupby(target.rows(table), key=itemgetter(0)):
            found = manifest.contents(manifest.lines(table, (row for _, row in group)))
            expected = left.pop(key, None)
            if expected is None:
                what = f"{_named(key)}: {found['rows']} rows of {table.name} that nothing promises"
                yield Damage(what, f"{target.path}: {ANEW}")
            elif found != expected:
                yield _difference(key, table, found, expected)
    except FileNotFoundError:
        yield Damage(f"the file of {table.name} is not there", f"{target.path}: {TABLES_ANEW}")
        return
    except (OSError, EOFError, ValueError, KeyError, TypeError, sqlite3.DatabaseError) as error:
        what = f"{table.name} cannot be read to its end: {type(error).__name__}: {error}"
        yield Damage(what, f"{target.path}: {AGAIN}")
        return
    for key, expected in left.items():
        if expected != nothing:
            yield _difference(key, table, nothing, expected)


def _difference(key: Key, table: Table, found: Contents, expected: Contents) -> Damage:
    if found["rows"] != expected["rows"]:
        what = f"{table.name} has {found['rows']} rows instead of {expected['rows']}"
    else:
        what = f"the rows of {table.name} are not those that were written"
    return Damage(f"{_named(key)}: {what}", f"{_named(key)}: {AGAIN}")


def _named(key: Key) -> str:
    return " ".join(key)
