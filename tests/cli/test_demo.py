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

import pytest
from click.testing import CliRunner

from agilekit.cli.commands import commands
from agilekit.cli.demo import command as demo
from agilekit.sandbox import Sandbox
from agilekit.sandbox.messages import Answer, Request
from tests.cli import shell


@pytest.mark.quick(1)
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_it_ends_well_on_either_backend(backend: str) -> None:
    result = shell.agilekit("demo", "--backend", backend)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert "500 created, 0 refused, 0 of unknown outcome" in result.stdout
    assert re.search(r"add up to 1050; the card says 1050\.", result.stdout)
    assert "700 of the 700, each once" in result.stdout
    assert "The three tasks are equal" in result.stdout
    assert "With wait=True  12 of 12" in result.stdout
    assert "Both are read as 05:30 UTC" in result.stdout
    assert "In XML it reads the same" in result.stdout
    for service in ("Flying Donut", "Kanban Tool", "easyBacklog", "flow"):
        (passed, checks) = re.findall(rf"^ +{service} .* (\d+) of (\d+) *$", result.stdout, re.M)[0]
        assert passed == checks
    assert "Every check passed" in result.stdout
    assert "\x1b" not in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


@pytest.mark.slow
def test_it_shows_bars_in_a_terminal_and_keeps_the_files_where_it_is_asked_to(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "kept"
    terminal = {"FORCE_COLOR": "1", "COLUMNS": "80"}
    arguments = ["demo", "--keep", str(folder), "--seed", "7"]
    result = CliRunner().invoke(commands, arguments, env=terminal)
    assert result.exit_code == 0, result.output
    assert "100/100" in result.output
    with closing(sqlite3.connect(folder / "demo.sqlite")) as database:
        found = database.execute("SELECT count(*), sum(estimate) FROM cards").fetchone()
    assert found == (500, 1050)
    cards = folder / "demo" / "cards.jsonl"
    assert len(cards.read_text(encoding="utf-8").splitlines()) == 500


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
def test_it_names_what_is_wrong_with_each_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "Sandbox", Forgetful)
    result = CliRunner().invoke(commands, ["demo"])
    assert result.exit_code == 1
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
