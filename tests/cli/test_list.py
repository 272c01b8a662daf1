"""``agilekit list``: a table on a terminal, lines for other programs, JSON."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import click
import pytest
from click.testing import Result
from rich.cells import cell_len

from agilekit.cli.commands import commands
from tests.cli.served import Served
from tests.each import each

OLD_LAMP = "Lighthouse keepers/Old oil lamp"
HEBREW = "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd"
WIDE = "漢字" * 40
HOSTILE = "a\tb\nc\x1b]0;owned\x07\u202ed\u2066e\x9b2J"


def rows(result: Result) -> list[list[str]]:
    """The cells of each line, as another program reads them."""
    assert result.exit_code == 0, result.output
    return [line.split("\t") for line in result.stdout.splitlines()]


def table(served: Served, width: int, *arguments: str) -> list[str]:
    """The lines that a terminal of some width shows."""
    terminal = {"FORCE_COLOR": "1", "COLUMNS": str(width)}
    result = served.run("list", *arguments, **terminal)
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def test_without_a_kind_it_shows_the_first_levels(served: Served) -> None:
    found = {
        name: {cells[1] for cells in rows(served.run("list", "--connection", name))}
        for name in ("donut", "board", "stories", "work")
    }
    assert found == {
        "donut": {"bucket", "sprint"},
        "board": {"project", "member", "column", "task type"},
        "stories": {"account", "company", "backlog"},
        "work": {"board", "swimlane", "stage", "card type"},
    }


def test_each_line_has_id_kind_state_name_and_container(served: Served) -> None:
    backlogs = rows(served.run("list", "--connection", "stories", "--kind", "backlogs"))
    assert ["362", "backlog", "archived", "Old oil lamp", "Lighthouse keepers"] in backlogs
    themes = rows(served.run("list", "--connection", "stories", "--in", "old OIL lamp"))
    assert themes == [["1148", "theme", "", "Wick", OLD_LAMP]]
    tasks = served.run("list", "--connection", "work", "--kind", "tasks", "--in", "Visitors' day")
    assert ["11662/11682", "task", "archived", "Choose the day", "Visitors' day"] in rows(tasks)


def test_what_is_listed_is_what_other_options_take(served: Served) -> None:
    """The id in the first column leads into the very container that has it."""
    for name, kind in (("donut", "buckets"), ("work", "boards"), ("board", "projects")):
        for id, _, _, title, _ in rows(served.run("list", "--connection", name, "--kind", kind)):
            by_id = served.run("list", "--connection", name, "--in", id)
            by_name = served.run("list", "--connection", name, "--in", title)
            assert [cells[:4] for cells in rows(by_id)] == [cells[:4] for cells in rows(by_name)]


def test_json_has_ids_as_the_service_gives_them_and_every_container(served: Served) -> None:
    result = served.run("list", "--connection", "stories", "--kind", "themes", "--json")
    found = {one["name"]: one for one in json.loads(result.stdout)}
    assert found["Wick"] == {
        "kind": "theme",
        "id": 1148,
        "name": "Wick",
        "state": None,
        "address": "1148",
        "path": f"{OLD_LAMP}/Wick",
        "containers": [
            {"kind": "account", "id": 33, "name": "Lighthouse keepers"},
            {"kind": "backlog", "id": 362, "name": "Old oil lamp"},
        ],
    }
    result = served.run("list", "--connection", "work", "--kind", "boards", "--json", "--in", "x")
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.quick(1)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_on_a_terminal_names_are_cut_and_ids_are_not(served: Served, width: int) -> None:
    (project,) = served.sandbox.flyingdonut.projects.values()
    ids = [project.add_bucket(name).id for name in ("x" * 200, WIDE, HEBREW, "e\u0301" * 9)]
    lines = table(served, width, "--connection", "donut")
    assert max(map(cell_len, lines)) <= width
    for id in (*ids, *project.sprints):
        assert any(line.startswith(f"{id}  ") for line in lines)
    assert sum(line.endswith("…") for line in lines) >= 2
    assert any(line.endswith(HEBREW) for line in lines)
    # Each name begins in the same column, whatever stands before it.
    start = lines[0].index("name")
    assert all(line[start - 2 : start] == "  " for line in lines)


def test_on_a_terminal_what_lies_in_something_is_indented(served: Served) -> None:
    lines = table(served, 80, "--connection", "stories", "--kind", "themes")
    column = lines[0].index("name")
    depth = {
        line[column:].strip(): len(line[column:]) - len(line[column:].lstrip()) for line in lines
    }
    assert (depth["Lighthouse keepers"], depth["Old oil lamp"], depth["Wick"]) == (0, 2, 4)


def test_a_very_narrow_terminal_still_shows_every_id(served: Served) -> None:
    lines = table(served, 10, "--connection", "donut")
    (project,) = served.sandbox.flyingdonut.projects.values()
    assert all(any(line.startswith(id) for line in lines) for id in project.buckets)


def test_a_state_that_no_document_names_adds_neither_a_column_nor_a_line(served: Served) -> None:
    (project,) = served.sandbox.flyingdonut.projects.values()
    task = next(iter(project.tasks.values()))
    task.state.value = cast("Any", HOSTILE)
    arguments = ("--connection", "donut", "--kind", "tasks", "--in", task.owner)
    cells = rows(served.run("list", *arguments))
    assert {len(line) for line in cells} == {5}
    assert [task.id, "task", "a b c ]0;owned d e 2J"] in [line[:3] for line in cells]
    task.state.value = cast("Any", HOSTILE * 9)
    lines = table(served, 80, *arguments)
    assert max(map(cell_len, lines)) <= 80
    assert all(c.isprintable() for line in lines for c in line)


def test_a_name_adds_neither_a_column_nor_a_line_nor_a_direction(served: Served) -> None:
    board = served.sandbox.kanbantool.add_board(HOSTILE)
    cells = rows(served.run("list", "--connection", "work", "--kind", "boards"))
    assert {len(line) for line in cells} == {5}
    assert [str(board.id), "board", "", "a b c ]0;owned d e 2J", ""] in cells
    shown = "\n".join(table(served, 80, "--connection", "work"))
    assert {c for c in shown if not c.isprintable()} == {"\n"}


def test_a_name_that_looks_like_an_argument_stays_as_it_is(served: Served) -> None:
    names = ("allow_http=True", "KanbanTool(…, token='abc')", "kind must be")
    for name in names:
        served.sandbox.kanbantool.add_board(name)
    for given in (*(f"{name}." for name in names), *(f"{name}/x/y/z/w" for name in names)):
        result = served.run("list", "--connection", "work", "--in", given)
        assert result.exit_code == 2
        assert given[:20] in result.stderr
        assert ("there are: " not in result.stderr) or all(name in result.stderr for name in names)


def test_a_colon_in_a_name_is_no_picture(served: Served) -> None:
    served.sandbox.kanbantool.add_board("[red]:fire: x")
    lines = table(served, 80, "--connection", "work", "--kind", "boards")
    assert any(line.endswith("[red]:fire: x") for line in lines)


def test_where_there_is_nothing_it_says_so_on_standard_error(served: Served) -> None:
    result = served.run("list", "--connection", "stories", "--in", "Visitors", "--kind", "stories")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "There are no stories.\n"
    assert (
        served.run(
            "list", "--connection", "stories", "--in", "1134", "--kind", "stories", "--json"
        ).stdout
        == "[]\n"
    )


def test_the_only_connection_of_a_file_needs_no_name(served: Served, tmp_path: Path) -> None:
    result = served.run("list")
    assert result.exit_code == 2
    needed = f"--connection NAME is needed: {served.file} has donut, board, stories, work"
    assert needed in result.stderr
    one = tmp_path / "one.toml"
    text = served.file.read_text(encoding="utf-8")
    one.write_text(text[: text.index("[connections.board]")], encoding="utf-8")
    assert rows(served.run("list", "--connections", one)) == rows(
        served.run("list", "--connection", "donut")
    )


WRONG = [
    (["--connection", "wrk"], "no connection wrk", "did you mean 'work'?"),
    (["--connection", "work", "--kind", "themes"], "--kind themes is not in kanbantool, which", ""),
    (["--connection", "work", "--kind", "task"], "did you mean 'tasks'?", ""),
    (["--connection", "work", "--kind", "subtasks"], "--kind subtasks needs --in BOARD/TASK", ""),
    (["--connection", "donut", "--kind", "tasks"], "--kind tasks needs --in CARD", ""),
    (["--connection", "work", "--kind", "boards", "--in", "7"], "lie in no container", ""),
    (
        ["--connection", "work", "--in", "Visitor day"],
        "no board is called",
        "Visitors' day (11662)",
    ),
    (["--connection", "stories", "--in", "a/b/c/d/e/f"], "has 6 parts", "double quotes"),
]


@each(("arguments", "told", "too"), WRONG)
def test_a_wrong_argument_is_exit_code_2(
    served: Served, arguments: list[str], told: str, too: str
) -> None:
    result = served.run("list", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert too in result.stderr


def test_what_cannot_be_read_is_exit_code_1(served: Served) -> None:
    result = served.run("list", "--connection", "board", "--kind", "tasks", "--in", "99")
    assert (result.exit_code, result.stdout) == (1, "")
    note, error = result.stderr.splitlines()
    assert note.endswith("99 stands in double quotes: --in '\"99\"'")
    assert "404" in error


@pytest.mark.quick(1)
@pytest.mark.parametrize("in_json", [False, True])
def test_what_is_gone_since_it_was_listed_hides_nothing_else(served: Served, in_json: bool) -> None:
    work = served.sandbox.flow
    gone = work.add_project("Gone")
    kept = served.run("list", "--connection", "board", "--kind", "columns").stdout
    work.projects[0] = work.projects.pop(gone.id)  # listed, and not found
    arguments = ["list", "--connection", "board", "--kind", "columns"]
    result = served.run(*arguments, *["--json"] * in_json)
    assert result.exit_code == 1
    told = f"Note: not all that is in the project Gone ({gone.id}) is shown: GET /flow/"
    assert result.stderr.startswith(told)
    assert "404 There is no such project" in result.stderr
    if in_json:
        assert {one["path"].split("/")[0] for one in json.loads(result.stdout)} >= {"Old Pier"}
    else:
        lines = [line for line in kept.splitlines() if not line.endswith("Gone")]
        assert lines
        assert result.stdout.splitlines() == lines


def test_it_is_not_said_that_there_is_nothing_where_not_all_was_read(served: Served) -> None:
    projects = served.sandbox.flow.projects
    for id in [*projects]:
        projects[-id] = projects.pop(id)  # listed, and not found
    result = served.run("list", "--connection", "board", "--kind", "columns")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("is shown: ") == len(projects)
    assert "There are no" not in result.stderr


def test_flow_is_said_to_hide_tasks_where_it_may(served: Served) -> None:
    board = served.sandbox.flow
    project = board.projects[1]
    kind, done = board.task_types[project.task_types[0]], board.columns_of(project)[-1]
    arguments = ("list", "--connection", "board", "--kind", "tasks", "--in", "Lighthouse Logbook")
    assert served.run(*arguments).stderr == ""
    for number in range(60):
        board.add_task(project, f"Done {number}", column=done, task_type=kind)
    assert "only the first 50 tasks of a Done column" in served.run(*arguments).stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("in_json", [False, True])
def test_a_full_disk_behind_standard_output_is_an_error_of_one_line(
    served: Served, monkeypatch: pytest.MonkeyPatch, in_json: bool
) -> None:
    for name, value in {"AGILEKIT_CONNECTIONS": str(served.file), **served.secrets}.items():
        monkeypatch.setenv(name, value)
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        arguments = ["list", "--connection", "work", *["--json"] * in_json]
        with pytest.raises(click.ClickException) as caught:
            commands(arguments, standalone_mode=False)
        with suppress(OSError):
            full.close()
    assert caught.value.message == "nothing more can be printed: No space left on device"
    assert caught.value.exit_code == 1
