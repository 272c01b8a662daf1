"""Exports of blocking clients: to a target, as rows, and of one project."""

from __future__ import annotations

import gc
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from agilekit import Forbidden, InvalidInput, NotFound, blocking
from agilekit.blocking import AnyClient, export, part, rows
from agilekit.blocking.dask import export_on
from agilekit.connections import load
from agilekit.export import ProjectReport, verify
from agilekit.sandbox import Sandbox
from tests.blocking.clients import donut_of, kanban_of, loop_threads, served
from tests.blocking.interruptions import found_in_spite_of
from tests.export.connection_files import connections_file

STRIDE: Final = 40


def test_an_export_opens_the_clients_that_are_not_open(tmp_path: Path) -> None:
    sandbox = Sandbox()
    steps: list[str] = []
    with donut_of(sandbox) as donut:
        report = export(
            {"donut": donut, "kanban": kanban_of(sandbox)},
            to=tmp_path / "backup.jsonl",
            tables=(name for name in ("cards", "columns")),
            on_progress=lambda progress: steps.append(progress.step),
        )
        assert donut.is_open
    assert not report.failed
    assert {project.connection for project in report.projects} == {"donut", "kanban"}
    assert "done" in steps
    assert verify(tmp_path / "backup.jsonl").ok
    assert loop_threads() == []


@pytest.mark.slow
def test_an_export_runs_in_several_processes(tmp_path: Path) -> None:
    sandbox = Sandbox()
    with served(sandbox) as url:
        connections = load(connections_file(sandbox, url, tmp_path))
        report = export(connections, to=tmp_path / "backup.sqlite", workers=2)
    assert not report.failed
    assert len(report.projects) == 9


@pytest.mark.slow
def test_an_export_runs_on_a_cluster(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    sandbox = Sandbox()
    local = {"n_workers": 1, "processes": False, "dashboard_address": None}
    with (
        served(sandbox) as url,
        distributed.LocalCluster(**local) as cluster,
        distributed.Client(cluster) as client,
    ):
        connections = load(connections_file(sandbox, url, tmp_path))
        report = export_on(client, connections, to=tmp_path / "backup.sqlite")
    assert not report.failed
    assert len(report.projects) == 9


def test_rows_come_without_an_open_client_and_leave_no_thread_when_they_are_left() -> None:
    sandbox = Sandbox()
    told: list[ProjectReport] = []
    clients: list[AnyClient] = [donut_of(sandbox), kanban_of(sandbox)]
    found = list(rows(clients, on_project=told.append))
    assert {"projects", "cards"} <= {table for table, _ in found}
    assert len(told) == len([table for table, _ in found if table == "projects"])
    begun = rows(clients)
    assert next(begun) == found[0]
    assert loop_threads() != []
    del begun
    gc.collect()
    assert loop_threads() == []


def test_rows_raise_the_error_of_a_project_that_cannot_be_read() -> None:
    sandbox = Sandbox()
    donut = sandbox.flyingdonut
    stranger = blocking.FlyingDonut(
        donut.project_id, secret="other", base_url=donut.base_url, transport=sandbox.transport()
    )
    with pytest.raises(Forbidden):
        list(rows([stranger]))
    assert loop_threads() == []


def test_rows_go_on_behind_an_error_of_a_project() -> None:
    sandbox = Sandbox()
    donut = sandbox.flyingdonut
    stranger = blocking.FlyingDonut(
        donut.project_id, secret="other", base_url=donut.base_url, transport=sandbox.transport()
    )
    found = rows([stranger, kanban_of(sandbox)])
    with pytest.raises(Forbidden):
        list(found)
    assert list(found) == list(rows([kanban_of(sandbox)]))
    assert loop_threads() == []


@pytest.mark.no_cover  # it traces by itself
@pytest.mark.quick(1)
@pytest.mark.parametrize("first", range(STRIDE))
def test_who_goes_on_with_interrupted_rows_misses_none(first: int) -> None:
    kanban = kanban_of(Sandbox())
    whole = list(rows([kanban], tables=["projects"]))
    for step in count(first, STRIDE):
        begun = rows([kanban], tables=["projects"], at_once=1)
        found, where = found_in_spite_of(step, begun)
        assert found == whole, where
        if where is None:
            break


def test_one_project_is_read_whole() -> None:
    donut = donut_of(Sandbox())
    data = part(donut, donut.project_id, tables=["cards"])
    assert data.rows["cards"]
    with pytest.raises(NotFound):
        part(donut, "f" * 24)


def test_what_is_not_a_client_is_refused_as_by_the_async_export(tmp_path: Path) -> None:
    for wrong in ([], "donut", [7], {"one": None}):
        with pytest.raises(InvalidInput, match="client"):
            export(wrong, to=tmp_path / "x.jsonl")  # type: ignore[arg-type]
