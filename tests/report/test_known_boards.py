"""The figures of small boards of each service, as they were counted by hand.

March 2026 begins on a Sunday. Whatever is done on a day is done at noon.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Final

import anyio
import pytest

from agilekit import KanbanTool
from agilekit.export import export
from agilekit.report import ProjectFigures, draw, read
from agilekit.sandbox import Sandbox
from agilekit.sandbox.easybacklog.catalogue import ACCEPTED
from agilekit.sandbox.flow import Edit, Task
from agilekit.sandbox.flyingdonut.state import BurndownItem
from tests.export.many import clients_of
from tests.report.exports import at

MOVES: Final = [
    # On which day which card comes into which column, from 0; the first time it is made.
    *((1, "a", 0), (1, "b", 0), (2, "a", 1), (2, "d", 0), (3, "a", 2), (4, "b", 2)),
    *((5, "a", 3), (8, "c", 0), (9, "b", 3), (9, "d", 3)),
]
LEAD: Final = {"a": 4, "b": 8, "d": 7}
CYCLE: Final = {"a": 3, "b": 5, "d": 0}
"""From the second column or beyond to the last: a from the 2nd, b from the 4th, d from the 9th."""
CYCLE_FROM_THE_THIRD: Final = {"a": 2, "b": 5, "d": 0}
IN_COLUMNS: Final = [
    # At the ends of the first nine days.
    *((2, 0, 0, 0), (2, 1, 0, 0), (2, 0, 1, 0), (1, 0, 2, 0), (1, 0, 1, 1)),
    *((1, 0, 1, 1), (1, 0, 1, 1), (2, 0, 1, 1), (1, 0, 0, 3)),
]
DONE: Final = [("2026-03-02", 1), ("2026-03-09", 2)]


def figures(sandbox: Sandbox, folder: Path, *, work_begins: str | None = None) -> ProjectFigures:
    """Of the project that is called Known."""
    to = folder / "x.sqlite"

    async def run() -> None:
        report = await export(clients_of(sandbox), to=to)
        assert not report.failed

    if not to.exists():
        anyio.run(run)
    (project,) = read(to, project="Known", work_begins=work_begins).projects
    return project


def flow(sandbox: Sandbox) -> str:
    board = sandbox.flow
    project = board.add_project("Known", at=at(1))
    columns = board.columns_of(project)
    tasks = dict[str, Task]()
    for day, card, column in MOVES:
        if card in tasks:
            board.edit_task(tasks[card], Edit(column=columns[column]), at=at(day))
        else:
            tasks[card] = board.add_task(project, card, at=at(day))
    return columns[2].title


def kanbantool(sandbox: Sandbox) -> str:
    account = sandbox.kanbantool
    board = account.add_board("Known", columns=["Ideas", "Next", "Doing", "Ready"])
    columns = board.columns()

    async def run() -> None:
        tasks = dict[str, int]()
        async with KanbanTool(**account.arguments()) as kanban:
            for day, card, column in MOVES:
                account.clock = partial(at, day)
                if card in tasks:
                    await kanban.tasks.move(board.id, tasks[card], stage=columns[column].id)
                else:
                    tasks[card] = (await kanban.tasks.create(board.id, name=card)).id

    anyio.run(run)
    return "Doing"


@pytest.mark.parametrize(
    ("make", "points"),
    # flow has no estimates; a card of Kanban Tool has one of 1 unless another is given.
    [(flow, [None, None]), (kanbantool, [1, 2])],
)
def test_times_and_flow_of_cards_that_move(
    make: Callable[[Sandbox], str], points: list[float | None], tmp_path: Path
) -> None:
    sandbox = Sandbox("empty")
    third = make(sandbox)
    found = figures(sandbox, tmp_path)
    assert {one.card: one.lead_days for one in found.lead_time} == LEAD
    assert {one.card: one.cycle_days for one in found.cycle_time} == CYCLE
    assert [(one.week, one.cards, one.points) for one in found.throughput] == [
        (week, cards, sum_of) for (week, cards), sum_of in zip(DONE, points, strict=True)
    ]
    days = dict.fromkeys(one.day for one in found.cumulative_flow)
    cards = {(one.day, one.column_id): one.cards for one in found.cumulative_flow}
    columns = [*dict.fromkeys(one.column_id for one in found.cumulative_flow)]
    assert len(columns) == 4
    assert [tuple(cards[day, id] for id in columns) for day in days] == IN_COLUMNS
    named = figures(sandbox, tmp_path, work_begins=third)
    assert {one.card: one.cycle_days for one in named.cycle_time} == CYCLE_FROM_THE_THIRD
    # Medians of 4, 7, 8 and of 0, 3, 5.
    texts = {one.name: one.text for one in draw(found)}
    assert "half within 7 days" in texts["lead-time"]
    assert "half within 3 days" in texts["cycle-time"]


def test_velocity_and_burndown_of_flying_donut(tmp_path: Path) -> None:
    sandbox = Sandbox("empty")
    project = sandbox.flyingdonut.projects[sandbox.flyingdonut.project_id]
    project.title.change("Known")
    first = project.add_sprint("S1", start=at(7), end=at(12), phase="past")
    second = project.add_sprint("S2", start=at(14), end=at(19), phase="past")
    third = project.add_sprint("S3", start=at(21), end=at(26), phase="active")
    for sprint, points, states in [
        (first, 5, ["done", "done"]),
        (first, 3, ["done", "todo"]),
        (second, 4, ["done"]),
        (second, 2, ["done"]),
        (third, 8, ["todo"]),
        (third, 1, []),
    ]:
        card = project.add_card("A card", estimate=points, sprint=sprint)
        for state in states:
            project.add_task(card, "A task", state="done" if state == "done" else "todo")
    lines = [BurndownItem(1, "x", 4, (4, 1)), BurndownItem(2, "y", 6, (3, 0))]
    project.add_burndown(second, lines)
    found = figures(sandbox, tmp_path)
    assert [(one.sprint, one.committed, one.completed) for one in found.velocity] == [
        ("S1", 8, 5),
        ("S2", 6, 6),
        # A card without tasks: nothing tells whether it is done.
        ("S3", 9, None),
    ]
    # 10 hours, 7 after a day, 1 after two; the ideal line is 10, 5, 0.
    assert [(one.remaining, one.ideal) for one in found.burndown] == [(10, 10), (7, 5), (1, 0)]
    texts = {one.name: one.text for one in draw(found)}
    assert "5.5 on average of 2 past sprints." in texts["velocity"]
    assert texts["burndown"] == "10 hours at the beginning, 1 left at the end."
    # The service tells no times of cards.
    assert not found.cumulative_flow
    assert not found.throughput
    assert texts["lead-time"].startswith("No lead times")
    assert texts["cycle-time"].startswith("No cycle times")


def test_velocity_burndown_lead_time_and_throughput_of_easybacklog(tmp_path: Path) -> None:
    sandbox = Sandbox("empty")
    store = sandbox.easybacklog
    store.clock = lambda: at(1)
    backlog = store.add_backlog(next(iter(store.accounts.values())), "Known")
    theme = store.add_theme(backlog, "Lamp")
    five, three, eight, _four = (
        store.add_story(theme, i_want_to=name, score=Decimal(points))
        for name, points in [("five", 5), ("three", 3), ("eight", 8), ("four", 4)]
    )
    # From Monday the 2nd to Friday the 6th, and the week after.
    store.clock = lambda: at(2)
    first = store.add_sprint(backlog, start_on=at(2).date())
    store.add_sprint_story(first, five, status=ACCEPTED)
    store.add_sprint_story(first, three)
    store.clock = lambda: at(6)
    store.complete_sprint(first)
    store.clock = lambda: at(9)
    second = store.add_sprint(backlog, start_on=at(9).date())
    store.add_sprint_story(second, eight, status=ACCEPTED)
    store.clock = lambda: at(13)
    store.complete_sprint(second)
    found = figures(sandbox, tmp_path)
    assert [(one.number, one.committed, one.completed) for one in found.velocity] == [
        (1, 8, 5),
        (2, 8, 8),
    ]
    actual = [one.remaining for one in found.burndown if one.line == "actual"]
    assert actual == [20, 15, 7]
    assert sorted(one.lead_days or 0 for one in found.lead_time) == [5, 12]
    # It has no moves, so nothing tells when work began.
    assert [one.cycle_days for one in found.cycle_time] == [None, None]
    assert [(one.week, one.cards, one.points) for one in found.throughput] == [
        ("2026-03-02", 1, 5),
        ("2026-03-09", 1, 8),
    ]
    texts = {one.name: one.text for one in draw(found)}
    assert "6.5 on average of 2 past sprints." in texts["velocity"]
    assert texts["burndown"] == "20 points at the beginning, 7 left at the end."
