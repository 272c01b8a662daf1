"""Each project is written whole or not at all, and progress tells of each step."""

from __future__ import annotations

import pickle
import shutil
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import IO, Any

import anyio
import httpx
import pytest

from agilekit import AgilekitError, FlyingDonut, Forbidden, ServerError
from agilekit.export import ExportError, Progress, TargetError, export, verify
from agilekit.export.schedule import run_queues
from agilekit.sandbox import Faults, Sandbox
from tests.export.backups import Backup, FolderBackup, SQLiteBackup, contents, everything, proof
from tests.export.clients import another, client, seeded

pytestmark = pytest.mark.anyio

WRONG = "0" * 32


def titles(backup: Backup, project_id: str) -> list[object]:
    return [row["title"] for row in everything(backup, project_id)["cards"]]


async def test_the_manifest_has_the_counts_and_hashes_of_every_table(
    sandbox: Sandbox, backup: Backup
) -> None:
    await export([client(sandbox)], to=backup.path)
    manifest = backup.manifest(sandbox.flyingdonut.project_id)
    assert manifest is not None
    assert manifest["tables"] == proof(backup, sandbox.flyingdonut.project_id)
    assert manifest["title"] == "Lighthouse Logbook"
    assert manifest["base_url"] == sandbox.flyingdonut.base_url
    assert str(manifest["finished_at"]).endswith("Z")


async def test_the_same_project_gives_the_same_hashes_every_time(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    proofs: list[object] = []
    for backup in (SQLiteBackup(tmp_path), FolderBackup(tmp_path)):
        for concurrency in (16, 1):
            sandbox.faults = Faults(latency=0.001)
            await export([client(sandbox, concurrency=concurrency)], to=backup.path)
            manifest = backup.manifest(sandbox.flyingdonut.project_id)
            proofs.append(manifest and manifest["tables"])
    assert proofs.count(proofs[0]) == 4


async def test_a_second_export_replaces_the_project_and_no_other(
    sandbox: Sandbox, backup: Backup
) -> None:
    first, second = seeded(sandbox), another(sandbox, "Other")
    await export([client(sandbox, first), client(sandbox, second)], to=backup.path)
    second_before = everything(backup, second.id)

    gone = next(card for card in first.cards.values() if card.title.value == "Night mode")
    del first.cards[gone.id]
    first.add_card("Day mode")
    await export([client(sandbox, first)], to=backup.path)

    assert "Night mode" not in titles(backup, first.id)
    assert "Day mode" in titles(backup, first.id)
    assert len(titles(backup, first.id)) == len(first.cards)
    assert everything(backup, second.id) == second_before
    for project in (first, second):
        manifest = backup.manifest(project.id)
        assert manifest is not None
        assert manifest["tables"] == proof(backup, project.id)


async def test_a_project_that_fails_leaves_nothing_and_stops_no_other(
    sandbox: Sandbox, backup: Backup
) -> None:
    wrong = another(sandbox, "Wrong secret")
    clients = [client(sandbox, wrong, secret=WRONG), client(sandbox)]
    report = await export(clients, to=backup.path)

    failed, succeeded = report.projects
    assert isinstance(failed.error, Forbidden)
    assert (failed.project_id, failed.rows, failed.title) == (wrong.id, {}, None)
    assert report.failed == [failed]
    assert report.succeeded == [succeeded]
    assert not any(everything(backup, wrong.id).values())
    assert backup.manifest(wrong.id) is None
    assert str(backup.error(wrong.id)).startswith("Forbidden: GET ")
    assert titles(backup, seeded(sandbox).id)
    assert backup.error(seeded(sandbox).id) is None
    assert "1 of 2 projects exported" in str(report)


async def test_a_project_that_fails_halfway_leaves_nothing(
    sandbox: Sandbox, backup: Backup
) -> None:
    def break_it(progress: Progress) -> None:
        if progress.title and progress.rows > 5:
            sandbox.faults = Faults(bad_gateway=1)

    donut = client(sandbox, retries=0)
    report = await export([donut], to=backup.path, on_progress=break_it)
    (failed,) = report.failed
    assert isinstance(failed.error, ServerError)
    assert failed.title == "Lighthouse Logbook"
    assert not any(everything(backup, donut.project_id).values())


async def test_an_export_outlasts_faults(sandbox: Sandbox, backup: Backup) -> None:
    sandbox.faults = Faults(drop_after=0.1, bad_gateway=0.05, cut_body=0.05, seed=3)
    report = await export([client(sandbox, retries=20)], to=backup.path)
    assert not report.failed
    assert len(titles(backup, seeded(sandbox).id)) == len(seeded(sandbox).cards)


async def test_a_failing_export_leaves_the_project_as_it_was_and_says_so(
    sandbox: Sandbox, backup: Backup
) -> None:
    project = seeded(sandbox)
    await export([client(sandbox)], to=backup.path)
    before, manifest = everything(backup, project.id), backup.manifest(project.id)
    await export([client(sandbox, secret=WRONG)], to=backup.path)
    assert everything(backup, project.id) == before
    again = backup.manifest(project.id)
    assert manifest is not None
    assert again is not None
    assert again["tables"] == manifest["tables"]
    assert again["finished_at"] == manifest["finished_at"]
    assert "Forbidden" in str(backup.error(project.id))
    await export([client(sandbox)], to=backup.path)
    assert backup.error(project.id) is None


def files_but_runs(backup: Backup) -> list[Path]:
    return sorted(file for file in backup.path.parent.rglob("*") if file.parent.name != "runs")


@pytest.mark.parametrize("step", ["reading", "writing"])
async def test_a_cancelled_export_leaves_the_project_as_it_was(
    step: str, sandbox: Sandbox, backup: Backup
) -> None:
    project = seeded(sandbox)
    await export([client(sandbox)], to=backup.path)
    before, files = everything(backup, project.id), files_but_runs(backup)
    project.add_card("Too late")

    with anyio.CancelScope() as scope:

        def cancel(progress: Progress) -> None:
            if progress.step == step and progress.rows > 5:
                scope.cancel()

        await export([client(sandbox)], to=backup.path, on_progress=cancel)
    assert scope.cancelled_caught
    assert everything(backup, project.id) == before
    assert files_but_runs(backup) == files


async def test_what_is_being_written_is_written_whole_although_it_is_cancelled(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    backup, project, writing = SQLiteBackup(tmp_path), seeded(sandbox), anyio.Event()
    await export([client(sandbox)], to=backup.path)
    project.add_card("Just in time")

    with closing(sqlite3.connect(backup.path, isolation_level=None)) as database:

        def hold(progress: Progress) -> None:
            if progress.step == "writing":
                database.execute("BEGIN IMMEDIATE")
                writing.set()

        async def run() -> None:
            await export([client(sandbox)], to=backup.path, on_progress=hold)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(run)
            await writing.wait()
            await anyio.wait_all_tasks_blocked()
            tasks.cancel_scope.cancel()
            database.execute("COMMIT")
    assert "Just in time" in titles(backup, project.id)
    manifest = backup.manifest(project.id)
    assert manifest is not None
    assert manifest["tables"] == proof(backup, project.id)


@pytest.mark.parametrize("drop", [True, False])
async def test_the_secret_is_in_no_file(drop: bool, sandbox: Sandbox, backup: Backup) -> None:
    if drop:
        sandbox.faults = Faults(drop_before=1)
    await export([client(sandbox, retries=0)], to=backup.path)
    await export([client(sandbox, secret=WRONG + "77", retries=0)], to=backup.path)
    files = contents(backup.path.parent)
    assert files
    for content in files.values():
        assert sandbox.flyingdonut.secret.encode() not in content
        assert (WRONG + "77").encode() not in content


async def test_a_secret_that_the_server_repeats_is_in_no_file(backup: Backup) -> None:
    secret = "not-for-the-manifest"

    async def repeat(request: httpx.Request) -> httpx.Response:
        return httpx.Response(400, json={"message": request.headers["authorization"]})

    donut = FlyingDonut("p", secret=secret, transport=httpx.MockTransport(repeat))
    report = await export([donut], to=backup.path)
    assert report.failed
    assert all(secret.encode() not in content for content in contents(backup.path.parent).values())


@pytest.mark.quick(1)
async def test_exports_of_different_projects_may_share_a_file_or_folder(
    sandbox: Sandbox, backup: Backup
) -> None:
    projects = [another(sandbox, f"Project {number}", cards=20) for number in range(12)]

    async def run(which: slice) -> None:
        await export([client(sandbox, project) for project in projects[which]], to=backup.path)

    async with anyio.create_task_group() as tasks:
        for start in range(3):
            tasks.start_soon(run, slice(start, None, 3))
    for project in projects:
        manifest = backup.manifest(project.id)
        assert manifest is not None
        assert manifest["tables"] == proof(backup, project.id)
        assert len(titles(backup, project.id)) == 20


async def test_every_reference_that_is_declared_holds(sandbox: Sandbox, tmp_path: Path) -> None:
    backup = SQLiteBackup(tmp_path)
    await export([client(sandbox)], to=backup.path)
    assert backup.select("PRAGMA foreign_key_check") == []
    assert backup.select("PRAGMA foreign_key_list(burndown)")
    assert backup.select("PRAGMA foreign_key_list(cards)")


async def test_a_file_or_folder_that_cannot_be_written_to_is_named(
    sandbox: Sandbox, backup: Backup
) -> None:
    def take_away(progress: Progress) -> None:
        if progress.step == "writing":
            shutil.rmtree(backup.path) if backup.path.is_dir() else backup.path.unlink()
            (backup.path if backup.path.suffix else backup.path.parent / "x").mkdir()

    with pytest.raises(ExportError) as caught:
        await export({"work": client(sandbox)}, to=backup.path, on_progress=take_away)
    assert caught.value.path == str(backup.path)
    assert str(caught.value).startswith(f"{backup.path}: work: Lighthouse Logbook: ")


@pytest.mark.parametrize("ending", ["", ".sqlite"])
async def test_a_file_or_folder_that_cannot_be_made_fails_the_export(
    ending: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(ExportError, match=r"x{300}"):
        await export([client(sandbox)], to=tmp_path / f"{'x' * 300}{ending}")
    assert sandbox.count() == 0


def test_the_error_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(ExportError("disk full", "x")))  # noqa: S301 - own
    assert (str(error), error.path) == ("x: disk full", "x")
    assert isinstance(error, AgilekitError)
    error = pickle.loads(pickle.dumps(TargetError("torn", "x", "export it again")))  # noqa: S301
    assert (str(error), error.path, error.advice) == ("x: torn", "x", "export it again")


async def test_progress_tells_every_step_of_every_project(sandbox: Sandbox, tmp_path: Path) -> None:
    wrong, seen = another(sandbox, "Wrong"), list[Progress]()
    clients = [client(sandbox), client(sandbox, wrong, secret=WRONG)]
    report = await export(clients, to=tmp_path / "x.db", on_progress=seen.append)

    def steps(donut: FlyingDonut) -> list[str]:
        told: list[str] = [one.step for one in seen if one.project_id == donut.project_id]
        return list(dict.fromkeys(told))

    assert steps(clients[0]) == ["finding", "reading", "writing", "done"]
    assert steps(clients[1]) == ["finding", "failed"]
    last = next(one for one in seen if one.step == "done")
    assert last.rows == sum(report.rows.values())
    assert last.title == "Lighthouse Logbook"
    rows = [one.rows for one in seen if one.project_id == clients[0].project_id]
    assert rows == sorted(rows)


async def test_only_the_error_of_the_hook_is_raised_and_unchanged(
    sandbox: Sandbox, backup: Backup
) -> None:
    class Mine(Exception):
        pass

    def fail(progress: Progress) -> None:
        if progress.rows:
            raise Mine

    with pytest.raises(Mine):
        await export([client(sandbox)], to=backup.path, on_progress=fail)


async def test_an_open_client_stays_open_and_another_is_closed_again(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    closed = client(sandbox, another(sandbox, "Closed"))
    async with client(sandbox) as donut:
        report = await export([donut, closed], to=tmp_path / "x.db")
        assert not report.failed
        assert donut.is_open
        assert not closed.is_open
        await donut.project.get()


@pytest.mark.quick(1)
async def test_of_every_account_a_project_is_under_way(sandbox: Sandbox, backup: Backup) -> None:
    projects = [another(sandbox, f"Project {number}", cards=1) for number in range(30)]
    begun, ended, most = set[str | None](), set[str | None](), 0

    def watch(progress: Progress) -> None:
        nonlocal most
        if progress.step == "reading":
            begun.add(progress.project_id)
        if progress.step == "done":
            ended.add(progress.project_id)
        most = max(most, len(begun - ended))

    sandbox.faults = Faults(latency=0.001)
    clients = [client(sandbox, project) for project in projects]
    report = await export(clients, to=backup.path, on_progress=watch)
    assert [one.project_id for one in report.projects] == [project.id for project in projects]
    assert len(report.succeeded) == 30
    assert most > 20


@pytest.mark.parametrize(("secrets", "side_by_side"), [(("one",) * 4, 1), ("abcd", 4)])
async def test_connections_of_one_credential_at_a_host_share_a_queue(
    secrets: Sequence[str],
    side_by_side: int,
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("agilekit.export.run.run_queues", partial(run_queues, most_rows=1))
    under_way, most = set[str | None](), 0

    def watch(progress: Progress) -> None:
        nonlocal most
        if progress.step == "reading":
            under_way.add(progress.project_id)
        if progress.step == "done":
            under_way.discard(progress.project_id)
        most = max(most, len(under_way))

    clients: list[FlyingDonut] = []
    for secret in secrets:
        project = another(sandbox, f"Of {secret}", cards=1)
        project.secret = secret
        clients.append(client(sandbox, project))
    sandbox.faults = Faults(latency=0.005)
    report = await export(clients, to=tmp_path / "x.db", on_progress=watch)
    assert len(report.succeeded) == 4
    assert most == side_by_side


async def test_one_slot_is_enough(sandbox: Sandbox, tmp_path: Path) -> None:
    report = await export([client(sandbox, concurrency=1)], to=tmp_path / "x.db")
    assert report.rows["cards"] == len(seeded(sandbox).cards)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a device that is always full")
async def test_a_full_disk_is_an_error_that_names_the_connection(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "x"
    await export([client(sandbox)], to=to)
    before = {file: file.read_bytes() for file in to.rglob("*") if file.is_file()}
    opened: Callable[..., IO[Any]] = Path.open

    def full(self: Path, mode: str = "r", *arguments: Any, **more: Any) -> IO[Any]:
        if "x" in mode and "parts" in str(self):
            return opened(Path("/dev/full"), "wb")
        return opened(self, mode, *arguments, **more)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(ExportError, match=r"work: Lighthouse Logbook: .*No space left"):
        await export({"work": client(sandbox)}, to=to)
    monkeypatch.undo()
    after = {file: file.read_bytes() for file in to.rglob("*") if file.is_file()}
    changed = {file for file in before.keys() | after.keys() if before.get(file) != after.get(file)}
    assert {file.parent.name for file in changed} <= {"runs"}
    assert verify(to).ok
