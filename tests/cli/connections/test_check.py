"""``agilekit connections check`` and ``list``."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.served import Served


def test_check_tries_each_connection(served: Served) -> None:
    result = served.run("connections", "check")
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.stdout.splitlines()]
    assert [line[:3] for line in lines] == [
        ["donut", "flyingdonut", "works:"],
        ["board", "flow", "works:"],
        ["stories", "easybacklog", "works:"],
        ["work", "kanbantool", "works:"],
    ]
    assert "the project Lighthouse Logbook" in result.stdout


def test_check_says_what_is_wrong_with_each(served: Served) -> None:
    served.add("down", "kanbantool", "token", base_url="http://127.0.0.1:9/api/v1")
    served.add("gone", "flyingdonut", "secret", project="5" * 24)
    result = served.run("connections", "check", KANBAN_TOKEN="wrong" * 3, FLOW_KEY=None)
    assert result.exit_code == 1
    lines = dict(line.split(maxsplit=1) for line in result.stdout.splitlines())
    assert "works" in lines["donut"]
    assert "the variable FLOW_KEY is not set" in lines["board"]
    assert "the secret is wrong" in lines["work"]
    assert "look at the base URL" in lines["down"]
    assert "the secret is wrong, or does not open this" in lines["gone"]


def test_check_takes_names_and_prints_json(served: Served) -> None:
    result = served.run("connections", "check", "work", "board", "--json", FLOW_KEY="no" * 10)
    assert result.exit_code == 1
    work, board = json.loads(result.stdout)
    assert (work["name"], work["service"], work["ok"]) == ("work", "kanbantool", True)
    assert work["result"].endswith("boards")
    assert board["ok"] is False
    assert board["error"].startswith("Forbidden")


def test_an_unknown_name_is_exit_code_2(served: Served) -> None:
    result = served.run("connections", "check", "nobody")
    assert result.exit_code == 2
    assert f"no connection nobody; {served.file} has: donut, board, stories, work" in result.stderr


def test_list_does_not_look_up_a_secret(served: Served) -> None:
    result = served.run("connections", "list", KANBAN_TOKEN=None)
    assert result.exit_code == 0
    assert "account=mycompany" in result.stdout
    assert result.stderr == f"In {served.file}:\n"
    assert served.sandbox.count() == 0


def test_a_missing_file_shows_how_one_looks(served: Served) -> None:
    result = served.run("connections", "check", "--connections", "no.toml")
    assert result.exit_code == 2
    assert "[connections.work]" in result.stderr


def test_cards_are_created_through_a_connection(served: Served, tmp_path: Path) -> None:
    drafts = tmp_path / "tasks.csv"
    drafts.write_text("Name\nPaint the door\nOil the hinges\n", encoding="utf-8")
    board = next(iter(served.sandbox.kanbantool.boards.values()))
    arguments = ("create", drafts, "--to", "work", "--into", str(board.id), "--quiet")
    result = served.run(*arguments)
    assert (result.exit_code, result.output) == (0, "")
    names = [task.name for task in board.tasks.values()]
    assert (names.count("Paint the door"), names.count("Oil the hinges")) == (1, 1)
    result = served.run("create", drafts, "--to", "nobody", "--into", "1")
    assert result.exit_code == 2
    assert "no connection nobody" in result.stderr


def test_the_variable_that_names_the_http_library_is_read(served: Served) -> None:
    result = served.run("connections", "check", "work", AGILEKIT_HTTP="quick")
    assert result.exit_code == 1
    assert "AGILEKIT_HTTP must be 'httpx', 'httpx2' or 'fast', not 'quick'" in result.stdout
