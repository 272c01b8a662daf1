"""``agilekit report``"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from attrs import evolve
from click.testing import CliRunner, Result

from agilekit.cli.commands import commands
from agilekit.export.project import ProjectRef
from agilekit.export.table import Row, value_of
from agilekit.export.tables import BY_NAME
from agilekit.export.target.project_file import name_of
from tests.cli.served import Served
from tests.report.exports import FLOW, board, example, written


def report(*arguments: str | Path) -> Result:
    return CliRunner().invoke(commands, ["report", *map(str, arguments)])


def test_a_page_and_the_charts_are_written_beside_the_export(tmp_path: Path) -> None:
    path = example(tmp_path)
    result = report(path)
    assert result.exit_code == 0, result.output
    folder = tmp_path / "backup-report"
    name = name_of(FLOW.key)
    assert {file.name for file in folder.iterdir()} == {
        "report.html",
        f"{name}-burndown.svg",
        f"{name}-velocity.svg",
        f"{name}-cumulative-flow.svg",
        f"{name}-cycle-time.svg",
        f"{name}-lead-time.svg",
    }
    assert str(folder / "report.html") in result.stdout


@pytest.mark.slow
def test_charts_may_be_png_and_elsewhere(tmp_path: Path) -> None:
    to = tmp_path / "a" / "b"
    result = report(example(tmp_path), "--sprint", "Sprint 7", "--to", to, "--format", "png")
    assert result.exit_code == 0, result.output
    assert (to / f"{name_of(FLOW.key)}-burndown.png").read_bytes().startswith(b"\x89PNG")
    assert "Sprint 7" in (to / "report.html").read_text(encoding="utf-8")


def test_two_accounts_and_two_projects_have_charts_of_their_own(tmp_path: Path) -> None:
    keys = [("a.flow.io", "1-2"), ("b.flow.io", "1-2"), ("a.flow.io", "1.2"), ("a.flow.io", "1/2")]
    found = [evolve(FLOW, host=host, project_id=id) for host, id in keys]
    projects: list[tuple[ProjectRef, str, dict[str, Sequence[Row]]]] = [
        (one, "Board", {"burndown": [_moved(row, one) for row in board()["burndown"]]})
        for one in found
    ]
    path = written(tmp_path / "backup.sqlite", *projects)
    result = report(path)
    assert result.exit_code == 0, result.output
    charts = (tmp_path / "backup-report").glob("*-burndown.svg")
    assert {one.name for one in charts} == {f"{name_of(one.key)}-burndown.svg" for one in found}
    assert len({name_of(one.key) for one in found}) == 4


def _moved(row: Row, project: ProjectRef) -> Row:
    """A row of a burndown, as one of the whole of another project."""
    table = BY_NAME["burndown"]
    values = {column.name: value_of(row, table, column.name) for column in table.columns}
    key = {"service": project.service, "host": project.host, "project_id": project.project_id}
    return table.row(**{**values, **key, "sprint_id": None})


def test_work_begins_in_the_column_that_is_named(tmp_path: Path) -> None:
    path = example(tmp_path)
    assert "from the first entry into Doing to completion" in report(path, "--text").stdout
    result = report(path, "--text", "--work-begins", "done")
    assert result.exit_code == 0, result.output
    assert "from the first entry into Done to completion" in result.stdout
    assert "from the first entry into Doing to completion" in report(path, "--text").stdout


def test_text_is_printed_and_no_file_is_written(tmp_path: Path) -> None:
    result = report(example(tmp_path), "--text", "--project", "Midori <script>")
    assert result.exit_code == 0, result.output
    assert "- Burndown of Sprint 7: 40 hours at the beginning" in result.stdout
    assert [file.name for file in tmp_path.iterdir()] == ["backup.sqlite"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["x.db", "--connection", "y"], "either the PATH of an export, or --connection NAME"),
        (["--connections", "no.toml"], "there is no file of connections no.toml"),
        (["missing.sqlite"], "there is no file missing.sqlite"),
        (["backup.sqlite", "--sprint", "Sprint 99"], "no sprint is called 'Sprint 99'"),
        (["backup.sqlite", "--sprint", "nothing"], "no sprint is called 'nothing'"),
        (
            ["backup.sqlite", "--work-begins", "x"],
            "no column is called 'x'; there are: To-do, Doing",
        ),
        (["backup.sqlite", "--project", "x"], "no project is called 'x'"),
        (["."], "is a folder; reports are made of exports as SQLite"),
    ],
)
def test_a_wrong_argument_is_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], reason: str
) -> None:
    monkeypatch.chdir(example(tmp_path).parent)
    result = report(*arguments)
    assert result.exit_code == 2
    assert reason in " ".join(result.stderr.split())


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    path = example(tmp_path)
    (tmp_path / "x").touch()
    result = report(path, "--to", tmp_path / "x" / "y")
    assert result.exit_code == 1
    assert str(tmp_path / "x" / "y") in result.stderr


def test_a_connection_is_reported_as_it_is_now(served: Served, tmp_path: Path) -> None:
    donut = served.sandbox.flyingdonut
    sprint = next(iter(donut.projects[donut.project_id].sprints.values())).title.value
    folder = tmp_path / "r"
    result = served.run("report", "--connection", "donut", "--sprint", sprint, "--to", folder)
    assert result.exit_code == 0, result.output
    assert sprint in (folder / "report.html").read_text(encoding="utf-8")
    result = served.run("report", "--connection", "donut", "--text")
    assert result.exit_code == 0, result.output
    assert "Lighthouse Logbook" in result.stdout


def test_all_connections_are_reported_if_none_is_named(served: Served) -> None:
    result = served.run("report", "--text")
    assert result.exit_code == 0, result.output
    assert {"Lighthouse Logbook", "Lighthouse upkeep"} <= set(result.stdout.splitlines())
