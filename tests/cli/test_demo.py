"""``agilekit demo``"""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

import pytest
from click.testing import CliRunner

from agilekit import InvalidInput
from agilekit.cli.commands import commands
from agilekit.demo import report_page
from agilekit.demo.scenes import SCENES
from agilekit.sandbox import Sandbox
from agilekit.sandbox.messages import Answer, Request
from tests.cli import shell

VARIES = re.compile(r"\d+\.\d s|127\.0\.0\.1:\d+|\S+/report\.html")
"""Times, the port, and where the page is."""


@pytest.mark.slow
def test_the_same_seed_prints_the_same_on_either_backend_and_ends_with_what_to_try_next() -> None:
    results = [
        shell.agilekit("demo", "--seed", "3", "--backend", backend)
        for backend in ("asyncio", "trio")
    ]
    for result in results:
        assert result.returncode == 0, result.stderr
        assert "\x1b" not in result.stdout + result.stderr
        for service in ("Flying Donut", "Kanban Tool", "easyBacklog", "flow"):
            assert re.search(rf"^{service} +\d+ +\d+ +\d+ +\d+ *$", result.stderr, re.MULTILINE)
    out, on_trio = (VARIES.sub("_", result.stdout) for result in results)
    assert out == on_trio
    assert "500 created, 0 refused, 0 of unknown outcome" in out
    assert "100 edits add up to 1050, and so says the card" in out
    assert "700 of the 700, each once" in out
    assert "The three tasks are equal" in out
    assert "wait=True      12 of 12" in out
    assert out.count("01:30:00, read as 2025-11-02 05:30:00+00:00") == 2
    assert "read in XML it is the same" in out
    assert "Every check passed" in out
    assert max(len(line) for line in out.splitlines() if "/" not in line) <= 80
    for result in results:
        (page,) = re.findall(r"^The report page: (.*)$", result.stdout, re.MULTILINE)
        assert "<svg" in Path(page).read_text(encoding="utf-8")
        rmtree(Path(page).parent)
    *_, advice = out.split("To try next:\n")
    for name in re.findall(r"^  agilekit (\S+)", advice, re.MULTILINE):
        assert name in commands.commands


@pytest.mark.slow
def test_it_moves_in_a_terminal_and_keeps_the_files_where_it_is_asked_to(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    terminal = {"FORCE_COLOR": "1", "COLUMNS": "80"}
    arguments = ["demo", "--keep", str(folder), "--seed", "7"]
    result = CliRunner().invoke(commands, arguments, env=terminal)
    assert result.exit_code == 0, result.output
    assert "\x1b[?25l" in result.output  # the cursor is hidden while something turns
    with closing(sqlite3.connect(folder / "demo.sqlite")) as database:
        found = database.execute("SELECT count(*), sum(estimate) FROM cards").fetchone()
    assert found == (500, 1050)
    cards = folder / "demo" / "cards.jsonl"
    assert len(cards.read_text(encoding="utf-8").splitlines()) == 500
    assert f"The exported files: {folder}\n" in result.stdout
    assert (folder / "report.html").exists()


def test_an_export_that_fails_is_not_taken_for_charts_that_cannot_be_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fail(*_: object) -> None:
        raise InvalidInput("the folder cannot be written")

    monkeypatch.setattr(report_page, "main", fail)
    monkeypatch.setattr("agilekit.cli.demo.SCENES", SCENES[-1:])
    result = CliRunner().invoke(commands, ["demo"])
    assert result.exit_code != 0
    assert "the folder cannot be written" in result.output
    assert "Every check passed" not in result.output


def test_without_what_draws_charts_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setattr("agilekit.cli.demo.SCENES", SCENES[-1:])
    result = CliRunner().invoke(commands, ["demo"])
    assert result.exit_code == 0, result.output
    assert "pip install 'agilekit[report]'" in result.stdout
    assert "The report page" not in result.stdout


@pytest.mark.slow
def test_an_interrupt_ends_it_without_a_traceback() -> None:
    with subprocess.Popen(
        [*shell.INTERRUPTIBLE, "demo", "--backend", "trio"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=shell.environment(),
    ) as process:
        assert process.stdout is not None
        while not process.stdout.readline().startswith("2."):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Aborted!" in err
    assert "Traceback" not in err


def test_it_ends_without_a_traceback_when_nobody_reads_any_longer() -> None:
    with subprocess.Popen(
        [*shell.AGILEKIT, "demo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=shell.environment(),
    ) as process:
        assert process.stdout is not None
        while not process.stdout.readline().startswith("1."):
            assert process.poll() is None
        process.stdout.close()
        assert process.stderr is not None
        err = process.stderr.read()
    assert "Traceback" not in err
    assert process.returncode == 1


class Forgetful(Sandbox):
    """Takes something away from what the editors add, and knows one moment only."""

    def handle(self, request: Request) -> Answer:
        if self.count("PUT") == 50:
            (project,) = self.flyingdonut.projects.values()
            estimate = next(iter(project.cards.values())).estimate
            estimate.change((estimate.value or 0) - 0.5)
        self.flow.clock = lambda: datetime(2025, 11, 2, 5, 30, tzinfo=UTC)
        return super().handle(request)


@pytest.mark.slow
def test_it_names_what_is_wrong_with_each_service(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("agilekit.cli.demo.Sandbox", Forgetful)
    scenes = [scene for scene in SCENES if scene.service in {"Flying Donut", "flow"}]
    monkeypatch.setattr("agilekit.cli.demo.SCENES", scenes)
    temporary, kept = tmp_path / "temporary", tmp_path / "kept"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    result = CliRunner().invoke(commands, ["demo", "--keep", str(kept)])
    assert result.exit_code == 1
    assert not list(temporary.iterdir())  # nothing is left that nobody is told of
    assert f"The exported files: {kept}" in result.stdout
    assert not (kept / "report.html").exists()
    assert "Error: Flying Donut: sum of the confirmed edits: " in result.stderr
    assert "Error: flow: cycle time: 0, expected 3600\n" in result.stderr
    assert "Every check passed" not in result.output


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    result = CliRunner().invoke(commands, ["demo", "--keep", str(tmp_path)])
    assert result.exit_code == 2
    assert "not empty" in result.stderr


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = CliRunner().invoke(commands, ["demo", "--keep", str(tmp_path / "file" / "folder")])
    assert result.exit_code == 2
    assert str(tmp_path / "file") in result.stderr


def test_a_backend_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trio", None)
    result = CliRunner().invoke(commands, ["demo", "--backend", "trio"])
    assert result.exit_code == 2
    assert "pip install 'agilekit[trio]'" in result.stderr
