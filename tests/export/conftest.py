from __future__ import annotations

from pathlib import Path

import pytest

from agilekit.sandbox import Sandbox
from tests.export.exported import FolderPlace, Place, SQLitePlace


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


@pytest.fixture(params=[SQLitePlace, FolderPlace], ids=["sqlite", "folder"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    kind: type[SQLitePlace | FolderPlace] = request.param
    return kind(tmp_path)
