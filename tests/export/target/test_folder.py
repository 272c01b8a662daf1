"""What an export as a folder shows to people, and when."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agilekit.export import export, verify
from agilekit.sandbox import Sandbox
from tests.export.backups import FolderBackup
from tests.export.clients import Killed, client, clients_of_new, killing_after, seeded

pytestmark = pytest.mark.anyio


async def test_a_folder_shows_one_file_for_each_table(sandbox: Sandbox, tmp_path: Path) -> None:
    backup = FolderBackup(tmp_path)
    await export([client(sandbox)], to=backup.path)
    tables = ["projects", "columns", "sprints", "people", "cards", "tasks", "comments", "changes"]
    files = {f"{table}.jsonl" for table in [*tables, "time_entries", "burndown", "extras"]}
    names = {file.name for file in backup.path.iterdir()}
    assert names == {*files, "manifest.json", "agilekit_export.json", ".agilekit"}


async def test_the_manifest_of_a_folder_is_one_document(sandbox: Sandbox, tmp_path: Path) -> None:
    await export([client(sandbox)], to=tmp_path / "x")
    document = json.loads((tmp_path / "x" / "manifest.json").read_text())
    (project,) = document["projects"]
    assert project["project_id"] == seeded(sandbox).id
    assert project["watermark"].startswith("version ")


async def test_a_killed_run_leaves_a_folder_as_the_run_before_made_it(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    backup = FolderBackup(tmp_path)
    await export(clients_of_new(sandbox, 12), to=backup.path)
    before = backup.rows("cards")
    for project in sandbox.flyingdonut.projects.values():
        project.add_card("Newer")
    with pytest.raises(Killed):
        await export(clients_of_new(sandbox, 12), to=backup.path, on_progress=killing_after(5))
    assert backup.rows("cards") == before
    assert verify(backup.path).ok
