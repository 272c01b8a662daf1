"""Proves an export: its files by themselves, and its rows by the manifest.

| what | is proved by |
|---|---|
| a SQLite file | `PRAGMA integrity_check`, the keys, and a schema that is that of a new one |
| the files of projects | the checksum of gzip, and the hashes of their entries |
| a Parquet file | its hash, the checksums of its pages, the statistics of its columns |
| every row of every table | the counts and hashes of the manifest |

Whoever writes meanwhile makes rows differ from the manifest that was read before. So what differs
counts only if the manifest is still the same afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import groupby
from typing import ClassVar, Final

from attrs import frozen

from agilekit.export import manifest
from agilekit.export.damage import EXPORT_AGAIN, START_OVER, Damage
from agilekit.export.errors import TargetError
from agilekit.export.manifest import ProjectEntry, TableDigest, key_of
from agilekit.export.table import ProjectKey, Table, project_of
from agilekit.export.tables import TABLES
from agilekit.export.target.open_target import Destination, Format, open_target
from agilekit.export.target.target import Target
from agilekit.wire.serializable import Serializable

__all__ = ["Verification", "verify", "verify_target"]

_LOOKS: Final = 3


@frozen
class Verification(Serializable):
    """How an export compares with its manifest."""

    _also_plain: ClassVar = ("ok",)

    path: str
    projects: int
    """How many are whole by the manifest."""
    rows: int
    """How many they have."""
    problems: tuple[str, ...]
    """What differs: sentences for people; none if the export is whole."""
    incomplete: tuple[str, ...]
    """What the manifest itself says is missing: projects that failed or have gaps."""
    advice: tuple[str, ...] = ()
    """What to do about the problems: sentences for people."""

    def __repr__(self) -> str:
        state = "ok" if self.ok else f"problems={len(self.problems)}"
        return f"<Verification {self.path} {state} projects={self.projects} rows={self.rows}>"

    @property
    def ok(self) -> bool:
        """Whether every row that the manifest promises is there, and no other."""
        return not self.problems


def verify(path: Destination, *, format: Format | None = None) -> Verification:
    """Reads everything in an export: checks its files, and compares all rows with the manifest.

    Whatever is damaged is a finding. Blocks; nothing is changed.

    Raises InvalidInput if there is no export, TargetError if the system does not let it be read.
    """
    target = open_target(path, format)
    try:
        return verify_target(target)
    finally:
        target.close()


def verify_target(target: Target) -> Verification:
    """The same of a target. Raises InvalidInput, TargetError."""
    try:
        target.check()
        entries, found = _at_rest(target)
    except TargetError as error:
        if error.advice is None:
            message = f"cannot be read: {error.message}"
            raise TargetError(message, error.path) from error
        advice = f"{target.path}: {error.advice}"
        return Verification(target.path, 0, 0, (error.message,), (), (advice,))
    whole = [entry["tables"] for entry in entries if entry["tables"]]
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


def _at_rest(target: Target) -> tuple[list[ProjectEntry], list[Damage]]:
    """The manifest, and what is wrong, when no other process has written meanwhile.

    Raises TargetError if others write all the time.
    """
    for _ in range(_LOOKS):
        entries, unread = _read_manifest(target)
        promised = {key_of(entry): entry["tables"] or {} for entry in entries}
        found = [*target.damage()]
        found += unread or [
            damage for table in TABLES for damage in _compared(target, table, promised)
        ]
        if not found or _read_manifest(target) == (entries, unread):
            return entries, found
    raise TargetError("it is written to all the time: verify it when that has ended", target.path)


def _read_manifest(target: Target) -> tuple[list[ProjectEntry], list[Damage]]:
    try:
        entries = target.manifest()
        _check(entries)
    except TargetError as error:
        if error.advice is None:
            raise
        what = f"the manifest cannot be read: {error.message}"
        return [], [Damage(what, f"{target.path}: {error.advice}")]
    except (ValueError, KeyError, TypeError) as error:
        what = f"the manifest cannot be read: {type(error).__name__}: {error}"
        return [], [Damage(what, f"{target.path}: {START_OVER}")]
    return entries, []


def _check(entries: list[ProjectEntry]) -> None:
    """Raises KeyError, TypeError, ValueError for entries that do not say clearly what is there."""
    for entry in entries:
        _ = (_named(key_of(entry)), [*entry["gaps"], entry["error"]])
        _ = sum(one["rows"] for one in {**(entry["tables"] or {})}.values())
    if len({key_of(entry) for entry in entries}) < len(entries):
        raise ValueError("it names a project twice")


def _compared(
    target: Target, table: Table, promised: dict[ProjectKey, dict[str, TableDigest]]
) -> Iterator[Damage]:
    left_over = {
        key: tables[table.name] for key, tables in promised.items() if table.name in tables
    }
    empty = manifest.digest_of(())
    try:
        for key, rows in groupby(target.rows(table), key=partial(project_of, table=table)):
            found = manifest.digest_of(manifest.lines(table, rows))
            expected = left_over.pop(key, None)
            if expected is None:
                what = f"{_named(key)}: {found['rows']} rows of {table.name} that nothing promises"
                yield Damage(what, f"{target.path}: {START_OVER}")
            elif found != expected:
                yield _difference(key, table, found, expected)
    except TargetError as error:
        if error.advice is None:
            raise
        what = f"{table.name} cannot be read to its end: {error.message}"
        yield Damage(what, f"{target.path}: {error.advice}")
        return
    except (ValueError, TypeError) as error:  # what is not a row of this table
        what = f"{table.name} cannot be read to its end: {type(error).__name__}: {error}"
        yield Damage(what, f"{target.path}: {EXPORT_AGAIN}")
        return
    for key, expected in left_over.items():
        if expected != empty:
            yield _difference(key, table, empty, expected)


def _difference(key: ProjectKey, table: Table, found: TableDigest, expected: TableDigest) -> Damage:
    if found["rows"] != expected["rows"]:
        what = f"{table.name} has {found['rows']} rows instead of {expected['rows']}"
    else:
        what = f"the rows of {table.name} are not those that were written"
    return Damage(f"{_named(key)}: {what}", f"{_named(key)}: {EXPORT_AGAIN}")


def _named(key: ProjectKey) -> str:
    return " ".join(key)
