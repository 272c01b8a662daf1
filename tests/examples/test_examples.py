"""The programs of ``examples/`` do what they say, by what the service holds afterwards."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from importlib import import_module
from pathlib import Path
from socket import create_server
from typing import Any, Final

import anyio
import httpx
import pytest

from agilekit.sandbox import Faults, Sandbox
from agilekit.sandbox.flyingdonut import Card, Project
from examples import (
    backup,
    bulk_from_csv,
    dashboard,
    estimate_webhook,
    move_into_sprint,
    sprint_from_template,
    sprint_report,
)

pytestmark = pytest.mark.anyio

ROOT: Final = Path(__file__).parents[2]
PROGRAMS: Final = sorted(path.stem for path in (ROOT / "examples").glob("*.py"))


def project_of(sandbox: Sandbox) -> Project:
    return sandbox.flyingdonut.projects[sandbox.flyingdonut.project_id]


def card_of(sandbox: Sandbox, title: str) -> Card:
    [card] = [one for one in project_of(sandbox).cards.values() if one.title.value == title]
    return card


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program_can_be_run_and_is_in_the_readme(name: str) -> None:
    program = import_module(f"examples.{name}")
    assert program.__doc__
    source = (ROOT / "examples" / f"{name}.py").read_text()
    assert source.endswith('if __name__ == "__main__":\n    anyio.run(main)\n')
    assert f"examples/{name}.py" in (ROOT / "README.md").read_text()


async def test_the_report_of_sprints_counts_what_is_not_known(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    await sprint_report.main()
    assert capsys.readouterr().out.splitlines() == [
        "Sprint 1: light the lamp: 8 of 9 points done",
        "  not known whether done: Choose a colour scheme",
        "  start    9.5 h ###################",
        "  day 1    9.5 h ###################",
        "  day 2    8.0 h ################",
        "  day 3    4.5 h #########",
        "  day 4    2.0 h ####",
        "  day 5    0.0 h",
        "Sprint 2: the ships' log: 0 of 13 points done",
        "  not known whether done: Print a day's log",
        "  not estimated: Print a day's log",
        "  start   10.5 h #####################",
        "  day 1   10.5 h #####################",
        "  day 2    8.5 h #################",
    ]


async def test_a_sprint_without_a_burndown_chart_is_reported_all_the_same(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    project_of(sandbox).burndowns.clear()
    await sprint_report.main()
    assert capsys.readouterr().out.count("no burndown chart") == 2


ROWS: Final = 'title,summary,estimate\nPaint,"Red, twice",2\nSand,,0.5\nLook,,\n'


async def test_each_row_of_the_file_becomes_a_card_once_however_often_it_is_run(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "cards.csv").write_text(ROWS)
    before = len(project_of(sandbox).cards)
    for _ in range(2):
        await bulk_from_csv.main()
        assert capsys.readouterr().out == "3 created, 0 refused, 0 of unknown outcome\n"
    cards = [*project_of(sandbox).cards.values()][before:]
    assert [(one.title.value, one.summary.value, one.estimate.value) for one in cards] == [
        ("Paint", "Red, twice", 2),
        ("Sand", "", 0.5),
        ("Look", "", None),
    ]


async def test_a_row_that_cannot_be_created_is_named_and_spoils_no_other(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "cards.csv").write_text(ROWS.replace("Sand", " "))
    await bulk_from_csv.main()
    said = capsys.readouterr().out
    assert said.startswith("2 created, 1 refused, 0 of unknown outcome\nrefused:  : title must be")
    assert card_of(sandbox, "Look").estimate.value is None


async def test_a_wrong_row_ends_the_program_before_anything_is_sent(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "cards.csv").write_text(ROWS.replace("0.5", "half"))
    with pytest.raises(ValueError, match="half"):
        await bulk_from_csv.main()
    assert sandbox.requests == []


async def test_the_next_sprint_is_filled_from_the_template_once_however_often_it_is_run(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        await sprint_from_template.main()
        assert capsys.readouterr().out == "Sprint 3: visitors: 3 cards\n"
    project = project_of(sandbox)
    future = next(one for one in project.sprints.values() if one.phase == "future")
    cards = {one.title.value: one for one in project.cards_in(future)}
    assert [*cards][-3:] == [*sprint_from_template.TEMPLATE]
    assert len(cards) == 5  # the placeholder, and one that was there before
    held = {
        title: [(task.title.value, task.estimate.value) for task in project.tasks_of(cards[title])]
        for title in sprint_from_template.TEMPLATE
    }
    assert held == {
        "Plan the sprint": [("Estimate the new cards", 2), ("Agree on the goal", 0.5)],
        "Release": [("Write the notes", 0.75), ("Deploy", 1), ("Watch the logs", 0.25)],
        "Look back": [],
    }
    assert all(cards[title].state.value is None for title in held)


async def test_a_template_that_the_service_refuses_ends_the_program_with_the_reason(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sprint_from_template, "TEMPLATE", {" ": []})
    with pytest.raises(SystemExit, match="0 created, 1 refused"):
        await sprint_from_template.main()


async def test_the_backup_holds_every_card_as_it_is_at_each_run(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for title in ("Night mode", "Lamp mode"):
        card_of(sandbox, "Night mode").title.change(title)
        await backup.main()
        assert capsys.readouterr().out.startswith("1 of 1 projects exported to backup.sqlite")
        with closing(sqlite3.connect(tmp_path / "backup.sqlite")) as database:
            titles = sorted(title for (title,) in database.execute("select title from cards"))
        assert titles == sorted(one.title.value for one in project_of(sandbox).cards.values())
        assert title in titles


async def test_a_backup_that_is_not_whole_says_so_and_fails(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGILEKIT_FLYINGDONUT_SECRET", "wrong-secret")
    with pytest.raises(SystemExit):
        await backup.main()
    assert "not written:" in capsys.readouterr().out


async def test_the_dashboard_shows_every_sprint_as_json_and_as_text(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    await dashboard.main()
    first, second, third = json.loads((tmp_path / "dashboard.json").read_text())
    assert first["tasks"] == {"done": 4}
    assert (second["points"], second["not_estimated"], second["hours"]) == (13, 1, 8.5)
    assert (third["phase"], third["cards"], third["points"]) == ("future", 1, 8)
    assert capsys.readouterr().out.splitlines() == [
        "past    Sprint 1: light the lamp    3 cards, 9 points, 0 h to do, 0 not estimated",
        "active  Sprint 2: the ships' log    3 cards, 13 points, 8.5 h to do, 1 not estimated",
        "future  Sprint 3: visitors          1 cards, 8 points, 0 h to do, 0 not estimated",
    ]


async def test_cards_are_moved_into_the_sprint_while_the_points_last(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    await move_into_sprint.main()
    project = project_of(sandbox)
    future = next(one for one in project.sprints.values() if one.phase == "future")
    for title in ("Search the log by flag", "Show the weather beside the log"):
        card = card_of(sandbox, title)
        assert (card.iteration.value, card.state.value) == (future.id, None)
    assert card_of(sandbox, "Night mode").iteration.value is None
    assert capsys.readouterr().out.splitlines()[-1] == "0 points left"


async def test_a_card_that_somebody_else_moves_at_the_same_time_is_left_to_them(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.faults = Faults(conflict_storm=1)
    await move_into_sprint.main()
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "moved by somebody else: Search the log by flag",
        "moved by somebody else: Show the weather beside the log",
        "8 points left",
    ]


@asynccontextmanager
async def webhook(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[httpx.AsyncClient, None]:
    with create_server(("127.0.0.1", 0)) as free:
        address = free.getsockname()
    monkeypatch.setattr(estimate_webhook, "ADDRESS", address)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(estimate_webhook.main)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{address[1]}") as http:
            await listening(address)
            yield http
        tasks.cancel_scope.cancel()


async def listening(address: tuple[str, int]) -> None:
    with anyio.fail_after(10):
        while True:
            try:
                stream = await anyio.connect_tcp(*address)
            except OSError:
                await anyio.sleep(0.01)
            else:
                await stream.aclose()
                return


@pytest.mark.quick(1)
async def test_many_hooks_at_once_each_add_their_points_once(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = card_of(sandbox, "Search the log by flag")
    answers: list[Any] = []
    async with webhook(monkeypatch) as http:

        async def post(points: int) -> None:
            answer = await http.post("/", json={"card": card.id, "points": points})
            answers.append((answer.status_code, answer.json()["outcome"]))

        async with anyio.create_task_group() as tasks:
            for points in range(8):
                tasks.start_soon(post, points)
    assert answers == [(200, "added")] * 8
    assert card.estimate.value == 3 + sum(range(8))


async def test_a_hook_of_which_nothing_tells_whether_it_was_added_is_not_answered_as_a_failure(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = card_of(sandbox, "Search the log by flag")
    async with webhook(monkeypatch) as http:
        sandbox.faults = Faults(error_after=1, methods=frozenset({"PUT"}))
        answer = await http.post("/", json={"card": card.id, "points": 2})
    assert (answer.status_code, answer.json()["outcome"]) == (202, "unknown")
    assert "value=5" in answer.json()["found"]


async def test_a_hook_that_was_certainly_not_added_may_be_sent_again(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = card_of(sandbox, "Search the log by flag")
    monkeypatch.setenv("AGILEKIT_FLYINGDONUT_SECRET", "wrong-secret")
    async with webhook(monkeypatch) as http:
        answer = await http.post("/", json={"card": card.id, "points": 2})
    assert (answer.status_code, answer.json()["outcome"]) == (503, "not added")
    assert card.estimate.value == 3


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b'{"card": "a"}', 400),
        (b'{"card": "a", "points": "many"}', 400),
        (b'{"card": "..", "points": 1}', 400),
        (b'{"card": "000000000000000000000000", "points": 1}', 404),
    ],
)
async def test_a_wrong_hook_is_refused(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, content: bytes, status: int
) -> None:
    async with webhook(monkeypatch) as http:
        answer = await http.post("/", content=content)
    assert (answer.status_code, answer.json()["outcome"]) == (status, "refused")
    assert sandbox.count("PUT") == 0
