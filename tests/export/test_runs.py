"""A run that was killed continues, one that ended is followed by another; and every format."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import anyio
import pytest

from agilekit import FlyingDonut, InvalidInput
from agilekit.export import ExportError, Progress, export, verify
from agilekit.sandbox import Sandbox
from tests.export.clients import another, client, seeded
from tests.export.places import FolderPlace, Place, SQLitePlace, everything, proof

pytestmark = pytest.mark.anyio


class Killed(Exception):
    """Leaves the export as a kill would: between two writes."""


def killing_after(projects: int) -> Callable[[Progress], None]:
    done = 0

    def watch(progress: Progress) -> None:
        nonlocal done
        done += progress.step == "done"
        if done == projects:
            raise Killed

    return watch


def clients_of(sandbox: Sandbox, number: int) -> list[FlyingDonut]:
    """Of new projects; the first time they are made."""
    have = [one for one in sandbox.flyingdonut.projects.values() if one.title.value[:1] == "P"]
    have += [another(sandbox, f"P{place}") for place in range(len(have), number)]
    return [client(sandbox, one) for one in have]


@pytest.mark.quick(1)
async def test_a_run_that_did_not_end_continues_without_reading_what_is_whole(
    sandbox: Sandbox, place: Place
) -> None:
    with pytest.raises(Killed):
        await export(clients_of(sandbox, 20), to=place.path, on_progress=killing_after(9))
    asked = len(sandbox.requests)
    report = await export(clients_of(sandbox, 20), to=place.path)
    again = {request.path for request in sandbox.requests[asked:]}
    whole = [one.project_id for one in report.skipped]
    assert 9 <= len(whole) < 20
    assert {one.skipped for one in report.skipped} == {"this run has written it already"}
    for project_id in whole:
        # Its list of buckets would be read to export it; the project itself is, to find it.
        assert not any(f"{project_id}/backlog" in path for path in again)
    for one in sandbox.flyingdonut.projects.values():
        if one.title.value.startswith("P"):
            manifest = place.manifest(one.id)
            assert manifest is not None
            assert manifest["tables"] == proof(place, one.id)
    assert verify(place.path).ok


async def test_a_run_that_ended_is_followed_by_one_that_reads_everything(
    sandbox: Sandbox, place: Place
) -> None:
    for _ in range(2):
        report = await export(clients_of(sandbox, 3), to=place.path)
        assert len(report.succeeded) == 3


async def test_resume_false_reads_everything_again(sandbox: Sandbox, place: Place) -> None:
    with pytest.raises(Killed):
        await export(clients_of(sandbox, 12), to=place.path, on_progress=killing_after(5))
    report = await export(clients_of(sandbox, 12), to=place.path, resume=False)
    assert len(report.succeeded) == 12


async def test_a_run_of_other_connections_does_not_continue_it(
    sandbox: Sandbox, place: Place
) -> None:
    with pytest.raises(Killed):
        await export(clients_of(sandbox, 12), to=place.path, on_progress=killing_after(5))
    report = await export(clients_of(sandbox, 12)[:3], to=place.path)
    assert len(report.succeeded) == 3


async def test_a_killed_run_leaves_a_folder_as_the_run_before_made_it(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    place = FolderPlace(tmp_path)
    await export(clients_of(sandbox, 12), to=place.path)
    before = place.rows("cards")
    for project in sandbox.flyingdonut.projects.values():
        project.add_card("Newer")
    with pytest.raises(Killed):
        await export(clients_of(sandbox, 12), to=place.path, on_progress=killing_after(5))
    assert place.rows("cards") == before
    assert verify(place.path).ok


async def test_only_what_changed_is_read_where_that_is_asked_for(
    sandbox: Sandbox, place: Place
) -> None:
    await export(clients_of(sandbox, 4), to=place.path)
    changed = sandbox.flyingdonut.projects[clients_of(sandbox, 4)[2].project_id]
    changed.add_card("Newer")
    report = await export(clients_of(sandbox, 4), to=place.path, changed_only=True)
    assert [one.project_id for one in report.succeeded] == [changed.id]
    assert all(str(one.skipped).startswith("unchanged: version ") for one in report.skipped)
    assert "3 left as they were" in str(report)
    assert "Newer" in [row["title"] for row in everything(place, changed.id)["cards"]]
    entry = place.manifest(report.skipped[0].project_id or "")
    assert entry is not None
    assert entry["skipped"] == report.skipped[0].skipped
    assert entry["tables"] == proof(place, report.skipped[0].project_id or "")
    assert verify(place.path).ok


async def test_a_second_connection_to_a_project_does_not_export_it_twice(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput, match="given twice"):
        await export({"a": client(sandbox), "b": client(sandbox)}, to=tmp_path / "x.db")


async def test_a_report_speaks_of_connections_by_their_names(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    seen = list[Progress]()
    report = await export({"work": client(sandbox)}, to=tmp_path / "x.db", on_progress=seen.append)
    assert [one.connection for one in report.projects] == ["work"]
    assert {one.connection for one in seen} == {"work"}
    assert seen[-1].projects == 1


async def test_clients_without_names_are_named_by_their_hosts(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    report = await export(clients_of(sandbox, 2), to=tmp_path / "x.db")
    names = [one.connection for one in report.projects]
    host = report.projects[0].host
    assert names == [host, f"{host} (2)"]


FORMATS = ["x.sqlite", "x", "x.zst", "x.parquet"]


@pytest.mark.quick(3)
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("around", ["", "memory://"])
async def test_every_format_is_written_anywhere_and_verified(
    name: str, around: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    reference = SQLitePlace(tmp_path)
    await export([client(sandbox)], to=reference.path)
    to = f"{around}{tmp_path}/{name}"
    await export([client(sandbox)], to=to)
    report = await export([client(sandbox)], to=to)
    assert not report.failed
    found = verify(to)
    assert (found.ok, found.projects, found.rows) == (True, 1, sum(report.rows.values()))
    assert found.rows == verify(reference.path).rows


@pytest.mark.parametrize(
    ("name", "format", "files"),
    [
        ("x", "jsonl", "cards.jsonl"),
        ("x", "jsonl.zst", "cards.jsonl.zst"),
        ("x", "parquet", "cards.parquet"),
        ("x", "sqlite", None),
    ],
)
async def test_the_format_can_be_named(
    name: str, format: str, files: str | None, sandbox: Sandbox, tmp_path: Path
) -> None:
    to = tmp_path / name
    await export([client(sandbox)], to=to, format=format)  # type: ignore[arg-type]
    assert to.is_file() if files is None else (to / files).is_file()
    assert verify(to, format=format).ok  # type: ignore[arg-type]
    if files is not None:
        # What is in a folder tells its format.
        await export([client(sandbox)], to=to)
        assert verify(to).ok


async def test_a_folder_of_another_format_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    await export([client(sandbox)], to=tmp_path / "x")
    with pytest.raises(InvalidInput, match="holds jsonl, not parquet"):
        await export([client(sandbox)], to=tmp_path / "x", format="parquet")


async def test_an_unknown_format_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="format must be one of sqlite"):
        await export([client(sandbox)], to=tmp_path / "x", format="csv")  # type: ignore[arg-type]


async def test_a_row_that_was_changed_is_found(sandbox: Sandbox, tmp_path: Path) -> None:
    place = SQLitePlace(tmp_path)
    await export([client(sandbox)], to=place.path)
    with closing(sqlite3.connect(place.path)) as database:
        database.execute("UPDATE cards SET title = 'Mine' WHERE number = 1")
        database.execute("DELETE FROM changes WHERE id IN (SELECT min(id) FROM changes)")
        database.execute("UPDATE people SET host = 'elsewhere'")
        database.commit()
    problems = verify(place.path).problems
    assert any("the rows of cards are not those that were written" in one for one in problems)
    assert any("changes has 7 rows instead of 8" in one for one in problems) or any(
        "rows instead of" in one for one in problems
    )
    assert any("rows of people that nothing promises" in one for one in problems)


@pytest.mark.parametrize("name", ["x", "x.zst", "x.parquet"])
async def test_a_file_that_was_changed_is_found(
    name: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    to = tmp_path / name
    await export([client(sandbox)], to=to)
    (cards,) = to.glob("cards.*")
    (tasks,) = to.glob("tasks.*")
    content = cards.read_bytes()
    cards.write_bytes(tasks.read_bytes())
    assert any("cards cannot be read to its end" in one for one in verify(to).problems)
    cards.write_bytes(content[: len(content) // 2])
    if name == "x":
        cards.write_bytes(b"".join(content.splitlines(keepends=True)[1:]))
        (problem,) = verify(to).problems
        assert "rows instead of" in problem
    else:
        assert any("cards cannot be read to its end" in one for one in verify(to).problems)


async def test_a_project_that_failed_is_incomplete_and_no_problem(
    sandbox: Sandbox, place: Place
) -> None:
    wrong = another(sandbox, "Wrong")
    await export([client(sandbox), client(sandbox, wrong, secret="0" * 32)], to=place.path)
    found = verify(place.path)
    assert (found.ok, found.projects) == (True, 1)
    (incomplete,) = found.incomplete
    assert wrong.id in incomplete
    assert "Forbidden" in incomplete


@pytest.mark.parametrize("name", ["missing.sqlite", "missing", "empty"])
def test_what_is_no_export_cannot_be_verified(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInput, match=r"there is no|no export"):
        verify(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


async def test_a_damaged_part_is_named(sandbox: Sandbox, tmp_path: Path) -> None:
    to = tmp_path / "x"
    await export([client(sandbox)], to=to)
    (part,) = (to / ".agilekit" / "parts").iterdir()
    part.write_bytes(part.read_bytes()[:20])
    with pytest.raises(ExportError, match="is damaged: remove it"):
        await export([client(sandbox)], to=to)
    part.unlink()
    await export([client(sandbox)], to=to)
    assert verify(to).ok


async def test_the_manifest_of_a_folder_is_one_document(sandbox: Sandbox, tmp_path: Path) -> None:
    await export([client(sandbox)], to=tmp_path / "x")
    document = json.loads((tmp_path / "x" / "manifest.json").read_text())
    (project,) = document["projects"]
    assert project["project_id"] == seeded(sandbox).id
    assert project["watermark"].startswith("version ")


def test_a_url_that_fsspec_does_not_know_is_refused() -> None:
    with pytest.raises(InvalidInput, match="Protocol not known: nowhere"):
        verify("nowhere://somewhere/x.sqlite")
    with pytest.raises(InvalidInput, match="no export of agilekit|there is no"):  # noqa: RUF043
        verify("memory://nothing-here/x")


async def test_an_export_is_verified_although_a_writer_was_killed(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    place = SQLitePlace(tmp_path)
    await export([client(sandbox)], to=place.path)
    # A process that dies in a transaction leaves its log beside the file.
    program = (
        "import os, sqlite3, sys\n"
        "database = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "database.execute('PRAGMA cache_size = 1')\n"
        "database.execute('BEGIN IMMEDIATE')\n"
        'database.execute("UPDATE cards SET title = hex(randomblob(4000))")\n'
        "os.kill(os.getpid(), 9)\n"
    )
    await anyio.run_process([sys.executable, "-c", program, str(place.path)], check=False)
    assert (tmp_path / "export.sqlite-wal").exists()
    assert verify(place.path).ok


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
