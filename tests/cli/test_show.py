"""``agilekit show``: one entity with its versions, by an id, a name or a path."""

from __future__ import annotations

import json

import pytest
from click.testing import Result

from agilekit.sandbox.flyingdonut.state import Card
from tests.cli.served import Served
from tests.each import each

SHIPS = "Sprint 2: the ships' log/Write down passing ships"


def fields(result: Result) -> dict[str, tuple[str, str]]:
    """By field, its version and its value, as another program reads them."""
    assert result.exit_code == 0, result.output
    lines = [line.split("\t") for line in result.stdout.splitlines()]
    return {name: (version, value) for name, version, value in lines}


SHOWN = [
    ("donut", [SHIPS], "title", "Write down passing ships"),
    ("donut", ["66b1d2a05eed0a610000000f"], "title", "Write down passing ships"),
    ("donut", ["--kind", "tasks", f"{SHIPS}/warn of doubles"], "title", "Warn of doubles"),
    ("donut", ["--kind", "sprints", "Sprint 3: visitors"], "is future", "yes"),
    ("donut", ["--kind", "buckets", "someday"], "title", "Someday"),
    ("board", ["6"], "task text", "Fog horn schedule"),
    ("board", ["Old Pier/Moor the boat"], "col id", "13"),
    ("board", ["--kind", "columns", "Paint drying"], "col limit", "1"),
    ("stories", ["3158"], "i want to", "sign in"),
    ("stories", ["Keepers/sign in"], "so i can", "see my own watch"),
    ("stories", ["--kind", "themes", "Wick"], "code", "WIC"),
    ("stories", ["--kind", "criteria", "3158/2"], "position", "2"),
    ("work", ["11605/11621"], "size estimate", "2.5"),
    ("work", ["Lighthouse upkeep/polish the LENS"], "tags", "lamp,weekly"),
    ("work", ["--kind", "stages", "11610"], "limit", "3"),
    ("work", ["--kind", "subtasks", "11605/11621/11623"], "is completed", "yes"),
]


@each(("name", "arguments", "field", "value"), SHOWN)
def test_anything_that_is_listed_can_be_shown(
    served: Served, name: str, arguments: list[str], field: str, value: str
) -> None:
    result = served.run("show", "--connection", name, *arguments)
    assert fields(result)[field][1] == value


def test_every_attribute_has_its_version(served: Served) -> None:
    card = next(c for c in cards(served) if c.title.value == "Write down passing ships")
    card.estimate.change(13)
    card.summary.change("")
    found = fields(served.run("show", "--connection", "donut", card.id))
    assert found["estimate"] == (f"version {card.estimate.version}", "13")
    assert found["title"] == ("version 0", "Write down passing ships")
    # What was emptied shows its version; what was never set is not there.
    assert found["summary"] == (f"version {card.summary.version}", "-")
    assert "iteration review" not in found


def cards(served: Served) -> list[Card]:
    (project,) = served.sandbox.flyingdonut.projects.values()
    return [*project.cards.values()]


def test_json_is_the_plain_form_of_the_entity(served: Served) -> None:
    result = served.run("show", "--connection", "donut", SHIPS, "--json")
    shown = json.loads(result.stdout)
    assert shown["title"] == {"value": "Write down passing ships", "version": 0}
    assert "raw" not in shown


def test_the_parts_of_a_task_are_a_line_each(served: Served) -> None:
    terminal = {"FORCE_COLOR": "1", "COLUMNS": "120"}
    result = served.run("show", "--connection", "work", "11605/11621", **terminal)
    assert (
        "content The third prism has a crack., user initials OH, name Omar Haddad" in result.stdout
    )
    assert result.stdout.startswith("task 11605/11621 in board 11605\n")


@pytest.mark.quick(1)
@pytest.mark.parametrize("width", ["60", "80", "120"])
def test_on_a_terminal_long_texts_are_folded_and_lines_are_kept(served: Served, width: str) -> None:
    card = next(c for c in cards(served) if c.title.value == "Night mode")
    card.title.change("漢字" * 60)
    card.summary.change("one\r\n  two\ttabs\x1b[2J\u202e\u2028three")
    terminal = {"FORCE_COLOR": "1", "COLUMNS": width}
    result = served.run("show", "--connection", "donut", card.id, **terminal)
    assert result.exit_code == 0
    assert {c for c in result.stdout if not c.isprintable()} == {"\n"}
    assert result.stdout.count("漢字") >= 60
    assert "  two   tabs\\x1b[2J\\u202e" in result.stdout
    assert result.stdout.index(" one\n") < result.stdout.index("two   tabs")


WRONG = [
    (["--connection", "donut", "Night mode"], "its id, BUCKET/CARD or SPRINT/CARD"),
    (["--connection", "donut", "Default/Nigt mode"], "there are: Default/Night mode (66b1d2a"),
    (["--connection", "work", "345"], "a task is found by BOARD/TASK, not by '345'"),
    (["--connection", "work", "--kind", "stages", "99"], "no stage has the id 99; there are: "),
    (["--connection", "board", "--kind", "stories", "1"], "--kind stories is not in flow"),
    (["--connection", "donut", ""], "'' lacks a name or an id"),
]


@each(("arguments", "told"), WRONG)
def test_what_leads_to_nothing_is_exit_code_2(
    served: Served, arguments: list[str], told: str
) -> None:
    result = served.run("show", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in " ".join(result.stderr.split())


def test_an_id_that_is_not_there_is_exit_code_1(served: Served) -> None:
    result = served.run("show", "--connection", "donut", "0" * 24)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "404" in result.stderr
    # A task may be called so.
    result = served.run("show", "--connection", "work", "Lighthouse upkeep/2024")
    note, error = result.stderr.splitlines()
    assert note.endswith("the name 2024 stands in double quotes: 'Lighthouse upkeep/\"2024\"'")
    assert "404" in error
