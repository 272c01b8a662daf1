"""An export that is made of rows, with something for every chart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agilekit.export.project import ProjectRef
from agilekit.export.table import Row
from agilekit.export.target.sqlite import SQLite

FLOW = ProjectRef("flow", "midori.flow.io", "1", "http://midori.flow.io/api/v10.05")
DONUT = ProjectRef("flyingdonut", "www.flyingdonut.io", "5474", "https://www.flyingdonut.io/api")


def at(day: int, hour: int = 12) -> datetime:
    """A moment in March 2026, or after it."""
    return datetime(2026, 3, 1, hour, tzinfo=UTC) + timedelta(days=day - 1)


def written(path: Path, *projects: tuple[ProjectRef, str, dict[str, Sequence[Row]]]) -> Path:
    """A new export that holds projects with titles."""
    target = SQLite(path)
    target.prepare()
    run = target.begin("test", resume=False)
    for found, title, tables in projects:
        rows = {"projects": [found.row("projects", title=title)], **tables}
        target.commit(run, found.data(rows, title=title))
    target.finish([run])
    target.close()
    return path


def board() -> dict[str, Sequence[Row]]:
    """Eight sprints of ten cards, a burndown of the seventh, and moves between three columns."""
    phases = ["past"] * 6 + ["active", "future"]
    sprints = [
        FLOW.row("sprints", id=f"s{n}", number=n, title=f"Sprint {n}", starts_at=at(n), state=state)
        for n, state in enumerate(phases, start=1)
    ]
    cards = [
        FLOW.row(
            "cards",
            id=f"c{n}",
            title=f"Card {n} <b>&",
            sprint_id=f"s{1 + n % 8}",
            estimate=1 + n % 3,
            is_done=n % 5 != 0,
            created_at=at(1),
            completed_at=at(2 + n),
        )
        for n in range(80)
    ]
    burndown = [
        FLOW.row(
            "burndown",
            id=f"s7/{step}",
            sprint_id="s7",
            line="actual",
            step=step,
            remaining=left,
            unit="hours",
        )
        for step, left in enumerate([40, 31.5, 20, 22, 3])
    ]
    columns = [
        FLOW.row("columns", kind="column", id=str(n), title=title, place=n + 1)
        for n, title in enumerate(["To-do", "Doing", "Done"])
    ]
    changes = [
        FLOW.row(
            "changes",
            id=str(100 * n + step),
            entity="card",
            entity_id=f"c{n}",
            column_id=str(step),
            made_at=at(1 + n % 7 + 3 * step),
        )
        for n in range(30)
        for step in range(1 + n % 3)
    ]
    return {
        "sprints": sprints,
        "cards": cards,
        "burndown": burndown,
        "columns": columns,
        "changes": changes,
    }


def example(folder: Path) -> Path:
    """The board, and a project without anything to show."""
    return written(
        folder / "backup.sqlite", (FLOW, "Midori <script>", board()), (DONUT, "Logbook", {})
    )
