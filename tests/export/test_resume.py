"""A run that was cut off is continued, leaves nothing stale, and tells which run it continues."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agilekit import Flow
from agilekit.export import ExportReport, Progress, Run, TargetError, export, manifest, verify
from agilekit.export.table import time_text
from agilekit.export.target.open_target import open_target
from agilekit.sandbox import Sandbox
from tests.export.backups import Backup, FolderBackup, everything, proof
from tests.export.clients import Killed, clients_of_new, killing_after

pytestmark = pytest.mark.anyio


async def test_a_run_that_did_not_end_continues_without_reading_what_is_whole(
    sandbox: Sandbox, backup: Backup
) -> None:
    with pytest.raises(Killed):
        await export(clients_of_new(sandbox, 20), to=backup.path, on_progress=killing_after(9))
    asked = len(sandbox.requests)
    report = await export(clients_of_new(sandbox, 20), to=backup.path)
    again = {request.path for request in sandbox.requests[asked:]}
    whole = [one.project_id for one in report.skipped]
    assert 9 <= len(whole) < 20
    assert {one.skipped for one in report.skipped} == {"this run has written it already"}
    for project_id in whole:
        # Its list of buckets would be read to export it; the project itself is, to find it.
        assert not any(f"{project_id}/backlog" in path for path in again)
    for one in sandbox.flyingdonut.projects.values():
        if one.title.value.startswith("P"):
            manifest = backup.manifest(one.id)
            assert manifest is not None
            assert manifest["tables"] == proof(backup, one.id)
    assert verify(backup.path).ok


async def test_an_export_that_another_takes_over_ends_and_the_other_goes_on(
    sandbox: Sandbox, backup: Backup
) -> None:
    taken = list[Run]()

    def take_over(progress: Progress) -> None:
        if progress.step == "done" and not taken:
            with closing(open_target(backup.path)) as target:
                (run,) = target.unfinished()
                taken.append(target.begin(run.scope, resume=True))

    with pytest.raises(TargetError, match="another export has taken this run over"):
        await export(clients_of_new(sandbox, 6), to=backup.path, on_progress=take_over)
    report = await export(clients_of_new(sandbox, 6), to=backup.path)
    # Others may have been written before it was taken over.
    assert 1 <= len(report.skipped) < 6
    assert len(report.skipped) + len(report.succeeded) == 6
    assert verify(backup.path).ok


async def test_a_run_that_ended_is_followed_by_one_that_reads_everything(
    sandbox: Sandbox, backup: Backup
) -> None:
    for _ in range(2):
        report = await export(clients_of_new(sandbox, 3), to=backup.path)
        assert len(report.succeeded) == 3


async def test_resume_false_reads_everything_again(sandbox: Sandbox, backup: Backup) -> None:
    with pytest.raises(Killed):
        await export(clients_of_new(sandbox, 12), to=backup.path, on_progress=killing_after(5))
    report = await export(clients_of_new(sandbox, 12), to=backup.path, resume=False)
    assert len(report.succeeded) == 12


async def test_a_run_of_other_connections_does_not_continue_it(
    sandbox: Sandbox, backup: Backup
) -> None:
    with pytest.raises(Killed):
        await export(clients_of_new(sandbox, 12), to=backup.path, on_progress=killing_after(5))
    report = await export(clients_of_new(sandbox, 12)[:3], to=backup.path)
    assert len(report.succeeded) == 3


async def test_only_what_changed_is_read_if_that_is_asked_for(
    sandbox: Sandbox, backup: Backup
) -> None:
    await export(clients_of_new(sandbox, 4), to=backup.path)
    changed = sandbox.flyingdonut.projects[clients_of_new(sandbox, 4)[2].project_id]
    changed.add_card("Newer")
    report = await export(clients_of_new(sandbox, 4), to=backup.path, changed_only=True)
    assert [one.project_id for one in report.succeeded] == [changed.id]
    assert all(str(one.skipped).startswith("unchanged: version ") for one in report.skipped)
    assert "3 left as they were" in str(report)
    assert "Newer" in [row["title"] for row in everything(backup, changed.id)["cards"]]
    entry = backup.manifest(report.skipped[0].project_id or "")
    assert entry is not None
    assert entry["skipped"] == report.skipped[0].skipped
    assert entry["tables"] == proof(backup, report.skipped[0].project_id or "")
    assert verify(backup.path).ok


def flow_of(sandbox: Sandbox) -> Flow:
    return Flow(**sandbox.flow.arguments())


def shift_clock(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> datetime:
    """Lets what is written from now on bear another time, which it gives."""
    moment = datetime.now(UTC) + by
    monkeypatch.setattr(manifest, "now", lambda: time_text(moment))
    return moment


async def test_what_changed_since_monday_is_read_on_tuesday(
    sandbox: Sandbox, backup: Backup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monday = shift_clock(monkeypatch, -timedelta(hours=25))
    with pytest.raises(Killed):
        await export(clients_of_new(sandbox, 6), to=backup.path, on_progress=killing_after(3))
    monkeypatch.undo()
    for project in sandbox.flyingdonut.projects.values():
        if project.title.value in {"P0", "P1", "P2", "P3"}:
            project.add_card("Tuesday")
    seen = list[Progress]()
    report = await export(clients_of_new(sandbox, 6), to=backup.path, on_progress=seen.append)
    for project in sandbox.flyingdonut.projects.values():
        if project.title.value in {"P0", "P1", "P2", "P3"}:
            assert "Tuesday" in {row["title"] for row in everything(backup, project.id)["cards"]}
    # Only the projects that have no new card may have been left as they were.
    assert {one.title for one in report.skipped} <= {"P4", "P5"}
    assert all(str(one.skipped).startswith("unchanged: ") for one in report.skipped)
    assert report.continued == monday
    assert {one.continued for one in seen} == {monday}
    assert f"continuing the run of {monday:%Y-%m-%d %H:%M} UTC" in str(report)
    assert verify(backup.path).ok


async def test_what_is_unchanged_since_monday_is_not_read_again(
    sandbox: Sandbox, backup: Backup, monkeypatch: pytest.MonkeyPatch
) -> None:
    shift_clock(monkeypatch, -timedelta(hours=25))
    with pytest.raises(Killed):
        await export(clients_of_new(sandbox, 6), to=backup.path, on_progress=killing_after(3))
    monkeypatch.undo()
    report = await export(clients_of_new(sandbox, 6), to=backup.path)
    assert 3 <= len(report.skipped) < 6
    assert all(str(one.skipped).startswith("unchanged: ") for one in report.skipped)


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("minutes", "is_left"), [(59, True), (61, False), (7 * 24 * 60, False), (-2, False)]
)
async def test_a_service_that_proves_nothing_is_not_read_again_for_an_hour(
    minutes: int, is_left: bool, sandbox: Sandbox, backup: Backup, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        sandbox.flow.add_project(f"F{number}")
    shift_clock(monkeypatch, -timedelta(minutes=minutes))
    with pytest.raises(Killed):
        await export([flow_of(sandbox)], to=backup.path, on_progress=killing_after(1))
    monkeypatch.undo()
    report = await export([flow_of(sandbox)], to=backup.path)
    assert bool(report.skipped) == is_left
    assert {one.skipped for one in report.skipped} <= {"this run has written it already"}
    assert verify(backup.path).ok


async def test_a_run_that_begins_anew_continues_none(sandbox: Sandbox, backup: Backup) -> None:
    def is_new(report: ExportReport) -> bool:
        return report.continued is None and "continuing" not in str(report)

    assert is_new(await export(clients_of_new(sandbox, 2), to=backup.path))
    with pytest.raises(Killed):
        await export(clients_of_new(sandbox, 2), to=backup.path, on_progress=killing_after(1))
    assert is_new(await export(clients_of_new(sandbox, 2), to=backup.path, resume=False))
    assert is_new(await export(clients_of_new(sandbox, 2), to=backup.path))


@pytest.mark.parametrize("started_at", ['"Monday"', '"2026-03-02T09:00:00"', "null"])
async def test_a_beginning_that_cannot_be_read_is_not_reported(
    started_at: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    backup = FolderBackup(tmp_path)
    with pytest.raises(Killed):
        await export(clients_of_new(sandbox, 2), to=backup.path, on_progress=killing_after(1))
    (run,) = (Path(backup.path) / ".agilekit" / "runs").iterdir()
    run_id = run.read_text().partition('"id": "')[2].partition('"')[0]
    run.write_text(f'{{"id": "{run_id}", "started_at": {started_at}, "finished_at": null}}')
    report = await export(clients_of_new(sandbox, 2), to=backup.path)
    assert report.continued is None
    assert report.skipped
