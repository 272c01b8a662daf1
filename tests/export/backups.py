"""Reads exports back, without the code that wrote them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Protocol, TypeAlias, cast

from agilekit.export import TABLES

RowDict: TypeAlias = Mapping[str, object]


class Backup(Protocol):
    @property
    def path(self) -> Path: ...

    def rows(self, table: str) -> list[RowDict]: ...

    def manifest(self, project_id: str) -> RowDict | None: ...

    def error(self, project_id: str) -> str | None: ...


class SQLiteBackup:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "export.sqlite"

    def select(self, statement: str) -> list[RowDict]:
        with closing(sqlite3.connect(self.path)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(statement)]

    def rows(self, table: str) -> list[RowDict]:
        key = ", ".join(_key(table))
        return self.select(f'SELECT * FROM "{table}" ORDER BY {key}')  # noqa: S608 - own names

    def manifest(self, project_id: str) -> RowDict | None:
        entry = self._entry(project_id)
        if entry is None or entry["finished_at"] is None:
            return None
        return {**entry, "tables": json.loads(str(entry["tables"]))}

    def error(self, project_id: str) -> str | None:
        entry = self._entry(project_id)
        return None if entry is None else cast("str | None", entry["error"])

    def _entry(self, project_id: str) -> RowDict | None:
        entries = self.select("SELECT * FROM manifest")
        return next((entry for entry in entries if entry["project_id"] == project_id), None)


class FolderBackup:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "export"

    def rows(self, table: str) -> list[RowDict]:
        text = (self.path / f"{table}.jsonl").read_text("utf-8")
        return [cast("RowDict", json.loads(line)) for line in text.split("\n") if line]

    def manifest(self, project_id: str) -> RowDict | None:
        entry = self._entry(project_id)
        return None if entry is None or entry["finished_at"] is None else entry

    def error(self, project_id: str) -> str | None:
        entry = self._entry(project_id)
        return None if entry is None else cast("str | None", entry["error"])

    def _entry(self, project_id: str) -> RowDict | None:
        entries = json.loads((self.path / "manifest.json").read_text("utf-8"))["projects"]
        found = (entry for entry in entries if entry["project_id"] == project_id)
        return cast("RowDict | None", next(found, None))


def everything(backup: Backup, project_id: str) -> dict[str, list[RowDict]]:
    """All rows of a project, by table."""
    return {
        table.name: [row for row in backup.rows(table.name) if row["project_id"] == project_id]
        for table in TABLES
    }


def proof(backup: Backup, project_id: str) -> dict[str, dict[str, object]]:
    """The counts and hashes that the manifest of a project has to show."""
    found: dict[str, dict[str, object]] = {}
    for table, rows in everything(backup, project_id).items():
        lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows]
        digest = hashlib.sha256("".join(lines).encode()).hexdigest()
        found[table] = {"rows": len(rows), "sha256": digest}
    return found


def _key(name: str) -> tuple[str, ...]:
    return next(table.key for table in TABLES if table.name == name)


def contents(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
