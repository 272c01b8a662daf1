"""Each project is written whole or not at all, wherever it is written to."""

from __future__ import annotations

import pickle
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing, nullcontext
from functools import partial
from pathlib import Path
from typing import cast

import anyio
import httpx
import pytest

from agilekit import AgilekitError, FlyingDonut, Forbidden, InvalidInput, ServerError
from agilekit.export import ExportError, Progress, export, verify
from agilekit.export.places import target_at
from agilekit.export.schedule import do_in_turn
from agilekit.sandbox import Faults, Sandbox
from tests.export.clients import another, client, seeded
from tests.export.places import FolderPlace, Place, SQLitePlace, everything, proof

pytestmark = pytest.mark.anyio

WRONG = "0" * 32


def contents(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def titles(place: Place, project_id: str) -> list[object]:
    return [row["title"] for row in everything(place, project_id)["cards"]]


async def test_the_manifest_has_the_counts_and_hashes_of_every_table(
    sandbox: Sandbox, place: Place
) -> None:
    await export([client(sandbox)], to=place.path)
    manifest = place.manifest(sandbox.flyingdonut.project_id)
    assert manifest is not None
    assert manifest["tables"] == proof(place, sandbox.flyingdonut.project_id)
    assert manifest["title"] == "Lighthouse Logbook"
    assert manifest["base_url"] == sandbox.flyingdonut.base_url
    assert str(manifest["finished_at"]).endswith("Z")


async def test_the_same_project_gives_the_same_hashes_every_time(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    proofs: list[object] = []
    for place in (SQLitePlace(tmp_path), FolderPlace(tmp_path)):
        for concurrency in (16, 1):
            sandbox.faults = Faults(latency=0.001)
            await export([client(sandbox, concurrency=concurrency)], to=place.path)
            manifest = place.manifest(sandbox.flyingdonut.project_id)
            proofs.append(manifest and manifest["tables"])
    assert proofs.count(proofs[0]) == 4


async def test_a_second_export_replaces_the_project_and_no_other(
    sandbox: Sandbox, place: Place
) -> None:
    first, second = seeded(sandbox), another(sandbox, "Other")
    await export([client(sandbox, first), client(sandbox, second)], to=place.path)
    second_before = everything(place, second.id)

    gone = next(card for card in first.cards.values() if card.title.value == "Night mode")
    del first.cards[gone.id]
    first.add_card("Day mode")
    await export([client(sandbox, first)], to=place.path)

    assert "Night mode" not in titles(place, first.id)
    assert "Day mode" in titles(place, first.id)
    assert len(titles(place, first.id)) == len(first.cards)
    assert everything(place, second.id) == second_before
    for project in (first, second):
        manifest = place.manifest(project.id)
        assert manifest is not None
        assert manifest["tables"] == proof(place, project.id)


async def test_a_project_that_fails_leaves_nothing_and_stops_no_other(
    sandbox: Sandbox, place: Place
) -> None:
    wrong = another(sandbox, "Wrong secret")
    clients = [client(sandbox, wrong, secret=WRONG), client(sandbox)]
    report = await export(clients, to=place.path)

    failed, succeeded = report.projects
    assert isinstance(failed.error, Forbidden)
    assert (failed.project_id, failed.rows, failed.title) == (wrong.id, {}, None)
    assert report.failed == [failed]
    assert report.succeeded == [succeeded]
    assert not any(everything(place, wrong.id).values())
    assert place.manifest(wrong.id) is None
    assert str(place.error(wrong.id)).startswith("Forbidden: GET ")
    assert titles(place, seeded(sandbox).id)
    assert place.error(seeded(sandbox).id) is None
    assert "1 of 2 projects exported" in str(report)


async def test_a_project_that_fails_halfway_leaves_nothing(sandbox: Sandbox, place: Place) -> None:
    def break_it(progress: Progress) -> None:
        if progress.title and progress.rows > 5:
            sandbox.faults = Faults(bad_gateway=1)

    donut = client(sandbox, retries=0)
    report = await export([donut], to=place.path, on_progress=break_it)
    (failed,) = report.failed
    assert isinstance(failed.error, ServerError)
    assert failed.title == "Lighthouse Logbook"
    assert not any(everything(place, donut.project_id).values())


async def test_an_export_outlasts_faults(sandbox: Sandbox, place: Place) -> None:
    sandbox.faults = Faults(drop_after=0.1, bad_gateway=0.05, cut_body=0.05, seed=3)
    report = await export([client(sandbox, retries=20)], to=place.path)
    assert not report.failed
    assert len(titles(place, seeded(sandbox).id)) == len(seeded(sandbox).cards)


async def test_a_failing_export_leaves_the_project_as_it_was_and_says_so(
    sandbox: Sandbox, place: Place
) -> None:
    project = seeded(sandbox)
    await export([client(sandbox)], to=place.path)
    before, manifest = everything(place, project.id), place.manifest(project.id)
    await export([client(sandbox, secret=WRONG)], to=place.path)
    assert everything(place, project.id) == before
    again = place.manifest(project.id)
    assert manifest is not None
    assert again is not None
    assert again["tables"] == manifest["tables"]
    assert again["finished_at"] == manifest["finished_at"]
    assert "Forbidden" in str(place.error(project.id))
    await export([client(sandbox)], to=place.path)
    assert place.error(project.id) is None


@pytest.mark.parametrize("step", ["reading", "writing"])
async def test_a_cancelled_export_leaves_the_project_as_it_was(
    step: str, sandbox: Sandbox, place: Place
) -> None:
    project = seeded(sandbox)
    await export([client(sandbox)], to=place.path)
    before, files = everything(place, project.id), sorted(place.path.parent.rglob("*"))
    project.add_card("Too late")

    with anyio.CancelScope() as scope:

        def cancel(progress: Progress) -> None:
            if progress.step == step and progress.rows > 5:
                scope.cancel()

        await export([client(sandbox)], to=place.path, on_progress=cancel)
    assert scope.cancelled_caught
    assert everything(place, project.id) == before
    assert sorted(place.path.parent.rglob("*")) == files


async def test_what_is_being_written_is_written_whole_although_it_is_cancelled(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    place, project, writing = SQLitePlace(tmp_path), seeded(sandbox), anyio.Event()
    await export([client(sandbox)], to=place.path)
    project.add_card("Just in time")

    with closing(sqlite3.connect(place.path, isolation_level=None)) as database:

        def hold(progress: Progress) -> None:
            if progress.step == "writing":
                database.execute("BEGIN IMMEDIATE")
                writing.set()

        async def run() -> None:
            await export([client(sandbox)], to=place.path, on_progress=hold)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(run)
            await writing.wait()
            await anyio.wait_all_tasks_blocked()
            tasks.cancel_scope.cancel()
            database.execute("COMMIT")
    assert "Just in time" in titles(place, project.id)
    manifest = place.manifest(project.id)
    assert manifest is not None
    assert manifest["tables"] == proof(place, project.id)


@pytest.mark.parametrize("drop", [True, False])
async def test_the_secret_is_in_no_file(drop: bool, sandbox: Sandbox, place: Place) -> None:
    if drop:
        sandbox.faults = Faults(drop_before=1)
    await export([client(sandbox, retries=0)], to=place.path)
    await export([client(sandbox, secret=WRONG + "77", retries=0)], to=place.path)
    files = contents(place.path.parent)
    assert files
    for content in files.values():
        assert sandbox.flyingdonut.secret.encode() not in content
        assert (WRONG + "77").encode() not in content


async def test_a_secret_that_the_server_repeats_is_in_no_file(place: Place) -> None:
    secret = "not-for-the-manifest"

    async def repeat(request: httpx.Request) -> httpx.Response:
        return httpx.Response(400, json={"message": request.headers["authorization"]})

    donut = FlyingDonut("p", secret=secret, transport=httpx.MockTransport(repeat))
    report = await export([donut], to=place.path)
    assert report.failed
    assert all(secret.encode() not in content for content in contents(place.path.parent).values())


@pytest.mark.quick(1)
async def test_exports_of_different_projects_may_share_a_place(
    sandbox: Sandbox, place: Place
) -> None:
    projects = [another(sandbox, f"Project {number}", cards=20) for number in range(12)]

    async def run(which: slice) -> None:
        await export([client(sandbox, project) for project in projects[which]], to=place.path)

    async with anyio.create_task_group() as tasks:
        for start in range(3):
            tasks.start_soon(run, slice(start, None, 3))
    for project in projects:
        manifest = place.manifest(project.id)
        assert manifest is not None
        assert manifest["tables"] == proof(place, project.id)
        assert len(titles(place, project.id)) == 20


async def test_every_reference_that_is_declared_holds(sandbox: Sandbox, tmp_path: Path) -> None:
    place = SQLitePlace(tmp_path)
    await export([client(sandbox)], to=place.path)
    assert place.select("PRAGMA foreign_key_check") == []
    assert place.select("PRAGMA foreign_key_list(burndown)")
    assert place.select("PRAGMA foreign_key_list(cards)")


async def test_a_folder_shows_one_file_for_each_table(sandbox: Sandbox, tmp_path: Path) -> None:
    place = FolderPlace(tmp_path)
    await export([client(sandbox)], to=place.path)
    tables = ["projects", "columns", "sprints", "people", "cards", "tasks", "comments", "changes"]
    files = {f"{table}.jsonl" for table in [*tables, "time_entries", "burndown", "extras"]}
    names = {file.name for file in place.path.iterdir()}
    assert names == {*files, "manifest.json", "agilekit_export.json", ".agilekit"}


def a_text_file(path: Path) -> None:
    path.write_text("My diary, which is longer than the header of a database. " * 9)


def a_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE cards (id INTEGER)")


def a_newer_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE agilekit_export (format INTEGER)")
        database.execute("INSERT INTO agilekit_export VALUES (4)")
        database.commit()


def a_folder(path: Path) -> None:
    path.mkdir()
    (path / "holiday.jpg").touch()


def a_newer_folder(path: Path) -> None:
    path.mkdir()
    (path / "agilekit_export.json").write_text('{"format": 4}')


def an_empty(path: Path) -> None:
    path.touch() if path.suffix else path.mkdir()


def a_broken_folder(path: Path) -> None:
    path.mkdir()
    (path / "agilekit_export.json").write_text("?")


@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        ("x.sqlite", a_text_file, "is no database"),
        ("x.db", a_database, "no export of agilekit"),
        ("x.SQLite3", a_newer_database, "another version"),
        ("x.sqlite", a_folder, "is not a file"),
        ("folder", a_text_file, "is a file, not a folder"),
        ("folder", a_folder, "other files"),
        ("folder", a_newer_folder, "another version"),
        ("folder", a_broken_folder, "another version"),
        ("missing/x.sqlite", None, "there is no folder"),
        ("missing/folder", None, "there is no folder"),
    ],
)
async def test_what_is_no_export_is_neither_changed_nor_asked_for(
    name: str, make: object, message: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / name
    if callable(make):
        make(path)
    before = contents(tmp_path)
    with pytest.raises(InvalidInput, match=message):
        await export([client(sandbox)], to=path)
    assert contents(tmp_path) == before
    assert sandbox.count() == 0


@pytest.mark.parametrize("name", ["x.sqlite", "folder"])
async def test_an_empty_place_is_filled(name: str, sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / name
    an_empty(path)
    assert not (await export([client(sandbox)], to=str(path))).failed


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("x.csv", ""),
        ("x.json", "'.jsonl'"),
        ("x.xlsx", ""),
        ("x.sqllite", "'.sqlite'"),
        ("x.parq", "'.parquet'"),
        ("backup-2026.11.26", ""),
        (f"x.{'y' * 200}", ""),
    ],
)
async def test_an_ending_that_tells_no_format_is_refused_with_those_that_do(
    name: str, meant: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput, match="does not tell the format of the export") as caught:
        await export([client(sandbox)], to=tmp_path / name)
    message = str(caught.value)
    assert ("did you mean " + meant in message) if meant else "did you mean" not in message
    for ending in (".db", ".jsonl", ".parquet", ".sqlite", ".sqlite3", ".zst"):
        assert ending in message
    assert not contents(tmp_path)
    assert sandbox.count() == 0


async def test_an_unknown_ending_is_no_matter_if_the_format_is_said_or_there(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "backup-2026.11.26"
    await export([client(sandbox)], to=path, format="jsonl")
    assert not (await export([client(sandbox)], to=path)).failed
    assert verify(path).ok


@pytest.mark.parametrize(
    ("url", "is_refused"),
    [
        ("memory://my.bucket", False),
        ("memory://my.bucket/", False),
        ("memory://my.bucket/backup", False),
        ("memory://bucket/backup.csv", True),
    ],
)
def test_the_name_of_a_bucket_may_have_a_dot(url: str, is_refused: bool) -> None:
    with pytest.raises(InvalidInput) if is_refused else nullcontext():
        target_at(url)


@pytest.mark.parametrize("to", ["", b"x.sqlite", 5, None, "nul\0byte"])
async def test_what_is_no_path_is_refused(to: object, sandbox: Sandbox) -> None:
    with pytest.raises(InvalidInput, match="to must be the path"):
        await export([client(sandbox)], to=cast("str", to))


async def test_a_place_that_cannot_be_written_to_is_named(sandbox: Sandbox, place: Place) -> None:
    def take_away(progress: Progress) -> None:
        if progress.step == "writing":
            shutil.rmtree(place.path) if place.path.is_dir() else place.path.unlink()
            (place.path if place.path.suffix else place.path.parent / "x").mkdir()

    with pytest.raises(ExportError) as caught:
        await export({"work": client(sandbox)}, to=place.path, on_progress=take_away)
    assert caught.value.path == str(place.path)
    assert str(caught.value).startswith(f"{place.path}: work: Lighthouse Logbook: ")


async def test_a_place_that_cannot_be_made_fails_the_export(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(ExportError, match=r"x{300}"):
        await export([client(sandbox)], to=tmp_path / ("x" * 300))
    assert sandbox.count() == 0


def test_the_error_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(ExportError("disk full", "x")))  # noqa: S301 - own
    assert (str(error), error.path) == ("x: disk full", "x")
    assert isinstance(error, AgilekitError)


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


async def test_an_error_of_the_hook_leaves_alone_and_unchanged(
    sandbox: Sandbox, place: Place
) -> None:
    class Mine(Exception):
        pass

    def fail(progress: Progress) -> None:
        if progress.rows:
            raise Mine

    with pytest.raises(Mine):
        await export([client(sandbox)], to=place.path, on_progress=fail)


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


async def test_only_clients_of_different_projects_are_exported(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    wrong: dict[str, object] = {
        "needs clients": [],
        "cannot export a str": ["project"],
        "is given twice": [client(sandbox), client(sandbox)],
    }
    for message, clients in wrong.items():
        with pytest.raises(InvalidInput, match=message):
            await export(cast("list[FlyingDonut]", clients), to=tmp_path / "x.db")
    with pytest.raises(InvalidInput, match="needs clients"):
        await export(cast("list[FlyingDonut]", client(sandbox)), to=tmp_path / "x.db")
    assert not contents(tmp_path)


@pytest.mark.quick(1)
async def test_of_every_account_a_project_is_under_way(sandbox: Sandbox, place: Place) -> None:
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
    report = await export(clients, to=place.path, on_progress=watch)
    assert [one.project_id for one in report.projects] == [project.id for project in projects]
    assert len(report.succeeded) == 30
    assert most > 20


@pytest.mark.parametrize(("secrets", "side_by_side"), [(("one",) * 4, 1), ("abcd", 4)])
async def test_connections_of_one_credential_at_a_host_take_turns_for_the_memory(
    secrets: Sequence[str],
    side_by_side: int,
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("agilekit.export.run.do_in_turn", partial(do_in_turn, most_rows=1))
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
