"""What a server says is shown, never obeyed: by any command, as text and as JSON."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Final

import click
import pytest
from click.testing import CliRunner, Result

from agilekit.cli.commands import commands
from agilekit.cli.terminal import escape_the_unencodable, one_line, printable, to_json
from agilekit.demo import bulk_create
from agilekit.demo.scenes import Scene
from agilekit.demo.stage import Stage
from agilekit.sandbox import Sandbox
from tests.cli.served import Served

# A C1 character that begins a sequence of the terminal, a bell of C1, an override and an isolate of
# direction, a mark, a separator of lines, a character that has no width.
IN_XML: Final = "\x9b31m\x87\u202e\u2066\u200f\u2028\u200b\ufeff"
# XML cannot hold the others: a sequence that sets the title, a bell, a backspace, a new line.
HOSTILE: Final = f"\x1b]0;owned\x07\x1b[2K\b\rDone\nError: x{IN_XML}"


def hostile(sandbox: Sandbox) -> None:
    """Gives names that a terminal would obey."""
    for project in sandbox.flyingdonut.projects.values():
        for title in (project.title, *(sprint.title for sprint in project.sprints.values())):
            title.change(title.value + HOSTILE)
    for flow in sandbox.flow.projects.values():
        flow.title += HOSTILE
    for column in sandbox.flow.columns.values():
        column.title += HOSTILE
    for backlog in sandbox.easybacklog.backlogs.values():
        backlog.name += IN_XML
    for board in sandbox.kanbantool.boards.values():
        board.name += HOSTILE
        for stage in board.workflow_stages.values():
            stage.name = f"{stage.name}{HOSTILE}"


def obeyed(result: Result) -> set[str]:
    """The characters in what was printed that are not shown, but for new lines and the tabs that
    part columns.
    """
    return {c for c in result.stdout + result.stderr if c not in "\n\t" and not c.isprintable()}


def leaves(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, *path, name)
        else:
            yield (*path, name)


RUNS: Final[dict[tuple[str, ...], list[str]]] = {
    ("connections", "check"): ["", "--json"],
    ("connections", "init"): ["--service flow --board midori --connections FOLDER/new.toml"],
    ("connections", "list"): [""],
    ("create",): [
        "--to flyingdonut --into BUCKET FOLDER/drafts.jsonl --dry-run",
        "--to flyingdonut --into BUCKET FOLDER/drafts.jsonl --journal FOLDER/x.journal",
    ],
    ("export",): [
        "--to FOLDER/a.sqlite",
        "--to FOLDER/b.sqlite --json",
        "--verify FOLDER/a.sqlite",
        "--verify FOLDER/b.sqlite",
        "--verify FOLDER/b.sqlite --json",
    ],
    ("journal", "show"): ["FOLDER/x.journal", "FOLDER/x.journal --json"],
    ("list",): [
        "--connection donut --kind cards",
        "--connection work",
        "--connection stories --json",
        "--connection work --in nothing",
    ],
    ("show",): ["--connection donut CARD", "--connection donut CARD --json"],
    ("report",): [
        "FOLDER/a.sqlite --text",
        "FOLDER/a.sqlite --project nothing",
        "FOLDER/a.sqlite --sprint nothing",
        "--connection donut --text",
    ],
}
"""What is run of each command, in this order."""
OWN: Final = {("demo",), ("sandbox",)}
"""The commands that speak to no server but their own."""


def test_no_command_prints_what_a_terminal_would_obey(served: Served, tmp_path: Path) -> None:
    hostile(served.sandbox)
    donut = served.sandbox.flyingdonut
    (project,) = donut.projects.values()
    bucket, card = next(iter(project.buckets)), next(iter(project.cards))
    variables = {
        "AGILEKIT_FLYINGDONUT_PROJECT": donut.project_id,
        "AGILEKIT_FLYINGDONUT_SECRET": donut.secret,
        "AGILEKIT_FLYINGDONUT_USERNAME": donut.username,
        "AGILEKIT_FLYINGDONUT_BASE_URL": served.url + donut.base_path,
    }
    drafts = [{"title": HOSTILE}, {"title": "x", HOSTILE: HOSTILE}]
    (tmp_path / "drafts.jsonl").write_text("\n".join(map(json.dumps, drafts)), encoding="utf-8")
    assert {*leaves(commands)} == RUNS.keys() | OWN
    shown = ""
    for command, runs in RUNS.items():
        for given in runs:
            if "--verify FOLDER/b.sqlite" in given:
                change(tmp_path / "b.sqlite")
            filled = given.replace("BUCKET", bucket).replace("FOLDER", str(tmp_path))
            words = filled.replace("CARD", card).split()
            result = served.run(*command, *words, **variables)
            assert (result.exit_code == 2) == ("nothing" in given), result.output
            assert isinstance(result.exception, SystemExit | None), result.exception
            assert obeyed(result) == set(), f"{command} {given}"
            if "--json" in given:
                json.loads(result.stdout)
            shown += result.output
    # It was there to be printed.
    assert shown.count("owned") > 20
    assert "\\u202e" in shown


def change(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE projects SET title = 'x'")
        database.commit()


@pytest.mark.parametrize("text", [HOSTILE, IN_XML, "\x7f", "\u2029", "\ud800", "\U000e0001"])
def test_text_is_shown_and_not_obeyed(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert one_line(text).isprintable()
    assert printable(text).isprintable()

    async def run(_: Stage) -> None:
        print(f"a\n{text}")  # noqa: T201 - as the programs of the demo do

    monkeypatch.setattr("agilekit.cli.demo.SCENES", [Scene(bulk_create, "flow", "print", run)])
    result = CliRunner().invoke(commands, ["demo"])
    assert "   a\n" in result.stdout
    assert obeyed(result) == set()


def test_json_has_the_very_same_text_in_escapes() -> None:
    data = {"é 😀 " + HOSTILE: [IN_XML, "\x7f", "\U000e0001", "\ud800", "Ende"]}
    text = to_json(data)
    assert json.loads(text) == data
    assert all(line.isprintable() for line in text.split("\n"))
    assert "é 😀 " in text


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "shift_jis", "utf-8"])
def test_what_an_encoding_cannot_hold_is_escaped_as_in_json(encoding: str) -> None:
    data = {"name": "caf\u00e9 \u6f22\u5b57 \U0001f600"}
    written = BytesIO()
    stream = TextIOWrapper(written, encoding)
    escape_the_unencodable(stream)
    stream.write(to_json(data))
    stream.flush()
    assert json.loads(written.getvalue().decode(encoding)) == data


def test_a_stream_that_has_its_own_way_keeps_it() -> None:
    stream = TextIOWrapper(BytesIO(), "cp1252", errors="replace")
    for one in (stream, None, StringIO()):
        escape_the_unencodable(one)
    assert stream.errors == "replace"
