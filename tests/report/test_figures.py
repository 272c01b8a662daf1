"""What a report is about: the rows of the views, of one project or sprint if that is asked for."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from agilekit import InvalidInput
from agilekit.export.target.views import VIEWS
from agilekit.report import read
from tests.report.exports import DONUT, FLOW, board, example, written


def test_the_figures_are_the_rows_of_the_views(tmp_path: Path) -> None:
    path = example(tmp_path)
    figures = read(path)
    assert [one.title for one in figures.projects] == ["Midori <script>", "Logbook"]
    counts = {
        "velocity": sum(len(one.velocity) for one in figures.projects),
        "lead_time": sum(len(one.lead_time) for one in figures.projects),
        "cycle_time": sum(len(one.cycle_time) for one in figures.projects),
        "burndown_chart": sum(len(one.burndown) for one in figures.projects),
        "cumulative_flow": sum(len(one.cumulative_flow) for one in figures.projects),
        "throughput": sum(len(one.throughput) for one in figures.projects),
    }
    with closing(sqlite3.connect(path)) as database:
        for view in VIEWS:
            if view.name == "work_begins":
                continue
            statement = f'SELECT count(*) FROM "{view.name}"'  # noqa: S608 - own names
            assert database.execute(statement).fetchone() == (counts[view.name],)
        statement = "SELECT sprint_id, committed, completed, cards, done_cards FROM velocity"
        assert [
            (one.sprint_id, one.committed, one.completed, one.cards, one.done_cards)
            for one in figures.projects[0].velocity
        ] == database.execute(statement).fetchall()
    assert all(counts.values())


@pytest.mark.parametrize("wanted", ["5474", "Logbook"])
def test_one_project_by_its_id_or_its_title(wanted: str, tmp_path: Path) -> None:
    figures = read(example(tmp_path), project=wanted)
    assert [one.title for one in figures.projects] == ["Logbook"]


@pytest.mark.parametrize("wanted", ["s7", "Sprint 7", "7"])
def test_one_sprint_by_its_id_its_title_or_its_number(wanted: str, tmp_path: Path) -> None:
    figures = read(example(tmp_path), sprint=wanted)
    (project,) = figures.projects
    assert project.sprint
    assert project.sprint.sprint_id == "s7"
    assert figures.about_sprint


def test_a_report_is_about_the_active_sprint_or_else_the_last_that_began(tmp_path: Path) -> None:
    project, without = read(example(tmp_path)).projects
    assert project.sprint
    assert project.sprint.sprint_id == "s7"
    del project.velocity[6]
    assert project.sprint.sprint_id == "s6"
    assert without.sprint is None


def test_what_is_not_there_is_named_with_what_is(tmp_path: Path) -> None:
    path = example(tmp_path)
    with pytest.raises(InvalidInput, match=r"no project is called 'x'.*Logbook \(flyingdonut 5474"):
        read(path, project="x")
    with pytest.raises(InvalidInput, match=r"no sprint is called '99'.*Sprint 1"):
        read(path, sprint="99")
    with pytest.raises(InvalidInput, match="there are: none"):
        read(path, project="Logbook", sprint="1")


def test_what_two_are_called_is_ambiguous(tmp_path: Path) -> None:
    sprint = DONUT.row("sprints", id="s1", number=1, title="Sprint 1")
    path = written(
        tmp_path / "x.db", (FLOW, "Twin", board()), (DONUT, "Twin", {"sprints": [sprint]})
    )
    with pytest.raises(InvalidInput, match="several projects are called 'Twin'"):
        read(path, project="Twin")
    with pytest.raises(InvalidInput, match="several sprints are called 'Sprint 1'"):
        read(path, sprint="Sprint 1")
    assert read(path, project="5474", sprint="Sprint 1").projects[0].title == "Twin"


def test_what_is_not_an_export_as_sqlite_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="is a folder; reports are made of exports as SQLite"):
        read(tmp_path)
    with pytest.raises(InvalidInput, match="there is no file"):
        read(tmp_path / "missing.sqlite")
    (tmp_path / "text.sqlite").write_text("My diary. " * 200)
    with pytest.raises(InvalidInput, match="is not a database of SQLite"):
        read(tmp_path / "text.sqlite")
    assert {path.name for path in tmp_path.iterdir()} == {"text.sqlite"}


def test_an_export_is_read_and_not_changed(tmp_path: Path) -> None:
    path = example(tmp_path)
    before = path.read_bytes()
    read(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("scheme", ["sftp", "postgresql", "POSTGRESQL", "simplecache::s3"])
def test_a_url_is_refused_without_its_password(scheme: str) -> None:
    with pytest.raises(InvalidInput, match="reports are made of exports as SQLite") as raised:
        read(f"{scheme}://jane:hunter2@host/x.sqlite")
    assert "hunter2" not in str(raised.value)
