"""The sprint that a report is about, what it says of the others, and what is not known of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from agilekit import InvalidInput
from agilekit.cli.commands import commands
from agilekit.export.table import Row
from agilekit.report import draw, read, summary
from tests.report.exports import DONUT, FLOW, at, written

NOW = datetime.now(UTC)
"""When the exports of these tests are made."""


def sprint(n: int, state: str | None, completed: float | None, **values: datetime) -> Row:
    return DONUT.row(
        "sprints", id=f"s{n}", number=n, title=f"S{n}", state=state, completed=completed,
        estimate=20, **{"starts_at": at(n), **values},
    )  # fmt: skip


def of(tmp_path: Path, *sprints: Row, **tables: Sequence[Row]) -> Path:
    return written(tmp_path / "x.sqlite", (DONUT, "Logbook", {"sprints": sprints, **tables}))


def velocity(path: Path, sprint: str | None = None) -> str:
    (project,) = read(path, sprint=sprint).projects
    return next(one.text for one in draw(project) if one.name == "velocity")


PAST = [sprint(n, "past", points) for n, points in enumerate((2, 4, 6, 20), 1)]


def test_the_sprint_is_a_focus_and_not_a_filter(tmp_path: Path) -> None:
    path = of(tmp_path, *PAST)
    assert velocity(path, "S4") == "20 of 20 points in S4. 8 on average of 4 past sprints."
    assert velocity(path, "S1") == "2 of 20 points in S1. 8 on average of 4 past sprints."
    whole, about = read(path).projects[0], read(path, sprint="S2").projects[0]
    assert about.velocity == whole.velocity
    shown = CliRunner().invoke(commands, ["report", str(path), "--text", "--sprint", "S4"])
    assert "8 on average of 4 past sprints" in shown.stdout


def test_a_burndown_is_that_of_the_sprint_that_was_asked_for(tmp_path: Path) -> None:
    steps = [
        DONUT.row(
            "burndown", id=f"s2/{n}", sprint_id="s2", line="actual", step=n, remaining=9 - n,
            unit="hours",
        )
        for n in (0, 1)
    ]  # fmt: skip
    path = of(tmp_path, *PAST, burndown=steps)
    burndowns = {
        sprint: draw(read(path, sprint=sprint).projects[0])[0].title for sprint in (None, "S2")
    }
    assert burndowns == {None: "Burndown of S2", "S2": "Burndown of S2"}
    assert draw(read(path, sprint="S3").projects[0])[0].text.startswith("No burndown")


def test_a_sprint_of_long_ago_is_among_those_that_are_drawn(tmp_path: Path) -> None:
    path = of(tmp_path, *(sprint(n, "past", 10) for n in range(1, 31)))
    assert velocity(path, "S2") == "10 of 20 points in S2. 10 on average of 30 past sprints."
    chart = draw(read(path, sprint="S2").projects[0])[1]
    assert ">S2<" in chart.inline()


@pytest.mark.parametrize(
    ("sprints", "text"),
    [
        ([sprint(1, "past", 1)], "1 of 20 points in S1. 1 on average of 1 past sprint."),
        ([sprint(1, "active", 1)], "1 of 20 points in S1."),
        (
            [sprint(1, "past", 8), sprint(2, "past", 4), sprint(3, "active", 0)],
            "0 of 20 points in S3. 6 on average of 2 past sprints.",
        ),
    ],
)
def test_an_average_says_of_how_many_past_sprints_it_is(
    sprints: list[Row], text: str, tmp_path: Path
) -> None:
    assert velocity(of(tmp_path, *sprints)) == text


def test_what_is_not_known_is_said_to_be_not_known(tmp_path: Path) -> None:
    cards = [
        DONUT.row("cards", id="1", sprint_id="s1", estimate=8, is_done=True),
        DONUT.row("cards", id="2", sprint_id="s2", estimate=5),
        DONUT.row("cards", id="3", sprint_id="s3", estimate=1, is_done=True),
        DONUT.row("cards", id="4", sprint_id="s3", is_done=False),
    ]
    sprints = [sprint(n, "past", None) for n in (1, 2, 3)]
    steps = [
        DONUT.row(
            "burndown", id=f"s3/{n}", sprint_id="s3", line="actual", step=n, remaining=left,
            unit="hours",
        )
        for n, left in enumerate([1, None])
    ]  # fmt: skip
    path = of(tmp_path, *sprints, cards=cards, burndown=steps)
    averages = "4.5 on average of 2 past sprints. Of 1 past sprint it is not known."
    assert velocity(path, "S2") == (
        f"Of 20 points in S2 it is not known how many are done. {averages}"
    )
    assert velocity(path) == (f"1 of 20 points in S3. 1 card of it without an estimate. {averages}")
    burndown = draw(read(path).projects[0])[0]
    assert burndown.text == "1 hour at the beginning, what is left at the end is not known."
    assert [row[3] for row in burndown.rows] == ["1", "not known"]
    assert burndown.picture("png")
    # They are done, and nobody says since when.
    assert "not known of 2 cards that are done" in draw(read(path).projects[0])[3].text


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("sprints", "about"),
    [
        # In mid-sprint.
        ([sprint(1, "past", 1, ends_at=ago(5)), sprint(2, "active", 1, starts_at=ago(5))], "s2"),
        # The morning after: the next one has begun at midnight, or begins on Monday.
        ([sprint(1, "past", 1, ends_at=ago(0.6)), sprint(2, "active", 1, starts_at=ago(0))], "s1"),
        ([sprint(1, "past", 1, ends_at=ago(3)), sprint(2, "active", 1, starts_at=ago(0.4))], "s1"),
        ([sprint(1, "past", 1, ends_at=ago(0.6)), sprint(2, "future", None)], "s1"),
        # They overlap.
        ([sprint(1, "past", 1, ends_at=ago(0.6)), sprint(2, "active", 1, starts_at=ago(4))], "s1"),
        ([sprint(1, "past", 1, completed_at=ago(0.6)), sprint(2, "active", 1)], "s1"),
        # The first of all.
        ([sprint(1, "active", 1, starts_at=ago(0.4)), sprint(2, "future", None)], "s1"),
        ([sprint(1, "past", 1), sprint(2, "past", 1), sprint(3, "future", None)], "s2"),
        ([sprint(1, None, 1), sprint(2, "future", None)], "s1"),
        ([sprint(1, "future", None)], "s1"),
    ],
)  # fmt: skip
def test_a_report_is_about_the_sprint_that_has_ended_on_the_morning_after(
    sprints: list[Row], about: str, tmp_path: Path
) -> None:
    (project,) = read(of(tmp_path, *sprints)).projects
    assert project.sprint
    assert project.sprint.sprint_id == about


def test_last_and_active_are_those_of_each_project(tmp_path: Path) -> None:
    other = [
        FLOW.row("sprints", id=id, title="Two", state=state, starts_at=at(1))
        for id, state in [("a", "past")]
    ]
    path = written(
        tmp_path / "x.sqlite",
        (DONUT, "Logbook", {"sprints": [*PAST, sprint(5, "active", 0), sprint(6, "future", 0)]}),
        (FLOW, "Midori", {"sprints": other}),
    )
    last = read(path, sprint="last")
    assert [one.sprint and one.sprint.sprint_id for one in last.projects] == ["a", "s4"]
    active = read(path, sprint="active")
    assert [one.sprint and one.sprint.sprint_id for one in active.projects] == ["s5"]
    assert summary(active).startswith("Logbook\n- Velocity: 0 of 20 points in S5. 8 on average")


def test_if_there_is_no_last_or_active_sprint_those_that_are_there_are_named(
    tmp_path: Path,
) -> None:
    path = of(tmp_path, sprint(1, "future", None))
    with pytest.raises(InvalidInput, match=r"no sprint is active; there are: S1 \(Logbook, s1\)"):
        read(path, sprint="active")
    with pytest.raises(InvalidInput, match=r"no sprint has ended; there are: S1"):
        read(path, sprint="last")
