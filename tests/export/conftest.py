from __future__ import annotations

from pathlib import Path

import pytest

from agilekit.sandbox import Sandbox
from tests.export.backups import Backup, FolderBackup, SQLiteBackup


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


@pytest.fixture(params=[SQLiteBackup, FolderBackup], ids=["sqlite", "folder"])
def backup(request: pytest.FixtureRequest, tmp_path: Path) -> Backup:
    kind: type[SQLiteBackup | FolderBackup] = request.param
    return kind(tmp_path)
