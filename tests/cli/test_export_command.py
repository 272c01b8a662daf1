"""``agilekit export``"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from click.testing import CliRunner, Result

from agilekit.cli.commands import commands
from agilekit.sandbox import Faults, Sandbox

SECRET = "AGILEKIT_FLYINGDONUT_SECRET"


class Served:
    """A sandbox behind a port, and the command line pointed at it."""

    def __init__(self, url: str, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.donut = sandbox.flyingdonut
        self.environment: dict[str, str | None] = {
            "AGILEKIT_FLYINGDONUT_PROJECT": self.donut.project_id,
            "AGILEKIT_FLYINGDONUT_BASE_URL": f"{url}{self.donut.base_path}",
            "AGILEKIT_FLYINGDONUT_USERNAME": None,
            SECRET: None,
        }

    def export(self, *arguments: str | Path, secret: str | None = None, stdin: str = "") -> Result:
        result = CliRunner().invoke(
            commands,
            ["export", *map(str, arguments)],
            env=self.environment | {SECRET: secret},
            input=stdin,
        )
        assert self.donut.secret not in result.output
        return result


@pytest.fixture
def served() -> Iterator[Served]:
    sandbox = Sandbox("demo")
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(sandbox.serve()) as server,
    ):
        yield Served(server.url, sandbox)


def titles_in(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        return {title for (title,) in connection.execute("SELECT title FROM cards")}


def test_a_project_goes_to_sqlite_with_the_secret_of_the_environment(
    served: Served, tmp_path: Path
) -> None:
    to = tmp_path / "backup.sqlite"
    result = served.export("--to", to, secret=served.donut.secret)
    assert (result.exit_code, result.stdout.count("\n")) == (0, 1), result.output
    assert str(to) in result.stdout
    assert "Lighthouse Logbook: done" in result.stderr
    assert {"Night mode", "Fog horn schedule"} <= titles_in(to)


def test_a_project_goes_to_json_lines_with_the_secret_of_a_file(
    served: Served, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{served.donut.secret}\n", encoding="utf-8")
    to = tmp_path / "backup"
    result = served.export("--to", to, "--secret-file", secret)
    assert result.exit_code == 0, result.output
    (cards,) = to.glob("flyingdonut-*/cards.jsonl")
    lines = cards.read_text(encoding="utf-8").splitlines()
    assert "Night mode" in {json.loads(line)["title"] for line in lines}


def test_the_secret_may_come_through_standard_input(served: Served, tmp_path: Path) -> None:
    stdin = f"{served.donut.secret}\n"
    to = tmp_path / "backup.db"
    assert served.export("--to", to, "--secret-file", "-", stdin=stdin).exit_code == 0
    assert "Night mode" in titles_in(to)


def test_a_terminal_sees_how_far_it_is(served: Served, tmp_path: Path) -> None:
    served.environment["FORCE_COLOR"] = "1"
    served.sandbox.faults = Faults(latency=0.05)
    result = served.export("--to", tmp_path / "x.db", secret=served.donut.secret)
    assert result.exit_code == 0, result.output
    assert "Lighthouse Logbook: reading, " in result.stderr


def test_quiet_prints_nothing_where_all_went_well(served: Served, tmp_path: Path) -> None:
    to = tmp_path / "backup.sqlite"
    result = served.export("--to", to, "--quiet", secret=served.donut.secret)
    assert (result.exit_code, result.output) == (0, "")


def test_a_project_that_failed_is_one_line_and_exit_code_1(served: Served, tmp_path: Path) -> None:
    result = served.export("--to", tmp_path / "x.db", "--quiet", secret="wrong")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {served.donut.project_id}: ")
    assert "403" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_text_of_a_server_cannot_steer_the_terminal(served: Served, tmp_path: Path) -> None:
    project = served.donut.projects[served.donut.project_id]
    project.title.change("\x1b[2JLighthouse\n[red]")
    result = served.export("--to", tmp_path / "x.db", secret=served.donut.secret)
    assert "[2JLighthouse [red]: done" in result.stderr
    assert "\x1b" not in result.output


def test_it_exports_through_faults(served: Served, tmp_path: Path) -> None:
    served.sandbox.faults = Faults(rate_limited=0.2, retry_after=0.01, drop_after=0.1, seed=3)
    to = tmp_path / "backup.sqlite"
    assert served.export("--to", to, secret=served.donut.secret).exit_code == 0
    assert "Night mode" in titles_in(to)


def test_without_a_secret_it_says_where_one_is_looked_for(served: Served, tmp_path: Path) -> None:
    result = served.export("--to", tmp_path / "x.db")
    assert result.exit_code == 2
    assert SECRET in result.stderr
    assert "--secret-file" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--project", "../x"], "project_id"),
        (["--base-url", "http://example.com/api"], "plain HTTP"),
        (["--concurrency", "0"], "concurrency"),
        (["--secret-file", "no/such/file"], "no/such/file"),
    ],
)
def test_a_wrong_argument_is_exit_code_2(
    served: Served, tmp_path: Path, arguments: list[str], reason: str
) -> None:
    result = served.export("--to", tmp_path / "x.db", *arguments, secret="s")
    assert result.exit_code == 2
    assert reason in result.stderr
    assert "Traceback" not in result.stderr
