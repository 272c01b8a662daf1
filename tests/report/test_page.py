"""The page, its charts, and the summary."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import anyio
import pytest

from agilekit import InvalidInput
from agilekit.export import export
from agilekit.report import Chart, Figures, draw, page, read, summary
from agilekit.sandbox import Sandbox
from tests.export.many import clients_of
from tests.report.exports import example

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


@pytest.fixture
def figures(tmp_path: Path) -> Figures:
    return read(example(tmp_path))


def test_the_numbers_beside_the_charts_are_those_of_the_views(figures: Figures) -> None:
    board = figures.projects[0]
    burndown, velocity, flow, leads, cycles = draw(board)
    assert [(row[1], row[3], row[4]) for row in burndown.rows] == [
        ("0", "40", "40"),
        ("1", "31.5", "30"),
        ("2", "20", "20"),
        ("3", "22", "10"),
        ("4", "3", "0"),
    ]
    assert [(row[0], row[2], row[4], row[5], row[6]) for row in velocity.rows] == [
        (
            one.sprint,
            f"{one.committed:.0f}",
            f"{one.completed:.0f}",
            str(one.cards),
            str(one.done_cards),
        )
        for one in board.velocity
        if one.state != "future" or one.completed
    ]
    counted = {(one.day, one.column): str(one.cards) for one in board.cumulative_flow}
    assert {
        (row[0], column): value
        for row in flow.rows
        for column, value in zip(flow.header[1:], row[1:], strict=True)
    } == counted
    assert [row[2] for row in leads.rows] == [f"{one.lead_days:g}" for one in board.lead_time]
    assert [row[2] for row in cycles.rows] == [
        "not known" if one.cycle_days is None else f"{one.cycle_days:g}" for one in board.cycle_time
    ]


def test_every_number_of_a_chart_is_in_the_page(figures: Figures) -> None:
    html = page(figures)
    for project in figures.projects:
        for chart in draw(project):
            assert chart.text in unescape(html)
            for row in chart.rows:
                cells = "".join(f"<td>{value}</td>" for value in row)
                assert cells in html.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def test_the_page_needs_no_other_file_and_runs_nothing(figures: Figures) -> None:
    html = page(figures)
    assert html.count("<svg ") == 5
    assert "<script" not in html
    assert "Midori &lt;script&gt;" in html
    assert "Card 1 &lt;b&gt;&amp;" in html
    addresses = set(re.findall(r'(?:href|src)="([^"#][^"]*)"', html))
    assert addresses == {"data:,"}
    assert "http" not in re.sub(r'xmlns(:xlink)?="[^"]*"', "", html)


def test_a_page_is_the_same_every_time(figures: Figures) -> None:
    assert page(figures) == page(figures)


def test_a_project_without_figures_says_why_there_are_no_charts(figures: Figures) -> None:
    charts = draw(figures.projects[1])
    assert all(chart.is_empty and chart.text.startswith("No ") for chart in charts)
    with pytest.raises(ValueError, match="is empty"):
        charts[0].picture("svg")


@pytest.mark.slow
def test_charts_are_files_of_their_own(figures: Figures) -> None:
    for chart in draw(figures.projects[0]):
        assert chart.picture("png").startswith(b"\x89PNG")
        assert b"<svg" in chart.picture("svg")
        assert chart.picture("svg") == chart.picture("svg")


def test_a_page_about_one_sprint_is_called_after_it(tmp_path: Path) -> None:
    html = page(read(example(tmp_path), sprint="Sprint 7"))
    assert "<h1>Sprint 7 · Midori &lt;script&gt;</h1>" in html
    assert "Burndown of Sprint 7" in html


def test_the_summary_is_a_few_lines(figures: Figures) -> None:
    board, logbook = summary(figures).split("\n\n")
    assert board.splitlines() == [
        "Midori <script>",
        "- Burndown of Sprint 7: 40 hours at the beginning, 3 left at the end.",
        *board.splitlines()[2:],
    ]
    assert "- Velocity: 16 of 19 points in Sprint 7. 15.83 on average of 6 past sprints." in board
    assert (
        "- Lead times: 80 cards, from creation to completion: "
        "half within 40.5 days, 85 % within 68.15 days."
    ) in board
    # Of the 80, 30 are in the changes; 20 of these came into Doing, 16 of them before their end.
    assert (
        "- Cycle times: 16 cards, from the first entry into Doing to completion: "
        "half within 12 days, 85 % within 19 days. Of 64 more cards it is not known."
    ) in board
    assert logbook == "Logbook\n- nothing to report\n"


def test_without_matplotlib_the_extra_is_named(
    figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    with pytest.raises(InvalidInput, match=r"pip install 'agilekit\[report\]'"):
        page(figures)
    assert "Cycle times" in summary(figures)


@pytest.fixture
def demo(tmp_path: Path) -> Figures:
    """Of an export of the demo of all four services."""
    to = tmp_path / "demo.sqlite"

    async def run() -> None:
        report = await export(clients_of(Sandbox()), to=to)
        assert not report.failed

    anyio.run(run)
    return read(to)


@pytest.mark.quick(1)
@pytest.mark.skipif(
    CHROMIUM is None and "CI" not in os.environ, reason="this machine has no Chromium"
)
@pytest.mark.parametrize("which", ["figures", "demo"])
def test_chromium_shows_the_page_without_a_complaint(
    which: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    assert CHROMIUM, "Chromium is missing"
    figures: Figures = request.getfixturevalue(which)
    charts = sum(not chart.is_empty for one in figures.projects for chart in draw(one))
    assert charts >= 4
    file = tmp_path / "report.html"
    file.write_text(page(figures), encoding="utf-8")
    # Its own chatter comes from files; what a page causes comes with the mark CONSOLE.
    shown = subprocess.run(
        [
            CHROMIUM,
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *(f"--user-data-dir={tmp_path / 'profile'}", "--enable-logging=stderr"),
            "--dump-dom",
            file.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    assert "CONSOLE" not in shown.stderr
    assert shown.stdout.count('<svg role="img"') == charts
    assert shown.stdout.count("<table>") == charts


def test_figures_and_charts_show_their_state_in_one_line(tmp_path: Path) -> None:
    figures = read(example(tmp_path))
    assert repr(figures).startswith(f"<Figures {figures.path} projects=")
    project = figures.projects[0]
    assert repr(project).startswith(f"<ProjectFigures {project.title!r} sprints=")
    for chart in draw(project):
        assert repr(chart) == f"<Chart {chart.name} rows={len(chart.rows)}>"
    assert repr(Chart("burndown", "Burndown", "No burndown.")) == "<Chart burndown empty>"
