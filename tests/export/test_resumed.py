"""A run that continues leaves nothing stale, and tells which run it continues."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agilekit import Flow
from agilekit.export import ExportReport, Progress, export, manifest, verify
from agilekit.export.model import time_text
from agilekit.sandbox import Sandbox
from tests.export.places import FolderPlace, Place, everything
from tests.export.test_runs import Killed, clients_of, killing_after

pytestmark = pytest.mark.anyio


def flow_of(sandbox: Sandbox) -> Flow:
    board = sandbox.flow
    return Flow(
        "midori", key=board.key, user_id=1, base_url=board.base_url, transport=sandbox.transport()
    )


def shift_clock(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> datetime:
    """Lets what is written from now on bear another time, which it gives."""
    moment = datetime.now(UTC) + by
    monkeypatch.setattr(manifest, "now", lambda: time_text(moment))
    return moment


async def test_what_changed_since_monday_is_read_on_tuesday(
    sandbox: Sandbox, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monday = shift_clock(monkeypatch, -timedelta(hours=25))
    with pytest.raises(Killed):
        await export(clients_of(sandbox, 6), to=place.path, on_progress=killing_after(3))
    monkeypatch.undo()
    for project in sandbox.flyingdonut.projects.values():
        if project.title.value in {"P0", "P1", "P2", "P3"}:
            project.add_card("Tuesday")
    seen = list[Progress]()
    report = await export(clients_of(sandbox, 6), to=place.path, on_progress=seen.append)
    for project in sandbox.flyingdonut.projects.values():
        if project.title.value in {"P0", "P1", "P2", "P3"}:
            assert "Tuesday" in {row["title"] for row in everything(place, project.id)["cards"]}
    # Only the projects that have no new card may have been left as they were.
    assert {one.title for one in report.skipped} <= {"P4", "P5"}
    assert all(str(one.skipped).startswith("unchanged: ") for one in report.skipped)
    assert report.continued == monday
    assert {one.continued for one in seen} == {monday}
    assert f"continuing the run of {monday:%Y-%m-%d %H:%M} UTC" in str(report)
    assert verify(place.path).ok


async def test_what_is_unchanged_since_monday_is_not_read_again(
    sandbox: Sandbox, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    shift_clock(monkeypatch, -timedelta(hours=25))
    with pytest.raises(Killed):
        await export(clients_of(sandbox, 6), to=place.path, on_progress=killing_after(3))
    monkeypatch.undo()
    report = await export(clients_of(sandbox, 6), to=place.path)
    assert 3 <= len(report.skipped) < 6
    assert all(str(one.skipped).startswith("unchanged: ") for one in report.skipped)


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("minutes", "is_left"), [(59, True), (61, False), (7 * 24 * 60, False), (-2, False)]
)
async def test_a_service_that_proves_nothing_is_left_alone_for_an_hour(
    minutes: int, is_left: bool, sandbox: Sandbox, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        sandbox.flow.add_project(f"F{number}")
    shift_clock(monkeypatch, -timedelta(minutes=minutes))
    with pytest.raises(Killed):
        await export([flow_of(sandbox)], to=place.path, on_progress=killing_after(1))
    monkeypatch.undo()
    report = await export([flow_of(sandbox)], to=place.path)
    assert bool(report.skipped) == is_left
    assert {one.skipped for one in report.skipped} <= {"this run has written it already"}
    assert verify(place.path).ok


async def test_a_run_that_begins_anew_continues_none(sandbox: Sandbox, place: Place) -> None:
    def is_new(report: ExportReport) -> bool:
        return report.continued is None and "continuing" not in str(report)

    assert is_new(await export(clients_of(sandbox, 2), to=place.path))
    with pytest.raises(Killed):
        await export(clients_of(sandbox, 2), to=place.path, on_progress=killing_after(1))
    assert is_new(await export(clients_of(sandbox, 2), to=place.path, resume=False))
    assert is_new(await export(clients_of(sandbox, 2), to=place.path))


@pytest.mark.parametrize("started_at", ['"Monday"', '"2026-03-02T09:00:00"', "null"])
async def test_a_beginning_that_cannot_be_read_is_not_told(
    started_at: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    place = FolderPlace(tmp_path)
    with pytest.raises(Killed):
        await export(clients_of(sandbox, 2), to=place.path, on_progress=killing_after(1))
    (run,) = (Path(place.path) / ".agilekit" / "runs").iterdir()
    run_id = run.read_text().partition('"id": "')[2].partition('"')[0]
    run.write_text(f'{{"id": "{run_id}", "started_at": {started_at}, "finished_at": null}}')
    report = await export(clients_of(sandbox, 2), to=place.path)
    assert report.continued is None
    assert report.skipped
